import base64
import dataclasses
import inspect
import io
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from gradio.data_classes import ImageData
from gradio.utils import get_upload_folder
from PIL import Image

from latentdemo import dashboard, widgets
from latentdemo.classifiers import pretrained
from latentdemo.drawing import palette
from latentdemo.pixels import images
from latentdemo.store import checkpoints, lessons
from latentdemo.store.adopt import adopt
from latentdemo.store.lessons import slug
from latentdemo.store.resources import Resources
from latentdemo.tabs import TABS, features, handlers, kernels, perturb
from latentdemo.tabs.features import chosen as networks
from latentdemo.tabs.features import layers
from latentdemo.tabs.reconstructions import train
from latentdemo.tabs.sections import link_targets
from latentdemo.widgets import Page, components

PUBLIC = {"kernel", "features", "reconstruct", "map", "perturb", "attribute"}


@pytest.fixture(scope="module")
def demo(resources: Resources) -> gr.Blocks:
    return dashboard.build_dashboard(resources)


def test_every_listener_accepts_its_inputs(demo: gr.Blocks):
    for listener in demo.fns.values():
        if listener.fn is None:
            continue
        parameters = inspect.signature(listener.fn).parameters.values()
        events = [p for p in parameters if "EventData" in str(p.annotation) or "SelectData" in str(p.annotation)]
        inspect.signature(listener.fn).bind(*listener.inputs, *events)


def test_six_public_endpoints_and_no_other(demo: gr.Blocks):
    public = {fn.api_name for fn in demo.fns.values() if fn.api_visibility == "public" and fn.fn is not None}
    assert public == PUBLIC


def test_nobody_waits_for_another_visitor(demo: gr.Blocks):
    limited = {fn.name for fn in demo.fns.values() if fn.fn is not None and fn.concurrency_limit is not None}
    assert limited == {"fetch", "draw", "show", "pick_layer", "pick_map", "save_gif"}  # what takes seconds


def test_links_may_name_every_tab_section_sample_and_model(demo: gr.Blocks, resources: Resources):
    targets = link_targets(demo, resources)
    assert targets.tabs[0] == slug(TABS[0].TITLE) and {slug(tab.TITLE) for tab in TABS} <= set(targets.tabs)
    assert {f"kernels/{slug(section.title)}" for section in kernels.SECTIONS} <= set(targets.tabs)
    assert sum(name.startswith("perturb/") for name in targets.tabs) == 7 and len(set(targets.tabs)) > 50
    assert set(targets.former.values()) <= set(targets.tabs)
    assert targets.samples == list(resources.samples()) and targets.models == list(resources.pairs)
    assert targets.gallery_size("faces-vae") == len(resources.gallery("faces-vae").codes)
    with pytest.raises(ValueError, match="No model 'cats'"):
        targets.gallery_size("cats")
    assert not lessons.read(lessons.FOLDER, targets).problems


def test_drags_ask_gradio_for_nothing(demo: gr.Blocks):
    steps = {key for key, block in demo.blocks.items() if re.search(r"-step-\d+$", str(block.elem_id))}
    heard = {target for fn in demo.fns.values() for target, _ in fn.targets}
    assert len(steps) == 32 + 16 + 1 and not steps & heard  # the page hears them itself


def test_without_checkpoints_the_page_still_opens(tmp_path: Path):
    demo = dashboard.build_dashboard(Resources(tmp_path))
    texts = [str(block.value) for block in demo.blocks.values() if isinstance(block, gr.HTML)]
    assert sum("train.py --all" in text for text in texts) == 5
    assert sum("train.py --shipped cifar10-cnn" in text for text in texts) == 1
    stages = [block.value for block in demo.blocks.values() if isinstance(block, gr.HTML)]
    assert any(isinstance(value, dict) and str(value.get("src")).startswith("data:image") for value in stages)


def test_another_classifier_does_not_stand_in_for_a_missing_one(tmp_path: Path):
    resources = Resources(tmp_path)
    resources.cards["mine"] = dataclasses.replace(checkpoints.load_card("cifar10-cnn"), name="mine")
    assert resources.offers("cnn") and not resources.offers("cifar10-cnn")
    demo = dashboard.build_dashboard(resources)
    texts = [str(block.value) for block in demo.blocks.values() if isinstance(block, gr.HTML)]
    assert sum("train.py --shipped cifar10-cnn" in text for text in texts) == 1


def test_problems_are_named_on_the_page(tmp_path: Path):
    (tmp_path / "x.json").write_text("{")
    demo = dashboard.build_dashboard(Resources(tmp_path))
    texts = [str(block.value) for block in demo.blocks.values() if isinstance(block, gr.HTML)]
    assert any("x.json is damaged" in text for text in texts)


