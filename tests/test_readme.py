"""What the README promises: its example runs, its tables say what the checkpoints say."""

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import edits, quality
from latentdemo import server
from latentdemo.models.parts import n_parameters
from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_client_example_runs(tmp_path: Path, resources: Resources):
    demo, url = server.launch(resources)
    example = next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if "gradio_client" in block)
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 90, 3), np.uint8)).save(tmp_path / "picture.png")
    try:
        program = example.replace("http://127.0.0.1:7860", url.rstrip("/"))
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
    finally:
        demo.close()
    assert done.returncode == 0, done.stderr
    assert "airplane" in done.stdout and done.stdout.strip().endswith("1.5")


def test_the_space_is_described_as_it_is_pinned():
    pinned = dict(line.split("==") for line in (ROOT / "requirements.txt").read_text().split())
    assert README.startswith("---\n") and f"sdk_version: {pinned['gradio']}\n" in README
    assert "app_file: app.py" in README and (ROOT / "docs" / "screenshot.png").exists()
    assert "pip install -r requirements.txt && python app.py" in README


def test_the_options_are_all_told():
    told = re.search(r"`python app\.py (\[.*?\])`\.", README, re.S)
    assert told is not None
    named = set(re.findall(r"--[a-z-]+", told[1]))
    assert named == {option for action in server.parser()._actions for option in action.option_strings} - {
        "-h",
        "--help",
    }


def test_the_lines_for_a_notebook_run():
    block = next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if "latentdemo.load" in block)
    names: dict[str, np.ndarray] = {}
    exec(block, names)
    assert names["smiling"].shape == (64, 64, 3)


def test_the_documentation_names_files_that_are_there():
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text()):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


@pytest.mark.parametrize("name", checkpoints.names())
def test_the_models_table_says_what_the_cards_say(name: str):
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    card, cells = checkpoints.load_card(name), row.split("|")
    assert cells[3].strip() == f"{n_parameters(checkpoints.load(name)):,}"
    known = [abs(value) * scale for value in card.metrics.values() for scale in (1, 100)]
    for text in re.findall(r"\d+\.\d+", cells[4]):
        tolerance = 0.51 * 10.0 ** -len(text.partition(".")[2])
        assert any(abs(value - float(text)) <= tolerance for value in known), f"{text} is no metric of {name}"


def test_the_table_of_edits_is_the_audits(resources: Resources):
    assert "\n".join(edits.table("faces-vae", resources)) in README
    changes = resources.gallery("faces-vae").audit["bias_changes"][2]
    told = [f"{value:+.2f}" for value in (changes[0, 1], changes[1, 0], changes[0, 0])]
    assert f"puts glasses on ({told[0]} standard" in README and f"({told[1]} against {told[2]})" in README
    assert abs(changes[1, 1]) < 0.005


def test_the_table_of_generators_is_the_cards(resources: Resources):
    assert "\n".join(quality.side_by_side_table(resources)) in README
    for name, real, least in (("mnist-diffusion-16", "0.182", "3.35"), ("faces-diffusion", "0.0467", "2.19")):
        metrics = resources.card(name).metrics
        assert f"{metrics['real sharpness']:.3g}" == real and f"{metrics['decoded frechet']:.2f}" == least
        assert f"{real} (" in " ".join(README.split()) and f"{least} (" in " ".join(README.split())


def test_the_ci_calls_the_readmes_test_line():
    assert "bash tests/run" in README and "bash tests/run" in (ROOT / ".ci" / "run").read_text()


def test_the_plan_names_what_there_is():
    plan = (ROOT / "docs" / "architecture.md").read_text()
    names = re.findall(r"`((?:\w+\.)+\w+)`", plan)
    assert len(names) > 25
    for name in names:
        if name == "model.decode" or name.startswith("NAME.") or name.endswith((".js", ".py", ".json", ".svg")):
            continue
        found, *rest = name.split(".")
        value = importlib.import_module(f"latentdemo.{found}")
        for part in rest:
            inner = f"{value.__name__}.{part}" if inspect.ismodule(value) else ""
            value = getattr(value, part, None) or importlib.import_module(inner)
    for path in re.findall(r"`((?:\w+/)+\w+\.\w+)`", plan):
        assert (ROOT / path).exists() or (ROOT / "latentdemo" / path).exists(), path
    picture = (ROOT / "docs" / "architecture.svg").read_text()
    for room in ("web", "server", "tabs", "widgets", "training", "evaluation", "store", "models", "data", "drawing"):
        assert f">{room}<" in picture
