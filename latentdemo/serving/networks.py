"""Routes of the page's engine: a model's weights to take along, and answers until they are there, or without them."""

import gzip
import hashlib
import json
import math
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from latentdemo.codes import latents
from latentdemo.codes.latents import CODE_LIMIT
from latentdemo.drawing.pictures import gif
from latentdemo.models import MODELS, Shape
from latentdemo.models.packing import LAYOUT, pack
from latentdemo.models.protocols import Decoder
from latentdemo.pixels.tensors import as_images
from latentdemo.serving.answers import body, packed, refusal
from latentdemo.serving.queues import Queue, check_wanted, refused
from latentdemo.store.resources import Resources

MAX_BODY = 400_000  # bytes: 49 codes of 256 numbers, written out, or eight images of 128 × 128 in colour
MOST = 64  # codes or images that are asked for at once
MOST_FRAMES = 17  # of a film, there; what the page asks for
N_AT_ONCE = 2  # requests that decode or encode many images
NEVER = {"Cache-Control": "no-store"}
BYTES = "application/octet-stream"


def network_routes(resources: Resources) -> list[BaseRoute]:
    """Routes for autoencoders; each checks its own input and answers with a sentence where it refuses."""
    filming, working = Queue(1), Queue(N_AT_ONCE)  # a film takes a second of a core
    return [
        Route("/weights", partial(index, resources)),
        Route("/weights/{file}", partial(weights, resources)),
        Route("/pixels/codes/{model}", partial(codes, resources)),
        Route("/pixels/decode", partial(decode, resources, working), methods=["POST"]),
        Route("/pixels/film", partial(film, resources, filming), methods=["POST"]),
        Route("/pixels/encode/{model}", partial(encode, resources, working), methods=["POST"]),
    ]


def index(resources: Resources, request: Request) -> Response:
    """GET /weights -> of every network that decodes: address of its weights, side, channels, latent_dim."""
    found = {name: facts(resources, name) for name in resources.decoders()}
    return JSONResponse(found, headers={"Cache-Control": "no-cache"})


def weights(resources: Resources, request: Request) -> Response:
    """GET /weights/NAME.HASH.bin -> the model as `models.packing` lays it out; x-size tells the bytes."""
    file = str(request.path_params["file"])
    name = file.rsplit(".", 2)[0]
    if name not in resources.decoders() or facts(resources, name)["address"] != f"weights/{file}":
        return refusal(f"No weights {file[:60]!r}; load the page again.", 404)
    try:
        data, size = resources.once(_packed, name)
    except ValueError as error:  # a network of one's own, of layers that the engine does not know: the server decodes
        return refusal(f"{name} cannot run in the page: {error}.")
    return packed(request, data, BYTES, {"x-size": str(size)})


def codes(resources: Resources, request: Request) -> Response:
    """GET /pixels/codes/NAME -> the codes of its gallery, (n, D) little-endian float32."""
    try:
        found = resources.gallery(str(request.path_params["model"])).codes
    except ValueError as error:
        return refusal(str(error))
    return Response(found.astype("<f4").tobytes(), media_type=BYTES, headers={"Cache-Control": "max-age=3600"})


async def decode(resources: Resources, queue: Queue, request: Request) -> Response:
    """POST {"model": name, "codes": n lists of D numbers} -> (n, S, S, C) bytes, 0 … 255."""
    try:
        model, given = await asked_codes(resources, request, MOST)
        pictures = decoded(model, given) if len(given) == 1 else await queue.run(request, decoded, model, given)
    except ValueError as error:
        return refused(error)
    return Response(pictures.tobytes(), media_type=BYTES, headers=NEVER)


async def asked_codes(resources: Resources, request: Request, most: int) -> tuple[Decoder, Array]:
    """A model and codes (n, D) for it. ValueError unless they fit each other and are 1 … `most`."""
    name, given = read_codes(await body(request, MAX_BODY), most)
    model, wanted = resources.decoder(name), resources.card(name).shape.code_size
    if given.shape[1] != wanted:
        raise ValueError(f"A code of {name} has {wanted} numbers; {given.shape[1]} were sent.")
    return model, given


