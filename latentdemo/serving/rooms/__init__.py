"""Lessons to the page; and rooms, in which a class answers before it sees: kept in memory alone, without names."""

import asyncio
import json
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from latentdemo.serving.answers import address_of, body, refusal
from latentdemo.serving.rooms.state import Full, Rooms
from latentdemo.store import lessons

MOST_BYTES, MOST_NAME = 500, 100
NEVER = {"Cache-Control": "no-store"}
GONE = "This room does not exist or has been closed. Ask the teacher for a new code."


def counted(kind: str, answers: list[Any]) -> list[Any]:
    """A class's answers, without who gave them: how many chose each option, or all numbers or points, sorted.

    What is no answer to a question of that kind does not count.
    """
    if kind == "choice":
        return [sum(type(answer) is int and answer == i for answer in answers) for i in range(lessons.MOST_OPTIONS)]
    return sorted(answer for answer in answers if isinstance(answer, list) == (kind == "point"))


def room_routes(folder: Path, targets: Callable[[], lessons.Targets] | None = None) -> list[BaseRoute]:
    """Routes of lessons and rooms; each checks its own input and answers 404 or 422 with a sentence.

    `targets` gives what links of lessons may name now; without it they are not checked.
    """
    rooms = Rooms()
    return [
        Route("/lessons", partial(all_lessons, folder, targets)),
        Route("/rooms", partial(open_room, rooms), methods=["POST"]),
        Route("/rooms/{code}", partial(visit, rooms), methods=["GET", "DELETE"]),
        Route("/rooms/{code}/votes", partial(vote, rooms, folder), methods=["POST"]),
    ]


async def all_lessons(folder: Path, targets: Callable[[], lessons.Targets] | None, request: Request) -> Response:
    """GET /lessons -> {"whole": lessons by name, "problems": sentences}; the folder is read on every request."""
    contents = await asyncio.to_thread(lambda: lessons.read(folder, targets and targets()))
    return JSONResponse(contents._asdict(), headers={"Cache-Control": "no-cache"})


async def open_room(rooms: Rooms, request: Request) -> Response:
    """POST /rooms {"browser": a text made by chance}, or nothing -> {"code", "key"} of a new room."""
    try:
        sent = await body(request, MOST_BYTES)
        told = json.loads(sent) if sent else {}
        browser = told.get("browser", "") if isinstance(told, dict) else None
        if not isinstance(browser, str) or not browser.isascii() or len(browser) > 64:
            raise ValueError('send {"browser": a text of at most 64 characters}')
        code, room = rooms.open(address_of(request), browser)
    except Full as error:
        return refusal(str(error), 429)
    except (ValueError, RecursionError) as error:
        return refusal(f"This opens no room: {error}")
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


async def vote(rooms: Rooms, folder: Path, request: Request) -> Response:
    """POST /rooms/CODE/votes {"step", "browser", "answer"} -> {"counts": whether it is this browser's first}.

    An answer that is not kept for another reason gets 429 and a sentence.
    """
    room = rooms.find(str(request.path_params["code"]))
    if room is None:
        return refusal(GONE, 404)
    try:
        step, browser, answer = _read_vote(await body(request, MOST_BYTES))
        ask = (await asyncio.to_thread(lessons.questions, folder)).get(step)
        if ask is not None:
            _check_answer(ask, answer)
        return JSONResponse(
            {"counts": room.vote(step, browser, answer, address_of(request), ask is not None)}, headers=NEVER
        )
    except Full as error:
        return refusal(str(error), 429)
    except (ValueError, RecursionError) as error:
        return refusal(f"This is no vote: {error}")


def _read_vote(sent: bytes) -> tuple[str, str, Any]:
    """Lesson and step, browser, answer. ValueError if it is something else."""
    told = json.loads(sent)
    if not isinstance(told, dict):
        raise ValueError('send {"step": …, "browser": …, "answer": …}')
    step, browser, answer = (told.get(key) for key in ("step", "browser", "answer"))
    if not isinstance(step, str) or not 0 < len(step.encode()) <= MOST_NAME:
        raise ValueError(f"the step is a text, LESSON/NUMBER, of at most {MOST_NAME} characters")
    if not isinstance(browser, str) or not browser.isascii() or not 8 <= len(browser) <= 64:
        raise ValueError("the browser is a text of 8 to 64 characters, made by chance")
    point = isinstance(answer, list) and len(answer) == 2 and all(_is_number(x) and 0 <= x <= 1 for x in answer)
    if not point and not _is_number(answer):
        raise ValueError("the answer is a number, or a point of two numbers from 0 to 1")
    return step, browser, answer


def _check_answer(ask: dict[str, Any], answer: Any) -> None:
    """ValueError if it is no answer to this question."""
    if (ask["kind"] == "point") != isinstance(answer, list):
        raise ValueError(
            "the answer is a point of two numbers" if ask["kind"] == "point" else "the answer is one number"
        )
    if ask["kind"] == "choice" and (type(answer) is not int or not 0 <= answer < len(ask["options"])):
        raise ValueError(f"the answer is the number of an option, 0 to {len(ask['options']) - 1}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -lessons.LARGE < value < lessons.LARGE
