"""Requests pass through; counts, times and errors go out at /metrics, in Prometheus' form, without who asked."""

import re
import time

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATHS = re.compile(  # the parts of an address that name its route; names, numbers and sessions do not appear
    r"/(pixels/(?:gallery|moments|map|sprites|qr|glance|codes|decode|encode|film|refit|walk|grids|search|"
    r"train(?:/(?:examples|pictures|plane))?)|"
    r"gradio_api/(?:queue/(?:join|data)|upload|call|heartbeat|file|mcp)|"
    r"weights|look|rooms|lessons|health|charts|config|metrics)(?![\w-])"
)
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
STREAMS = ("gradio_api/queue/data", "gradio_api/heartbeat")  # held open on purpose: their length is no latency


class Measures:
    """What is counted in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)  # memory, processor time, open files
        labels = ("path", "method")
        self.requests = Counter(
            "latentdemo_requests", "Requests answered.", (*labels, "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "latentdemo_seconds",
            "Seconds until an answer was complete.",
            labels,
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.failures = Counter(
            "latentdemo_failures", "Requests that ended in an error of ours.", labels, registry=self.registry
        )
        self.open = Gauge(
            "latentdemo_open_requests", "Requests under way, open pages' streams among them.", registry=self.registry
        )

    def route(self) -> Route:
        """GET /metrics."""
        return Route("/metrics", self.tell)

    def tell(self, request: Request) -> Response:
        """All numbers as text."""
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)


def kind_of(path: str) -> str:
    """What was asked, without names: one of a few words; "page" for the page itself, "other" for the rest."""
    found = PATHS.match(path)
    return found[1] if found else "page" if path == "/" else "other"


class Measured:
    """An app whose requests are counted."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self.app, self.measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        measures, path, status = self.measures, kind_of(scope["path"]), 0
        labels = (path, scope["method"] if scope["method"] in ("GET", "POST", "HEAD", "DELETE") else "other")

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        start = time.perf_counter()
        measures.open.inc()
        try:
            await self.app(scope, receive, watch)
        finally:
            measures.open.dec()
            measures.requests.labels(*labels, f"{status // 100}xx" if status else "none").inc()
            if path not in STREAMS:
                measures.seconds.labels(*labels).observe(time.perf_counter() - start)
            if not status or status >= 500:
                measures.failures.labels(*labels).inc()