def upload(name: str, data: bytes) -> Path:
    path = Path(get_upload_folder()) / "test" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def png(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_door_opens_uploads_and_nothing_else():
    entry = components.Door()
    path = upload("a.png", png(np.zeros((4, 4, 3), np.uint8)))
    assert entry.preprocess(ImageData(path=str(path))) == str(path.resolve())
    assert entry.preprocess(None) is None
    for outside in ("/etc/passwd", __file__, str(path.parent / ".." / ".." / ".." / "etc" / "passwd")):
        with pytest.raises(gr.Error, match="not uploaded"):
            entry.preprocess(ImageData(path=outside))


def test_photographs_are_not_mirrored(page: Page):
    options = page.door.webcam_options
    assert options is not None and options.mirror is False


def test_a_good_upload_is_taken_and_a_bad_one_named(page: Page, monkeypatch: pytest.MonkeyPatch):
    picture = np.random.default_rng(0).integers(0, 256, (100, 90, 3), np.uint8)
    shown, first, kept, wish = widgets.accept(page, str(upload("good.png", png(picture))))
    assert wish == widgets.OWN
    np.testing.assert_array_equal(shown, picture)
    said: list[str] = []
    monkeypatch.setattr(gr, "Warning", lambda text, duration: said.append(text))
    shown, second, still, wish = widgets.accept(page, str(upload("bad.png", b"<svg></svg>")), kept)
    np.testing.assert_array_equal(shown, picture)  # what stood there stays
    assert said == ["SVG is a drawing made of curves, not of pixels; export it as PNG first."] and second != first
    assert still == kept and wish == gr.skip()
    for nothing in (None, "/gone/since.png"):
        shown, _, kept, _ = widgets.accept(page, str(upload("bad.png", b"<svg></svg>")), nothing)
        assert kept is None
        np.testing.assert_array_equal(shown, page.default)


def test_a_sample_stays_when_a_bad_upload_follows(page: Page, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gr, "Warning", lambda *_, **__: None)
    event: Any = SimpleNamespace(_data={"index": 1})
    shown, _, lies, *_ = dashboard.take_sample(page, event, "Faces · 32-D")
    again, *_ = widgets.accept(page, str(upload("bad.png", b"nothing")), lies)
    np.testing.assert_array_equal(again, shown)


def test_samples_come_through_the_door(page: Page):
    cases = (
        (2, "Faces · 32-D", None),
        (4, "Faces · 32-D", "Digits · 16-D"),
        (4, "Digits · 2-D", None),
        (0, "Digits · 2-D", "Faces · 32-D"),
    )
    for index, chosen, wanted in cases:
        event: Any = SimpleNamespace(_data={"index": index})
        shown, _, _, wish, pair = dashboard.take_sample(page, event, chosen)
        assert wish == f"sample {list(page.resources.samples())[index]}"
        np.testing.assert_array_equal(shown, list(page.resources.samples().values())[index].picture.squeeze())
        assert pair == (gr.skip() if wanted is None else wanted)


def test_a_link_brings_a_sample_or_a_gallery_picture_to_the_door(page: Page):
    shown, _, _, wish, pair = dashboard.take_wish(page, "3 sample Digit 7", "Faces · 32-D")
    np.testing.assert_array_equal(shown, page.resources.samples()["Digit 7"].picture.squeeze())
    assert wish == "sample Digit 7" and pair == "Digits · 16-D"
    shown, _, _, wish, pair = dashboard.take_wish(page, "4 gallery faces-vae 5", "Faces · 32-D")
    np.testing.assert_array_equal(shown, page.resources.gallery_image("faces-vae", 5))
    assert wish == "gallery faces-vae 5" and pair == gr.skip()
    assert dashboard.take_wish(page, "5 sample nowhere", "Faces · 32-D")[3] == "sample Face 1"
    assert all(value == gr.skip() for value in dashboard.take_wish(page, "6 /etc/passwd", "Faces · 32-D"))
    for bad in ("7 gallery faces-vae 99999", "8 gallery nobody 1", "9 gallery faces-vae x"):
        with pytest.raises(ValueError, match=r"No picture|No model|whole number"):
            dashboard.take_wish(page, bad, "Faces · 32-D")


def test_drawings_become_digits(page: Page):
    sheet = np.zeros((280, 280, 3), np.uint8)
    sheet[40:240, 130:150] = 255
    address = "data:image/png;base64," + base64.b64encode(png(sheet)).decode()
    event: Any = SimpleNamespace(_data={"png": address})
    shown, _, _, wish, pair = dashboard.take_drawing(page, event, "Faces · 32-D")
    assert dashboard.take_drawing(page, event, "Digits · 2-D")[4] == gr.skip() and wish == widgets.OWN
    assert shown.shape == (28, 28) and shown.max() == 255 and pair.startswith("Digits")
    for bad in ("", "data:image/png;base64,@@", "data:text/html,x", address[:200]):
        with pytest.raises(ValueError, match="draw again"):
            images.drawing(bad)


def test_errors_reach_the_visitor_as_one_escaped_sentence(page: Page, caplog: pytest.LogCaptureFixture):
    def refuse(page: Page, value: Any) -> None:
        raise ValueError(f"<b>{value}</b> is wrong")

    def crash(page: Page) -> None:
        raise RuntimeError("secret path")

    with pytest.raises(gr.Error) as caught:
        handlers.bound(page, refuse)("x")
    assert caught.value.message == "&lt;b&gt;x&lt;/b&gt; is wrong" and not caught.value.print_exception
    with pytest.raises(gr.Error) as caught:
        handlers.bound(page, crash)()
    assert "secret" not in caught.value.message and "secret path" in caplog.text


def test_a_model_that_came_later_is_offered_to_pages_that_are_opened_from_now_on(tmp_path: Path):
    for path in checkpoints.FOLDER.glob("mnist-vae-2.*"):
        shutil.copy(path, tmp_path)
    resources = Resources(tmp_path)
    demo, made = dashboard.build_dashboard(resources), tmp_path / "made"
    made.mkdir()
    for path in checkpoints.FOLDER.glob("mnist-vae-5.*"):
        shutil.copy(path, made)
    adopt(resources, "mnist-vae-5", made)
    dashboard.offer(demo, resources)
    told = next(one["props"] for one in demo.config["components"] if one["props"].get("elem_id") == "pair")
    assert [label for label, _ in told["choices"]] == list(resources.pairs) == ["Digits · 5-D", "Digits · 2-D"]
    shown = train.menus(dashboard.bare_page(resources), "Digits · 2-D")
    assert shown.value == "Digits · 2-D" and len(shown.choices) == 2


def test_the_look_comes_from_files_and_names_no_other_host():
    head = dashboard.page_look()["head"]
    assert head.count("<script") == 2 and '<script type="module" src="look/main.js">' in head  # the other one is data
    known = json.loads(re.findall(r'<script type="application/json" id="shared">(.*?)</script>', head)[0])
    assert known == json.loads(json.dumps(dashboard.shared())) and f"--vae:{palette.SIDES['vae']}" in head
    assert "http://" not in head and "https://" not in head


def test_the_first_tab_and_the_first_section_of_each_are_open_at_first(demo: gr.Blocks):
    scripts = [fn.js for fn in demo.fns.values() if isinstance(fn.js, str) and "page/panels" in fn.js]
    assert len(scripts) > 6
    for script in scripts:
        first = json.loads(re.findall(r"(\{[^{}]*\}), \.\.\.values\)$", script)[0])
        assert first == {
            "": "kernels",
            "kernels": "bench",
            "features": "layers",
            "reconstructions": "machine",
            "generators": "side_by_side",
        }


def test_a_panel_that_fails_is_a_sentence_and_leaves_nothing_behind(
    resources: Resources, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(page: Page) -> None:
        build(page)
        raise RuntimeError("a secret")

    build = perturb.build
    whole = dashboard.build_dashboard(resources)
    monkeypatch.setattr(perturb, "build", fail)
    demo = dashboard.build_dashboard(resources)
    known = set(demo.blocks)
    assert len(known) < len(whole.blocks) and len(demo.fns) < len(whole.fns) and "a secret" in caplog.text
    assert all(block._id in known for fn in demo.fns.values() for block in [*fn.inputs, *fn.outputs])
    assert all(target in known for fn in demo.fns.values() for target, _ in fn.targets if target is not None)
    texts = [str(block.value) for block in demo.blocks.values() if isinstance(block, gr.HTML)]
    assert sum("This panel cannot be shown; see the server log." in text for text in texts) == 1
    assert not any("a secret" in text for text in texts)


def test_without_checkpoints_torchvisions_networks_and_the_endpoint_stay(tmp_path: Path):
    page = dashboard.bare_page(Resources(tmp_path, weights_dir=tmp_path))
    assert list(networks.titles(page)) == ["alexnet", "vgg16", "resnet18"]
    assert networks.default(page) == ("resnet18", "random")
    sheet, found = features.features_api(page, None, "")
    assert sheet.ndim == 3 and found["layer"] == page.resources.classifier("resnet18", False).layers[0].name


def test_a_damaged_weights_file_is_called_damaged(tmp_path: Path):
    page = dashboard.bare_page(Resources(tmp_path, weights_dir=tmp_path))
    path = pretrained.weights_path("resnet18", tmp_path)
    assert "not here yet" in features.describe(page, "resnet18", "trained")[0]
    path.write_bytes(b"cut off")
    text, button = features.describe(page, "resnet18", "trained")
    assert f"{path.name} is damaged" in text and button.visible and "not here" not in text
    shown = handlers.refusing(layers.show, ("", "", None, None))(page, None, "resnet18", "trained", 0, 0, False, "")
    assert "damaged or another file" in shown[0] and shown[1] == ""  # no maps, neither old ones nor random ones
    assert networks.default(page) == ("resnet18", "random")
