"""Lessons to the page; and rooms, in which a class answers before it sees: kept in memory alone, without names."""

import asyncio
import hashlib
import json
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from latentdemo.serving.answers import body, refusal
from latentdemo.store import lessons

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which are read as digits
CODE_LENGTH = 5
MOST_ROOMS, MOST_VOTERS, MOST_STEPS = 200, 1000, 200
MOST_VOTES = 10_000  # of a room: 2 MB
IDLE = 3 * 3600.0  # seconds without a visit after which a room is gone
MOST_BYTES, MOST_NAME = 500, 100
NEVER = {"Cache-Control": "no-store"}
GONE = "There is no such room (any more); ask the teacher for a new code."


@dataclass
class Room:
    """A class's answers.

    Attributes:
        key: what only the teacher's page knows.
        salt: so that browsers cannot be told from their hashes.
        votes: by lesson and step, a browser's hash and what it answered first.
        seen: time.monotonic() of the last visit.
    """

    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    votes: dict[str, dict[bytes, Any]] = field(default_factory=dict)
    seen: float = field(default_factory=time.monotonic)

    def vote(self, step: str, browser: str, answer: Any) -> bool:
        """Whether it counts: the first answer of a browser to a step does, while there is room."""
        mine = hashlib.blake2b(browser.encode(), key=self.salt, digest_size=12).digest()
        given = self.votes.setdefault(step, {}) if len(self.votes) < MOST_STEPS else self.votes.get(step, {})
        if mine in given or len(given) >= MOST_VOTERS or sum(map(len, self.votes.values())) >= MOST_VOTES:
            return False
        given[mine] = answer
        return True


class Rooms:
    """All rooms of this process."""

    def __init__(self) -> None:
        self.rooms: OrderedDict[str, Room] = OrderedDict()

    def open(self) -> tuple[str, Room]:
        """A new room and its code; the one that was not visited longest gives way if there are too many."""
        self.sweep()
        while len(self.rooms) >= MOST_ROOMS:
            self.rooms.popitem(last=False)
        code = next(code for code in iter(_code, "") if code not in self.rooms)
        self.rooms[code] = Room()
        return code, self.rooms[code]

    def find(self, code: str) -> Room | None:
        """The room of a code, if there is one."""
        self.sweep()
        room = self.rooms.get(code.upper())
        if room is not None:
            room.seen = time.monotonic()
            self.rooms.move_to_end(code.upper())
        return room

    def close(self, code: str) -> None:
        """It is gone, with all answers."""
        self.rooms.pop(code.upper(), None)

    def sweep(self) -> None:
        """Rooms that nobody has visited for long are gone."""
        late = time.monotonic() - IDLE
        for code in [code for code, room in self.rooms.items() if room.seen < late]:
            del self.rooms[code]


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def counted(kind: str, answers: list[Any]) -> list[Any]:
    """A class's answers, without who gave them: how many chose each option, or all numbers or points, sorted.

    What is no answer to a question of that kind does not count.
    """
    if kind == "choice":
        return [sum(type(answer) is int and answer == i for answer in answers) for i in range(lessons.MOST_OPTIONS)]
    return sorted(answer for answer in answers if isinstance(answer, list) == (kind == "point"))


def room_routes(folder: Path) -> list[BaseRoute]:
    """Routes of lessons and rooms; each checks its own input and answers 404 or 422 with a sentence."""
    rooms = Rooms()
    return [
        Route("/lessons", partial(all_lessons, folder)),
        Route("/rooms", partial(open_room, rooms), methods=["POST"]),
        Route("/rooms/{code}", partial(visit, rooms), methods=["GET", "DELETE"]),
        Route("/rooms/{code}/votes", partial(vote, rooms), methods=["POST"]),
    ]


async def all_lessons(folder: Path, request: Request) -> Response:
    """GET /lessons -> {"whole": lessons by name, "problems": sentences}; read anew, so that one can be dropped in."""
    found = await asyncio.to_thread(lessons.read, folder)
    return JSONResponse(found._asdict(), headers={"Cache-Control": "no-cache"})


async def open_room(rooms: Rooms, request: Request) -> Response:
    """POST /rooms -> {"code", "key"} of a new room."""
    code, room = rooms.open()
    return JSONResponse({"code": code, "key": room.key}, headers=NEVER)


async def visit(rooms: Rooms, request: Request) -> Response:
    """GET /rooms/CODE -> that it is there; with the head x-key and ?step=…&kind=… the answers. DELETE closes it."""
    code = str(request.path_params["code"])
    room = rooms.find(code)
    if room is None:
        return refusal(GONE, 404)
    asked = request.query_params
    key = request.headers.get("x-key")  # not in the address: that stands in logs
    if key is None and request.method == "GET":
        return JSONResponse({"there": True}, headers=NEVER)
    if not secrets.compare_digest((key or "").encode(), room.key.encode()):
        return refusal("Only the page that opened this room sees its answers.", 403)
    if request.method == "DELETE":
        rooms.close(code)
        return JSONResponse({}, headers=NEVER)
    kind = asked.get("kind", "")
    found = counted(kind, list(room.votes.get(asked.get("step", ""), {}).values()))
    return JSONResponse({"n": sum(found) if kind == "choice" else len(found), "answers": found}, headers=NEVER)


async def vote(rooms: Rooms, request: Request) -> Response:
    """POST /rooms/CODE/votes {"step", "browser", "answer"} -> {"counts": whether it is this browser's first}."""
    room = rooms.find(str(request.path_params["code"]))
    if room is None:
        return refusal(GONE, 404)
    try:
        step, browser, answer = _read_vote(await body(request, MOST_BYTES))
    except (ValueError, RecursionError) as error:
        return refusal(f"This is no vote: {error}")
    return JSONResponse({"counts": room.vote(step, browser, answer)}, headers=NEVER)


def _read_vote(sent: bytes) -> tuple[str, str, Any]:
    """Lesson and step, browser, answer. ValueError if it is something else."""
    told = json.loads(sent)
    if not isinstance(told, dict):
        raise ValueError('send {"step": …, "browser": …, "answer": …}')
    step, browser, answer = (told.get(key) for key in ("step", "browser", "answer"))
    if not isinstance(step, str) or not 0 < len(step) <= MOST_NAME:
        raise ValueError(f"the step is a text, LESSON/NUMBER, of at most {MOST_NAME} characters")
    if not isinstance(browser, str) or not browser.isascii() or not 8 <= len(browser) <= 64:
        raise ValueError("the browser is a text of 8 to 64 characters, made by chance")
    numbers = answer if isinstance(answer, list) else [answer]
    if not 0 < len(numbers) <= 2 or not all(_is_number(value) for value in numbers):
        raise ValueError("the answer is a number, or two")
    return step, browser, answer


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -lessons.LARGE < value < lessons.LARGE
