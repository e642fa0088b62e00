"""Scripts, styles and data into HTML: with files beside it, or all in one."""

import base64
import gzip
import json
import re
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo.dashboard import TABS, shared
from latentdemo.drawing import palette
from latentdemo.drawing.markup import Markup, as_json, html, join
from latentdemo.serving.routes import pixel_routes
from latentdemo.store.resources import Resources
from latentdemo.tabs import guide
from latentdemo.widgets import WEB

STYLES = ("page.css", "latent.css", "room.css", "alone/alone.css")
ENTRY = "alone/page.js"
WASM = "engine/kernel/kernel.wasm"
IMPORT = re.compile(r'(\bfrom\s+|\bimport\s*\(\s*|^import\s+)"(\.[^"]+)"', re.M)
COMMENT = re.compile(r"/\*\*.*?\*/", re.S)  # documentation, whose imports are types
FONT = re.compile(r'url\("(fonts/[^"]+)"\)')
TABS_SHOWN = ("kernels", "reconstructions", "latent_map", "perturb", "attributes")


class Held(NamedTuple):
    """What a server would answer at an address."""

    file: str
    data: bytes
    media_type: str


def held_of(resources: Resources, models: list[str], vaes: list[str]) -> dict[str, Held]:
    """What the page asks for, by address, as this app's own routes answer it.

    Args:
        models: whose weights are taken along.
        vaes: whose codes, maps and pictures are.
    """
    client = TestClient(Starlette(routes=pixel_routes(resources)))
    facts = {name: fact for name, fact in client.get("/weights").json().items() if name in models}
    addresses = [fact["address"] for fact in facts.values()] + ["lessons"]
    addresses += [f"pixels/{what}/{name}" for what in ("codes", "map", "sprites") for name in vaes]
    addresses += [f"pixels/glance/{key}" for key in TABS_SHOWN]
    out = {"weights": Held("weights.json", json.dumps(facts).encode(), "application/json")}
    for address in addresses:
        answer = client.get(f"/{address}").raise_for_status()
        media_type = answer.headers["content-type"].partition(";")[0]
        out[address] = Held(re.sub(r"[^\w.-]", "_", address), answer.content, media_type)
    return out


def page_of(values: dict[str, Any], held: dict[str, str]) -> str:
    """index.html; scripts lie in look/, `held` gives the files of what a server would answer."""
    styles = join(html('<link rel="stylesheet" href="look/{}">', name) for name in STYLES)
    start = html('<script type="module" src="look/{}"></script>', ENTRY)
    return _html(styles, as_json("held", held) + as_json("told", values), start)


def one_file(values: dict[str, Any], held: dict[str, Held]) -> str:
    """The same with scripts, styles, fonts and data inside; it asks for no other file."""
    inside = {address: f"#{i}" for i, address in enumerate(held)}
    block = '<script type="application/gzip" id="held-{}" data-type="{}">{}</script>'
    data = join(
        html(block, i, one.media_type, base64.b64encode(gzip.compress(one.data, 6)).decode())
        for i, one in enumerate(held.values())
    )
    styles = join(html("<style>{}</style>", Markup(_inlined(_text(name)))) for name in STYLES)
    start = as_json("modules", modules()) + html("<script>{}</script>", Markup(_text("alone/boot.js")))
    return _html(styles, as_json("held", inside) + as_json("told", values) + data, start)


def modules() -> dict[str, str]:
    """All scripts of the page by their path, the addresses that they import made such paths."""
    out = {}
    for path in sorted(WEB.rglob("*.js")):
        name = path.relative_to(WEB).as_posix()

        def absolute(found: re.Match[str], path: Any = path) -> str:
            return f'{found[1]}"look/{(path.parent / found[2]).resolve().relative_to(WEB.resolve()).as_posix()}"'

        out[f"look/{name}"] = IMPORT.sub(absolute, COMMENT.sub("", path.read_text("utf-8")))
    out[f"look/{WASM}"] = base64.b64encode(WEB.joinpath(WASM).read_bytes()).decode()
    out["look/lesson/glossary.json"] = WEB.joinpath("lesson", "glossary.json").read_text("utf-8")
    return out


def _inlined(css: str) -> str:
    """A style sheet with its fonts inside."""

    def data(found: re.Match[str]) -> str:
        return f'url("data:font/woff2;base64,{base64.b64encode(WEB.joinpath(found[1]).read_bytes()).decode()}")'

    return FONT.sub(data, css)


def _text(name: str) -> str:
    return WEB.joinpath(name).read_text("utf-8")


def _html(styles: Markup, data: Markup, start: Markup) -> str:
    titles = {tab.__name__.rpartition(".")[2]: tab.TITLE for tab in TABS}
    told = guide.tabs_told({key: titles[key] for key in TABS_SHOWN})
    panels = re.sub(r"<panel ([\w/]+) ([\w-]+)>", lambda tag: _panel(tag[1], tag[2]), _text("alone/page.html"))
    known = {**shared(), "alone": True}
    return html(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>latentdemo</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>{}</style>{}{}{}</head><body>{}{}{}</body></html>",
        Markup(palette.css()),
        styles,
        as_json("shared", known),
        as_json("guide-told", told),
        Markup(panels),
        data,
        start,
    )


def _panel(path: str, elem_id: str) -> Markup:
    """A panel's markup, as `widgets.live_panel` has it."""
    markup = Markup(_text(f"{path}.html"))
    return html('<div class="block" id="{}" data-panel="{}">{}</div>', elem_id, path, markup)
