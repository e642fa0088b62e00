"""Imports only point down: every module may use what stands below it, and Gradio is known to the top alone."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "latentdemo"
LAYERS = (  # rooms from the bottom up; a module may import from rows before its room's, and within its room
    ("interrupts", "options", "pixels", "drawing", "measuring"),
    ("data",),
    ("models",),
    ("codes", "classifiers"),
    ("store",),
    ("evaluation",),
    ("training",),
    ("studies",),
    ("widgets",),
    ("tabs",),
    ("dashboard", "serving"),
    ("alone", "export"),
    ("batch",),
    ("server", "trainer"),
    ("api", "commands", "deploy"),
)
INSIDE = {  # rooms whose modules have an order of their own, from the bottom up
    "store": (
        ("once", "photographs", "text"),
        ("schema", "files", "lessons"),
        ("checkpoints",),
        ("lineup", "studies"),
        ("inventory",),
        ("resources",),
        ("adopt",),
    ),
    "drawing": (("palette", "numerals", "markup"), ("pictures",), ("tiles", "charts")),
    "serving": (
        ("answers", "memory"),
        ("middleware", "queues", "uploads"),
        ("networks", "refits", "rooms", "watching"),
        ("generators", "training"),
        ("routes",),
    ),
    "tabs": (
        ("asked",),
        ("handlers", "sections", "steering"),
        ("attributes", "features", "generators", "guide", "kernels", "latent_map", "perturb", "reconstructions"),
    ),
}
APP_NEVER = ("evaluation", "training", "studies")  # what only training needs is not part of the app
MOST_ENTRIES = 12  # in a room; the files of its front page and its style not counted
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
            in_the_app = own not in (*APP_NEVER, "trainer", "commands", "api")
            assert not (parts[1] in APP_NEVER and in_the_app and RANK["training"] < RANK[own]), f"{own} imports {name}"


@pytest.mark.parametrize("room", INSIDE)
def test_rooms_keep_their_own_order(room: str):
    rank = {name: level for level, row in enumerate(INSIDE[room]) for name in row}
    assert set(rank) == {part.stem for part in (ROOT / room).glob("[!_]*") if part.suffix in ("", ".py")}
    for path in (ROOT / room).rglob("*.py"):
        own = path.relative_to(ROOT / room).parts[0].removesuffix(".py")
        for name in imported(path):
            other = name.removeprefix(f"latentdemo.{room}.").split(".")[0]
            if name.startswith(f"latentdemo.{room}.") and other in rank and own in rank and other != own:
                assert rank[other] < rank[own], f"{path.name} imports {name}"


def test_no_two_modules_import_each_other():
    names = {module_of(path) for path in MODULES}
    graph = {module_of(path): modules_in(imported(path), names) - {module_of(path)} for path in MODULES}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name not in done:
            for other in graph[name]:
                visit(other, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def modules_in(found: set[str], names: set[str]) -> set[str]:
    """Modules among what is imported; of `from package import module` the module alone."""
    modules = found & names
    return modules - {name.rpartition(".")[0] for name in modules}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_room_says_what_comes_in_and_what_goes_out_and_is_small():
    for room in (name for row in LAYERS for name in row if (ROOT / name).is_dir()):
        doc = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text())) or ""
        assert len(doc.split("\n")[0]) > 40, room
        entries = [path for path in (ROOT / room).iterdir() if path.name not in ("__init__.py", "__pycache__")]
        assert len(entries) <= MOST_ENTRIES, room


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_gradio_only_at_the_top(path: Path):
    if any(name.split(".")[0] == "gradio" for name in imported(path)):
        assert part_of(path) in ("widgets", "tabs", "dashboard", "server")


def test_torchvision_is_imported_in_one_place():
    users = [path for path in MODULES if any(name.split(".")[0] == "torchvision" for name in imported(path))]
    assert [path.name for path in users] == ["torchvision_shim.py"]


def test_modules_and_functions_keep_their_sizes():
    for path in MODULES:
        tree = ast.parse(text := path.read_text())
        assert text.count("\n") <= 250, path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                limit = 60 if node.name.startswith("build") else 40
                assert node.end_lineno - node.lineno < limit, f"{path}: {node.name}"


TAG = re.compile(r"<[A-Za-z/!]")
TRUSTED = ("markup.py", "bundle.py", "dashboard.py")  # read the project's own markup, scripts and styles


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_html_is_made_of_literal_templates_alone(path: Path):
    """f-strings, `format` and `%` do not escape; `drawing.markup.html` does."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            assert not TAG.search(text), f"line {node.lineno}: an f-string of HTML"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "html" and node.args:
            assert not isinstance(node.args[0], ast.JoinedStr), f"line {node.lineno}: html() of an f-string"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Markup":
            trusted = all(isinstance(part, ast.Constant) for part in node.args) or path.name in TRUSTED
            assert trusted, f"line {node.lineno}: Markup() of something that is not a literal"
