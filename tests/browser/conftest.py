"""The real app on a free port, and a real Chromium."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

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
        browser.new_page = partial(_guided, browser.new_page)  # the guide would stand before what is clicked
        yield browser
        browser.close()


def _guided(new_page: Callable[..., Page], **options: Any) -> Page:
    page = new_page(**options)
    page.add_init_script("if (location.protocol.startsWith('http')) localStorage.setItem('guided', '1')")
    return page


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[Page]:
    """One window for all tests: to load the page into it takes half as long as to open another one."""
    with browser.new_page() as page:
        yield page


@pytest.fixture
def screen(window: Page, url: str) -> Iterator[Page]:
    """The app's page, loaded afresh; a script error or a request to another host fails the test."""
    with watched(window, url):
        load(window, url)
        yield window


@pytest.fixture
def used(window: Page, url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page as the last such test of the module left it, for tests that set all that they look at."""
    with watched(window, url):
        if window.evaluate("document.body.dataset.user") != request.node.path.name:
            load(window, url)
            window.evaluate("name => { document.body.dataset.user = name }", request.node.path.name)
        window.mouse.move(0, 0)
        yield window


def load(window: Page, url: str) -> None:
    """Opens the page, and waits until it answers to clicks."""
    window.set_viewport_size({"width": 1400, "height": 900})
    window.mouse.move(0, 0)
    window.goto(url)
    window.get_by_role("tab", name="Attributes").wait_for()
    window.wait_for_function("document.querySelector('canvas[data-painted]')")  # earlier clicks may be lost
    window.wait_for_function("document.body.dataset.follows")  # and would be in no address


@contextmanager
def watched(window: Page, url: str) -> Iterator[None]:
    """AssertionError at the end if a script failed, or asked another host."""
    errors: list[str] = []
    foreign: list[str] = []
    host = url.split("/")[2]
    listeners = {
        "pageerror": lambda error: errors.append(str(error)),
        "request": lambda request: foreign.append(request.url) if is_foreign(request.url, host) else None,
    }
    for event, listener in listeners.items():
        window.on(event, listener)  # pyright: ignore[reportArgumentType, reportCallIssue]
    yield
    for event, listener in listeners.items():
        window.remove_listener(event, listener)
    assert not errors and not foreign


def is_foreign(address: str, host: str) -> bool:
    """Whether a request leaves for another host."""
    return not address.startswith(("data:", "blob:")) and address.split("/")[2] != host
