"""Host and Origin headers come in; whether the app serves this host and trusts this origin goes out."""

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

NAME = re.compile(r"[\w.:-]+")  # letters of a name or an address; no user, no path
DEFAULT_PORTS = (80, 443)  # browsers omit them


class Authority(NamedTuple):
    """A host's name, lower case and without brackets, and its port; None where none is written."""

    name: str
    port: int | None


def authority(text: str) -> Authority | None:
    """ "example.org:8080", "[::1]" or "https://example.org" -> its parts; None if it is none of these."""
    if "@" in text:
        return None
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    whole = parts.scheme in ("http", "https") or parts.netloc == text
    if not name or not whole or not NAME.fullmatch(name):
        return None
    return Authority(name.removesuffix("."), port)


def is_loopback(name: str) -> bool:
    """Whether only this computer reaches the host: localhost, 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"


class Hosts:
    """The hosts under which one app is reached.

    Args:
        address: to which the app is bound. Bound to a loopback address, it answers only to loopback names and
            `allowed`: a name of another site that resolves to 127.0.0.1 (DNS rebinding) is refused.
        allowed: further hosts, "NAME" (any port) or "NAME:PORT", of a proxy in front of the app.

    Raises:
        ValueError: a name in `allowed` is not a host.
    """

    def __init__(self, address: str = "0.0.0.0", allowed: Iterable[str] = ()) -> None:
        self.only_loopback = is_loopback(address.lower())
        self.allowed: set[Authority] = set()
        for host in allowed:
            self.allow(host)

    def allow(self, host: str) -> None:
        """Add a host. ValueError if it is not one."""
        found = authority(host)
        if found is None:
            raise ValueError(f"{host[:80]!r} is not a host; expected NAME or NAME:PORT, such as demo.example.org")
        self.allowed.add(found)

    def serves(self, host: str | None) -> bool:
        """Whether the app answers to a Host header; a request without one was not sent by a browser."""
        if host is None or not self.only_loopback:
            return True
        found = authority(host)
        return found is not None and (is_loopback(found.name) or self._allows(found))

    def trusts(self, origin: str, host: str | None) -> bool:
        """Whether an Origin header names the host that the request was sent to, or an allowed one; "null" never is."""
        asking, asked = authority(origin) if "://" in origin else None, authority(host or "")
        if asking is None:
            return False
        return self._allows(asking) or (asked is not None and _same(asking, asked))

    def _allows(self, host: Authority) -> bool:
        return Authority(host.name, None) in self.allowed or any(_same(host, other) for other in self.allowed)


def _same(one: Authority, other: Authority) -> bool:
    """Whether two authorities are one host and port, whatever the scheme: no port means 80 or 443."""
    ports = [DEFAULT_PORTS if it.port is None else (it.port,) for it in (one, other)]
    return one.name == other.name and bool(set(ports[0]) & set(ports[1]))
