"""What two or more tabs use: the picture door, the page they stand on, panels and canvases."""

import functools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gradio as gr
from numpy import ndarray as Array

from latentdemo.drawing.markup import escape
from latentdemo.pixels import images
from latentdemo.store.files import kept_once
from latentdemo.store.resources import Resources
from latentdemo.widgets.components import Door

WEB = Path(__file__).parents[1] / "web"
PLOTLY = f"charts/plotly-{version('plotly')}.min.js"  # kept for good: another version has another address
TOAST_SECONDS = 10  # long enough to be read; one that stays covers the controls below it
OWN = "own"  # a picture of the visitor's own is at the door: no link tells it
SIDES = (("ae", "Autoencoder"), ("vae", "Variational autoencoder"))
TITLES = dict(SIDES)
SHORT = {"ae": "autoencoder", "vae": "VAE"}


class UnreadableImage(ValueError):
    """An upload that is no image, or a damaged one; says what is wrong."""


@dataclass(frozen=True, eq=False)  # a page equals itself alone, so that results can be remembered by page
class Page:
    """What every tab is given.

    Attributes:
        resources: models and galleries, read-only.
        door: the visitor's picture.
        arrived: a state that changes whenever another picture has come through the door.
        stands: a state that holds where the picture at the door lies; None before any came.
        wish: a text that says what the door shows ("" at first, "sample NAME", "gallery MODEL NUMBER", or `OWN`): what
            a link tells.
        pair: which autoencoder and VAE the visitor looks at.
        default: the picture before anything came.
        panels: by key ("perturb", or "features/guess" for a tab inside a tab) a text that changes when the panel is in
            view and shows an older picture than the visitor's; what is hidden waits until it is opened.
        tabs: the tabs that bring panels into view, by the same keys.
        turns: events after which all panels of a tab show something old, and that tab's key.
    """

    resources: Resources
    door: Door
    arrived: gr.State
    stands: gr.State
    wish: gr.Textbox
    pair: gr.Dropdown
    default: Array
    panels: dict[str, gr.Textbox] = field(default_factory=dict)
    tabs: dict[str, gr.Tab] = field(default_factory=dict)
    turns: list[tuple[Any, str]] = field(default_factory=list)

    def panel(self, key: str, filled: bool = True) -> gr.Textbox:
        """What a panel listens to (`.change`) to follow the visitor's picture; one not `filled` yet is when opened."""
        return self.panels.setdefault(key, gr.Textbox("0" if filled else "", visible="hidden", render=False))

    @contextmanager
    def tab(self, key: str, title: str) -> Iterator[gr.Tab]:
        """A tab that brings the panel of that key into view."""
        with gr.Tab(title, id=key) as tab:
            yield tab
        self.tabs[key] = tab

    def watch_panels(self) -> None:
        """Wire, at the end of the page, the new picture and the opening of tabs to the panels; all in the page."""
        for token in self.panels.values():
            token.render()
        first = {key.rpartition("/")[0]: key.rpartition("/")[2] for key in reversed(self.tabs)}
        initial = {key: token.value for key, token in self.panels.items()}
        tokens = list(self.panels.values())
        for event, group in [(self.arrived.change, ""), *self.turns]:
            event(fn=None, js=call("page/panels", "stale", group, initial, first), outputs=tokens)
        for key, tab in self.tabs.items():
            tab.select(fn=None, js=call("page/panels", "opened", key, initial, first), outputs=tokens)

    @property
    def came(self) -> list[Any]:
        """What `accept` and `taken` return goes there."""
        return [self.door, self.arrived, self.stands, self.wish]

    @property
    def first_pair(self) -> str:
        """Label of the pair chosen at first."""
        return next(iter(self.resources.pairs))

    def picture(self, path: str | None) -> Array:
        """The visitor's image, (H, W, C) uint8, or the default one. UnreadableImage if it cannot be read."""
        return self.default if path is None else _load(path)

    def original_size(self, path: str | None) -> tuple[int, int]:
        """Width and height of the visitor's image before it was reduced, in pixels."""
        return (self.default.shape[1], self.default.shape[0]) if path is None else images.original_size(path)


@functools.lru_cache(maxsize=64)
def _load(path: str) -> Array:
    """Uploads lie in folders named by their hash and never change."""
    try:
        return images.load(path)
    except ValueError as error:
        raise UnreadableImage(str(error)) from None


_remembered = [_load]


def remember(answers: int) -> Callable[[Callable], Any]:
    """Decorator: keep a handler's last answers, for a class that looks at one picture; `forget_pictures` drops them.

    A page equals itself alone, and a path always means the same picture, so arguments say all.
    """

    def decorate(handler: Callable) -> Any:
        kept = functools.lru_cache(maxsize=answers)(handler)
        _remembered.append(kept)
        return kept

    return decorate


