import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_package_is_installed():
    packages = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "latentdemo").rglob("*.py")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages | {"latentdemo_checkpoints", "latentdemo_lessons"}


@pytest.mark.slow
def test_an_installed_package_has_its_files_and_two_commands(tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(tmp_path / "site"),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # else the next build would hold files that are gone
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    wanted = {path.relative_to(ROOT) for path in (ROOT / "latentdemo" / "web").rglob("*") if path.is_file()}
    assert wanted and all((site / path).exists() for path in wanted)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    for name, word in (("latentdemo", "--data-dir"), ("latentdemo-train", "--learning-rate")):
        shown = subprocess.run(
            [site / "bin" / name, "--help"], env=environment, capture_output=True, text=True, cwd=tmp_path
        )
        assert shown.returncode == 0 and word in shown.stdout and "--checkpoints" in shown.stdout, shown.stderr
    program = (
        "from latentdemo.store.resources import Resources as R; r = R(); print(r.folder, len(r.cards), r.problems)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, cwd=tmp_path
    )
    assert found.stdout == f"{site / 'latentdemo_checkpoints'} 21 []\n", found.stderr
