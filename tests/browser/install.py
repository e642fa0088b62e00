"""Makes sure that there is a Chromium for the browser tests: python -m tests.browser.install."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
DEBIAN = (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"])
PLAYWRIGHT = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]


def chromium() -> str | None:
    """Path of an installed Chromium or Chrome; None: Playwright's own, if there is one."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> int:
    """Debian's package where we may install it, else Playwright's build; 0 if one is there in the end."""
    if chromium():
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in DEBIAN:
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
        if chromium():
            return 0
    return subprocess.run(PLAYWRIGHT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
