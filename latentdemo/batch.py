"""What app.py does without serving: --export writes a static copy, --check-lessons prints problems of lessons."""

import sys
from pathlib import Path

from latentdemo.dashboard import build_dashboard
from latentdemo.options import APP_NAME
from latentdemo.store import lessons
from latentdemo.store.resources import Resources
from latentdemo.store.text import printable
from latentdemo.tabs.sections import link_targets


def failed(error: Exception | str) -> int:
    """Print an error as one sentence; returns the exit status."""
    print(f"{APP_NAME}: {printable(str(error))}", file=sys.stderr)
    return 1


def export_to(folder: Path, resources: Resources, labels: list[str]) -> int:
    """Write the static copy; returns the exit status."""
    from latentdemo.alone import export

    try:
        written = export(folder, resources, labels)
    except (OSError, ValueError) as error:
        return failed(error)
    print("\n".join(map(str, written)))
    return 0


def check_lessons(folder: Path, resources: Resources) -> int:
    """Print each problem of a folder's lessons, with file and step; returns the exit status: 0 if there are none."""
    files = list(folder.glob("*.json"))
    if not files:
        return failed(f"--check-lessons: {folder} has no *.json files")
    problems = lessons.read(folder, link_targets(build_dashboard(resources), resources)).problems
    print("\n".join(problems) or f"{len(files)} {'lesson' if len(files) == 1 else 'lessons'}, no problems")
    return 1 if problems else 0
