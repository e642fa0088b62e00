"""The app in a process of its own, for the benchmarks that talk to it."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.install import chromium

QUIET = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
ROOT = Path(__file__).parent.parent


@contextmanager
def running_app() -> Iterator[tuple[str, int]]:
    """Address and process number of an app that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(url, timeout=5).read()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def open_page(tab: str | None) -> Iterator[Page]:
    """A page of a fresh app in Chromium, with a camera that shows test pictures, on one of its tabs if one is named."""
    with running_app() as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(url)
        if tab:
            page.get_by_role("tab", name=tab, exact=True).first.click()
        yield page
        browser.close()
