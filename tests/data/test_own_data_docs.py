"""The commands and the table of docs/own-data.md, as typed."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentdemo.store.text import read_json
from latentdemo.trainer import configs, parser

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "own-data.md").read_text("utf-8")
COMMANDS = re.findall(r"^python train\.py (.*)$", DOCS, re.M)


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 20, 3), np.uint8)).save(path)


def test_the_check_runs_as_typed(tmp_path: Path):
    for name in ("cats", "dogs"):
        for i in range(72):
            write(tmp_path / "PICTURES" / name / f"{i}.png")
    (line,) = [line for line in COMMANDS if "--check" in line]
    command = [sys.executable, str(ROOT / "train.py"), *shlex.split(line)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and "Split: 128 for training, 16 for testing" in done.stdout, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"PICTURES"}  # nothing is trained


@pytest.mark.parametrize("line", [line for line in COMMANDS if "--check" not in line])
def test_the_trainings_are_settings_that_can_be(line: str):
    (config,) = configs(parser().parse_args(shlex.split(line)))
    assert config.model in ("ae", "vae")


def test_the_table_is_read(tmp_path: Path):
    from latentdemo.data.folder import read_folder

    table = re.findall(r"```\n(image,.*?)```", DOCS, re.S)[0]
    for name in ("001.png", "holiday/002.png"):
        write(tmp_path / name)
    (tmp_path / "table.csv").write_text(table)
    read = read_folder(tmp_path, 16)
    assert read.train.names == ("smiling", "age") and sorted(read.train.labels.tolist()) == [[0, 8], [1, 31]]


def test_cards_with_a_byte_order_mark_are_read():
    for encoding in ("utf-8-sig", "utf-16"):
        assert read_json('{"name": "ä"}'.encode(encoding)) == {"name": "ä"}
