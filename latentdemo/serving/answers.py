"""What routes have in common: a request's body, read no further than allowed, and a sentence that refuses."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


async def body(request: Request, limit: int) -> bytes:
    """A request's body. ValueError, without reading all of it, if it has more than `limit` bytes."""
    sent = b""
    async for block in request.stream():
        sent += block
        if len(sent) > limit:
            raise ValueError(f"The request has more than {limit:,} bytes; send less at once.")
    return sent


def refusal(sentence: str, status: int = 422) -> Response:
    """{"error": sentence}."""
    return JSONResponse({"error": sentence}, status_code=status)
