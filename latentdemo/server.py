"""The web app: small routes for what follows the pointer, safe headers, and the Gradio page around them."""

import argparse
import atexit
import contextlib
import json
import logging
import math
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

# Gradio serves every file of this folder, and we sweep it: one of our own, inside the one that the user may have named.
os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="latentdemo-", dir=os.environ.get("GRADIO_TEMP_DIR"))
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")  # else each event tabulates the past ones

import gradio as gr
import torch
from numpy import ndarray as Array
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from latentdemo.codes.gallery import recorded_moments
from latentdemo.codes.latents import CODE_LIMIT
from latentdemo.dashboard import build_dashboard, page_look
from latentdemo.drawing.pictures import encoded
from latentdemo.models.protocols import Decoder
from latentdemo.pixels.tensors import as_images
from latentdemo.store.resources import Resources
from latentdemo.widgets import WEB, forget_pictures

MAX_BODY = 40_000  # bytes: a code of 1024 numbers, written out
UPLOAD_LIMIT = "30mb"
KEEP_SECONDS, SWEEP_SECONDS = 3600.0, 600.0
PORT = 7860
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"content-security-policy": (
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'"
    ),
}
log = logging.getLogger("latentdemo")


def pixel_routes(resources: Resources) -> list[BaseRoute]:
    """Routes that answer within milliseconds; each checks its own input and answers 422 with a sentence."""

    async def decode(request: Request) -> Response:
        """POST {"model": name, "code": [D numbers]} -> the decoded picture (JPEG, or PNG if grey)."""
        if not _same_origin(request):
            return _refusal("This address is for the page itself.", 403)
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
            picture = resources.gallery_image(request.path_params["model"], request.path_params["index"])
        except ValueError as error:
            return _refusal(str(error))
        data, media_type = encoded(picture)
        return Response(data, media_type=media_type, headers={"Cache-Control": "max-age=3600"})

    def health(request: Request) -> Response:
        """GET /health -> which checkpoints are served, and what is wrong with the others."""
        return JSONResponse({"models": sorted(resources.cards), "problems": resources.problems})

    return [
        Route("/pixels/decode", decode, methods=["POST"]),
        Route("/pixels/gallery/{model}/{index:int}", gallery),
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


def _refusal(sentence: str, status: int = 422) -> Response:
    return JSONResponse({"error": sentence}, status_code=status)


def _same_origin(request: Request) -> bool:
    """Browsers say whether a page of another site asks; programs say nothing and may ask."""
    return request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")


class Look(StaticFiles):
    """Scripts and styles; the browser asks whether they are still the same, so that a new version is never mixed."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """A file, or "not modified"."""
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = "no-cache"
        if str(args[0]).endswith(".js"):  # by some systems' tables it is plain text, and no browser runs that
            response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return response


class SafeHeaders:
    """Adds HEADERS to every answer: no guessing of types, nothing from other hosts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS.items()]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def launch(
    resources: Resources, host: str = "127.0.0.1", port: int | None = None, share: bool = False
) -> tuple[gr.Blocks, str]:
    """Start the app in the background; returns the Gradio Blocks (close() ends it) and its address."""
    demo = build_dashboard(resources)
    demo.queue(default_concurrency_limit=None, max_size=1000)
    _, url, _ = demo.launch(
        server_name=host,
        server_port=port,
        share=share,
        prevent_thread_lock=True,
        quiet=True,
        max_file_size=UPLOAD_LIMIT,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        app_kwargs={"routes": pixel_routes(resources), "middleware": [Middleware(SafeHeaders)]},
        **page_look(),
    )
    threading.Thread(target=_sweep_forever, args=(Path(os.environ["GRADIO_TEMP_DIR"]),), daemon=True).start()
    return demo, url


def sweep(folder: Path, keep: set[Path], older_than: float) -> int:
    """Delete uploads and results last written before a time (seconds since 1970), but those in `keep`; how many."""
    gone = [path for path in folder.rglob("*") if path.is_file() and path not in keep]
    gone = [path for path in gone if path.stat().st_mtime < older_than]
    for path in gone:
        path.unlink(missing_ok=True)
        if path.parent != folder:
            with contextlib.suppress(OSError):  # others of its files are still there
                path.parent.rmdir()
    return len(gone)


def _sweep_forever(folder: Path) -> None:
    keep = set(folder.rglob("*"))  # the pictures that the page starts with
    while True:
        time.sleep(SWEEP_SECONDS)
        try:
            sweep(folder, keep, time.time() - KEEP_SECONDS)
            forget_pictures()
        except OSError as error:
            log.warning("could not sweep %s: %s", folder, error)


def main(arguments: list[str] | None = None) -> int:
    """Run the app until it is interrupted; returns the exit status."""
    parser = argparse.ArgumentParser(description="Run the dashboard.")
    parser.add_argument("--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", PORT)))
    parser.add_argument("--share", action="store_true", help="also open a public gradio.live address")
    parser.add_argument("--data-dir", type=Path, help="where MNIST lies, to show its own pictures in the gallery")
    parser.add_argument("--weights-dir", type=Path, help="where pretrained networks' weights lie and are fetched to")
    options = parser.parse_args(arguments)
    atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that uploads go when a container is stopped
    resources = Resources(data_dir=options.data_dir, weights_dir=options.weights_dir)
    for problem in resources.problems:
        print(problem)
    try:
        demo, url = launch(resources, options.host, options.port, options.share)
    except OSError as error:
        print(f"app.py: {error}")
        return 1
    print(f"latentdemo runs at {url}", flush=True)
    demo.block_thread()
    return 0
