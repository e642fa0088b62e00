"""Attributes' handlers as functions: vectors, groups, the audit and the bias lab say what the numbers say."""

import dataclasses
import re
from typing import Any

import gradio as gr
import numpy as np
import pytest

from latentdemo.classifiers.judge import read_factors
from latentdemo.codes import latents
from latentdemo.codes.attributes import masks
from latentdemo.codes.recipes import BALANCED, FITTED, RAW, SLOPES
from latentdemo.data import faces
from latentdemo.evaluation import effects, probes
from latentdemo.measuring.metrics import cohens_d
from latentdemo.tabs import attributes
from latentdemo.tabs.attributes import audit, bias, groups, parts, start
from latentdemo.tabs.latent_map import probe
from latentdemo.tabs.steering import foreign_note
from latentdemo.widgets import Page
from tests.written import codes_in, figures_in

FACES, DIGITS = "Faces · 32-D", "Digits · 16-D"
ZEROS = (0.0,) * 17


def controls(
    recipe: str = RAW, attribute: str = "smile", source: str = start.GALLERY, which: Any = 0
) -> tuple[Any, ...]:
    return recipe, attribute, source, which, *ZEROS


class TestAttributes:
    def test_every_slider_adds_its_own_vector(self, page: Page):
        steps = (1.5, *ZEROS[1:])
        _, value, *_ = attributes.show(page, None, FACES, RAW, "smile", start.GALLERY, 2, *steps)
        gallery = page.resources.gallery("faces-vae")
        np.testing.assert_allclose(value["origin"], gallery.codes[2], atol=1e-4)
        assert len(value["directions"]) == 17 and value["steps"] == list(steps) and value["span"] == 3
        for i, name in enumerate(gallery.centroids.names):
            np.testing.assert_allclose(value["directions"][i], gallery.centroids.vector(name), atol=1e-4)
        assert not np.any(value["directions"][16])  # the visitor's own: none yet

    def test_recipes_are_those_of_the_codes(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        for recipe in (BALANCED, SLOPES, FITTED):
            _, value, *_ = attributes.show(page, None, FACES, *controls(recipe, which=5))
            oracle = gallery.recipes.direction("glasses", recipe, gallery.codes[5])
            np.testing.assert_allclose(value["directions"][2], oracle, atol=1e-4)
        assert np.abs(oracle - gallery.recipes.direction("glasses", FITTED, gallery.codes[6])).max() > 0.01

    def test_a_recipe_or_an_attribute_of_other_models_gives_way(self, page: Page):
        wish = attributes.Wish.of(page, DIGITS, controls(FITTED, "smile"))
        assert (wish.recipe, wish.attribute) == (RAW, "0") and len(wish.steps) == 17
        assert attributes.Wish.of(page, FACES, (*controls()[:4], 9, None, *ZEROS[2:])).steps[:3] == (3, 0, 0)

    def test_which_image_is_shown_is_said_whatever_was_typed(self, page: Page):
        def said(source: str, which: Any) -> str:
            return attributes.show(page, None, FACES, *controls(source=source, which=which))[1]["note"]

        assert said(start.GALLERY, 5) == "Image 5 of 0 … 4,999."
        assert said(start.GALLERY, 99999) == "Image 4999 of 0 … 4,999. 99999 counts as 4999."
        assert said(start.PRIOR, -5) == "Draw 5. −5 counts as 5."
        assert said(start.GALLERY, None) == "Image 0 of 0 … 4,999."
        hidden, *_ = attributes.show(page, None, FACES, *controls(source=start.MINE))
        assert hidden.visible == "hidden" and attributes.show(page, None, FACES, *controls())[0].visible is True

    def test_an_image_unlike_the_data_is_told_what_would_help(self, page: Page):
        assert foreign_note(page, None, "faces-vae") == ""
        note = attributes.show(page, None, DIGITS, *controls(source=start.MINE))[1]["note"]
        assert "Your image is unlike the digits" in note and "train.py --dataset folder" in note

    def test_a_smile_visibly_smiles(self, page: Page):
        sober = faces.render(faces.default_factors(8, smile=0.0, azimuth=np.linspace(-0.2, 0.2, 8)))
        model, gallery = page.resources.model("faces-vae"), page.resources.gallery("faces-vae")
        z = latents.encode(model, sober).mu
        reader, column = page.resources.model("faces-factors"), faces.factor_index("smile")
        read = [
            read_factors(reader, latents.decode(model, z + step * gallery.centroids.vector("smile")))[:, column]
            for step in (0, 1, 2)
        ]
        assert (read[1] > read[0] + 0.2).all() and (read[2] > read[1]).all(), read

    def test_sources(self, page: Page):
        mine = start.start_code(page, None, "faces-vae", start.MINE, 0)
        np.testing.assert_array_equal(mine, page.resources.encode("faces-vae", page.default))
        prior = start.start_code(page, None, "faces-vae", start.PRIOR, 4)
        np.testing.assert_allclose(prior, np.random.default_rng(4).standard_normal(32), rtol=1e-5)
        gallery = page.resources.gallery("faces-vae")
        past = start.start_code(page, None, "faces-vae", start.GALLERY, len(gallery.codes) + 2)
        np.testing.assert_array_equal(past, gallery.codes[2])
        source, which, *_ = attributes.another(page, None, FACES, *controls(source=start.MINE, which=None))
        assert (source, which) == (start.PRIOR, 1)
        following = attributes.another(page, None, FACES, *controls(which=4))
        assert following[:2] == (start.GALLERY, 5)
        np.testing.assert_allclose(following[3]["origin"], gallery.codes[5], atol=1e-4)

    def test_a_new_picture_is_what_attributes_are_added_to(self, page: Page):
        source, _, value, *_ = attributes.arrive(page, None, FACES, *controls())
        assert source == start.MINE and value["steps"] == list(ZEROS)
        np.testing.assert_allclose(value["origin"], page.resources.encode("faces-vae", page.default), atol=1e-4)

    def test_one_class_has_no_attribute_and_is_told_so(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        gallery = page.resources.gallery("mnist-vae-16")
        found = gallery.centroids
        none = type(found)(found.names[:0], found.present[:0], found.absent[:0], found.counts[:0])
        empty = gallery.recipes._replace(centroids=none, balanced=gallery.recipes.balanced[:0])
        alone = dataclasses.replace(gallery, centroids=none, recipes=empty, names=("7",))
        monkeypatch.setattr(type(page.resources), "gallery", lambda self, name: alone)
        recipe, chosen, more, *rest = attributes.show_world(page, None, DIGITS, *controls())
        assert chosen.value is None and not chosen.choices and recipe.value == RAW and more.visible is False
        assert "All images of Digits are of one class (7)." in rest[-1] and "problem" in rest[-1]
        value = rest[-5]
        np.testing.assert_allclose(value["origin"], gallery.codes[0], atol=1e-4)
        assert not np.any(value["directions"])

    def test_digits_have_classes_as_attributes(self, page: Page):
        recipe, chosen, more, *rest = attributes.show_world(page, None, DIGITS, *controls())
        assert chosen.value == "0" and [name for name, _ in chosen.choices] == [str(i) for i in range(10)]
        assert [key for _, key in recipe.choices] == [RAW, BALANCED] and more.visible
        bars = [one for one in rest if isinstance(one, gr.Slider)]
        assert [bar.visible for bar in bars] == [True] * 10 + [False] * 6 + [True]
        assert all(bar.value == 0 for bar in bars) and bars[3].label == "digit 3" and bars[16].label == start.OWN
        assert "Nobody" not in rest[-1] and "choose the faces" in rest[-1] and "choose the faces" in rest[-2]

    def test_sums_start_with_what_the_first_slider_does(self, page: Page):
        rows, pair, sums = parts.panels(page, FACES)
        gallery = page.resources.gallery("faces-vae")
        assert rows["names"] == gallery.centroids.names[:5].tolist() and len(pair["names"]) == 16
        assert [one["name"] for one in sums["means"][:2]] == ["mean with smile", "mean without smile"]
        np.testing.assert_allclose(sums["means"][1]["code"], gallery.centroids.absent[0], atol=1e-4)

    def test_sliders_start_at_0_where_the_dataset_does_not_name_one(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        assert attributes.first_steps(page, FACES) == (1.0, *[0.0] * 16)
        assert attributes.first_steps(page, DIGITS) == ZEROS
        own = dataclasses.replace(page.resources.dataset("faces-vae"), first_attribute="")
        monkeypatch.setattr(type(page.resources), "dataset", lambda self, name: own)
        assert attributes.first_steps(page, FACES) == ZEROS

    def test_the_start_is_the_same_for_groups_and_for_changes(self, page: Page):
        """Whatever the sliders show, a change is measured from the code that groups place: the one without them."""
        steps = (1.0, *ZEROS[1:])
        _, value, html, *_ = attributes.show(page, None, FACES, RAW, "smile", start.GALLERY, 2, *steps)
        gallery = page.resources.gallery("faces-vae")
        here = groups.along(gallery, "smile", np.array([value["origin"]]))[0]
        assert f"the start image (all sliders at 0) is at {here:.2f}".rstrip("0").replace("-", "−") in html
        assert parts.WALK["base"] == parts.HOME["base"] == "origin"

    def test_endpoint_clips_and_refuses(self, page: Page):
        picture, found = attributes.attribute(page, None, "glasses", 99, FACES)
        assert found["strength"] == 3 and picture.shape == (64, 64, 3)
        with pytest.raises(ValueError, match="there are smile"):
            attributes.attribute(page, None, "charm", 1, FACES)


class TestGroups:
    def test_codes_lie_between_the_centroids(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        both = np.stack([gallery.centroids.absent[0], gallery.centroids.present[0]])
        np.testing.assert_allclose(groups.along(gallery, "smile", both), [0, 1], atol=1e-6)

    def test_a_split_is_shown_and_so_is_what_cannot_be_split(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        gallery, code = page.resources.gallery("faces-vae"), page.resources.gallery("faces-vae").codes[3]
        html = groups.groups_html(page, "faces-vae", "smile", code)
        assert "With: “smile” above 0.5. Without: at most 0.2. Images between the two belong to neither side." in html
        assert "Not an attribute: “eye colour” (it is 0.003 % of the variance" in html and "have no value" not in html
        labels = gallery.labels.copy()
        labels[:7, faces.factor_index("age")] = np.nan
        own = gallery.splits._replace(thresholds={**gallery.splits.thresholds, "age": (1987.5, 1987.5)})
        other = dataclasses.replace(gallery, labels=labels, splits=own)
        monkeypatch.setattr(type(page.resources), "gallery", lambda self, name: other)
        said = groups.split_note(other, "age")
        assert said.startswith(
            "With: “age” above 1987.5. Without: at most 1987.5. 7 of 5,000 test images have no value"
        )
        digits = page.resources.dataset("mnist-vae-16")
        monkeypatch.setattr(type(page.resources), "dataset", lambda self, name: digits)
        yes_no = dataclasses.replace(other, splits=own._replace(thresholds={**own.thresholds, "smile": (0.5, 0.5)}))
        monkeypatch.setattr(type(page.resources), "gallery", lambda self, name: yes_no)
        titles = parts.slider_titles(page, FACES)
        assert titles[0] == "smile" and "age > 1987.5" in titles

    def test_counts_means_and_distance_are_those_of_the_groups(self, page: Page):
        gallery, code = page.resources.gallery("faces-vae"), page.resources.gallery("faces-vae").codes[3]
        html = groups.groups_html(page, "faces-vae", "smile", code)
        ((_, means),) = codes_in(html)
        np.testing.assert_allclose(means, [gallery.centroids.present[0], gallery.centroids.absent[0]], rtol=1e-6)
        n_with, n_without = gallery.centroids.counts[0]
        assert f"mean latent code of {n_with:,} training" in html and f"latent code of {n_without:,}" in html
        has, lacks = masks(gallery.labels, gallery.names, gallery.splits.thresholds)["smile"]
        place = groups.along(gallery, "smile", gallery.codes)
        assert f"Cohen’s d = {cohens_d(place[has], place[lacks]):.2f}" in html
        figure = figures_in(html)[0]
        assert [trace["name"] for trace in figure["data"]] == [f"with ({has.sum():,})", f"without ({lacks.sum():,})"]
        for trace in figure["data"]:
            assert sum(trace["y"]) == pytest.approx(1, abs=0.01)
        assert figure["layout"]["shapes"][0]["x0"] == pytest.approx(place[3], abs=1e-5)


class TestAudit:
    def test_the_table_says_what_was_measured(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        html = audit.audit_html(page, "faces-vae", "glasses", SLOPES)
        cells = [re.findall(r"<td>([^<]+)</td>", row) for row in html.split("<tr>")[2:7]]
        column = faces.factor_index("glasses")
        for r, row in enumerate(cells):
            own, reached = gallery.audit["audit_mean"][r, 2, column], gallery.audit["audit_reached"][r, 2]
            others = np.delete(gallery.audit["audit_absolute"][r, 2], column)
            assert row == [f"{own:+.2f}", f"{reached:.0%}", f"{others.mean() / own:.3f}",
                           f"{others.max():.2f}", f"{gallery.audit['audit_cosine'][r, 2]:.3f}"]  # fmt: skip
        assert f"{page.resources.card('faces-factors').metrics['r2 glasses']:.1%}" in html

    def test_the_heat_map_is_one_where_the_attribute_itself_stands(self, page: Page):
        heat, curve = figures_in(audit.audit_html(page, "faces-vae", "smile", FITTED))
        values = np.array(heat["data"][0]["z"])
        names = page.resources.gallery("faces-vae").centroids.names.tolist()
        assert values.shape == (16, 17)
        np.testing.assert_allclose([values[i, faces.factor_index(name)] for i, name in enumerate(names)], 1, rtol=1e-3)
        line = curve["data"][0]
        assert line["x"] == [-3, -2, -1, 0, 1, 2, 3] and line["y"][3] == 0 and line["y"][4] > 1

    def test_the_same_image_is_edited_by_each_recipe(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        code = gallery.codes[7]
        found = codes_in(audit.recipes_html(page, "faces-vae", "beard", code))
        assert len(found) == 5 and "nothing is left" not in audit.recipes_html(page, "faces-vae", "beard", code)
        few = page.resources.gallery("faces-vae-beta-30").codes[7]  # twelve dimensions, sixteen attributes
        assert audit.recipes_html(page, "faces-vae-beta-30", "smile", few).count("nothing is left") == 1
        for (name, codes), recipe in zip(found, gallery.recipes.names, strict=True):
            v = gallery.recipes.direction("beard", recipe, code)
            assert name == "faces-vae"
            np.testing.assert_allclose(codes, code + np.outer(audit.SHOWN, v), atol=1e-5)

    def test_the_best_recipe_smiles_and_leaves_the_rest_alone(self, page: Page):
        """+2 sd on 500 test faces without a smile."""
        told = audit.row_of(page.resources.gallery("faces-vae"), FITTED, "smile")
        assert told["reached"] >= 0.9 and told["largest"] <= 0.35 and told["cosine"] >= 0.92
        raw = audit.row_of(page.resources.gallery("faces-vae"), RAW, "smile")
        assert raw["cosine"] < told["cosine"] and raw["leak"] > told["leak"]


class TestBias:
    def test_the_vector_drags_glasses_along_until_it_is_balanced(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        html = bias.bias_html(page, "faces-vae")
        changes = gallery.audit["bias_changes"]
        assert changes[2, 0, 1] > 1 and np.abs(changes[:, 1, 1]).max() < 0.05 and (changes[:, :, 0] > 1.5).all()
        said = re.findall(r"<figcaption>(\w+): smile ([+−][\d.]+) sd, glasses ([+−][\d.]+) sd", html)
        assert len(said) == 6 and said[4] == ("centroids", bias.signed(changes[2, 0, 0]), bias.signed(changes[2, 0, 1]))
        lacks = [
            masks(gallery.labels, gallery.names, gallery.splits.thresholds)[name][1] for name in ("smile", "glasses")
        ]
        start_at = int(np.flatnonzero(lacks[0] & lacks[1])[0])
        counts = gallery.audit["bias_counts"][2]
        says = f"(r = 0.9): {counts[1, 1] / counts[1].sum():.0%} of those who smile wear glasses"
        assert says in html and "correlation r of 0, 0.5 and 0.9 between the quantiles" in html
        for k, table in enumerate(gallery.audit["bias_counts"]):
            smile, glasses = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], table.ravel(), axis=0).T
            correlation = np.corrcoef(smile, glasses)[0, 1]
            assert (
                bias.phi(table) == pytest.approx(correlation)
                and f"<b>φ = {correlation:.2f}</b>".replace("-", "−") in html
            ), k
        assert bias.phi(np.array([[3, 0], [0, 5]])) == 1 and bias.phi(np.array([[0, 0], [2, 3]])) == 0
        assert (bias.N_BIASED, bias.N_EDITED) == (effects.N_BIASED, effects.N_EDITED)
        assert (audit.STEP, audit.N_EDITED, audit.N_CURVE) == (effects.STEP, effects.N_EDITED, effects.N_CURVE)
        assert tuple(bias.CORRELATIONS) == effects.CORRELATIONS and (audit.CURVE == effects.CURVE).all()
        assert len(probe.FEATURES) == len(probes.FEATURES) and probe.N_TEST == probes.N_TEST
        grids = codes_in(html)
        np.testing.assert_allclose(grids[2][1][0], gallery.codes[start_at] + gallery.audit["bias_raw"][2], atol=1e-5)
        likeness = bias.likeness(gallery)
        assert likeness[0, 0] == pytest.approx(1) and likeness[2, 0] < 0.85 < 0.95 < likeness[2, 1]

    def test_a_sign_is_always_written_and_nothing_is_minus_nothing(self):
        assert [bias.signed(value) for value in (1.896, -0.2, -0.001)] == ["+1.90", "−0.20", "+0.00"]
