import contextlib
import json
import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo.serving import rooms
from latentdemo.serving.rooms import counted, room_routes, state
from latentdemo.serving.rooms.state import Full, Room, Rooms
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
     *(f'{{"step": "a", "browser": "browser-1", "answer": {answer}}}' for answer in (
         "[1, 2, 3]", "[1]", "[0.5]", "[]", "[0.5, 1.01]", "[-0.01, 0.5]", "[0.5, true]", "[0.5, null]", "[[0.5], 0.5]",
         '[0.5, "0.5"]', "[0.5, NaN]", "[0.5, Infinity]", "true", "null", "{}", "Infinity")),
     '{"step": "\\ud800", "browser": "browser-1", "answer": 1}',
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


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which the test sets."""
    now = [1000.0]
    monkeypatch.setattr(state.time, "monotonic", lambda: now[0])
    return now


def test_rooms_that_nobody_visits_are_gone_those_without_votes_sooner(now: list[float]):
    held = Rooms()
    (empty, _), (used, room) = held.open(), held.open()
    room.vote("a/1", "browser-1", 1)
    now[0] += state.UNUSED + 1
    assert held.find(empty) is None and held.find(used) is not None
    now[0] += state.IDLE - 1
    assert held.find(used) is not None
    now[0] += state.IDLE + 1
    assert held.find(used) is None and not held.rooms


def test_a_flood_of_rooms_throws_no_used_room_out_and_no_other_opener(now: list[float]):
    held = Rooms()
    used = [held.open("teacher", "one") for _ in range(2)]
    for _, room in used:
        room.vote("a/1", "browser-1", 1)
    refused = 0
    for i in range(220):
        try:
            held.open("pupil", f"browser-{i}")
        except Full:
            refused += 1
    assert refused == 220 - state.MAX_ROOMS_OF_ADDRESS
    for i in range(1000):  # from many addresses
        held.open(f"address-{i}", "")
    assert len(held.rooms) == state.MAX_ROOMS and all(held.find(code) for code, _ in used)
    now[0] += state.LESSON + 1
    for code, _ in used:
        held.find(code)  # visited: not swept
    assert all(room.may_go(now[0]) for _, room in used)


def test_of_rooms_without_votes_those_of_the_greediest_address_go_first(now: list[float]):
    held = Rooms()
    for i in range(state.MAX_ROOMS - state.MAX_ROOMS_OF_ADDRESS):
        held.open(f"teacher-{i}")
        now[0] += 0.01
    for i in range(state.MAX_ROOMS_OF_ADDRESS):
        held.open("pupil", f"browser-{i}")
        now[0] += 0.01
    held.open("newcomer")
    of_pupil = [room for room in held.rooms.values() if room.opener[0] == "pupil"]
    assert len(of_pupil) == state.MAX_ROOMS_OF_ADDRESS - 1 and len(held.rooms) == state.MAX_ROOMS


def test_when_all_rooms_are_in_use_none_is_opened(now: list[float]):
    held = Rooms()
    for i in range(state.MAX_ROOMS):
        held.open(f"teacher-{i}")[1].vote("a/1", "browser-1", 1)
    with pytest.raises(Full, match="All 200 rooms are in use"):
        held.open("newcomer")
    now[0] += state.LESSON + 1
    held.open("newcomer")
    assert len(held.rooms) == state.MAX_ROOMS


def test_one_browser_opens_ten_rooms_and_one_address_forty(client: TestClient):
    def status(browser: str) -> int:
        return client.post("/rooms", json={"browser": browser}).status_code

    assert [status("browser-1") for _ in range(11)] == [200] * 10 + [429]
    assert [status(f"other-{i}") for i in range(31)] == [200] * 30 + [429]
    refused = client.post("/rooms")
    assert refused.status_code == 429 and "close one" in refused.json()["error"]


@pytest.mark.parametrize("sent", ["[]", "3", "{", '{"browser": 3}', '{"browser": "é"}', "x" * 600, "[" * 400,
                                  '{"browser": "' + "x" * 65 + '"}'])  # fmt: skip
def test_what_opens_no_room_is_refused_in_one_sentence(client: TestClient, sent: str):
    answer = client.post("/rooms", content=sent)
    assert answer.status_code == 422 and answer.json()["error"].startswith("This opens no room: ")


def test_a_voter_cannot_be_told_from_what_is_kept():
    held = Rooms()
    (_, one), (_, other) = held.open(), held.open()
    for room in (one, other):
        room.vote("a/1", "browser-1", 1)
    (first,), (second,) = one.votes["a/1"], other.votes["a/1"]
    assert first != second and b"browser" not in first
    assert one.vote("a/1", "browser-2", 1) and not one.vote("a/1", "browser-2", 0)


def flood(room: Room, step: str, n: int, address: str) -> int:
    """How many of n made-up browsers' votes are kept."""
    kept = 0
    for i in range(n):
        with contextlib.suppress(Full):
            kept += room.vote(step, f"{address}-{i}", 1, address)
    return kept


