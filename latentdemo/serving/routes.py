"""Small routes for what follows the pointer: each checks its own input and answers 422 with a sentence."""

import json
import math
from functools import partial
from typing import Any

import torch
from numpy import ndarray as Array
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from latentdemo.codes.gallery import recorded_moments
from latentdemo.codes.latents import CODE_LIMIT
from latentdemo.drawing.pictures import encoded
from latentdemo.models.protocols import Decoder
from latentdemo.pixels.tensors import as_images
from latentdemo.store.resources import Resources
from latentdemo.widgets import WEB

MAX_BODY = 40_000  # bytes: a code of 1024 numbers, written out


def pixel_routes(resources: Resources) -> list[BaseRoute]:
    """Routes that answer within milliseconds; each checks its own input and answers 422 with a sentence."""

    async def decode(request: Request) -> Response:
        """POST {"model": name, "code": [D numbers]} -> the decoded picture (JPEG, or PNG if grey)."""
        try:
            name, code = read_code(await _body(request))
            picture = decode_one(resources.decoder(name), code)
        except ValueError as error:
            return _refusal(str(error))
        data, media_type = encoded(picture)
        return Response(data, media_type=media_type, headers={"Cache-Control": "no-store"})

    def gallery(request: Request) -> Response:
        """GET /pixels/gallery/MODEL/INDEX -> a gallery picture."""
        try:
            picture = resources.gallery_image(request.path_params["model"], read_index(request.path_params["index"]))
        except ValueError as error:
            return _refusal(str(error))
        data, media_type = encoded(picture)
        return Response(data, media_type=media_type, headers={"Cache-Control": "max-age=3600"})

    async def health(request: Request) -> Response:
        """GET /health -> which checkpoints are served, and what is wrong with the others."""
        return JSONResponse({"models": sorted(resources.cards), "problems": resources.problems})

    return [
        Route("/pixels/decode", decode, methods=["POST"]),
        Route("/pixels/gallery/{model}/{index}", gallery),
        Route("/pixels/moments/{model}", partial(moments, resources)),
        Route("/health", health),
        Mount("/look", Look(directory=WEB)),
    ]


def moments(resources: Resources, request: Request) -> Response:
    """GET /pixels/moments/MODEL -> codes, samples and losses at the recorded moments of its training."""
    try:
        found = recorded_moments(resources.arrays(request.path_params["model"]))
    except ValueError as error:
        return _refusal(str(error))
    return JSONResponse(found, headers={"Cache-Control": "max-age=3600"})


def read_index(text: str) -> int:
    """A gallery picture's number as it stands in an address. ValueError unless it is one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValueError(f"No picture {text[:20]!r}; write its number, 0 or above.")
    return int(text)


def read_code(body: bytes) -> tuple[str, list[float]]:
    """Model name and code out of a request's body. ValueError unless all numbers are finite and within ±100."""
    if len(body) > MAX_BODY:
        raise ValueError(f"The request has {len(body)} bytes; the limit is {MAX_BODY}.")
    try:
        fields = json.loads(body)
        name, numbers = str(fields["model"]), fields["code"]
        code = [float(value) for value in numbers] if isinstance(numbers, list) else [float("nan")]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise ValueError('Send {"model": name, "code": [numbers]}.') from None
    if not all(math.isfinite(value) and abs(value) <= CODE_LIMIT for value in code):
        raise ValueError(f"A number of the code is not within ±{CODE_LIMIT:g}.")
    return name, code


@torch.inference_mode()
def decode_one(model: Decoder, code: list[float]) -> Array:
    """One code of D numbers -> (S, S, C) uint8. ValueError on another number of them."""
    return as_images(model.decode(torch.tensor([code])))[0]


async def _body(request: Request) -> bytes:
    """A request's body, read no further than a little beyond MAX_BODY."""
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > MAX_BODY:
            break
    return body


def _refusal(sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=422)


class Look(StaticFiles):
    """Scripts and styles; the browser asks whether they are still the same, so that a new version is never mixed."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """A file, or "not modified"."""
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = "no-cache"
        if str(args[0]).endswith(".js"):  # by some systems' tables it is plain text, and no browser runs that
            response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return response
