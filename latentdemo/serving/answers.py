"""What routes have in common: a request's body, read no further than allowed, and a sentence that refuses."""

import gzip
import ipaddress

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


FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}  # the address says which version it gives


def packed(request: Request, data: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """What was compressed by gzip before, as it is or, for who cannot read that, unpacked; kept for good."""
    told = {**FOR_GOOD, "Vary": "Accept-Encoding", **(headers or {})}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(data), media_type=media_type, headers=told)
    return Response(data, media_type=media_type, headers={**told, "Content-Encoding": "gzip"})


def refusal(sentence: str, status: int = 422) -> Response:
    """{"error": sentence}."""
    return JSONResponse({"error": sentence}, status_code=status)


def address_of(request: Request) -> str:
    """The client's address; of IPv6 its network of 64 bits, which one household has to itself."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False) if address.version == 6 else address)