def test_one_pupil_cannot_fill_a_step_or_keep_the_class_out(now: list[float]):
    room = Rooms().open()[1]
    for i in range(30):  # the class has joined, behind one address
        assert room.vote("a/1", f"pupil-{i}", 1, "school")
    assert flood(room, "a/2", 1000, "school") == state.AT_ONCE - 30
    assert all(room.vote("a/2", f"pupil-{i}", 1, "school") for i in range(30))
    assert all(room.vote("a/2", f"home-{i}", 1, f"home-{i}") for i in range(30))
    with pytest.raises(Full, match="Too many new browsers answer from your network"):
        room.vote("a/2", "latecomer", 1, "school")
    now[0] += 1
    assert room.vote("a/2", "latecomer", 1, "school")
    now[0] += 10_000
    flood(room, "a/3", 1000, "school")
    now[0] += 10_000
    flood(room, "a/4", 3000, "school")
    assert len(room.votes["a/4"]) <= state.MAX_VOTERS_OF_ADDRESS < state.MAX_VOTERS
    assert room.vote("a/4", "a guest", 1, "elsewhere")


def test_a_hundred_students_behind_one_address_vote_at_once(client: TestClient):
    code = client.post("/rooms").json()["code"]
    assert all(vote(client, code, f"browser-{i}", i % 3) for i in range(100))


def test_made_up_steps_leave_room_for_those_of_lessons(client: TestClient):
    code = client.post("/rooms").json()["code"]
    for i in range(state.MAX_OTHER_STEPS):
        assert vote(client, code, f"browser-{i // 100}", 1, step=f"made-up/{i}")
    sent = {"step": "made-up/200", "browser": "browser-9", "answer": 1}
    refused = client.post(f"/rooms/{code}/votes", json=sent)
    assert refused.status_code == 429 and "open a new room" in refused.json()["error"]
    assert vote(client, code, "browser-9", 1, step="made-up/199")
    step, ask = next((step, ask) for step, ask in lessons.questions(lessons.FOLDER).items() if ask["kind"] == "choice")
    assert vote(client, code, "browser-9", 0, step=step) and not vote(client, code, "browser-9", 1, step=step)
    for answer in (len(ask["options"]), -1, 0.5, [0.5, 0.5]):
        sent = {"step": step, "browser": "browser-8", "answer": answer}
        assert client.post(f"/rooms/{code}/votes", json=sent).status_code == 422


def test_what_is_not_kept_is_never_called_counted():
    room = Rooms().open()[1]
    n = state.MAX_VOTES_OF_BROWSER
    assert all(room.vote(f"a/{i}", "browser-1", 1) for i in range(n))
    with pytest.raises(Full, match="has answered 120 questions"):
        room.vote("a/999", "browser-1", 1)
    for i in range(2000):
        address = f"10.0.{i // 256}.{i % 256}"
        try:
            counts = room.vote("a/1", f"other-{i}", 1, address)
        except Full:
            counts = False
        assert counts == (room._hash(f"other-{i}") in room.votes["a/1"])
    assert len(room.votes["a/1"]) == state.MAX_VOTERS


def test_an_ipv6_network_is_one_address():
    routes = room_routes(lessons.FOLDER)
    app = Starlette(routes=routes)
    codes = [TestClient(app, client=(f"2001:db8::{i}", 1)).post("/rooms").status_code for i in range(11)]
    assert codes == [200] * 10 + [429]
    assert TestClient(app, client=("2001:db8:0:1::1", 1)).post("/rooms").status_code == 200


