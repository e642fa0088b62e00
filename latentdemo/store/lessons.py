"""A folder of lessons comes in; the valid ones and the problems of all, with file and step, go out."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

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
    """Contents of a folder.

    Attributes:
        whole: valid lessons by file name; each {"title", "lecture", "steps"}, of which a step is {"do", "notice",
            "link", "cover", "see", "ask"}: texts, the part of a link behind the "#", selectors of what is covered until
            it is answered and of what is brought into view, and a question or None. A question is
            {"kind", "question", "why"} and what `KINDS` says.
        problems: one sentence for each, with file and step. A lesson whose only problems are links is in `whole` too.
    """

    whole: dict[str, dict[str, Any]]
    problems: list[str]


class Targets(NamedTuple):
    """What a link may name.

    Attributes:
        tabs: "tab" or "tab/section", as `slug` writes their titles.
        former: earlier names of sections, and the present ones.
        samples, models: their names on screen.
        gallery_size: number of a model's gallery images; ValueError for a model that has none.
    """

    tabs: list[str]
    former: Mapping[str, str]
    samples: list[str]
    models: list[str]
    gallery_size: Callable[[str], int]


def read(folder: Path, targets: Targets | None = None) -> Lessons:
    """Read all *.json of a folder, by name; none if there is no such folder. Links are checked against `targets`."""
    out = Lessons({}, [])
    for path in sorted(folder.glob("*.json")):
        lesson, problems = _read_lesson(path)
        if lesson is not None:
            out.whole[printable(path.stem)] = lesson
            steps = enumerate(lesson["steps"], 1)
            links = {i: link_problems(step["link"], targets) for i, step in steps} if targets else {}
            problems += [f"step {i}: {problem}" for i, of in links.items() for problem in of]
        out.problems.extend(printable(f"{path.name}: {problem}") for problem in problems)
    return out


def questions(folder: Path) -> dict[str, dict[str, Any]]:
    """Questions by lesson and step, "NAME/NUMBER" from 1; read again after a file has changed."""
    return _questions(folder, tuple((path, _changed(path)) for path in sorted(folder.glob("*.json"))))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # a link to nothing, or removed just now
        return 0


@lru_cache(maxsize=4)
def _questions(folder: Path, _: tuple[tuple[Path, int], ...]) -> dict[str, dict[str, Any]]:
    steps = {name: lesson["steps"] for name, lesson in read(folder).whole.items()}
    return {f"{name}/{i}": step["ask"] for name, of in steps.items() for i, step in enumerate(of, 1) if step["ask"]}


def slug(title: str) -> str:
    """Write a title as links do: "Size × β" -> "size-beta". The page's `slug` in web/link/tabs.js does the same."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower().replace("β", "beta").replace("−", "-")).strip("-")


def link_problems(link: str, targets: Targets) -> list[str]:
    """Problems of a link's state ("tab=…&image=…"): one sentence for each name that does not exist."""
    values = dict(parse_qsl(link, keep_blank_values=True))
    out = [
        f"the link has {brief(part)}, which is not KEY=VALUE" for part in link.split("&") if part and "=" not in part
    ]
    held = [key for name in ("hide", "lock") for key in values.get(name, "").split(",") if "/" in key]
    for tab in filter(None, [values.get("tab"), *held]):
        if targets.former.get(tab, tab) not in targets.tabs:
            out.append(f"the link names the {'section' if '/' in tab else 'tab'} {brief(tab)}; {_there(tab, targets)}")
    model = values.get("models")
    if model and slug(model) not in map(slug, targets.models):
        out.append(f"the link names the models {brief(model)}; there are {', '.join(targets.models) or 'none'}")
    return out + (_image_problems(values["image"], targets) if values.get("image") else [])


def _there(tab: str, targets: Targets) -> str:
    """Names to choose from: the tab's sections, or all tabs if there is no such tab."""
    first = tab.partition("/")[0]
    near = [name for name in targets.tabs if name.startswith(f"{first}/")]
    return f"there are {', '.join(near or [name for name in targets.tabs if '/' not in name])}"


