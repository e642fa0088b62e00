"""Gradio's components as this app needs them: pictures kept once, uploads opened by us, what APIs are told."""

import contextlib
import logging
import os
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ImageData
from gradio.utils import get_upload_folder
from numpy import ndarray as Array
from pydantic import ValidationError

from latentdemo.store.files import kept_once

log = logging.getLogger("latentdemo")


class Picture(gr.Image):
    """gr.Image whose file is written once: who reads it while others are shown the same picture gets it whole."""

    def postprocess(self, value: Any) -> Any:
        """(H, W) or (H, W, 3) uint8 -> where its PNG lies."""
        if not isinstance(value, Array):
            return super().postprocess(value)
        return ImageData(path=str(kept_once(value, Path(self.GRADIO_CACHE))), orig_name="image.png")

    def get_block_name(self) -> str:
        """The page draws it as an ordinary image."""
        return "image"


class Sent(ImageData):
    """What is sent as an image; of anything else Gradio would show and log how its check came to fail."""

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Any:
        """A description of an uploaded file. gr.Error if it is none."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError:
            log.warning("an image was sent as %s", type(obj).__name__)
            sentence = "The image did not arrive as an uploaded file; send it with handle_file, or none."
            raise gr.Error(sentence, print_exception=False) from None


class Door(Picture):
    """A picture that hands its file on unopened: `images.load` opens it, with sentences of ours where it cannot."""

    data_model = Sent

    def preprocess(self, payload: ImageData | None) -> str | None:
        """The path of an upload, only if it lies where uploads do."""
        if payload is None or not payload.path:
            return None
        path, folder = Path(payload.path).resolve(), Path(get_upload_folder()).resolve()
        if folder not in path.parents:
            raise gr.Error("This file was not uploaded here.", print_exception=False)
        with contextlib.suppress(OSError):
            os.utime(path)  # the sweep deletes what was used longest ago
        return str(path)


class FreeSlider(gr.Slider):
    """A slider that hands on what was typed, for its handler to clip; Gradio answers each digit beyond with a toast."""

    def preprocess(self, payload: Any) -> Any:
        """As it came."""
        return payload

    def get_block_name(self) -> str:
        """The page draws it as an ordinary slider."""
        return "slider"


class Numbers(gr.JSON):
    """A list of numbers; Gradio's own JSON tells assistants nothing of what it takes, and they refuse it."""

    def api_info(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "array", "items": {"type": "number"}}

    def get_block_name(self) -> str:
        """The page draws it as ordinary JSON."""
        return "json"