def forget_pictures() -> None:
    """Drop all that is kept in memory of visitors' pictures."""
    for kept in _remembered:
        kept.cache_clear()


def accept(page: Page, path: str | None, before: str | None = None) -> tuple[Array | str, float, str | None, Any]:
    """What came through the door, opened, shrunk and upright; of a bad file a toast says what is wrong.

    Args:
        page: whose door it is.
        path: of the upload.
        before: of the picture that stood there; a bad file leaves it where it was.

    Returns:
        the picture to show (of a reduced one the path of its file), a number that is new each time, where the picture
        now lies, for the next time, and that it is the visitor's own.
    """
    own: Any = OWN
    try:
        picture = page.picture(path)
        if path is not None and (size := page.original_size(path)) != (picture.shape[1], picture.shape[0]):
            return _reduced(page, picture, size)
    except ValueError as error:
        gr.Warning(escape(error), duration=TOAST_SECONDS)
        path, own = before if before and Path(before).exists() else None, gr.skip()
        picture = page.picture(path)
    return shown(picture), time.time(), path, own


def _reduced(page: Page, picture: Array, size: tuple[int, int]) -> tuple[Any, float, str, str]:
    """What `accept` returns of an image that was reduced: its file notes the original size, and a toast says both."""
    height, width = picture.shape[:2]
    was, now = (f"{side[0]:,} × {side[1]:,}" for side in (size, (width, height)))
    gr.Info(f"The image has {was} pixels (width × height); it was reduced to {now}.", duration=TOAST_SECONDS)
    path = str(kept_once(shown(picture), Path(page.door.GRADIO_CACHE), images.size_text(size)))
    return path, time.time(), path, OWN


def taken(page: Page, picture: Array, wish: str = OWN) -> tuple[Array, float, str, str]:
    """What `accept` returns, of a picture that came otherwise than as a file."""
    return shown(picture), time.time(), str(kept_once(shown(picture), Path(page.door.GRADIO_CACHE))), wish


def shown(image: Array) -> Array:
    """As gr.Image wants it: grey as (H, W), colour as it is; every pixel kept."""
    return image[:, :, 0] if image.shape[2] == 1 else image


def module(path: str) -> str:
    """JavaScript for the promise of a module of `web/`; the page is not loaded from where Gradio's own scripts lie."""
    return f"import(new URL({json.dumps(f'look/{path}.js')}, document.baseURI))"


def call(path: str, function: str, *arguments: Any) -> str:
    """JavaScript of an event: a module's function with these arguments, then the values of the event's inputs."""
    given = "".join(f"{json.dumps(argument)}, " for argument in arguments)
    return f"async (...values) => (await {module(path)}).{function}({given}...values)"


def live_panel(room: str, name: str, value: dict[str, Any] | None = None, elem_id: str = "") -> gr.HTML:
    """A panel that works in the page: the markup of `web/ROOM/NAME.html`, brought to life by `open` of its script."""
    return _live(f"{room}/{name}", value, WEB.joinpath(room, f"{name}.html").read_text(), elem_id or name)


def live_value(path: str, value: dict[str, Any] | None = None) -> gr.HTML:
    """Something that Python tells a module of the page, where nothing is seen: `open` gets it, and whatever follows."""
    return _live(path, value, "<span></span>", None)


def _live(path: str, value: dict[str, Any] | None, markup: str, elem_id: str | None) -> gr.HTML:
    given = f"{{element, props, watch, trigger, id: {json.dumps(elem_id)}}}"
    script = f"{module(path)}.then(panel => panel.open({given}))"
    return gr.HTML(value, html_template=markup, js_on_load=script, elem_id=elem_id)


def pickable(html: str, elem_id: str, above: tuple[str, ...] = ()) -> gr.HTML:
    """HTML of Python's, whose tiles (`tile_grid` with "pick") can be clicked: `.select` tells which.

    `above` are ids of other such tiles, with whose click another choice begins here.
    """
    given = f"{{element, trigger, id: {json.dumps(elem_id)}, above: {json.dumps(above)}}}"
    script = f"{module('page/pickable')}.then(tiles => tiles.open({given}))"
    return gr.HTML(html, js_on_load=script, elem_id=elem_id)


def side_radio(label: str, elem_id: str) -> gr.Radio:
    """The choice between autoencoder and VAE: "ae" or "vae"."""
    return gr.Radio([(title, key) for key, title in SIDES], value="vae", label=label, min_width=400, elem_id=elem_id)
