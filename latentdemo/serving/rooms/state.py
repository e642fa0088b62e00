"""Rooms as they are kept in memory: votes come in; what a class answered, and refusals at the limits, go out."""

import hashlib
import math
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which are read as digits
CODE_LENGTH = 5
MAX_ROOMS, MAX_ROOMS_OF_ADDRESS, MAX_ROOMS_OF_BROWSER = 200, 40, 10
MAX_VOTERS, MAX_VOTERS_OF_ADDRESS = 1000, 300  # of a room; a school may have one address for all
AT_ONCE, PER_SECOND = 150, 2.0  # new voters from one address: a lecture hall at once, then so many
MAX_VOTES_OF_BROWSER = 120  # two of the longest lessons
MAX_OTHER_STEPS = 200  # of a room, that are in no lesson here
IDLE, UNUSED, LESSON = (
    3 * 3600.0,
    20 * 60.0,
    90 * 60.0,
)  # seconds: a room is kept unvisited, or if nobody voted; a lesson


def _now() -> float:
    return time.monotonic()


class Full(ValueError):
    """A limit is reached: nothing is kept; its sentence says what to do."""


@dataclass
class Source:
    """The voters of one address in one room.

    Attributes:
        n: how many there are.
        allowance: how many may come at once, as of `at` (time.monotonic()).
    """

    n: int = 0
    allowance: float = AT_ONCE
    at: float = field(default_factory=_now)

    def admit(self) -> bool:
        """Whether one more may come now; if so it is counted."""
        now = time.monotonic()
        self.allowance, self.at = min(AT_ONCE, self.allowance + PER_SECOND * (now - self.at)), now
        if self.allowance < 1 or self.n >= MAX_VOTERS_OF_ADDRESS:
            return False
        self.n, self.allowance = self.n + 1, self.allowance - 1
        return True


@dataclass
class Room:
    """A class's answers.

    Attributes:
        opener: address and browser that opened it.
        key: what only the teacher's page knows.
        salt: so that browsers cannot be told from their hashes.
        votes: by lesson and step, a browser's hash and what it answered first.
        voters: how often each browser's hash has voted.
        sources: by an address's hash.
        seen, voted: time.monotonic() of the last visit, and of the last vote (−∞: none).
    """

    opener: tuple[str, str] = ("", "")
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    votes: dict[str, dict[bytes, Any]] = field(default_factory=dict)
    voters: dict[bytes, int] = field(default_factory=dict)
    sources: dict[bytes, Source] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    seen: float = field(default_factory=_now)
    voted: float = -math.inf

    def vote(self, step: str, browser: str, answer: Any, address: str = "", known: bool = False) -> bool:
        """Whether it counts: the first answer of a browser to a step does.

        Args:
            known: whether a lesson has this step; it has a place in any room then.

        Raises:
            Full: the vote is not kept.
        """
        mine = self._hash(browser)
        if mine in self.votes.get(step, {}):
            return False
        if not known and step not in self.others and len(self.others) >= MAX_OTHER_STEPS:
            raise Full(f"This room has answers to {MAX_OTHER_STEPS} other steps; open a new room.")
        if self.voters.get(mine, 0) >= MAX_VOTES_OF_BROWSER:
            raise Full(f"This browser has answered {MAX_VOTES_OF_BROWSER} questions here; open a new room.")
        if mine not in self.voters:
            self._admit(address)
        if not known:
            self.others.add(step)
        self.voters[mine] = self.voters.get(mine, 0) + 1
        self.votes.setdefault(step, {})[mine] = answer
        self.voted = time.monotonic()
        return True

    def _admit(self, address: str) -> None:
        if len(self.voters) >= MAX_VOTERS:
            raise Full(f"{MAX_VOTERS} browsers take part in this room already; your answer was not counted.")
        if not self.sources.setdefault(self._hash(address), Source()).admit():
            raise Full("Too many new browsers answer from your network; your answer was not counted. Try again later.")

    def _hash(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), key=self.salt, digest_size=12).digest()

    def may_go(self, now: float) -> bool:
        """Whether another room may take its place: nobody has voted for the length of a lesson."""
        return now - self.voted > LESSON


class Rooms:
    """All rooms of this process."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}

    def open(self, address: str = "", browser: str = "") -> tuple[str, Room]:
        """A new room and its code. Full if its opener has too many, or all rooms are in use.

        If there are too many rooms, one of the address with the most gives way, the one that was not visited longest.
        """
        self.sweep()
        openers = Counter(room.opener[0] for room in self.rooms.values())
        own = sum(room.opener == (address, browser) for room in self.rooms.values())
        if openers[address] >= MAX_ROOMS_OF_ADDRESS or own >= MAX_ROOMS_OF_BROWSER:
            raise Full("Too many rooms were opened from here; close one, or wait until they are gone (20 minutes).")
        if len(self.rooms) >= MAX_ROOMS:
            now = time.monotonic()
            rest = [code for code, room in self.rooms.items() if room.may_go(now)]
            if not rest:
                raise Full(f"All {MAX_ROOMS} rooms are in use; try again later.")
            del self.rooms[min(rest, key=lambda code: (-openers[self.rooms[code].opener[0]], self.rooms[code].seen))]
        code = next(code for code in iter(_code, "") if code not in self.rooms)
        self.rooms[code] = Room((address, browser))
        return code, self.rooms[code]

    def find(self, code: str) -> Room | None:
        """The room of a code, if there is one."""
        self.sweep()
        room = self.rooms.get(code.upper())
        if room is not None:
            room.seen = time.monotonic()
        return room

    def close(self, code: str) -> None:
        """It is gone, with all answers."""
        self.rooms.pop(code.upper(), None)

    def sweep(self) -> None:
        """Rooms that nobody has visited for long are gone, those without votes sooner."""
        now = time.monotonic()
        for code, room in list(self.rooms.items()):
            if now - room.seen > (IDLE if room.votes else UNUSED):
                del self.rooms[code]


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
