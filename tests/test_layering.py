"""Imports only point down: every module may use what stands below it, and Gradio is known to the top alone."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "latentdemo"
LAYERS = (  # from the bottom up; a module may import from its own row's packages and from rows before it
    ("vision", "images", "losses", "kernels", "convolution", "corruption"),
    ("data",),
    ("models",),
    ("features", "latents", "metrics", "projection", "figures", "generation"),
    ("attributes", "charts", "translation", "visualise", "networks", "graphs", "receptive_fields"),
    ("checkpoints",),
    ("evaluation",),
    ("training",),
    ("lineup", "galleries"),
    ("resources",),
    ("passes", "ways", "album"),
    ("widgets",),
    ("tabs",),
    ("dashboard",),
    ("server",),
)
RANK = {name: rank for rank, row in enumerate(LAYERS) for name in row}
MODULES = sorted(ROOT.rglob("*.py"))


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path):
    own = part_of(path)
    if own == "__init__":
        return
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "latentdemo" and len(parts) > 1 and parts[1] != own:
            assert RANK[parts[1]] < RANK[own], f"{own} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_gradio_only_at_the_top(path: Path):
    if any(name.split(".")[0] == "gradio" for name in imported(path)):
        assert part_of(path) in ("widgets", "tabs", "dashboard", "server")


def test_torchvision_is_imported_in_one_place():
    users = [path for path in MODULES if any(name.split(".")[0] == "torchvision" for name in imported(path))]
    assert [part_of(path) for path in users] == ["vision"]


def test_modules_and_functions_keep_their_sizes():
    for path in MODULES:
        tree = ast.parse(text := path.read_text())
        assert text.count("\n") <= 250, path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                limit = 60 if node.name.startswith("build") else 40
                assert node.end_lineno - node.lineno < limit, f"{path}: {node.name}"
