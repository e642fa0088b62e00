"""A local stand-in of the Hugging Face Hub: its endpoints for creating a Space and committing files to it.

Xet's storage is the client's own local one (an address that begins with local://): chunks and shards lie in a folder,
as the real client writes them. Clients without Xet get Git LFS's basic transfer, as from the Hub.
"""

import base64
import hashlib
import json
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from hf_xet import XetFileInfo  # pyright: ignore[reportAttributeAccessIssue]  # a native module
from huggingface_hub.utils._xet import get_xet_session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN, USER = "hf_of_a_test", "someone"
UNPAID = "unpaid"  # an organisation of USER without a subscription
COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
INLINE_LIMIT = 10_000_000  # bytes of a regular file
BINARY = "Your push was rejected because it contains binary files. Please use https://huggingface.co/docs/hub/xet"


@dataclass(frozen=True)
class Stored:
    """A file whose content lies in Xet or LFS storage; sha256 in hexadecimal, size in bytes."""

    sha256: str
    size: int


@dataclass
class Hub:
    """What the stand-in keeps.

    Attributes:
        folder: for Xet's and LFS's storage.
        url: address of its endpoints.
        spaces: by OWNER/NAME: files by path, regular ones as bytes.
        private: by OWNER/NAME.
        commits: by OWNER/NAME: paths that each commit wrote or deleted.
    """

    folder: Path
    url: str = ""
    spaces: dict[str, dict[str, bytes | Stored]] = field(default_factory=dict)
    private: dict[str, bool] = field(default_factory=dict)
    commits: dict[str, list[list[str]]] = field(default_factory=dict)

    def xet_hashes(self) -> dict[str, str]:
        """Xet hash by SHA-256, of the files in Xet's storage.

        Source:
            The shard format, huggingface.co/docs/xet/shard: per file a header (hash, flags, number of entries), its
            entries, as many verification entries (flag 31), and its metadata (flag 30), 48 bytes each.
        """
        hashes = {}
        for shard in (self.folder / "xet").rglob("*.mdb"):
            data, at = shard.read_bytes(), 48
            while data[at : at + 32] != b"\xff" * 32:
                flags, n = struct.unpack_from("<II", data, at + 32)
                end = at + 48 * (1 + n * (1 + (flags >> 31)) + (flags >> 30 & 1))
                if flags >> 30 & 1:
                    hashes[_hexadecimal(data[end - 48 : end - 16])] = _hexadecimal(data[at : at + 32])
                at = end
        return hashes

    def has(self, stored: Stored) -> bool:
        """Whether a file's content has arrived."""
        return (self.folder / "lfs" / stored.sha256).exists() or stored.sha256 in self.xet_hashes()

    def checkout(self, space: str, folder: Path) -> None:
        """Write a Space's files, as the Hub does before it starts one."""
        hashes = self.xet_hashes()
        token = {
            "token_refresh_url": f"{self.url}/api/spaces/{space}/xet-read-token/main",
            "token_refresh_headers": {"authorization": f"Bearer {TOKEN}"},
        }
        with get_xet_session().new_file_download_group(**token) as group:
            for name, content in self.spaces[space].items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(content, bytes):
                    path.write_bytes(content)
                elif content.sha256 in hashes:
                    group.start_download_file(XetFileInfo(hashes[content.sha256], content.size), str(path))
                else:
                    path.write_bytes((self.folder / "lfs" / content.sha256).read_bytes())
        for name, content in self.spaces[space].items():
            if isinstance(content, Stored):
                assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == content.sha256


def _hexadecimal(data: bytes) -> str:
    """Xet's notation of a hash: four little-endian integers."""
    return "".join(f"{part:016x}" for part in struct.unpack("<4Q", data))


def is_binary(data: bytes) -> bool:
    try:
        return "\0" in data.decode()
    except UnicodeDecodeError as error:
        return error.end < len(data) or error.reason != "unexpected end of data"  # a sample may end inside a character


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status, {"X-Error-Message": message})


def _user(request: Request) -> str | None:
    return USER if request.headers.get("authorization") == f"Bearer {TOKEN}" else None


def _metadata_errors(content: str) -> list[str]:
    """What the Hub refuses in the front matter of a Space's README."""
    parts = content.split("---\n")
    card = yaml.safe_load(parts[1]) if len(parts) > 2 and not parts[0] else {}
    checks = {
        "sdk must be one of gradio, docker, static": card.get("sdk") in ("gradio", "docker", "static"),
        "colorFrom and colorTo must be known": {card.get("colorFrom"), card.get("colorTo")} <= set(COLOURS),
        "short_description must have 60 characters at most": len(card.get("short_description", "")) <= 60,
        "sdk_version and python_version must be strings": all(
            isinstance(card.get(key, ""), str) for key in ("sdk_version", "python_version")
        ),
        "title and emoji are required": bool(card.get("title") and card.get("emoji")),
    }
    return [message for message, fine in checks.items() if not fine]


def for_writers(
    handler: Callable[[Any, Request], Awaitable[Response]],
) -> Callable[[Any, Request], Awaitable[Response]]:
    """A handler that answers only those who may write to the Space."""

    async def checked(self: "Endpoints", request: Request) -> Response:
        if _user(request) is None:
            return _refusal(401, "Invalid username or password.")
        if request.path_params["owner"] not in (USER, UNPAID):
            return _refusal(403, "Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request")
        return await handler(self, request)

    return checked


