"""A folder of lessons comes in; those that are whole, and what is wrong with the others, go out."""

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from latentdemo.options import data_folder
from latentdemo.store.text import brief, printable, read_json

FOLDER = data_folder("lessons")
LARGEST = 200_000  # bytes of a lesson
MOST_STEPS, MOST_OPTIONS, MOST_LETTERS, MOST_SELECTOR = 60, 8, 2000, 200
LARGE = 1e9  # numbers of a question lie within
KINDS = {  # of questions: what each must tell, besides its question
    "choice": {"options": list, "answer": int},
    "number": {"least": (int, float), "most": (int, float), "answer": (int, float), "within": (int, float)},
    "point": {"on": str, "answer": list},
}
TEXTS = ("do", "notice", "link", "cover", "see")


class Lessons(NamedTuple):
    """What a folder holds.

    Attributes:
        whole: lessons by their file's name; each {"title", "lecture", "steps"}, of which a step is {"do", "notice",
            "link", "cover", "see", "ask"}: texts, the part of a link behind the "#", selectors of what is covered until
            it is answered and of what is brought into view, and a question or None. A question is
            {"kind", "question", "why"} and what `KINDS` says.
        problems: a sentence for each file that is none.
    """

    whole: dict[str, dict[str, Any]]
    problems: list[str]


def read(folder: Path) -> Lessons:
    """All *.json of a folder, by name; none if there is no such folder."""
    found = Lessons({}, [])
    for path in sorted(folder.glob("*.json")):
        try:
            found.whole[printable(path.stem)] = one(path)
        except (OSError, ValueError, RecursionError) as error:
            found.problems.append(printable(f"The lesson {path.name} cannot be read: {error}"))
    return found


def questions(folder: Path) -> dict[str, dict[str, Any]]:
    """Questions by lesson and step, "NAME/NUMBER" from 1; read again once a file has changed."""
    return _questions(folder, tuple((path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.json"))))


@lru_cache(maxsize=4)
def _questions(folder: Path, _: tuple[tuple[Path, int], ...]) -> dict[str, dict[str, Any]]:
    steps = {name: lesson["steps"] for name, lesson in read(folder).whole.items()}
    return {f"{name}/{i}": step["ask"] for name, of in steps.items() for i, step in enumerate(of, 1) if step["ask"]}


def one(path: Path) -> dict[str, Any]:
    """A lesson from its file. ValueError says where it is not one."""
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it has more than {LARGEST:,} bytes")
    told = read_json(path.read_bytes(), finite=True)
    if not isinstance(told, dict) or not isinstance(told.get("steps"), list):
        raise ValueError('it must be {"title": …, "steps": […]}')
    steps = told["steps"]
    if not 0 < len(steps) <= MOST_STEPS:
        raise ValueError(f"it has {len(steps)} steps; 1 to {MOST_STEPS} are possible")
    _check_keys(told, ("title", "lecture", "steps"), "the lesson")
    texts = {key: _text(told.get(key, ""), key) for key in ("title", "lecture")}
    return {
        **texts,
        "title": texts["title"] or printable(path.stem),
        "steps": [_step(step, i) for i, step in enumerate(steps, 1)],
    }


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise ValueError(f"{where} must be a text of at most {MOST_LETTERS} characters")
    value.encode()  # a ValueError, where half a character was written
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGE < value < LARGE


def _check_keys(given: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in known:
            raise ValueError(f"{where}: the key {brief(key)} is unknown; there are {', '.join(known)}")


def _step(step: Any, i: int) -> dict[str, Any]:
    if not isinstance(step, dict):
        raise ValueError(f'step {i} must be {{"do": …, "notice": …, "link": …, "ask": …}}')
    texts = {key: _text(step.get(key, ""), f"step {i}: {key}") for key in TEXTS}
    _check_keys(step, (*TEXTS, "ask"), f"step {i}")
    texts["link"] = texts["link"].rpartition("#")[2]  # a whole address was pasted
    ask = step.get("ask")
    if ask is None and not any(text.strip() for text in texts.values()):
        raise ValueError(f"step {i} is empty; give it a 'do', a 'link' or an 'ask'")
    return {**texts, "ask": None if ask is None else _question(ask, f"step {i}")}


def _question(ask: Any, where: str) -> dict[str, Any]:
    if not isinstance(ask, dict) or not isinstance(ask.get("kind"), str) or ask["kind"] not in KINDS:
        raise ValueError(f"{where}: the kind of a question is one of {', '.join(KINDS)}")
    out = {"kind": ask["kind"], **{key: _text(ask.get(key, ""), f"{where}: {key}") for key in ("question", "why")}}
    for key, kind in KINDS[ask["kind"]].items():
        if not (_is_number(ask.get(key)) if kind == (int, float) else type(ask.get(key)) is kind):
            raise ValueError(f"{where}: a question of the kind {ask['kind']} must say its {key!r}")
        out[key] = ask[key]
    for check in (_check_choice, _check_number, _check_point):
        check(out, where)
    _check_keys(ask, ("kind", "question", "why", "unit", *KINDS[ask["kind"]]), where)
    if not out["question"].strip():
        raise ValueError(f"{where}: the question is missing")
    if "unit" in ask:
        out["unit"] = _text(ask["unit"], f"{where}: unit")
    return out


def _check_choice(ask: dict[str, Any], where: str) -> None:
    if ask["kind"] != "choice":
        return
    n = len(ask["options"])
    if not 2 <= n <= MOST_OPTIONS or not 0 <= ask["answer"] < n:
        raise ValueError(f"{where}: there are 2 to {MOST_OPTIONS} options, and the answer is the number of one, from 0")
    ask["options"] = [_text(option, f"{where}: an option") for option in ask["options"]]


def _check_number(ask: dict[str, Any], where: str) -> None:
    if ask["kind"] == "number" and ask["within"] < 0:
        raise ValueError(f"{where}: within is {ask['within']:g}; it must be at least 0")
    if ask["kind"] == "number" and not (ask["least"] <= ask["answer"] <= ask["most"] and ask["least"] < ask["most"]):
        raise ValueError(f"{where}: the answer lies between least and most")


def _check_point(ask: dict[str, Any], where: str) -> None:
    if ask["kind"] != "point":
        return
    box = ask["answer"]
    if not 0 < len(ask["on"]) <= MOST_SELECTOR:
        raise ValueError(f"{where}: on is a selector of 1 to {MOST_SELECTOR} characters")
    numbers = all(_is_number(value) and 0 <= value <= 1 for value in box)
    if len(box) != 4 or not numbers or box[0] >= box[2] or box[1] >= box[3]:
        raise ValueError(f"{where}: the answer is [left, top, right, bottom], shares of the picture from 0 to 1")
