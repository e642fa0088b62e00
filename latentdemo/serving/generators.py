"""Routes of networks that make images out of noise: ways to codes, grids of entries, and the search for a picture."""

import json
import math
from collections.abc import AsyncGenerator
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from latentdemo.codes import diffusion, search
from latentdemo.codes.latents import CODE_LIMIT
from latentdemo.drawing.pictures import base64_of
from latentdemo.models import MODELS
from latentdemo.models.generators.denoiser import STEPS
from latentdemo.serving.answers import body
from latentdemo.serving.networks import read_codes, read_images
from latentdemo.serving.queues import Queue, check_wanted, refused
from latentdemo.store.resources import Resources

MOST, FRAMES = 16, 40  # ways at once; codes on a way that are told
MOST_BODY = 100_000  # bytes: an image, or a code
SEEDS, STRENGTHS, TEMPERATURES = (0, 2**31 - 1), (0.0, 10.0), (0.1, 2.0)
N_AT_ONCE = 2  # walks and grids, which take a second of a core; and as many searches, which take some seconds
NEVER = {"Cache-Control": "no-store"}
BRIEFLY = {"Cache-Control": "max-age=3600"}


def generator_routes(resources: Resources) -> list[BaseRoute]:
    """Routes for diffusion models, priors over grids, and GANs; each refuses with a sentence."""
    drawing, searching = Queue(N_AT_ONCE), Queue(N_AT_ONCE)
    return [
        Route("/pixels/walk/{model}", partial(walk, resources, drawing), methods=["GET", "POST"]),
        Route("/pixels/grids/{model}", partial(grids, resources, drawing)),
        Route("/pixels/search/{model}", partial(find, resources, searching), methods=["POST"]),
    ]


def generator(resources: Resources, request: Request, learns: str) -> str:
    """The name of a model in an address; ValueError unless it is one that learns so."""
    card = resources.card(str(request.path_params["model"]))
    if MODELS[card.kind].learns != learns:
        raise ValueError(f"{card.name} cannot do that; it is a model of the kind {card.kind}.")
    return card.name


def number(request: Request, name: str, least: float, most: float, default: float) -> float:
    """A number of an address. ValueError unless it lies in `least` … `most`."""
    text = request.query_params.get(name, str(default))
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise ValueError(f"{name} is {text[:20]!r}; it must lie in {least:g} … {most:g}.")
    return value


async def walk(resources: Resources, queue: Queue, request: Request) -> Response:
    """The way from noise to codes: GET ?seed, n, steps, told, strength.

    POST {"model": of its codes, "codes": [one]} instead of `n`, with `first`: this code is noised by so many steps, and
    led back. `told`: number of a class, or "FACTOR VALUE"; nothing: any image.

    Answers {"left": steps of noise left at each of t moments, "codes": base64 of (t, n, D) float32, "dims": D};
    of a code that was sent also "out", the way into noise, (t', 1, D), and "out_left".
    """
    try:
        name = generator(resources, request, "noise")
        whole = {key: int(number(request, key, *bounds)) for key, bounds in WHOLE.items()}
        told, strength = request.query_params.get("told", ""), number(request, "strength", *STRENGTHS, 1.0)
        sent = b""
        if request.method == "POST":
            sent = await body(request, MOST_BODY)
        answer = await queue.run(request, _walk, resources, name, tuple(whole.values()), told, strength, sent)
    except ValueError as error:
        return refused(error)
    return JSONResponse(answer, headers=NEVER if sent else BRIEFLY)


WHOLE = {"seed": (*SEEDS, 0), "n": (1, MOST, 8), "steps": (1, STEPS, STEPS), "first": (1, STEPS, STEPS)}