def _image_problems(image: str, targets: Targets) -> list[str]:
    kind, _, name = image.partition(" ")
    if kind == "sample":
        known = name in targets.samples
        return [] if known else [f"the link names the sample {brief(name)}; there are {', '.join(targets.samples)}"]
    model, _, number = name.rpartition(" ")
    if kind != "gallery" or not (number.isascii() and number.isdecimal() and len(number) < 10):
        return [f"the link's image is {brief(image)}; expected 'sample NAME' or 'gallery MODEL NUMBER'"]
    try:
        size = targets.gallery_size(model)
    except ValueError as error:
        return [f"the link names a gallery of the model {brief(model)}: {error}"]
    return [] if int(number) < size else [f"the link names gallery image {number}; {model} has 0–{size - 1}"]


def _read_lesson(path: Path) -> tuple[dict[str, Any] | None, list[str]]:
    """A lesson from its file, or None and its problems: that of the file, or one for each step that has any."""
    try:
        if not path.is_file():
            raise ValueError("it is not a file")
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it has more than {LARGEST:,} bytes")
        given = read_json(path.read_bytes(), finite=True)
        if not isinstance(given, dict) or not isinstance(given.get("steps"), list):
            raise ValueError('it must be {"title": …, "steps": […]}')
        if not 0 < len(given["steps"]) <= MOST_STEPS:
            raise ValueError(f"it has {len(given['steps'])} steps; 1 to {MOST_STEPS} are possible")
        _check_keys(given, ("title", "lecture", "steps"), "the lesson")
        texts = {key: _text(given.get(key, ""), key) for key in ("title", "lecture")}
    except (OSError, ValueError, RecursionError) as error:
        return None, [str(error)]
    steps, problems = [], []
    for i, step in enumerate(given["steps"], 1):
        try:
            steps.append(_step(step, i))
        except ValueError as error:
            problems.append(str(error))
    lesson = {**texts, "title": texts["title"] or printable(path.stem), "steps": steps}
    return (None if problems else lesson), problems


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise ValueError(f"{where} must be a text of at most {MOST_LETTERS} characters")
    if printable(value) != value and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(f"{where} has half a character (a lone surrogate, as in {brief(value)})")
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
    texts["link"] = _state(texts["link"], f"step {i}")
    ask = step.get("ask")
    if ask is None and not any(text.strip() for text in texts.values()):
        raise ValueError(f"step {i} is empty; give it a 'do', a 'link' or an 'ask'")
    return {**texts, "ask": None if ask is None else _question(ask, f"step {i}")}


def _state(link: str, where: str) -> str:
    """The state that a link holds: of a pasted address, what is behind its "#", or its parameters."""
    head, mark, state = link.strip().rpartition("#")
    if not mark and re.match(r"[a-z][a-z0-9+.-]*://|\?", state, re.I):
        head, state = state, state.partition("?")[2]
    if head and not state:
        raise ValueError(
            f"{where}: the link {brief(link)} has nothing behind a '#'; copy one with the page's button Link"
        )
    return state


def _question(ask: Any, where: str) -> dict[str, Any]:
    if not isinstance(ask, dict) or not isinstance(ask.get("kind"), str) or ask["kind"] not in KINDS:
        raise ValueError(f"{where}: the kind of a question is one of {', '.join(KINDS)}")
    out = {"kind": ask["kind"], **{key: _text(ask.get(key, ""), f"{where}: {key}") for key in ("question", "why")}}
    for key, kind in KINDS[ask["kind"]].items():
        if not (_is_number(ask.get(key)) if kind == (int, float) else type(ask.get(key)) is kind):
            raise ValueError(f"{where}: a question of the kind {ask['kind']} must say its {key!r}")
        out[key] = _text(ask[key], f"{where}: {key}") if kind is str else ask[key]
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
