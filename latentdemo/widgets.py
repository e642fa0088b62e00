"""Components that two or more tabs use: the picture door, the drawing pad, canvases, errors that can be read."""

import base64
import functools
import html
import inspect
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import ImageData
from gradio.utils import get_upload_folder
from numpy import ndarray as Array

from latentdemo import images
from latentdemo.resources import Resources

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


@dataclass(frozen=True)
class Page:
    """What every tab is given.

    Attributes:
        resources: models and galleries, read-only.
        door: the visitor's picture.
        arrived: a state that changes whenever another picture has come through the door.
        pair: which autoencoder and VAE the visitor looks at.
        default: the picture before anything came.
    """

    resources: Resources
    door: Door
    arrived: gr.State
    pair: gr.Radio
    default: Array

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


def forget_pictures() -> None:
    """Drop the opened uploads that are kept in memory."""
    _load.cache_clear()


def bound(page: Page, handler: Callable) -> Callable:
    """A handler without its first argument, `page`, whose errors the user can read.

    A ValueError's own sentence becomes a toast; anything else is logged, and the toast says only that.
    """

    @functools.wraps(handler)
    def safe(*args: Any) -> Any:
        try:
            return handler(page, *args)
        except (ValueError, FileNotFoundError) as error:
            raise gr.Error(html.escape(str(error)), duration=None, print_exception=False) from None
        except Exception as error:
            log.exception("unexpected error in %s", handler.__name__)
            sentence = "Something unexpected happened; it is in the server's log. Try another picture."
            raise gr.Error(sentence, duration=None, print_exception=False) from error

    signature = inspect.signature(handler)
    rest = list(signature.parameters.values())[1:]
    safe.__signature__ = signature.replace(parameters=rest)  # pyright: ignore[reportAttributeAccessIssue]
    return safe


def listener(page: Page, handler: Callable) -> dict[str, Any]:
    """How tabs listen: no public endpoint, the last event wins, visitors do not wait for each other."""
    return {
        "fn": bound(page, handler),
        "api_visibility": "private",
        "show_progress": "hidden",
        "trigger_mode": "always_last",
        "concurrency_limit": None,
    }


def endpoint(page: Page, name: str, handler: Callable, inputs: list[Any], outputs: list[Any]) -> None:
    """A public API endpoint, described by its handler's docstring; the page does not show it."""
    gr.Button(visible=False).click(bound(page, handler), inputs, outputs, api_name=name, concurrency_limit=None)


def accept(page: Page, path: str | None) -> tuple[Array, float]:
    """What came through the door, opened, shrunk and upright; of a bad file a toast says what is wrong.

    Returns:
        the picture to show, and a number that is new each time.
    """
    try:
        return shown(page.picture(path)), time.time()
    except ValueError as error:
        gr.Warning(html.escape(str(error)), duration=None)
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


def steering(model: str, origin: Array, directions: Array, steps: list[float]) -> dict[str, Any]:
    """The value of a `latent_canvas`."""
    return {
        "model": model,
        "origin": np.round(origin, 5).tolist(),
        "directions": np.round(directions, 5).tolist(),
        "steps": [float(value) for value in steps],
    }
