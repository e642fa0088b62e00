"""Makes sure that there is an nginx for the tests of several replicas: python -m tests.serving.nginx."""

import os
import shutil
import subprocess
import sys

PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
DEBIAN = (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "nginx-light"])


def nginx() -> str:
    """Path of an installed nginx. FileNotFoundError says how to get one."""
    found = shutil.which("nginx", path=PLACES)
    if found is None:
        raise FileNotFoundError("nginx is missing; run: python -m tests.serving.nginx")
    return found


def main() -> int:
    """Debian's package, where we may install it; 0 if there is one in the end."""
    if shutil.which("nginx", path=PLACES):
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in DEBIAN:
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
    if shutil.which("nginx", path=PLACES):
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