class Endpoints:
    """The routes; each handler answers as the Hub does."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def create(self, request: Request) -> Response:
        wanted = await request.json()
        if _user(request) is None:
            return _refusal(401, "Invalid username or password.")
        if wanted["organization"] not in (USER, UNPAID):
            return _refusal(
                403, f'You don\'t have the rights to create a space under the namespace "{wanted["organization"]}"'
            )
        if wanted["organization"] == UNPAID:
            return _refusal(402, "A PRO subscription is required to create a Gradio Space.")
        space = f"{wanted['organization']}/{wanted['name']}"
        answer = {"url": f"{self.hub.url}/spaces/{space}", "name": space}
        if space in self.hub.spaces:
            return JSONResponse({**answer, "error": "You already created this space repo"}, 409)
        assert (wanted["type"], wanted["sdk"]) == ("space", "gradio")
        self.hub.spaces[space] = {".gitattributes": b"*.npz filter=lfs\n", "README.md": b"---\nsdk: gradio\n---\n"}
        self.hub.private[space] = wanted.get("visibility") == "private"
        self.hub.commits[space] = []
        return JSONResponse(answer)

    async def validate(self, request: Request) -> Response:
        errors = _metadata_errors((await request.json())["content"])
        listed = [{"message": message} for message in errors]
        return JSONResponse({"errors": listed, "warnings": []}, 400 if errors else 200)

    async def tree(self, request: Request) -> Response:
        files = self.hub.spaces[_space(request)]
        sizes = {name: content.size if isinstance(content, Stored) else len(content) for name, content in files.items()}
        return JSONResponse(
            [{"type": "file", "path": name, "size": size, "oid": "0" * 40} for name, size in sizes.items()]
        )

    async def info(self, request: Request) -> Response:
        files = self.hub.spaces[_space(request)]
        return JSONResponse(
            {"id": _space(request), "sha": "0" * 40, "siblings": [{"rfilename": name} for name in files]}
        )

    @for_writers
    async def preupload(self, request: Request) -> Response:
        there, answer = self.hub.spaces[_space(request)], []
        for file in (await request.json())["files"]:
            stored = file["size"] > INLINE_LIMIT or is_binary(base64.b64decode(file["sample"]))
            content = there.get(file["path"])
            oid = content.sha256 if isinstance(content, Stored) else content and _git_hash(content)
            mode = "lfs" if stored else "regular"
            answer.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        return JSONResponse({"files": answer})

    @for_writers
    async def xet_token(self, request: Request) -> Response:
        expiry = int(time.time()) + 3600
        storage = f"local://{self.hub.folder / 'xet'}"
        headers = {"X-Xet-Cas-Url": storage, "X-Xet-Access-Token": "x", "X-Xet-Token-Expiration": str(expiry)}
        return JSONResponse({"casUrl": storage, "accessToken": "x", "exp": expiry}, headers=headers)

    @for_writers
    async def lfs_batch(self, request: Request) -> Response:
        wanted = await request.json()
        objects = [
            {**entry, "actions": {"upload": {"href": f"{self.hub.url}/lfs/{entry['oid']}"}}}
            for entry in wanted["objects"]
        ]
        return JSONResponse({"transfer": "basic", "objects": objects})

    async def lfs_put(self, request: Request) -> Response:
        content = await request.body()
        assert hashlib.sha256(content).hexdigest() == request.path_params["oid"]
        (self.hub.folder / "lfs").mkdir(exist_ok=True)
        (self.hub.folder / "lfs" / request.path_params["oid"]).write_bytes(content)
        return Response()

    @for_writers
    async def commit(self, request: Request) -> Response:
        space = _space(request)
        files, written = dict(self.hub.spaces[space]), []
        for line in (await request.body()).splitlines():
            operation = json.loads(line)
            kind, value = operation["key"], operation["value"]
            if kind == "header":
                continue
            written.append(value["path"])
            if kind == "deletedFile":
                del files[value["path"]]
            elif kind == "lfsFile":
                files[value["path"]] = stored = Stored(value["oid"], value["size"])
                if not self.hub.has(stored):
                    return _refusal(400, f"{value['path']} points to a file that does not exist")
            else:
                files[value["path"]] = content = base64.b64decode(value["content"])
                if is_binary(content) or len(content) > INLINE_LIMIT:
                    return _refusal(400, BINARY)
        self.hub.spaces[space] = files
        self.hub.commits[space].append(written)
        return JSONResponse(
            {"success": True, "commitOid": "0" * 40, "commitUrl": f"{self.hub.url}/spaces/{space}/commit/0"}
        )


def _space(request: Request) -> str:
    return f"{request.path_params['owner']}/{request.path_params['name']}"


def _git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@contextmanager
def running_hub(folder: Path) -> Iterator[Hub]:
    """A stand-in that answers; `folder` becomes its storage."""
    hub = Hub(folder)
    ends, space = Endpoints(hub), "/api/spaces/{owner}/{name}"
    app = Starlette(
        routes=[
            Route("/api/repos/create", ends.create, methods=["POST"]),
            Route("/api/validate-yaml", ends.validate, methods=["POST"]),
            Route(space, ends.info),
            Route(f"{space}/revision/main", ends.info),
            Route(f"{space}/tree/main", ends.tree),
            Route(f"{space}/preupload/main", ends.preupload, methods=["POST"]),
            Route(f"{space}/commit/main", ends.commit, methods=["POST"]),
            Route(f"{space}/xet-{{kind}}-token/main", ends.xet_token),
            Route("/spaces/{owner}/{name}.git/info/lfs/objects/batch", ends.lfs_batch, methods=["POST"]),
            Route("/lfs/{oid}", ends.lfs_put, methods=["PUT"]),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    hub.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield hub
    finally:
        server.should_exit = True
        thread.join()
