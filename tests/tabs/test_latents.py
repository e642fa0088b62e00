"""Each tab's handlers as functions: what they show equals what the pure modules say."""

import base64
import dataclasses
import re
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest

from latentdemo.codes import latents
from latentdemo.data import faces
from latentdemo.drawing.numerals import short
from latentdemo.tabs import attributes, latent_map, perturb
from latentdemo.tabs.asked import taking
from latentdemo.widgets import Page
from tests.written import codes_in, figures_in

FACES, DIGITS = "Faces · 32-D", "Digits · 16-D"


def pictures(html: str) -> int:
    return html.count("<img")


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data, **data)


class TestLatentMap:
    def test_the_visitors_image_lies_near_its_neighbours(self, page: Page):
        value = latent_map.map_value(page, None, FACES, "smile")
        found = latent_map.map_api(page, None, FACES)  # type: ignore[arg-type]
        gallery = page.resources.gallery("faces-vae")
        assert value["you"] == pytest.approx(found["place"])
        assert found["distances"] == sorted(found["distances"]) and len(found["neighbours"]) == 8
        code = np.array(found["code"], np.float32)
        best = np.linalg.norm(gallery.codes - code, axis=1).argmin()
        assert found["neighbours"][0] == best
        for axis, name in enumerate("xy"):
            sent = np.frombuffer(base64.b64decode(value[name]), "<f4")
            np.testing.assert_array_equal(sent, gallery.coordinates[:, axis].astype("<f4"))

    def test_colours_are_classes_or_shares_of_a_factor(self, page: Page):
        assert latent_map.map_value(page, None, DIGITS, "class")["glyphs"] == [str(i) for i in range(10)]
        value = latent_map.map_value(page, None, FACES, "age")
        ages = page.resources.gallery("faces-vae").labels[:, faces.factor_index("age")]
        shares = np.frombuffer(base64.b64decode(value["colour"]), np.uint8)
        assert value["glyphs"] is None and np.corrcoef(shares, ages)[0, 1] > 0.999
        assert latent_map.choices(page, DIGITS) == ["class"] and latent_map.choices(page, FACES)[:2] == [
            "hair length",
            "smile",
        ]
        with pytest.raises(ValueError, match="there are smile"):
            latent_map.map_value(page, None, FACES, "charm")

    def test_the_map_is_first_coloured_by_what_orders_it(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        values = gallery.labels[:, gallery.names.index(page.resources.dataset("faces-vae").colour_first)]
        distances = ((gallery.coordinates[:400, None] - gallery.coordinates[None]) ** 2).sum(axis=2)
        neighbours = values[np.argsort(distances, axis=1)[:, 1:16]].mean(axis=1)
        assert 1 - ((values[:400] - neighbours) ** 2).mean() / values.var() == pytest.approx(0.94, abs=0.02)

    def test_a_click_on_a_point_shows_it_and_not_itself_among_its_neighbours(self, page: Page):
        html = latent_map.pick(page, event(index=7), None, FACES)
        assert pictures(html) == 10 and "image 7" in html
        distances = [float(d) for d in re.findall(r"<figcaption>([\d.]+)</figcaption>", html)]
        assert len(distances) == 8 and distances == sorted(distances) and distances[0] > 0
        with pytest.raises(ValueError, match="0 … 2999"):
            latent_map.pick(page, event(index=3000), None, FACES)

    def test_a_click_between_points_decodes_the_place(self, page: Page):
        html = latent_map.pick(page, event(index=None, x=0.5, y=0.5), None, FACES)
        assert pictures(html) == 9 and "weighted mean of the codes of the 15 nearest" in html
        with pytest.raises(ValueError, match="not on the map"):
            latent_map.inspect_place(page, FACES, (float("nan"), 0.0))


class TestPerturb:
    def test_steps_and_codes_are_each_others_inverse(self, page: Page):
        for name in ("faces-vae", "faces-ae"):
            gallery = page.resources.gallery(name)
            code = gallery.origin + 0.5 * gallery.unit * np.random.default_rng(0).uniform(-1, 1, 32)
            steps = perturb.steps_of(gallery, code)
            np.testing.assert_allclose(perturb.code_of(gallery, steps.tolist()), code, atol=1e-4)

    def test_the_first_slider_moves_the_strongest_dimension_alone(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        code = perturb.code_of(gallery, [1.0] + [0.0] * 31)
        assert np.flatnonzero(code).tolist() == [int(gallery.kl.argmax())]

    def test_the_canvas_decodes_the_same_code(self, page: Page):
        value = perturb.canvas(page, "mnist-vae-16", np.linspace(-1, 1, 16))
        steps = np.array(value["steps"]) @ np.array(value["directions"]) + value["origin"]
        np.testing.assert_allclose(
            steps, perturb.code_of(page.resources.gallery("mnist-vae-16"), value["steps"]), atol=1e-4
        )

    def test_from_my_image_sets_the_sliders_to_its_code(self, page: Page):
        canvas, *bars = perturb.from_image(page, None, FACES, "vae")
        code = page.resources.encode("faces-vae", page.default)
        steps = perturb.steps_of(page.resources.gallery("faces-vae"), code)
        np.testing.assert_allclose([bar.value for bar in bars], np.clip(steps, -3, 3), atol=0.006)
        np.testing.assert_allclose(canvas["steps"], [bar.value for bar in bars])
        assert all(len(str(bar.value)) <= len("-0.00") for bar in bars)  # two decimals, and no tail of a float32

    def test_what_lies_beyond_the_sliders_is_counted_on_both_sides(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        steps = np.array([-4.0, 5.0, 3.1, 0.0, -2.0] + [0.0] * 27)
        monkeypatch.setattr(perturb, "steps_of", lambda *_: steps)
        canvas, *_ = perturb.from_image(page, None, FACES, "vae")
        assert canvas["steps"][:5] == [-3, 3, 3, 0, -2] and (
            canvas["note"] == "3 of its 32 dimensions lie beyond ±3 σ and were set to ±3 σ."
        )

    def test_smaller_codes_hide_the_other_sliders(self, page: Page):
        _, *bars = perturb.reset(page, DIGITS, "vae")
        assert [bar.visible for bar in bars] == [True] * 16 + [False] * 16
        assert all(bar.value == 0 for bar in bars)

    def test_the_panels_are_told_the_sliders_in_their_order(self, page: Page):
        gallery = page.resources.gallery("faces-ae")
        rows, pad, past = perturb.explorers(page, "faces-ae")
        names = [f"z{dimension}" for dimension in gallery.order]
        assert rows["names"] == names[:6] and pad["names"] == names[:8]
        assert rows["canvas"] == pad["canvas"] == past["canvas"] == perturb.CANVAS

    def test_the_bars_are_what_each_dimension_carries(self, page: Page):
        for name, of, colour in (("faces-vae", "kl", "var(--vae)"), ("faces-ae", "unit", "var(--ae)")):
            gallery = page.resources.gallery(name)
            (bars,) = figures_in(perturb.spectrum(page, name))[0]["data"]
            np.testing.assert_allclose(bars["y"], getattr(gallery, of)[gallery.order], rtol=1e-3)
            assert bars["marker"]["color"] == colour and bars["x"][0] == f"z{gallery.order[0]}"

    def test_labels_name_dimension_and_nats(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        assert perturb.slider_label(gallery, 0) == f"z{gallery.kl.argmax()}, {gallery.kl.max():.2f} nats"
        dead = gallery.__class__(**{**gallery.__dict__, "kl": gallery.kl * 0 + np.eye(32)[0].astype(np.float32)})
        assert "unused" in perturb.slider_label(dead, 1 if dead.order[1] else 2)
        assert "σ" in perturb.slider_label(page.resources.gallery("faces-ae"), 0)

    def test_random_codes_differ_and_are_drawn_from_the_seed(self, page: Page):
        first, *one = perturb.draw(page, DIGITS, "vae", 4)
        assert first == 5 and perturb.draw(page, DIGITS, "vae", 4)[1] == one[0]
        assert perturb.draw(page, DIGITS, "vae", 5)[1] != one[0]

    def test_what_is_usual_is_told_to_the_canvas(self, page: Page):
        gallery = page.resources.gallery("mnist-vae-16")
        value = perturb.canvas(page, "mnist-vae-16", np.zeros(16))
        lengths = np.linalg.norm(gallery.codes, axis=1)
        assert (lengths > value["usual"]["length"]).mean() == pytest.approx(0.5, abs=0.01)
        away = [np.sort(np.linalg.norm(gallery.codes - code, axis=1))[1] for code in gallery.codes[:400]]
        assert value["usual"]["distance"] == pytest.approx(np.median(away), rel=0.1)
        assert value["span"] == perturb.SPAN

    def test_a_small_vae_alone_has_sliders(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        small = page.resources.pair("Digits · 2-D")._replace(ae=None)
        monkeypatch.setattr(page.resources, "pairs", {small.label: small})
        monkeypatch.setattr(type(page.resources), "pair", lambda *_: small)
        assert perturb.max_dims(page) == perturb.N_IN_VIEW
        canvas, *bars = perturb.from_image(page, None, small.label, "ae")
        assert [bar.visible for bar in bars] == [True] * 2 + [False] * 6
        assert "what you see is the VAE" in canvas["note"]

    def test_endpoint(self, page: Page):
        picture, found = perturb.perturb(page, "mnist-vae-16", [0.0] * 16)
        oracle = latents.decode(page.resources.model("mnist-vae-16"), np.zeros((1, 16)))[0]
        np.testing.assert_array_equal(picture, oracle[:, :, 0])
        assert found["length"] == 0

    @pytest.mark.parametrize(
        "code", [[0.0] * 3, [float("nan")] * 16, [1e9] * 16, "zero", None, [[0.0] * 16], ["a"] * 16]
    )
    def test_endpoint_refuses(self, page: Page, code: Any):
        with pytest.raises(ValueError):
            taking(perturb.perturb)(page, "mnist-vae-16", code)
        with pytest.raises(ValueError, match="there are"):
            perturb.perturb(page, "cifar10-cnn", [0.0])


class TestAttributes:
    def test_the_canvas_adds_the_vector(self, page: Page):
        value, strip, centroids = attributes.show(page, None, FACES, "smile", attributes.GALLERY, 2, 1.5)
        gallery = page.resources.gallery("faces-vae")
        np.testing.assert_allclose(value["origin"], gallery.codes[2], atol=1e-4)
        np.testing.assert_allclose(value["directions"][0], gallery.centroids.vector("smile"), atol=1e-4)
        assert value["steps"] == [1.5] and codes_in(strip)[0][1].shape == (7, 32)
        n_with, n_without = gallery.centroids.counts[gallery.centroids.row("smile")]
        assert (
            f"mean latent code of {n_with} training images" in centroids
            and f"mean latent code of {n_without}" in centroids
        )

    def test_which_image_is_shown_is_said_whatever_was_typed(self, page: Page):
        def said(source: str, which: Any) -> str:
            return attributes.show(page, None, FACES, "smile", source, which, 1)[0]["note"]

        assert said(attributes.GALLERY, 5) == "Image 5 of 0 … 2,999." and said(attributes.MINE, 5) == ""
        assert said(attributes.GALLERY, 99999) == "Image 999 of 0 … 2,999. 99999 counts as 999."
        assert said(attributes.PRIOR, -5) == "Draw 5. −5 counts as 5."
        assert said(attributes.GALLERY, None) == "Image 0 of 0 … 2,999."
        source, which, *_ = attributes.another(page, None, FACES, "smile", attributes.MINE, None, 1)  # type: ignore[arg-type]
        assert (source, which) == (attributes.PRIOR, 1)

    def test_the_strip_says_how_far_it_leads_from_real_images(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        v = gallery.centroids.vector("smile")
        html = attributes.strip_html(page, "faces-vae", gallery.codes[3], v)
        far = np.linalg.norm(gallery.codes - (gallery.codes[3] + 3 * v), axis=1).min()
        assert "0 · v, 0 away" in html and f"3 · v, {short(float(far))} away" in html

    def test_the_strip_goes_from_without_to_with(self, page: Page):
        gallery = page.resources.gallery("mnist-vae-16")
        z, v = gallery.codes[3], gallery.centroids.vector("0")
        ((name, codes),) = codes_in(attributes.strip_html(page, "mnist-vae-16", z, v))
        assert name == "mnist-vae-16"
        np.testing.assert_allclose(codes, np.stack([z + step * v for step in (-3, -2, -1, 0, 1, 2, 3)]), rtol=1e-5)

    def test_a_smile_visibly_smiles(self, page: Page):
        sober = faces.render(faces.default_factors(8, smile=0.0, azimuth=np.linspace(-0.2, 0.2, 8)))
        model, gallery = page.resources.model("faces-vae"), page.resources.gallery("faces-vae")
        z = latents.encode(model, sober).mu
        from latentdemo.classifiers.judge import read_factors

        reader = page.resources.model("faces-factors")
        column = faces.factor_index("smile")
        read = [
            read_factors(reader, latents.decode(model, z + step * gallery.centroids.vector("smile")))[:, column]
            for step in (0, 1, 2)
        ]
        assert (read[1] > read[0] + 0.2).all() and (read[2] > read[1]).all(), read

    def test_sources(self, page: Page):
        mine = attributes.start_code(page, None, "faces-vae", attributes.MINE, 0)
        np.testing.assert_array_equal(mine, page.resources.encode("faces-vae", page.default))
        prior = attributes.start_code(page, None, "faces-vae", attributes.PRIOR, 4)
        np.testing.assert_allclose(prior, np.random.default_rng(4).standard_normal(32), rtol=1e-5)
        gallery = page.resources.gallery("faces-vae")
        past = attributes.start_code(page, None, "faces-vae", attributes.GALLERY, len(gallery.codes) + 2)
        np.testing.assert_array_equal(past, gallery.codes[2])
        source, which, *_ = attributes.another(page, None, FACES, "smile", attributes.MINE, 0, 1)
        assert (source, which) == (attributes.PRIOR, 1)
        first, second = (attributes.show(page, None, FACES, "smile", attributes.GALLERY, n, 1)[0] for n in (4, 5))
        following = attributes.another(page, None, FACES, "smile", attributes.GALLERY, 4, 1)
        assert following[2] == second != first

    def test_a_new_picture_is_what_the_attribute_is_added_to(self, page: Page):
        source, value, *_ = attributes.arrive(page, None, FACES, "smile", attributes.GALLERY, 0, 1)
        assert source == attributes.MINE and value["steps"] == [1]
        np.testing.assert_allclose(value["origin"], page.resources.encode("faces-vae", page.default), atol=1e-4)

    def test_an_attribute_of_other_models_gives_way_to_the_first_one(self, page: Page):
        value, *_ = attributes.show(page, None, DIGITS, "smile", attributes.GALLERY, 0, 1)
        v = page.resources.gallery("mnist-vae-16").centroids.vector("0")
        np.testing.assert_allclose(value["directions"][0], v, atol=1e-4)

    def test_one_class_has_no_attribute_and_is_told_so(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        gallery = page.resources.gallery("mnist-vae-16")
        found = gallery.centroids
        none = type(found)(found.names[:0], found.present[:0], found.absent[:0], found.counts[:0])
        alone = dataclasses.replace(gallery, centroids=none, names=("7",))
        monkeypatch.setattr(type(page.resources), "gallery", lambda self, name: alone)
        dropdown, value, told, tiles = attributes.show_world(page, None, DIGITS, attributes.GALLERY, 0, 1)
        assert dropdown.value is None and not dropdown.choices
        assert "All images of Digits are of one class (7)." in told and "problem" in told
        np.testing.assert_allclose(value["origin"], gallery.codes[0], atol=1e-4)
        assert value["steps"] == [0.0] and np.abs(value["directions"]).max() == 0
        ((_, mean),) = codes_in(tiles)
        np.testing.assert_allclose(mean[0], gallery.codes.mean(axis=0), rtol=1e-5)
        assert "mean latent code of 3000 test images" in tiles

    def test_digits_have_classes_as_attributes(self, page: Page):
        dropdown, *_ = attributes.show_world(page, None, DIGITS, attributes.GALLERY, 0, 1)
        assert dropdown.value == "0" and [name for name, _ in dropdown.choices] == [str(i) for i in range(10)]

    def test_endpoint_clips_and_refuses(self, page: Page):
        picture, found = attributes.attribute(page, None, "glasses", 99, FACES)  # type: ignore[arg-type]
        assert found["strength"] == 3 and picture.shape == (64, 64, 3)
        with pytest.raises(ValueError, match="there are smile"):
            attributes.attribute(page, None, "charm", 1, FACES)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="strength"):
            attributes.attribute(page, None, "smile", float("nan"), FACES)  # type: ignore[arg-type]


def test_tabs_open_with_a_question(page: Page):
    from latentdemo.tabs import TABS

    assert [tab.TITLE for tab in TABS] == [
        "Kernels", "CNN features", "Reconstructions", "Latent map", "Perturb", "Attributes",
    ]  # fmt: skip
    assert all(tab.QUESTION.endswith("?") for tab in TABS) and isinstance(page.door, gr.Image)