def test_counting():
    assert counted("choice", [1, 1, 0, 99, 1.5, True])[:3] == [1, 2, 0]
    assert counted("number", [3.0, 1.0]) == [1.0, 3.0]
    assert sorted(counted("point", [[0.2, 0.1], [0.1, 0.3]])) == [[0.1, 0.3], [0.2, 0.1]]


def odd_lessons(folder: Path) -> None:
    """Files of every odd kind, and a valid one."""
    number = {"kind": "number", "question": "?", "least": 0, "most": 1, "answer": 0, "within": -1}
    given = {
        "half": json.dumps({"steps": [{"do": "\ud800"}]}).encode(),
        "half-key": json.dumps({"steps": [{"\ud800": 1}]}).encode(),
        "half-raw": b'{"steps": [{"do": "\xed\xa0\x80"}]}',
        "negative": json.dumps({"steps": [{"ask": number}]}).encode(),
        "huge": b" " * 300_000,
        "huge-number": b'{"steps": [{"ask": {"kind": "choice", "options": ["a", "b"], "answer": '
        + b"9" * 5000
        + b"}}]}",
        "infinite": json.dumps({"steps": [{"ask": number | {"most": 9}}]}).replace("9", "1e999").encode(),
        "deep": b"[" * 100_000,
        "deep-step": b'{"steps": [' + b"[" * 900 + b"]" * 900 + b"]}",
        "latin": '{"title": "é", "steps": [{"do": "x"}]}'.encode("latin-1"),
        "twice": b'{"title": "a", "title": "b", "steps": [{"do": "x"}]}',
        "empty": b"",
        "zeros": bytes(100),
    }
    for name, data in given.items():
        (folder / f"{name}.json").write_bytes(data)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.json")).write_bytes(b"{")
    (folder / "a\nb.json").write_bytes(b"{")
    (folder / "folder.json").mkdir()
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-32"):
        (folder / f"good-{encoding}.json").write_bytes('{"title": "ä", "steps": [{"do": "x"}]}'.encode(encoding))


def test_lessons_answer_whatever_the_folder_holds(tmp_path: Path):
    odd_lessons(tmp_path)
    routes = room_routes(tmp_path)
    client = TestClient(Starlette(routes=routes), raise_server_exceptions=False)
    answer = client.get("/lessons")
    assert answer.status_code == 200
    found = answer.json()
    assert sorted(found["whole"]) == [f"good-{name}" for name in ("utf-16", "utf-16-le", "utf-32", "utf-8-sig")]
    assert {lesson["title"] for lesson in found["whole"].values()} == {"ä"}
    named = {problem.partition(".json: ")[0] for problem in found["problems"]}
    assert len(named) == len(found["problems"]) == len(list(tmp_path.iterdir())) - 4
    assert all(problem.isprintable() and len(problem) < 300 for problem in found["problems"])
    code = client.post("/rooms").json()["code"]
    vote = {"step": "negative/1", "browser": "x" * 10, "answer": 1}
    assert client.post(f"/rooms/{code}/votes", json=vote).status_code == 200


def test_links_of_lessons_are_checked_against_what_there_is_now(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps({"steps": [{"link": "tab=new"}]}))
    tabs: list[str] = []
    targets = lessons.Targets(tabs, {}, [], [], lambda name: 0)
    client = TestClient(Starlette(routes=room_routes(tmp_path, lambda: targets)))
    found = client.get("/lessons").json()
    assert "a" in found["whole"] and found["problems"][0].startswith("a.json: step 1: the link names the tab 'new'")
    tabs.append("new")
    assert not client.get("/lessons").json()["problems"]


def test_lessons_are_read_anew(tmp_path: Path):
    client = TestClient(Starlette(routes=room_routes(tmp_path)))
    assert client.get("/lessons").json() == {"whole": {}, "problems": []}
    (tmp_path / "mine.json").write_text(json.dumps({"title": "Mine", "steps": [{"do": "Look."}]}))
    (tmp_path / "broken.json").write_text("{")
    found = client.get("/lessons").json()
    assert list(found["whole"]) == ["mine"] and found["whole"]["mine"]["steps"][0]["ask"] is None
    assert len(found["problems"]) == 1 and "broken.json" in found["problems"][0]
