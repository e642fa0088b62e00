"""Content Security Policy: which scripts the page may run, and which pages may show it in a frame."""

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from latentdemo.drawing.markup import html

SPACES = ("https://huggingface.co", "https://*.hf.space")  # pages that show a Space in a frame
SCRIPT = re.compile(rb"<script(?=[\s>])")


class ContentSecurity:
    """An app whose answers carry a policy; inline scripts run only in Gradio's page, and only those it was sent with.

    The page has inline scripts (its configuration, which differs from visit to visit), so each answer gets a new nonce.
    Text in that configuration cannot open a script: Gradio writes it as JSON without "<". Other HTML, such as an
    uploaded file, gets no nonce. 'unsafe-eval' stays, as Gradio makes functions out of the scripts of its events.

    Args:
        frames: other origins that may show the page in a frame.
    """

    def __init__(self, app: ASGIApp, frames: tuple[str, ...] = ()) -> None:
        self.app, self.frames = app, frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        nonce = secrets.token_urlsafe(16) if is_page(scope) else ""
        page: list[Message] = []  # the start of the page, held back until its body is complete

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = policy(nonce, self.frames)
                if nonce and headers.get("content-type", "").startswith("text/html"):
                    page.append({**message, "body": b""})
                    return
            elif page:
                page[0]["body"] += message.get("body", b"")
                if message.get("more_body"):
                    return
                message = await _start(page[0], nonce, send)
            await send(message)

        await self.app(scope, receive, send_with_policy)


def is_page(scope: Scope) -> bool:
    """Whether a request is for Gradio's page itself."""
    return not scope["path"].removeprefix(scope.get("root_path", "")).strip("/")


async def _start(page: Message, nonce: str, send: Send) -> Message:
    """Send the head of a complete page; returns its body, each script tag with the nonce."""
    body = SCRIPT.sub(html('<script nonce="{}"', nonce).encode(), page.pop("body"))
    headers = MutableHeaders(scope=page)
    if "content-length" in headers and body:  # an answer to HEAD has none
        headers["content-length"] = str(len(body))
    await send(page)
    return {"type": "http.response.body", "body": body}


def policy(nonce: str = "", frames: tuple[str, ...] = ()) -> str:
    """The header's value.

    Source:
        Content Security Policy Level 3, W3C.
    """
    scripts = " ".join(("'self' 'unsafe-eval' blob:", *([f"'nonce-{nonce}'"] if nonce else [])))
    return "; ".join(
        (
            "default-src 'self' data: blob:",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            " ".join(("frame-ancestors 'self'", *frames)),
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )
