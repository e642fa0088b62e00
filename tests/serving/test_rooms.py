import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo.serving import rooms
from latentdemo.serving.rooms import Rooms, counted, room_routes
from latentdemo.store import lessons


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=room_routes(lessons.FOLDER)))


def vote(client: TestClient, code: str, browser: str, answer: object, step: str = "a/1") -> bool:
    sent = client.post(f"/rooms/{code}/votes", json={"step": step, "browser": browser, "answer": answer})
    return sent.raise_for_status().json()["counts"]


def test_a_class_votes_once_a_browser_and_the_teacher_alone_sees_how_many(client: TestClient):
    told = client.post("/rooms").json()
    code, key = told["code"], told["key"]
    assert client.get(f"/rooms/{code.lower()}").json() == {"there": True}
    given = [vote(client, code, f"browser-{i}", i % 3) for i in range(7)]
    assert given == [True] * 7 and not vote(client, code, "browser-0", 2)
    asked, mine = {"step": "a/1", "kind": "choice"}, {"x-key": key}
    found = client.get(f"/rooms/{code}", params=asked, headers=mine).json()
    assert found == {"n": 7, "answers": [3, 2, 2, 0, 0, 0, 0, 0]}
    assert client.get(f"/rooms/{code}", params=asked, headers={"x-key": "another"}).status_code == 403
    assert vote(client, code, "browser-0", 4.5, step="b/1") and vote(client, code, "browser-1", [0.5, 0.5], step="b/1")
    for kind, answers in (("number", [4.5]), ("point", [[0.5, 0.5]]), ("choice", [0] * 8)):
        found = client.get(f"/rooms/{code}", params={"step": "b/1", "kind": kind}, headers=mine).json()
        assert found == {"n": len(answers) if kind != "choice" else 0, "answers": answers}
    assert client.delete(f"/rooms/{code}").status_code == 403
    assert client.delete(f"/rooms/{code}", headers=mine).status_code == 200
    assert client.get(f"/rooms/{code}").status_code == 404


@pytest.mark.parametrize(
    "sent",
    ["[]", "{", '{"step": "a", "browser": "b", "answer": 1}', '{"step": 1, "browser": "browser-1", "answer": 1}',
     '{"step": "a", "browser": "browser-1", "answer": "x"}',
     '{"step": "a", "browser": "browser-1", "answer": [1, 2, 3]}',
     '{"step": "", "browser": "browser-1", "answer": 1}', '{"step": "a", "browser": "browser-1", "answer": NaN}',
     '{"step": "a", "browser": "browser-1", "answer": 1e400}', "x" * 600, "[" * 400,
     '{"step": "a", "browser": "browser-1", "answer": 1' + "0" * 400 + "}",
     '{"step": "a", "browser": "' + "\\ud800" * 8 + '", "answer": 1}'],
)  # fmt: skip
def test_what_is_no_vote_is_refused_in_one_sentence(client: TestClient, sent: str):
    code = client.post("/rooms").json()["code"]
    answer = client.post(f"/rooms/{code}/votes", content=sent)
    assert answer.status_code == 422 and answer.json()["error"].startswith("This is no vote: ")
    assert client.post("/rooms/NONE/votes", content=sent).json() == {"error": rooms.GONE}


def test_rooms_that_nobody_visits_are_gone_and_there_are_never_too_many(monkeypatch: pytest.MonkeyPatch):
    held, now = Rooms(), [0.0]
    monkeypatch.setattr(rooms.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(rooms, "MOST_ROOMS", 3)
    codes = [held.open()[0] for _ in range(3)]
    for code in codes:
        held.rooms[code].seen = 0.0
    now[0] = rooms.IDLE - 1
    assert held.find(codes[0]) is not None
    now[0] = rooms.IDLE + 1
    assert held.find(codes[1]) is None and held.find(codes[0]) is not None
    more = [held.open()[0] for _ in range(4)]
    assert len(held.rooms) == 3 and held.find(more[-1]) is not None and held.find(more[0]) is None


def test_a_voter_cannot_be_told_from_what_is_kept():
    held = Rooms()
    (_, one), (_, other) = held.open(), held.open()
    for room in (one, other):
        room.vote("a/1", "browser-1", 1)
    (first,), (second,) = one.votes["a/1"], other.votes["a/1"]
    assert first != second and b"browser" not in first
    assert one.vote("a/1", "browser-2", 1) and not one.vote("a/1", "browser-2", 0)


def test_a_room_holds_so_many_votes_and_steps(monkeypatch: pytest.MonkeyPatch):
    for name, value in (("MOST_VOTERS", 3), ("MOST_VOTES", 5), ("MOST_STEPS", 4)):
        monkeypatch.setattr(rooms, name, value)
    room = Rooms().open()[1]
    assert [room.vote("a", f"browser-{i}", 1) for i in range(4)] == [True, True, True, False]
    assert [room.vote(step, "browser-1", 1) for step in ("b", "c", "d", "e")] == [True, True, False, False]
    assert "e" not in room.votes


def test_the_room_that_was_visited_least_gives_way(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rooms, "MOST_ROOMS", 3)
    held = Rooms()
    first, second, third = (held.open()[0] for _ in range(3))
    assert held.find(first)
    held.open()
    assert held.find(first) and held.find(third) and not held.find(second)


def test_counting():
    assert counted("choice", [1, 1, 0, 99, 1.5, True])[:3] == [1, 2, 0]
    assert counted("number", [3.0, 1.0]) == [1.0, 3.0]
    assert sorted(counted("point", [[0.2, 0.1], [0.1, 0.3]])) == [[0.1, 0.3], [0.2, 0.1]]


def test_lessons_are_read_anew(tmp_path: Path):
    client = TestClient(Starlette(routes=room_routes(tmp_path)))
    assert client.get("/lessons").json() == {"whole": {}, "problems": []}
    (tmp_path / "mine.json").write_text(json.dumps({"title": "Mine", "steps": [{"do": "Look."}]}))
    (tmp_path / "broken.json").write_text("{")
    found = client.get("/lessons").json()
    assert list(found["whole"]) == ["mine"] and found["whole"]["mine"]["steps"][0]["ask"] is None
    assert len(found["problems"]) == 1 and "broken.json" in found["problems"][0]
