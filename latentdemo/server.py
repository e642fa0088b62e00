"""The web app: settings and checkpoints come in, the Gradio page behind our middleware and the small routes go out."""

import argparse
import atexit
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")  # else each event tabulates the past ones
PORT = os.environ.pop("GRADIO_SERVER_PORT", "7860")  # Gradio ends in a traceback, while it is imported, if it is none
os.environ.pop("GRADIO_NUM_PORTS", None)  # here too; one port is tried
ON_A_SPACE = os.environ.pop("SPACE_ID", None) is not None  # with it Gradio's page asks Hugging Face's hosts
PERSISTENT = Path("/data")  # a Space's storage that survives a restart, where it has one
SPACE_HOST = tuple(filter(None, [os.environ.get("SPACE_HOST")]))  # under which a Space is reached

import gradio as gr
import gradio.queueing
import gradio.route_utils
import gradio.routes
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from latentdemo.batch import check_lessons, export_to, failed
from latentdemo.dashboard import build_dashboard, offer, page_look
from latentdemo.options import APP_NAME, WEIGHTS_HELP, Defaults, check_folders, output_folder, whole
from latentdemo.serving import uploads
from latentdemo.serving.memory import give_back_large_blocks
from latentdemo.serving.middleware.bodies import LimitedBodies
from latentdemo.serving.middleware.content_security import SPACES, ContentSecurity
from latentdemo.serving.middleware.hosts import Hosts
from latentdemo.serving.middleware.logs import keep_values_out
from latentdemo.serving.middleware.metrics import Measured, Measures
from latentdemo.serving.middleware.security import SecurityMiddleware
from latentdemo.serving.routes import pixel_routes
from latentdemo.serving.watching import Trainer
from latentdemo.store import checkpoints, lessons
from latentdemo.store.resources import Resources
from latentdemo.tabs.sections import link_targets
from latentdemo.widgets import forget_pictures

UPLOAD_LIMIT = "30mb"
MAX_EVENTS = 1000  # that wait in the queue
# seconds between two looks into an idle queue; with Gradio's own 0.001 and 0.01 an idle host spends 6 % of a core
QUEUE_PAUSE, PROGRESS_PAUSE = 0.03, 0.2


