"""Small routes of the page: pictures, moments, looks; each checks its own input and answers 422 with a sentence."""

import gzip
import io
import json
from collections.abc import Callable
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from latentdemo.codes.gallery import recorded_moments, world
from latentdemo.drawing.pictures import encoded
from latentdemo.serving.answers import packed, refusal
from latentdemo.serving.generators import generator_routes
from latentdemo.serving.networks import network_routes
from latentdemo.serving.queues import Queue, refused
from latentdemo.serving.refits import refit_routes
from latentdemo.serving.rooms import room_routes
from latentdemo.serving.training import training_routes
from latentdemo.serving.watching import Trainer
from latentdemo.store.lessons import Targets
from latentdemo.store.resources import Resources
from latentdemo.tabs import guide
from latentdemo.widgets import PLOTLY, WEB

MOST_IN_QR = 2953  # bytes, of version 40 with error correction level L (ISO/IEC 18004)
BRIEFLY = {"Cache-Control": "max-age=3600"}


def pixel_routes(
    resources: Resources, trainer: Trainer | None = None, targets: Callable[[], Targets] | None = None
) -> list[BaseRoute]:
    """Routes that answer within milliseconds; each checks its own input and answers 422 with a sentence.

    Without a `trainer` nothing is trained here; without `targets` links of lessons are not checked.
    """

    def gallery(request: Request) -> Response:
        """GET /pixels/gallery/MODEL/INDEX -> a gallery picture."""
        try:
            picture = resources.gallery_image(request.path_params["model"], read_index(request.path_params["index"]))
        except ValueError as error:
            return refusal(str(error))
        data, media_type = encoded(picture)
        return Response(data, media_type=media_type, headers=BRIEFLY)

    async def health(request: Request) -> Response:
        """GET /health -> which checkpoints are served, and what is wrong with the others."""
        return JSONResponse({"models": sorted(resources.cards), "problems": resources.problems})

    return [
        Route("/pixels/gallery/{model}/{index}", gallery),
        Route("/pixels/moments/{model}", partial(moments, resources)),
        Route("/pixels/map/{model}", partial(known_points, resources)),
        Route("/pixels/sprites/{model}", partial(sprites, resources)),
        Route("/pixels/qr", partial(qr, Queue(1))),
        Route("/pixels/glance/{tab}", partial(glance, resources)),
        Route("/health", health),
        Route(f"/{PLOTLY}", partial(plotly, resources)),
        Mount("/look", Look(directory=WEB)),
        *network_routes(resources),
        *generator_routes(resources),
        *refit_routes(resources),
        *room_routes(resources.lessons, targets),
        *training_routes(trainer),
    ]


def _plotly(resources: Resources) -> bytes:
    """The script of the installed plotly package, packed; found without importing the package."""
    found = find_spec("plotly")
    assert found is not None and found.origin is not None  # a requirement
    return gzip.compress(Path(found.origin).with_name("package_data").joinpath("plotly.min.js").read_bytes(), 6)


def plotly(resources: Resources, request: Request) -> Response:
    """GET /charts/plotly-VERSION.min.js -> the charts' script."""
    return packed(request, resources.once(_plotly), "text/javascript; charset=utf-8")


def moments(resources: Resources, request: Request) -> Response:
    """GET /pixels/moments/MODEL -> codes, samples and losses at the recorded moments of its training."""
    try:
        name = request.path_params["model"]
        found = recorded_moments(resources.arrays(name), resources.card(name).names)
    except ValueError as error:
        return refusal(str(error))
    return JSONResponse(found, headers=BRIEFLY)


def _map(resources: Resources, name: str) -> bytes:
    return gzip.compress(
        json.dumps(world(resources.gallery(name)) | {"real": resources.shows_originals(name)}).encode(), 4
    )


def known_points(resources: Resources, request: Request) -> Response:
    """GET /pixels/map/MODEL -> maps of its gallery's codes and what is known of each point: `codes.gallery.world`."""
    name = str(request.path_params["model"])
    try:
        resources.gallery(name)
    except ValueError as error:
        return refusal(str(error))
    return packed(request, resources.once(_map, name), "application/json", BRIEFLY)


def _sprites(resources: Resources, name: str) -> tuple[bytes, str]:
    return encoded(resources.sprites(name))


def sprites(resources: Resources, request: Request) -> Response:
    """GET /pixels/sprites/MODEL -> all pictures of its gallery on one sheet, rows of `SPRITE_COLUMNS`."""
    try:
        data, media_type = resources.once(_sprites, resources.card(str(request.path_params["model"])).name)
    except ValueError as error:
        return refusal(str(error))
    return Response(data, media_type=media_type, headers=BRIEFLY)


def _glance(resources: Resources, tab: str) -> tuple[bytes, str]:
    return encoded(guide.glance(resources, tab))


def glance(resources: Resources, request: Request) -> Response:
    """GET /pixels/glance/TAB -> a picture of what a tab does."""
    try:
        data, media_type = resources.once(_glance, str(request.path_params["tab"]))
    except ValueError as error:
        return refusal(str(error))
    return Response(data, media_type=media_type, headers=BRIEFLY)


async def qr(queue: Queue, request: Request) -> Response:
    """GET /pixels/qr?text=… -> a QR code of a text (a link) as SVG, black on white."""
    text = request.query_params.get("text", "")
    if not 0 < len(text.encode()) <= MOST_IN_QR:
        return refusal(f"A QR code holds a text of 1 to {MOST_IN_QR} bytes; this one has {len(text.encode())}.")
    try:
        return Response(await queue.run(request, _qr, text), media_type="image/svg+xml", headers=BRIEFLY)
    except ValueError as error:
        return refused(error)


@lru_cache(maxsize=64)
def _qr(text: str) -> bytes:
    import segno

    out = io.BytesIO()
    segno.make_qr(text, error="l").save(out, kind="svg", scale=6, border=4, light="#fff", xmldecl=False)
    return out.getvalue()


def read_index(text: str) -> int:
    """A gallery picture's number as it stands in an address. ValueError unless it is one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValueError(f"No picture {text[:20]!r}; write its number, 0 or above.")
    return int(text)


class Look(StaticFiles):
    """Scripts and styles; the browser asks whether they are still the same, so that a new version is never mixed."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """A file, or "not modified"."""
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = "no-cache"
        if str(args[0]).endswith(".js"):  # by some systems' tables it is plain text, and no browser runs that
            response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return response