@lru_cache(maxsize=128)
def _walk(
    resources: Resources, name: str, whole: tuple[int, ...], told: str, strength: float, sent: bytes
) -> dict[str, Any]:
    seed, n, steps, first = whole
    model = resources.model(name)
    wanted = read_told(model, told)
    out: dict[str, Any] = {"dims": model.shape.latent_dim}
    if sent:
        code = read_codes(sent, 1)[1]
        if code.shape[1] != model.shape.latent_dim:
            raise ValueError(f"A code has {model.shape.latent_dim} numbers; {code.shape[1]} were sent.")
        stops = _moments(first)[::-1]
        noisy = [_restored(model, diffusion.noised(model, code, stop, seed)) for stop in stops]
        out |= {"out_left": stops, "out": base64_of(np.array(noisy))}
        start = diffusion.noised(model, code, first, seed)
    else:
        start, first = diffusion.noise(model, n, seed), STEPS
    way = []
    for moment in diffusion.walk(model, start, seed, steps, wanted, strength, first):
        check_wanted()
        way.append(moment)
    shown = set(_moments(first)) if len(way) > FRAMES + 1 else {left for left, _ in way}
    kept = [(left, z) for left, z in way if left in shown]
    return out | {"left": [left for left, _ in kept], "codes": base64_of(np.array([z for _, z in kept]))}


def _moments(first: int) -> list[int]:
    """At most 41 of the noising steps, from `first` down to 0."""
    return sorted({round(first * i / FRAMES) for i in range(FRAMES + 1)}, reverse=True)


@torch.inference_mode()
def _restored(model: Any, z: Array) -> Array:
    return model.restore(torch.from_numpy(z)).numpy()


def read_told(model: Any, text: str) -> diffusion.Told | None:
    """What images are to show, as an address tells it. ValueError unless the model knows such."""
    if not text:
        return None
    words, n = text.split(), model.shape.told
    i = int(words[0]) if words and words[0].isascii() and words[0].isdecimal() and len(words[0]) < 10 else -1
    try:
        value = float(words[1]) if len(words) == 2 else None
    except ValueError:
        value = math.nan
    if not 0 <= i < n or len(words) > 2 or not abs(value or 0) <= CODE_LIMIT:
        raise ValueError(f"told is {text[:20]!r}; write a number of 0 … {n - 1}, and a factor's value behind it.")
    return diffusion.one_class(model, i) if value is None else diffusion.one_factor(model, i, value)


async def grids(resources: Resources, queue: Queue, request: Request) -> Response:
    """GET ?seed, n, temperature -> {"side": g, "grids": n lists of g² indices, "shares": the probability of each}."""
    try:
        name = generator(resources, request, "indices")
        seed, n = (int(number(request, key, *WHOLE[key])) for key in ("seed", "n"))
        temperature = number(request, "temperature", *TEMPERATURES, 1.0)
        answer = await queue.run(request, _grids, resources, name, seed, n, temperature)
    except ValueError as error:
        return refused(error)
    return JSONResponse(answer, headers=BRIEFLY)


@lru_cache(maxsize=128)
def _grids(resources: Resources, name: str, seed: int, n: int, temperature: float) -> dict[str, Any]:
    model = resources.model(name)
    drawn, shares = model.draw(n, torch.Generator().manual_seed(seed), temperature, check_wanted)
    return {
        "side": model.side,
        "grids": drawn.flatten(1).tolist(),
        "shares": shares.flatten(1).numpy().round(4).tolist(),
    }


async def find(resources: Resources, queue: Queue, request: Request) -> Response:
    """POST an image (S, S, C) bytes, ?seed -> lines of {"step", "steps", "code", "mse"} while a GAN is searched for it.

    Closing the connection ends the search.
    """
    try:
        name = generator(resources, request, "critic")
        seed = int(number(request, "seed", *SEEDS, 0))
        picture = read_images(await body(request, MOST_BODY), resources.card(name).shape)[0]
        lines = _lines(await run_in_threadpool(resources.model, name), picture, seed)
        return await queue.stream(request, StreamingResponse(lines, media_type="application/x-ndjson", headers=NEVER))
    except ValueError as error:
        return refused(error)


async def _lines(model: Any, picture: Array, seed: int) -> AsyncGenerator[str, None]:
    """One line for each reported step."""
    async for step, code, mse in iterate_in_threadpool(search.search(model, picture, seed)):
        yield json.dumps({"step": step, "steps": search.STEPS, "code": code.tolist(), "mse": mse}) + "\n"
