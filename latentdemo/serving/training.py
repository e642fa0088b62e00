"""Routes of the training that a class watches: everybody sees it, who began it steers it."""

import asyncio
import json
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from latentdemo.serving.answers import body, refusal
from latentdemo.serving.watching import Trainer

NEVER = {"Cache-Control": "no-store"}
MOST_BYTES = 200_000
PICTURES = ("pictures", "plane")
OFF = "Nothing is trained on this host; start the app on your own machine, or with --train."


def training_routes(trainer: Trainer | None) -> list[BaseRoute]:
    """The run as everybody sees it, and what who began it may ask; without a trainer a sentence."""
    if trainer is None:
        return [Route("/pixels/train", lambda request: refusal(OFF), methods=["GET", "POST"])]
    return [
        Route("/pixels/train", partial(show, trainer), methods=["GET"]),
        Route("/pixels/train", partial(ask, trainer), methods=["POST"]),
        Route("/pixels/train/{picture}", partial(picture, trainer)),
    ]


async def show(trainer: Trainer, request: Request) -> Response:
    """GET /pixels/train -> state, step, losses, codes … of the run."""
    return JSONResponse(await run_in_threadpool(trainer.told), headers=NEVER)


async def ask(trainer: Trainer, request: Request) -> Response:
    """POST {"start": RECIPE} -> {"key"}; {"key", and "beta", "learning_rate", "stop", "resume" or "keep"} -> {}.

    {"draw": address of a PNG, "digit": 0 … 9} -> {}: one more drawing for the class.
    """
    try:
        asked = json.loads(await body(request, MOST_BYTES))
        if not isinstance(asked, dict):
            raise ValueError("Send an object.")
        if "start" in asked:
            return JSONResponse({"key": await run_in_threadpool(trainer.start, str(asked["start"]))}, headers=NEVER)
        if "draw" in asked:
            await run_in_threadpool(trainer.draw, str(asked["draw"]), asked.get("digit"))
            return JSONResponse({}, headers=NEVER)
        await run_in_threadpool(trainer.steer, str(asked.get("key", "")), asked)
    except (ValueError, RecursionError, OSError) as error:
        return refusal(str(error))
    return JSONResponse({}, headers=NEVER)


async def picture(trainer: Trainer, request: Request) -> Response:
    """GET /pixels/train/pictures and /plane -> PNG of what the run can do by now."""
    name, run = str(request.path_params["picture"]), trainer.run
    path = run.watched / f"{name}.png" if run is not None and name in PICTURES else None
    if path is None or not await asyncio.to_thread(path.exists):
        return refusal("There is no such picture (yet).", 404)
    return FileResponse(path, media_type="image/png", headers=NEVER)
