import importlib.metadata
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from latentdemo.store import checkpoints

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DATA = {"checkpoints": "latentdemo_checkpoints", "lessons": "latentdemo_lessons"}  # as they are installed
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_{}(sys.argv[1]))"


def test_every_package_is_installed():
    packages = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "latentdemo").rglob("*.py")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages | set(DATA.values())


def test_the_build_backend_is_pinned_for_tests():
    pinned = dict(line.split("==") for line in (ROOT / "requirements-dev.txt").read_text().split() if "==" in line)
    assert pinned["setuptools"] == importlib.metadata.version("setuptools")


class Built(NamedTuple):
    """Where the two distributions of this checkout and an installation are, and the names of the tracked files."""

    sdist: Path
    wheel: Path
    site: Path
    tracked: set[str]


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def call(command: list[str | Path], folder: Path, site: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command that ends well, in a folder; with `site` it knows the installed package alone."""
    environment = {**os.environ, "PYTHONPATH": str(site or "")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist of the tracked files, the wheel that is built from it, and its installation; without network."""
    folder = tmp_path_factory.mktemp("built")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True).stdout
    tracked = {name for name in listed.split("\0") if name and (ROOT / name).exists()}
    if not tracked:
        pytest.skip("a copy without git does not tell its own files from others")
    for name in tracked:
        (folder / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / "checkout" / name)
    made = call([sys.executable, "-c", BUILD.format("sdist"), folder], folder / "checkout")
    sdist = folder / made.stdout.split()[-1]
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    made = call([sys.executable, "-c", BUILD.format("wheel"), folder], folder / sdist.name.removesuffix(".tar.gz"))
    wheel = folder / made.stdout.split()[-1]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    call([*install, "--target", folder / "site", wheel], folder)
    return Built(sdist, wheel, folder / "site", tracked)


@pytest.mark.slow
def test_the_sdist_holds_every_tracked_file(built: Built):
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames() if not archive.getmember(name).isdir()}
    made = {"PKG-INFO", "setup.cfg", *(name for name in names if name.startswith("latentdemo.egg-info/"))}
    assert names - made == built.tracked
    assert {"app.py", "train.py", "requirements-dev.txt", "tests/test_commands.py", "docs/lessons.md"} <= names


@pytest.mark.slow
def test_the_wheel_holds_the_package_checkpoints_and_lessons(built: Built):
    names = {DATA.get(first, first) + "/" + rest
             for first, _, rest in (name.partition("/") for name in built.tracked)
             if first in ("latentdemo", *DATA)}  # fmt: skip
    with zipfile.ZipFile(built.wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name and not name.endswith("/")}
    assert held == names
    assert names <= files(built.site)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [("latentdemo", ("--data-dir", "--check-lessons")), ("latentdemo-train", ("--learning-rate", "working directory"))],
)
def test_the_help_of_an_installed_command_names_what_is_there(
    built: Built, tmp_path: Path, name: str, words: tuple[str, ...]
):
    shown = " ".join(call([built.site / "bin" / name, "--help"], tmp_path, built.site).stdout.split())
    assert shown.startswith(f"usage: {name} ") and all(word in shown for word in (*words, "--checkpoints"))
    assert "train.py" not in shown and "app.py" not in shown and str(ROOT) not in shown
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_an_installed_package_has_all_checkpoints_and_lessons(built: Built, tmp_path: Path):
    program = (
        "from latentdemo.store.resources import Resources as R; from latentdemo.store import lessons as L; r = R();"
        "print(r.folder, len(r.cards), r.problems, len(L.read(L.FOLDER).whole))"
    )
    said = call([sys.executable, "-c", program], tmp_path, built.site).stdout
    n_lessons = len(list((ROOT / "lessons").glob("*.json")))
    assert said == f"{built.site / DATA['checkpoints']} {len(checkpoints.names())} [] {n_lessons}\n"


@pytest.mark.slow
def test_an_installed_command_trains_into_the_working_directory(built: Built, tmp_path: Path, mnist_dir: Path):
    before = files(built.site)
    train = [built.site / "bin" / "latentdemo-train", "small-cnn", "--dataset", "mnist", "--data-dir", mnist_dir]
    call([*train, "--n-train", "128", "--batch-size", "64", "--epochs", "1", "--name", "own"], tmp_path, built.site)
    assert {"own.json", "own.npz", "own.safetensors"} <= files(tmp_path / "checkpoints")
    assert {name for name in files(built.site) - before if not name.endswith(".pyc")} == set()
    wrong = subprocess.run(
        [train[0], "vae"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(built.site)},
        capture_output=True,
        text=True,
    )
    assert wrong.returncode == 1 and wrong.stderr.startswith("latentdemo-train: say what to train: ")
