"""Perturb's handlers as functions: sliders are codes, and what is said of a dimension is measured."""

from typing import Any

import gradio as gr
import numpy as np
import pytest

from latentdemo.codes import latents
from latentdemo.codes.gallery import Gallery
from latentdemo.tabs import perturb
from latentdemo.tabs.asked import taking
from latentdemo.tabs.perturb import betas, meaning, steps
from latentdemo.widgets import Page
from tests.written import figures_in

FACES, DIGITS = "Faces · 32-D", "Digits · 16-D"


def code_of(gallery: Gallery, steps: list[float]) -> np.ndarray:
    """What sliders at these values mean: each moves its own dimension by so many standard deviations."""
    code = gallery.origin.astype(np.float64).copy()
    for place, step in enumerate(steps):
        code[gallery.rank[place]] += step * gallery.unit[gallery.rank[place]]
    return code.astype(np.float32)


class TestPerturb:
    def test_steps_and_codes_are_each_others_inverse(self, page: Page):
        for name in ("faces-vae", "faces-ae"):
            gallery = page.resources.gallery(name)
            code = gallery.origin + 0.5 * gallery.unit * np.random.default_rng(0).uniform(-1, 1, 32)
            values = steps.steps_of(gallery, code)
            np.testing.assert_allclose(code_of(gallery, values.tolist()), code, atol=1e-4)

    def test_the_first_slider_moves_the_strongest_dimension_alone(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        code = code_of(gallery, [1.0] + [0.0] * 31)
        assert np.flatnonzero(code).tolist() == [int((gallery.kl * gallery.effect).argmax())]

    def test_the_canvas_decodes_the_same_code(self, page: Page):
        value = perturb.canvas(page, "mnist-vae-16", np.linspace(-1, 1, 16))
        code = np.array(value["steps"]) @ np.array(value["directions"]) + value["origin"]
        np.testing.assert_allclose(code, code_of(page.resources.gallery("mnist-vae-16"), value["steps"]), atol=1e-4)

    def test_from_my_image_sets_the_sliders_to_its_code(self, page: Page):
        canvas, *bars = perturb.from_image(page, None, FACES, "vae")
        code = page.resources.encode("faces-vae", page.default)
        values = steps.steps_of(page.resources.gallery("faces-vae"), code)
        np.testing.assert_allclose([bar.value for bar in bars], np.clip(values, -3, 3), atol=0.006)
        np.testing.assert_allclose(canvas["steps"], [bar.value for bar in bars])
        assert all(len(str(bar.value)) <= len("-0.00") for bar in bars)  # two decimals, and no tail of a float32

    def test_what_lies_beyond_the_sliders_is_counted_on_both_sides(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        values = np.array([-4.0, 5.0, 3.1, 0.0, -2.0] + [0.0] * 27)
        monkeypatch.setattr(perturb, "steps_of", lambda *_: values)
        canvas, *_ = perturb.from_image(page, None, FACES, "vae")
        assert canvas["steps"][:5] == [-3, 3, 3, 0, -2] and (
            canvas["note"] == "3 of its 32 dimensions lie beyond ±3 σ; that counts as ±3 σ."
        )

    def test_smaller_codes_hide_the_other_sliders(self, page: Page):
        _, *bars = perturb.reset(page, DIGITS, "vae")
        assert [bar.visible for bar in bars] == [True] * 16 + [False] * 16
        assert all(bar.value == 0 for bar in bars)

    def test_the_panels_are_told_the_sliders_in_their_order(self, page: Page):
        gallery = page.resources.gallery("faces-ae")
        rows, pad, past = perturb.explorers(page, "faces-ae")
        names = [f"z{dimension}" for dimension in gallery.rank]
        assert rows["names"] == names[:6] and pad["names"] == names[:8]
        assert rows["canvas"] == pad["canvas"] == past["canvas"] == steps.CANVAS

    def test_the_bars_are_what_each_dimension_carries(self, page: Page):
        for name, of, colour in (("faces-vae", "kl", "var(--vae)"), ("faces-ae", "unit", "var(--ae)")):
            gallery = page.resources.gallery(name)
            (bars,), (seen,) = (figure["data"] for figure in figures_in(meaning.spectrum(page, name)))
            np.testing.assert_allclose(bars["y"], getattr(gallery, of)[gallery.rank], rtol=1e-3)
            assert bars["marker"]["color"] == colour and bars["x"][0] == f"z{gallery.rank[0]}"
            np.testing.assert_allclose(seen["y"], 100 * gallery.effect[gallery.rank], rtol=1e-3)

    def test_labels_say_what_a_dimension_tells_and_changes(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        first = int(gallery.rank[0])
        changes = f"{100 * gallery.effect[first]:.2g}"
        assert steps.slider_label(gallery, 0) == f"z{first}: {gallery.kl[first]:.2f} nats, {changes} %"
        dead = int(np.flatnonzero(gallery.kl < 0.01)[0])
        place = gallery.rank.tolist().index(dead)
        assert steps.slider_label(gallery, place) == f"z{dead}: unused"
        assert place >= steps.N_IN_VIEW  # folded away
        n = int((gallery.kl < 0.01).sum())
        assert steps.more_label(gallery) == f"24 more ({n} of them unused)"
        plain = page.resources.gallery("faces-ae")
        assert "σ" in steps.slider_label(plain, 0) and "unused" not in steps.more_label(plain)

    def test_what_a_dimension_changes_is_measured_on_the_pictures(self, page: Page):
        gallery, model = page.resources.gallery("mnist-vae-16"), page.resources.model("mnist-vae-16")
        few, first = gallery.codes[:200], int(gallery.rank[0])
        moved = few + np.eye(16, dtype=np.float32)[first]
        change = np.abs(latents.decode(model, moved).astype(float) - latents.decode(model, few)).mean() / 255
        assert gallery.effect[first] == pytest.approx(change, rel=0.01)

    def test_the_matrix_shows_which_factor_moves_with_which_dimension(self, page: Page):
        gallery, html = page.resources.gallery("faces-vae-beta-30"), meaning.matrix(page, "faces-vae-beta-30")
        (heat,) = figures_in(html)[0]["data"]
        shown = [int(name[1:]) for name in heat["y"]]
        assert heat["x"] == list(gallery.names) and (gallery.kl[shown] >= 0.01).all() and len(shown) == 12
        np.testing.assert_allclose(heat["z"], gallery.audit["effect_factors"][shown], rtol=1e-3, atol=1e-9)
        for key, short in (("mig", "MIG"), ("dci disentanglement", "DCI"), ("sap", "SAP")):
            assert f"{short} {page.resources.card('faces-vae-beta-30').metrics[key]:.2f}: " in html
        assert "Nobody knows the factors" in meaning.matrix(page, "mnist-vae-16")

    def test_more_weight_on_the_prior_disentangles(self, page: Page):
        scores = [page.resources.card(name).metrics["mig"] for name in ("faces-ae", "faces-vae", "faces-vae-beta-30")]
        assert scores == sorted(scores) and scores[2] > 2 * scores[1]

    def test_the_mean_is_that_of_training_codes(self, page: Page):
        gallery = page.resources.gallery("mnist-vae-16")
        canvas, *bars = perturb.mean(page, DIGITS, "vae")
        np.testing.assert_allclose(code_of(gallery, canvas["steps"]), gallery.mean, atol=0.006)
        assert bars[0].value == canvas["steps"][0]

    def test_models_that_differ_by_beta_stand_side_by_side(self, page: Page):
        told = betas.beta_rows(page, None, FACES)
        assert [row["title"] for row in told["rows"]] == ["β = 0.01", "β = 1", "β = 30"]
        for row in told["rows"]:
            gallery = page.resources.gallery(row["model"])
            code = np.array(row["origin"]) + np.array(row["steps"]) @ np.array(row["directions"])
            oracle = page.resources.encode(row["model"], page.default)
            np.testing.assert_allclose(code, np.clip(oracle, -3, 3), atol=0.006)
            assert row["names"][0] == f"z{gallery.rank[0]}"
        assert [row["model"] for row in betas.beta_rows(page, None, "Digits · 5-D")["rows"]] == ["mnist-vae-5"]

    def test_random_codes_differ_and_are_drawn_from_the_seed(self, page: Page):
        one = perturb.draw(page, DIGITS, "vae", 4)
        assert perturb.draw(page, DIGITS, "vae", 4)[0] == one[0] != perturb.draw(page, DIGITS, "vae", 5)[0]

    def test_a_start_is_begun_from_its_word(self, page: Page):
        def begun(start: str) -> dict[str, Any]:
            return perturb.begin(page, None, DIGITS, "vae", start)[0]

        assert begun("random 4") == perturb.draw(page, DIGITS, "vae", 4)[0]
        assert begun("mean 1") == perturb.mean(page, DIGITS, "vae")[0] != begun("reset 2")
        assert begun("image 7") == perturb.from_image(page, None, DIGITS, "vae")[0]
        assert begun("reset 2")["steps"] == [0.0] * 16
        assert all(value == gr.skip() for value in perturb.begin(page, None, DIGITS, "vae", ""))
        with pytest.raises(ValueError, match="takes a whole number"):
            begun("random many")

    def test_what_is_usual_is_told_to_the_canvas(self, page: Page):
        gallery = page.resources.gallery("mnist-vae-16")
        value = perturb.canvas(page, "mnist-vae-16", np.zeros(16))
        lengths = np.linalg.norm(gallery.codes, axis=1)
        assert (lengths > value["usual"]["length"]).mean() == pytest.approx(0.5, abs=0.01)
        away = [np.sort(np.linalg.norm(gallery.codes - code, axis=1))[1] for code in gallery.codes[:400]]
        assert value["usual"]["distance"] == pytest.approx(np.median(away), rel=0.1)
        assert value["usual"]["far"] == pytest.approx(np.percentile(away, 99), rel=0.15)
        assert value["span"] == steps.SPAN

    def test_a_small_vae_alone_has_sliders(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        small = page.resources.pair("Digits · 2-D")._replace(ae=None)
        monkeypatch.setattr(page.resources, "pairs", {small.label: small})
        monkeypatch.setattr(type(page.resources), "pair", lambda *_: small)
        assert steps.max_dims(page) == steps.N_IN_VIEW
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
