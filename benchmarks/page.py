"""What a visitor's first load transfers, in bytes as they come over the wire, and what each tab adds when it is opened.

python -m benchmarks.page
"""

from typing import Any

from benchmarks.app import open_page
from latentdemo import tabs

TABS = [tab.TITLE for tab in tabs.TABS]


def main() -> None:
    """Print kilobytes and requests: the page itself, Gradio's own files, ours, and what tabs add."""
    with open_page(None) as page:
        answers: dict[str, str] = {}
        bytes_of: dict[str, float] = {}
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")

        def named(event: dict[str, Any]) -> None:
            answers[event["requestId"]] = event["response"]["url"]

        def finished(event: dict[str, Any]) -> None:
            bytes_of[event["requestId"]] = event["encodedDataLength"]

        client.on("Network.responseReceived", named)
        client.on("Network.loadingFinished", finished)
        page.reload()
        page.get_by_role("tab", name=TABS[-1]).wait_for()
        page.wait_for_timeout(6000)
        told = 0
        for tab in (None, *TABS[1:]):
            if tab:
                page.get_by_role("tab", name=tab, exact=True).first.click()
                page.wait_for_timeout(4000)
            found = {answers.get(key, ""): size for key, size in list(bytes_of.items())[told:]}
            told = len(bytes_of)
            report("first load" if tab is None else tab, found, page.url)


def report(what: str, found: dict[str, float], root: str) -> None:
    """One line: all bytes, and those of the page, of our own files and of Gradio's."""
    own = {url: size for url, size in found.items() if "/look/" in url or ("/static/" in url and "woff2" in url)}
    document = found.get(root, 0.0)
    line = f"{what}: {sum(found.values()) / 1000:.1f} kB in {len(found)} requests"
    print(f"{line}; the page itself {document / 1000:.1f} kB, our files {sum(own.values()) / 1000:.1f} kB ({len(own)})")


if __name__ == "__main__":
    main()
