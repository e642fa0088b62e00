"""Routes of the training that a class watches: everybody sees it, who began it steers it."""

import asyncio
import json
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from latentdemo.data import load
from latentdemo.drawing.pictures import png, sheet
from latentdemo.serving.answers import address_of, body, refusal
from latentdemo.serving.watching import Trainer
from latentdemo.store.resources import Resources

NEVER = {"Cache-Control": "no-store"}
MOST_BYTES = 200_000
MAX_BROWSER = 64  # characters
PICTURES = ("pictures", "plane")
N_EXAMPLES, COLUMNS = 24, 8
OFF = "Nothing is trained on this host; start the app on your own machine, or with --train."


def training_routes(trainer: Trainer | None) -> list[BaseRoute]:
    """The run as everybody sees it, and what who began it may ask; without a trainer a sentence."""
    if trainer is None:
        return [Route("/pixels/train", lambda request: refusal(OFF), methods=["GET", "POST"])]
    return [
        Route("/pixels/train", partial(show, trainer), methods=["GET"]),
        Route("/pixels/train", partial(ask, trainer), methods=["POST"]),
        Route("/pixels/train/examples/{recipe}", partial(examples, trainer)),
        Route("/pixels/train/{picture}", partial(picture, trainer)),
    ]


async def show(trainer: Trainer, request: Request) -> Response:
    """GET /pixels/train -> state, step, losses, codes … of the run; "yours": the header x-key is its key."""
    return JSONResponse(await run_in_threadpool(trainer.told, request.headers.get("x-key", "")), headers=NEVER)


async def ask(trainer: Trainer, request: Request) -> Response:
    """POST {"start": RECIPE, "key": of the run before} -> {"key"}.

    {"key", and "beta", "learning_rate", "stop", "resume" or "keep"} -> {}: what who began it wishes for.

    {"draw": address of a PNG, "digit": 0 … 9, "browser": a text made by chance} -> {}: one more drawing for the class.
    """
    try:
        asked = json.loads(await body(request, MOST_BYTES))
        if not isinstance(asked, dict):
            raise ValueError("Send an object.")
        if "start" in asked:
            begun = await run_in_threadpool(trainer.start, str(asked["start"]), str(asked.get("key", "")))
            return JSONResponse({"key": begun}, headers=NEVER)
        if "draw" in asked:
            source = (address_of(request), str(asked.get("browser", ""))[:MAX_BROWSER])
            await run_in_threadpool(trainer.draw, str(asked["draw"]), asked.get("digit"), source)
            return JSONResponse({}, headers=NEVER)
        await run_in_threadpool(trainer.steer, str(asked.get("key", "")), asked)
    except (ValueError, RecursionError) as error:
        return refusal(str(error))
    except OSError as error:
        return refusal(f"The host cannot write what a training needs ({error.strerror}).")
    return JSONResponse({}, headers=NEVER)


async def examples(trainer: Trainer, request: Request) -> Response:
    """GET /pixels/train/examples/faces and /drawn -> PNG of a few images that such a run learns from."""
    recipe = str(request.path_params["recipe"])
    drawn = trainer.drawings.latest(N_EXAMPLES)
    if recipe == "faces":
        data = await run_in_threadpool(trainer.resources.once, _faces_example)
    elif recipe == "drawn" and drawn:
        data = png(sheet(drawn, COLUMNS))
    else:
        return refusal("There is no such picture (yet).", 404)
    return Response(data, media_type="image/png", headers=NEVER)


def _faces_example(_: Resources) -> bytes:
    return png(sheet(list(load("small-faces", "train", n=N_EXAMPLES).images), COLUMNS))


async def picture(trainer: Trainer, request: Request) -> Response:
    """GET /pixels/train/pictures and /plane -> PNG of what the run can do by now."""
    name, run = str(request.path_params["picture"]), trainer.run
    path = run.watched / f"{name}.png" if run is not None and name in PICTURES else None
    try:
        data = b"" if path is None else await asyncio.to_thread(path.read_bytes)
    except OSError:
        data = b""
    if not data:
        return refusal("There is no such picture (yet).", 404)
    return Response(data, media_type="image/png", headers=NEVER)
