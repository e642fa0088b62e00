"""The copy without a server: what is written, and what is refused; in Chromium it is tried by tests/browser."""

import json
import re
from pathlib import Path

import pytest

from latentdemo import alone, dashboard, server
from latentdemo.alone import bundle
from latentdemo.store.resources import Resources
from latentdemo.tabs import latent_map


def test_every_script_of_the_page_is_in_it_and_imports_what_is_there():
    modules = bundle.modules()
    for path, source in modules.items():
        if path.endswith(".js"):
            assert not re.search(r'from\s+"\.', source), path
            for other in re.findall(r'(?:from\s+|import\s*\(\s*)"(look/[^"]+)"', source):
                assert other in modules, (path, other)


def test_what_a_server_would_answer_is_held(resources: Resources):
    held = bundle.held_of(resources, ["mnist-vae-2", "mnist-ae-2"], ["mnist-vae-2"])
    facts = json.loads(held["weights"].data)
    assert set(facts) == {"mnist-vae-2", "mnist-ae-2"} and all(one["address"] in held for one in facts.values())
    codes = held["pixels/codes/mnist-vae-2"].data
    assert codes == resources.gallery("mnist-vae-2").codes.astype("<f4").tobytes()
    assert json.loads(held["lessons"].data)["whole"] and held["pixels/sprites/mnist-vae-2"].media_type.startswith(
        "image/"
    )


def test_the_models_that_are_taken_where_none_are_named(resources: Resources):
    assert [pair.vae for pair in alone.chosen(resources)] == ["faces-vae", "mnist-vae-2"]


def test_what_cannot_be_written_is_told(tmp_path: Path, resources: Resources, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "mine.txt").write_text("x")
    assert server.export_to(tmp_path, resources, ["mnist-vae-2"]) == 1
    assert f"{tmp_path} is not empty; name a new folder" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text() == "x"
    assert server.export_to(tmp_path / "new", resources, ["nobody"]) == 1
    assert "nobody" in capsys.readouterr().err and not (tmp_path / "new").exists()
    assert server.export_to(tmp_path / "new", Resources(tmp_path / "none"), []) == 1
    assert "there are no models to export" in capsys.readouterr().err


def test_the_note_lists_every_section_that_is_missing():
    page = bundle.WEB.joinpath("alone", "page.html").read_text("utf-8")
    note = page[page.index("<details class=") :].partition("</details>")[0]
    shown = set(re.findall(r'<section data-tab="([^"]+)"', page))
    titles = {tab.TITLE for tab in dashboard.TABS}
    for tab in dashboard.TABS:
        titles |= {section.title for section in getattr(tab, "SECTIONS", ()) if tab.TITLE in shown}
    titles |= {title for title, _ in latent_map.BESIDE} | {"Linear probe", "Export"}
    for tab in ("perturb/__init__.py", "attributes/parts.py"):
        titles |= set(re.findall(r'gr\.Tab\("([^"]+)"\)', (bundle.WEB.parent / "tabs" / tab).read_text("utf-8")))
    assert {title for title in titles - shown if title not in note} == set()
    assert not any(f": {title}," in note or f", {title}," in note for title in shown)
