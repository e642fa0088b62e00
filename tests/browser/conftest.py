"""The real app on a free port, and a real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from latentdemo import server
from latentdemo.store.resources import Resources
from tests.browser.install import chromium

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # fmt: skip


expect.set_options(timeout=20_000)  # a loaded machine


@pytest.fixture(scope="session")
def url(resources: Resources) -> Iterator[str]:
    demo, address = server.launch(resources)
    yield address
    demo.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def screen(browser: Browser, url: str) -> Iterator[Page]:
    """The app's page, loaded; a script error or a request to another host fails the test."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    errors: list[str] = []
    foreign: list[str] = []
    host = url.split("/")[2]
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: foreign.append(request.url) if is_foreign(request.url, host) else None)
    page.goto(url)
    page.get_by_role("tab", name="Attributes").wait_for()
    yield page
    page.close()
    assert not errors and not foreign


def is_foreign(address: str, host: str) -> bool:
    """Whether a request leaves for another host."""
    return not address.startswith(("data:", "blob:")) and address.split("/")[2] != host