def outermost(
    hosts: Hosts, measures: Measures | None, quota: Callable[[ASGIApp], ASGIApp]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """What is done when the app starts, before it answers anything: our middleware becomes its outermost layers.

    A middleware of the ordinary kind would stand behind Gradio's own ones, and behind the one that answers failures.
    """

    @contextlib.asynccontextmanager
    async def behind_middleware(app: Starlette) -> AsyncIterator[None]:
        assert app.middleware_stack is not None  # built by the very call that starts the app
        limited = LimitedBodies(quota(app.middleware_stack), (gradio.route_utils.FnIndexInferError,))
        app.middleware_stack = ContentSecurity(SecurityMiddleware(limited, hosts), SPACES if ON_A_SPACE else ())
        if measures is not None:
            app.middleware_stack = Measured(app.middleware_stack, measures)
        yield

    return behind_middleware


@dataclass(frozen=True)
class Host:
    """Where and how the app is served.

    Attributes:
        address, port: to listen to; port None: any free one from 7860 on.
        share: also under a public gradio.live address.
        mcp: also as tools for assistants, at gradio_api/mcp.
        metrics: counts and times at /metrics.
        train: visitors may start a small training that all watch.
        allowed: names under which a proxy reaches the app, NAME or NAME:PORT.
    """

    address: str = "127.0.0.1"
    port: int | None = None
    share: bool = False
    mcp: bool = False
    metrics: bool = False
    train: bool = True
    allowed: tuple[str, ...] = ()


def launch(resources: Resources, host: Host = Host()) -> tuple[gr.Blocks, str]:
    """Start the app in the background; returns the Gradio Blocks (close() ends it) and its address.

    Raises:
        OSError: the address cannot be listened to, or uploads cannot be kept; says which.
        ValueError: tools for assistants are asked for, and what they need is not installed; an allowed host is none.
    """
    if host.mcp and find_spec("mcp") is None:
        raise ValueError("--mcp needs a package more; run: pip install 'gradio[mcp]==6.31.0'")
    measures, hosts = Measures() if host.metrics else None, Hosts(host.address, (*host.allowed, *SPACE_HOST))
    keep_values_out((gradio.queueing, gradio.routes, gradio.route_utils))
    give_back_large_blocks()
    folder, keep = _upload_folder(host.mcp), set[Path]()
    demo = build_dashboard(resources)
    trainer = _trainer(demo, resources) if host.train else None
    _set_queue(demo)
    _, url, _ = demo.launch(
        server_name=host.address,
        server_port=host.port,
        share=host.share,
        mcp_server=host.mcp,
        prevent_thread_lock=True,
        quiet=True,
        max_file_size=UPLOAD_LIMIT,
        footer_links=[],
        ssr_mode=False,  # a Space would render the page by node, without our middleware
        run_history=False,
        enable_monitoring=False,
        app_kwargs={
            "routes": _routes(demo, resources, trainer, measures),
            "lifespan": outermost(hosts, measures, lambda app: uploads.UploadQuota(app, folder, keep)),
        },
        **page_look(),
    )
    if demo.share_url:
        hosts.allow(demo.share_url)
    uploads.sweep_forever(folder, keep, forget_pictures)
    gc.collect()
    gc.freeze()  # the page and the modules stay; to walk through all of them again and again stalls every answer
    return demo, url


def _routes(
    demo: gr.Blocks, resources: Resources, trainer: Trainer | None, measures: Measures | None
) -> list[BaseRoute]:
    """Everything that is served besides Gradio's own page and endpoints."""
    routes = pixel_routes(resources, trainer, partial(link_targets, demo, resources))
    return [*routes, *([measures.route()] if measures else [])]


def _trainer(demo: gr.Blocks, resources: Resources) -> Trainer:
    """What runs trainings, and offers their checkpoints on the page."""
    trainer = Trainer(resources)
    trainer.kept = lambda name: offer(demo, resources)
    atexit.register(trainer.close)
    return trainer


def _upload_folder(mcp: bool) -> Path:
    """Where all uploads lie, also those that Gradio's modules would put where they were told while being imported."""
    folder = uploads.claim()
    for name in ("gradio.routes", "gradio.route_utils", *(["gradio.mcp"] if mcp else [])):
        vars(import_module(name))["DEFAULT_TEMP_DIR"] = str(folder)
    return folder


def _set_queue(demo: gr.Blocks) -> None:
    """Bound the queue of events, and look into it less often."""
    demo.queue(default_concurrency_limit=None, max_size=MAX_EVENTS)
    demo._queue.sleep_when_free, demo._queue.progress_update_sleep_when_free = QUEUE_PAUSE, PROGRESS_PAUSE


def check_address(host: str, port: int) -> None:
    """OSError, with a sentence, if the address cannot be bound to."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no such name"
        raise OSError(f"cannot bind to {host[:80]}, port {port} ({why}); give another --host or --port") from None


def parser() -> argparse.ArgumentParser:
    """Options of app.py; the environment's defaults are checked like what is typed."""
    out = argparse.ArgumentParser(prog=APP_NAME, description="Run the dashboard.", formatter_class=Defaults)
    out.add_argument("--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="address to listen to")
    proxied = "name of the app in the browser's address bar, where a proxy stands in front; may be given several times"
    out.add_argument("--allowed-host", action="append", default=[], metavar="NAME[:PORT]", help=proxied)
    out.add_argument("--port", type=whole(1, 65535), default=PORT, help="port to listen to")
    out.add_argument("--share", action="store_true", help="also open a public gradio.live address")
    out.add_argument("--export", type=Path, metavar="FOLDER", help="write a copy that needs no server, and end")
    out.add_argument("--models", action="append", default=[], metavar="PAIR", help="take this pair along (--export)")
    out.add_argument("--mcp", action="store_true", help="also serve the endpoints as tools for assistants (MCP)")
    out.add_argument("--metrics", action="store_true", help="tell counts, times and memory at /metrics (Prometheus)")
    training = "let visitors start a small training that all watch (default: everywhere but on a Space)"
    out.add_argument("--train", action=argparse.BooleanOptionalAction, default=not ON_A_SPACE, help=training)
    more = "folder of more trained models; may be given several times, and the last one wins a name"
    models = out.add_mutually_exclusive_group()
    models.add_argument("--checkpoints", type=Path, action="append", default=[], metavar="FOLDER", help=more)
    only = "folder of trained models in place of the shipped ones; may be given several times"
    models.add_argument("--only-checkpoints", type=Path, action="append", default=[], metavar="FOLDER", help=only)
    out.add_argument("--lessons", type=Path, default=lessons.FOLDER, help="folder of lessons")
    check = "print each problem of a folder of lessons and exit, with status 1 if there are any"
    out.add_argument("--check-lessons", type=Path, metavar="FOLDER", help=check)
    out.add_argument("--data-dir", type=Path, help="where MNIST lies, to show its own pictures in the gallery")
    out.add_argument("--weights-dir", type=Path, help=WEIGHTS_HELP)
    return out


def keep_weights(folder: Path) -> None:
    """Let torch fetch weights into a folder, if it can be written and the environment names no other one."""
    if os.access(folder, os.W_OK):
        os.environ.setdefault("TORCH_HOME", str(folder / "torch"))


def main(arguments: list[str] | None = None) -> int:
    """Run the app until it is interrupted; returns the exit status."""
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that uploads go when a container is stopped
    if ON_A_SPACE:
        keep_weights(PERSISTENT)
    try:
        check_folders("--checkpoints", options.checkpoints)
        check_folders("--only-checkpoints", options.only_checkpoints)
        check_folders("--lessons", {options.lessons} - {lessons.FOLDER})
        check_folders("--check-lessons", [options.check_lessons] if options.check_lessons is not None else [])
    except (OSError, ValueError) as error:
        return failed(error)
    folders = options.only_checkpoints or [checkpoints.FOLDER, output_folder(), *options.checkpoints]
    resources = Resources(folders, options.data_dir, options.weights_dir, options.lessons)
    if options.check_lessons is not None:
        return check_lessons(options.check_lessons, resources)
    for problem in resources.problems:
        print(problem)
    if options.export is not None:
        return export_to(options.export, resources, options.models)
    try:
        check_address(options.host, options.port)
        allowed = tuple(options.allowed_host)
        host = Host(options.host, options.port, options.share, options.mcp, options.metrics, options.train, allowed)
        demo, url = launch(resources, host)
    except (OSError, ValueError) as error:
        return failed(error)
    print(f"latentdemo runs at {url}", flush=True)
    demo.block_thread()
    return 0
