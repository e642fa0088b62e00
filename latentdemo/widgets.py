"""Components that two or more tabs use: the picture door, the drawing pad, canvases, errors that can be read."""

import base64
import functools
import html
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import ImageData
from gradio.utils import get_upload_folder
from numpy import ndarray as Array

from latentdemo import images
from latentdemo.resources import Resources

STATIC = Path(__file__).parent / "static"
TOAST_SECONDS = 10  # long enough to be read; one that stays covers the controls below it
MAX_DRAWING = 200_000  # characters of a drawing's data address
log = logging.getLogger("latentdemo")


class Door(gr.Image):
    """gr.Image that hands its file on unopened: `images.load` opens it, with sentences of ours where it cannot."""

    def preprocess(self, payload: ImageData | None) -> str | None:
        """The path of an upload, only if it lies where uploads do."""
        if payload is None or not payload.path:
            return None
        path, folder = Path(payload.path).resolve(), Path(get_upload_folder()).resolve()
        if folder not in path.parents:
            raise gr.Error("This file was not uploaded here.", print_exception=False)
        return str(path)

    def get_block_name(self) -> str:
        """The page draws it as an ordinary image."""
        return "image"


@dataclass(frozen=True, eq=False)  # a page equals itself alone, so that results can be remembered by page
class Page:
    """What every tab is given.

    Attributes:
        resources: models and galleries, read-only.
        door: the visitor's picture.
        arrived: a state that changes whenever another picture has come through the door.
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
    pair: gr.Radio
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
        keys = json.dumps({key: token.value for key, token in self.panels.items()}) + ", " + json.dumps(first)
        tokens = list(self.panels.values())
        for event, group in [(self.arrived.change, ""), *self.turns]:
            event(fn=None, js=f"() => latentdemo.panels.stale({json.dumps(group)}, {keys})", outputs=tokens)
        for key, tab in self.tabs.items():
            opened = f"() => latentdemo.panels.opened({json.dumps(key)}, {keys})"
            tab.select(fn=None, js=opened, outputs=tokens)

    @property
    def first_pair(self) -> str:
        """Label of the pair chosen at first."""
        return next(iter(self.resources.pairs))

    def picture(self, path: str | None) -> Array:
        """The visitor's picture, (H, W, C) uint8; the default one before there is any. ValueError if unreadable."""
        return self.default if path is None else _load(path)


@functools.lru_cache(maxsize=64)
def _load(path: str) -> Array:
    """Uploads lie in folders named by their hash and never change."""
    return images.load(path)


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


def accept(page: Page, path: str | None) -> tuple[Array, float]:
    """What came through the door, opened, shrunk and upright; of a bad file a toast says what is wrong.

    Returns:
        the picture to show, and a number that is new each time.
    """
    try:
        return shown(page.picture(path)), time.time()
    except ValueError as error:
        gr.Warning(html.escape(str(error)), duration=TOAST_SECONDS)
        return shown(page.default), time.time()


def drawing(address: str) -> Array:
    """A drawing pad's data address -> (28, 28, 1) uint8, centred as MNIST's digits are. ValueError if it is none."""
    head, _, data = address[:MAX_DRAWING].partition(",")
    if not head.startswith("data:image/png;base64"):
        raise ValueError("The drawing did not arrive whole; draw again.")
    try:
        picture = images.load(base64.b64decode(data, validate=True))
    except ValueError:
        raise ValueError("The drawing did not arrive whole; draw again.") from None
    return images.as_digit(picture)


def shown(image: Array) -> Array:
    """As gr.Image wants it: grey as (H, W), colour as it is; every pixel kept."""
    return image[:, :, 0] if image.shape[2] == 1 else image


def latent_canvas(value: dict[str, Any], elem_id: str, label: str) -> gr.HTML:
    """A canvas that shows decode(origin + Σ steps · directions) and follows sliders without asking Gradio.

    Args:
        value: {"model", "origin": (D,), "directions": (n, D), "steps": (n,)} as lists.
        elem_id: what `latentdemo.steer(elem_id, steps)` in page.js is told.
        label: for screen readers.
    """
    template = f'<canvas class="latent" width="512" height="512" role="img" aria-label="{html.escape(label)}"></canvas>'
    return gr.HTML(
        value,
        html_template=template + '<p class="note" role="status"></p>',
        js_on_load=f"latentdemo.latentCanvas('{elem_id}', element, props, watch)",
        elem_id=elem_id,
    )


def live_panel(name: str, function: str, value: dict[str, Any] | None = None) -> gr.HTML:
    """A panel that works in the page: the markup of `static/NAME.html`, brought to life by `latentdemo.FUNCTION`."""
    markup = STATIC.joinpath(f"{name}.html").read_text()
    script = f"latentdemo.{function}(element, props, watch, trigger)"
    return gr.HTML(value, html_template=markup, js_on_load=script, elem_id=name)


def steering(model: str, origin: Array, directions: Array, steps: list[float]) -> dict[str, Any]:
    """The value of a `latent_canvas`."""
    return {
        "model": model,
        "origin": np.round(origin, 5).tolist(),
        "directions": np.round(directions, 5).tolist(),
        "steps": [float(value) for value in steps],
    }