async def film(resources: Resources, queue: Queue, request: Request) -> Response:
    """POST {"model": name, "codes": n lists of D numbers} -> a GIF of their pictures, there and back."""
    try:
        model, given = await asked_codes(resources, request, MOST_FRAMES)
        made = await queue.run(request, _film, model, given)
    except ValueError as error:
        return refused(error)
    return Response(made, media_type="image/gif", headers=NEVER)


def _film(model: Decoder, codes: Array) -> bytes:
    frames = []
    for code in codes:
        check_wanted()
        frames.append(decoded(model, code[None])[0])
    return gif(frames)


async def encode(resources: Resources, queue: Queue, request: Request) -> Response:
    """POST (n, S, S, C) bytes to /pixels/encode/NAME -> {"mu": n lists of D numbers, "logvar": the same or null}."""
    name = str(request.path_params["model"])
    try:
        model = resources.decoder(name)
        if not hasattr(model, "encode"):
            raise ValueError(f"{name} has no encoder.")
        images = read_images(await body(request, MAX_BODY), resources.card(name).shape)
        found = await queue.run(request, latents.encode, model, images)
    except ValueError as error:
        return refused(error)
    logvar = None if found.logvar is None else found.logvar.tolist()
    return JSONResponse({"mu": found.mu.tolist(), "logvar": logvar}, headers=NEVER)


def facts(resources: Resources, name: str) -> dict[str, Any]:
    """What the page must know of an autoencoder before it has its weights."""
    card = resources.card(name)
    made_of = hashlib.sha256(f"{card.sha256['safetensors']} {LAYOUT}".encode()).hexdigest()
    shape = {"side": card.shape.image_size, "channels": card.shape.channels, "latent_dim": card.shape.code_size}
    return {"address": f"weights/{name}.{made_of[:16]}.bin", **shape}


def _packed(resources: Resources, name: str) -> tuple[bytes, int]:
    """Weights for the engine, compressed, and their size before that."""
    card = resources.card(name)
    file = pack(resources.model(name), card.shape, MODELS[card.kind].regularised)
    return gzip.compress(file, 6), len(file)


def read_codes(sent: bytes, most: int) -> tuple[str, Array]:
    """Model name and codes (n, D) out of a request's body. ValueError unless n ≤ most and all numbers lie in ±100."""
    try:
        fields = json.loads(sent)
        name, rows = str(fields["model"]), fields["codes"]
        if not (isinstance(rows, list) and all(isinstance(row, list) for row in rows)):
            raise TypeError
        codes = [[float(value) for value in row] for row in rows]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise ValueError('Send {"model": name, "codes": [[numbers], …]}.') from None
    if not 1 <= len(codes) <= most or len({len(row) for row in codes}) != 1:
        raise ValueError(f"Send 1 … {most} codes of one length; {len(codes)} were sent.")
    if not all(math.isfinite(value) and abs(value) <= CODE_LIMIT for row in codes for value in row):
        raise ValueError(f"A number of a code is not within ±{CODE_LIMIT:g}.")
    return name, np.array(codes, np.float32)


def read_images(sent: bytes, shape: Shape) -> Array:
    """Images (n, S, S, C) uint8 out of a request's body. ValueError on another number of bytes."""
    size = (shape.image_size, shape.image_size, shape.channels)
    n, rest = divmod(len(sent), math.prod(size))
    if rest or not 1 <= n <= MOST:
        wanted = " × ".join(map(str, size))
        raise ValueError(
            f"Send 1 … {MOST} images of {wanted} bytes (height × width × channels); {len(sent):,} bytes were sent."
        )
    return np.frombuffer(sent, np.uint8).reshape(n, *size).copy()  # torch takes what can be written to


@torch.inference_mode()
def decoded(model: Decoder, codes: Array) -> Array:
    """Codes (n, D) -> (n, S, S, C) uint8."""
    return as_images(model.decode(torch.from_numpy(codes)))
