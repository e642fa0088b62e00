"""The page's code is typed, linted, small, layered, and computes what torch computes."""

import json
import re
from pathlib import Path

import pytest

from tests.web import cases
from tests.web.node import BIOME, HERE, ROOT, TSC, node, tool

WEB = ROOT / "latentdemo" / "web"
SCRIPTS = sorted(WEB.rglob("*.js"))
LAYERS = {
    "core": 0,
    "link": 1,
    "charts": 2,
    "engine": 2,
    "pixels": 2,
    "page": 3,
    "latent": 3,
    "lesson": 4,
    "train": 4,
    "features": 4,
    "kernels": 4,
    "reconstructions": 4,
    "generators": 5,
    "main.js": 6,
    "alone": 6,
}  # imports point down
MOST_LINES, MOST_FUNCTION, MOST_ENTRIES = 200, 40, 9


def test_the_cases_are_what_torch_makes():
    assert json.loads(json.dumps(cases.make())) == json.loads(cases.FILE.read_text())


@pytest.mark.parametrize(
    "name",
    ["core", "link", "page", "pixels", "kernels", "features", "latent", "reconstructions", "lesson", "generators"],
)
def test_node_finds_what_torch_made(name: str):
    done = node("--test", f"tests/web/{name}.test.js")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert int(re.findall(r"^(?:#|ℹ) pass (\d+)", done.stdout, re.M)[0]) > 4


def test_types_hold():
    done = tool(TSC, "--project", "tests/web")
    assert done.returncode == 0, done.stdout


def test_style_holds():
    done = tool(BIOME, "check", "--error-on-warnings", "latentdemo/web", "tests/web")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(WEB)))
def test_modules_are_small_and_import_what_stands_below(path: Path):
    text = path.read_text()
    assert text.count("\n") <= MOST_LINES and text.startswith("/**")
    room = path.relative_to(WEB).parts[0]
    for address in re.findall(r'^import .*?from "([^"]+)"', text, re.M | re.S):
        target = (path.parent / address).resolve()
        assert target.exists(), address
        other = target.relative_to(WEB).parts[0]
        assert other == room or LAYERS[other] < LAYERS[room], f"{path.name} imports {address}"
    assert "innerHTML" not in text and "window.latentdemo" not in text and "eval(" not in text


def test_rooms_are_small():
    for room in {path.parent for path in SCRIPTS} - {WEB}:
        entries = {path.stem for path in room.iterdir()}  # a panel's markup beside its script counts once
        assert len(entries) <= MOST_ENTRIES, room


def lengths(text: str) -> dict[str, int]:
    """Lines of each function and method, from its head to the brace that ends it at the same indentation."""
    found, lines = {}, text.split("\n")
    for i, line in enumerate(lines):
        head = re.match(r"( *)(?:export )?(?:async )?(?:function )?(\w+)\(.*\) \{$", line)
        head = head or re.match(r"( *)(?:export )?const (\w+) = .*=> \{$", line)
        if head and head[2] not in ("if", "for", "while", "switch", "catch"):
            end = next(j for j in range(i, len(lines)) if re.match(rf"{head[1]}\}}", lines[j]))
            found[f"{head[2]}, line {i + 1}"] = end - i + 1
    return found


def test_functions_are_small():
    found = {f"{path.name}: {name}": n for path in SCRIPTS for name, n in lengths(path.read_text()).items()}
    assert len(found) > 150 and not {name: n for name, n in found.items() if n > MOST_FUNCTION}


def test_every_panel_has_its_markup_beside_its_script():
    panels = [path for path in SCRIPTS if re.search(r"^export function open\(", path.read_text(), re.M)]
    without = {path.stem for path in panels if not path.with_suffix(".html").exists()}
    assert without == {"download", "extra", "pickable", "stage"}  # their markup comes from Python
    assert all(path.with_suffix(".js").exists() for path in WEB.rglob("*.html"))


def test_the_tools_are_pinned():
    wanted = json.loads((HERE / "package.json").read_text())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    locked = json.loads((HERE / "package-lock.json").read_text())
    assert "resolved" not in json.dumps(locked)  # from whichever registry npm is set to
