"""The Generators tab as functions: what it shows is what the cards and networks say."""

import base64
import html
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from latentdemo.codes import latents
from latentdemo.data import DATASETS
from latentdemo.evaluation import generators as measured
from latentdemo.evaluation import samples
from latentdemo.store import lineup
from latentdemo.store.resources import Resources
from latentdemo.tabs import generators
from latentdemo.tabs.generators import (
    cloud,
    codebook,
    diffusion,
    duel,
    game,
    index_by_index,
    rates,
    search,
    side_by_side,
    stand_in,
)
from latentdemo.widgets import Page

FACES, DIGITS = "Faces · 32-D", "Digits · 16-D"


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def without(page: Page, *kinds: str) -> Page:
    """A page whose resources lack these kinds of models."""
    bare = Resources(page.resources.folder)
    bare.cards = {name: card for name, card in bare.cards.items() if card.kind not in kinds}
    return replace(page, resources=bare)


class TestSideBySide:
    def test_every_number_is_its_cards(self, page: Page):
        told = side_by_side.show(page, DIGITS)
        rows = {row["title"]: row for row in told["rows"]}
        assert list(rows) == ["Autoencoder + ten Gaussians", "VAE, N(0, I)", "VAE + diffusion", "GAN", "VQ-VAE + prior"]
        cards = page.resources.cards
        for title, name, prefix in (
            ("Autoencoder + ten Gaussians", "mnist-ae-16", "mixture "),
            ("VAE, N(0, I)", "mnist-vae-16", "prior "),
            ("VAE + diffusion", "mnist-diffusion-16", ""),
            ("GAN", "mnist-gan", ""),
            ("VQ-VAE + prior", "mnist-vqvae-prior", ""),
        ):
            cells = rows[title]["cells"]
            for key in ("frechet", "precision", "recall", "sharpness"):
                assert cells[key] == cards[name].metrics[f"{prefix}{key}"], (title, key)
            assert cells["milliseconds"] == cards[name].training["sample_ms"]
            assert cells["encodes"] == (title != "GAN")
        seconds = [cards[name].training["cpu_seconds"] for name in ("mnist-diffusion-16", "mnist-vae-16")]
        assert rows["VAE + diffusion"]["cells"]["seconds"] == sum(seconds)
        assert "at most 5,000 samples (precision and recall: one draw of at most 2,000)" in told["note"]
        assert (side_by_side.N_FRECHET, side_by_side.N_LIKENESS) == (samples.N_FRECHET, samples.N_LIKENESS)
        assert side_by_side.N_TIMED == measured.N_TIMED and duel.show(page, DIGITS)["sampled"] == side_by_side.SAMPLED
        assert told["real"] == cards["mnist-gan"].metrics["real sharpness"] and told["missing"] == ""

    def test_what_decodes_and_where_codes_come_from(self, page: Page):
        rows = {row["title"]: row for row in side_by_side.show(page, DIGITS)["rows"]}
        assert rows["VAE + diffusion"]["decoder"] == "mnist-vae-16"
        book = page.resources.model("mnist-vqvae").codebook.numpy()
        np.testing.assert_array_equal(floats(rows["VQ-VAE + prior"]["codebook"]), book.ravel())
        weights = floats(rows["Autoencoder + ten Gaussians"]["density"]["weights"])
        assert weights.shape == (10,) and weights.sum() == pytest.approx(1, abs=1e-5)

    def test_what_was_not_trained_is_said(self, page: Page):
        told = side_by_side.show(without(page, "gan", "transformer", "diffusion"), FACES)
        assert len(told["rows"]) == 2 and told["real"] is None
        assert "diffusion, gan, transformer (over a vqvae)" in told["missing"]


class TestDiffusion:
    def test_classes_and_factors_can_be_told(self, page: Page):
        digits = diffusion.show(page, None, DIGITS)
        assert [one["value"] for one in digits["told"]] == [str(i) for i in range(10)]
        assert digits["decoder"] == "mnist-vae-16" and digits["dims"] == 16 and len(digits["code"]) == 16
        faces = diffusion.show(page, None, FACES)
        names = page.resources.card("faces-diffusion").names
        first = faces["told"][0]
        i, value = first["value"].split()
        model = page.resources.model("faces-diffusion")
        wanted = float(model.told_mean[int(i)] + 1.5 * model.told_sd[int(i)])
        assert first["title"] == f"much {names[int(i)]}" and float(value) == pytest.approx(wanted, rel=1e-3)

    def test_fewer_steps_tell_what_they_cost(self, page: Page):
        metrics = page.resources.card("mnist-diffusion-16").metrics
        told = dict(map(tuple, diffusion.show(page, None, DIGITS)["fewer"]))
        assert told[200] == metrics["frechet"] and told[5] == metrics["ddim 5 frechet"] and len(told) == 6
        assert "6.07" in diffusion.show(page, None, DIGITS)["note"]

    def test_the_network_of_another_size_stands_in_and_names_its_decoder(self, page: Page):
        told = diffusion.show(page, None, "Digits · 5-D")
        assert told["decoder"] == "mnist-vae-16" and len(told["code"]) == 16
        assert "--of faces-vae" in diffusion.show(without(page, "diffusion"), None, FACES)["problem"]

    def test_a_cloud_lies_over_real_codes(self, page: Page):
        told = cloud.show(page, DIGITS)
        assert floats(told["cloud"]).size == len(told["left"]) * 500 * 16
        gallery = page.resources.gallery("mnist-vae-16")
        np.testing.assert_array_equal(floats(told["real"]), gallery.codes[:1500].ravel())
        assert told["labels"] == gallery.labels[:1500].tolist() and cloud.show(page, FACES)["labels"] is None
        assert "problem" in cloud.show(without(page, "diffusion"), FACES)


class TestGan:
    def test_the_collapsed_one_stands_beside_the_other(self, page: Page):
        vae, gan, collapsed = duel.show(page, DIGITS)["sides"]
        assert (gan["name"], collapsed["name"], vae["counts"]) == ("mnist-gan", "mnist-gan-collapsed", None)
        assert sum(gan["counts"]) == sum(collapsed["counts"]) == 2000
        assert min(gan["counts"]) > 80 and max(collapsed["counts"]) > 1000
        assert collapsed["metrics"]["recall"] < 0.05 < 0.8 < gan["metrics"]["recall"]

    def test_a_recorded_game_is_told_as_it_was(self, page: Page):
        first = game.show(page, DIGITS)["games"][0]
        arrays = page.resources.arrays("mnist-gan")
        assert first["epochs"] == arrays["moment_epochs"].tolist() and first["losses"][0] == [None, None]
        np.testing.assert_allclose(first["losses"][1:], arrays["moment_losses"][1:])
        json.dumps(first, allow_nan=False)

    def test_the_visitors_image_is_searched_for_as_the_networks_see_it(self, page: Page):
        told = search.show(page, None, DIGITS)
        assert told["gan"] == "mnist-gan" and told["picture"].startswith("data:image/png")
        z = torch.randn(4, 16, generator=torch.Generator().manual_seed(0))
        shown = page.resources.prepare("mnist-vae-16", page.picture(None)) / 255
        errors = ((latents.decode(page.resources.model("mnist-gan"), z.numpy()) / 255 - shown) ** 2).mean((1, 2, 3))
        np.testing.assert_allclose(told["first"]["code"], z[errors.argmin()], atol=1e-6)
        assert told["first"]["mse"] == pytest.approx(errors.min(), abs=2e-4) and told["steps"] == 300
        for module in (duel, game):
            assert "train.py gan" in module.show(without(page, "gan"), FACES)["problem"]
        assert "train.py gan" in search.show(without(page, "gan"), None, FACES)["problem"]


class TestDiscrete:
    def test_the_codebook_and_its_use_are_told(self, page: Page):
        told = codebook.show(page, None, DIGITS)
        assert told["grid"] == 7 and sum(told["usage"]) == 10_000 * 49
        assert len(floats(told["vector"])) == 49 * told["dims"]
        assert len(floats(told["codebook"])) == told["entries"] * told["dims"]
        kl = page.resources.card("mnist-vae-16").metrics["kl_nats"]
        assert f"{kl / math.log(2):.0f} bits" in told["note"] and "245 bits" in told["note"]
        assert "train.py vqvae" in codebook.show(without(page, "vqvae", "transformer"), None, DIGITS)["problem"]

    def test_the_prior_says_how_many_bits_it_saves(self, page: Page):
        told = index_by_index.show(page, DIGITS)
        found = page.resources.card("mnist-vqvae-prior").metrics["bits"]
        assert told["decoder"] == "mnist-vqvae" and f"{found:.0f} bits" in told["note"] and found < 245
        assert "train.py transformer" in index_by_index.show(without(page, "transformer"), DIGITS)["problem"]


class TestRates:
    def test_bits_at_an_error_lie_on_lines_of_both_logarithms(self):
        line = [rates.Rate(*one) for one in (("a", 10.0, 0.04), ("b", 40.0, 0.01), ("c", 90.0, 0.008))]
        bits, one, other = rates.bits_at(line, 0.02) or (0, None, None)
        assert bits == pytest.approx(np.exp(np.interp(np.log(0.02), np.log([0.01, 0.04]), np.log([40, 10]))))
        assert (one, other) == (line[0], line[1]) and rates.bits_at(line, 0.01) == (40.0, *line[:2])
        assert rates.bits_at(line, 0.05) is None and rates.bits_at(line, 0.007) is None

    def test_what_is_drawn_is_what_the_cards_say(self, page: Page):
        drawn = html.unescape(re.findall(r'data-figure="([^"]+)"', rates.rates_html(page, FACES))[0])
        vaes, grids = (trace for trace in json.loads(drawn)["data"])
        cards = page.resources.cards
        names = ("faces-vae-beta-30", "faces-vae", "faces-vae-beta-0.01")
        np.testing.assert_allclose(vaes["x"], [cards[n].metrics["kl_nats"] / np.log(2) for n in names], rtol=1e-3)
        np.testing.assert_allclose(vaes["y"], [cards[n].metrics["draw_mse"] for n in names], rtol=1e-3)
        wanted = [cards[n].metrics["bits"] for n in ("faces-vqvae-prior", "faces-vqvae")]
        np.testing.assert_allclose(grids["x"], wanted, rtol=1e-3)
        assert vaes["text"] == ["β = 30", "β = 1", "β = 0.01"] and len(set(grids["y"])) == 1

    def test_what_vaes_pay_at_the_same_error_is_said_or_how_near_they_come(self, page: Page):
        low, high = (page.resources.card(name).metrics for name in ("faces-vae", "faces-vae-beta-30"))
        mse = page.resources.card("faces-vqvae").metrics["mse"]
        share = np.log(mse / high["draw_mse"]) / np.log(low["draw_mse"] / high["draw_mse"])
        bits = high["kl_nats"] ** (1 - share) * low["kl_nats"] ** share / np.log(2)
        assert f"between β = 30 and β = 1 VAEs pay {bits:.0f} there" in rates.rates_html(page, FACES)
        assert "which no VAE of this size comes down to: β = 0.01 has" in rates.rates_html(page, DIGITS)
        assert rates.rates_html(without(page, "vqvae", "transformer"), FACES) == ""
        alone = rates.at_equal_error([], [rates.Rate("no prior", 245, 0.0025)])
        assert alone == "The VQ-VAE pays 245 bits at an MSE of 0.0025."
        better = [rates.Rate("β = 1", 50, 0.001), rates.Rate("β = 0.1", 90, 0.0005)]
        told = rates.at_equal_error(better, [rates.Rate("no prior", 245, 0.0025)])
        assert told.endswith("MSE of 0.0025; the cheapest VAE, β = 1 has 0.001 at 50 bits.")
        assert rates.bits_at([better[0], better[0]], 0.001) is None

    def test_a_vae_that_tells_nothing_is_left_out_and_others_images_are_named(self, page: Page):
        bare = without(page)
        for name in ("faces-vqvae", "faces-vqvae-prior"):
            del bare.resources.cards[name]
        assert "No checkpoint of a VQ-VAE trained on faces is available" in rates.rates_html(bare, FACES)
        bare = without(page)
        card = bare.resources.cards["faces-vae-beta-30"]
        bare.resources.cards["faces-vae-beta-30"] = replace(card, metrics={**card.metrics, "kl_nats": 1e-9})
        assert [rate.title for rate in rates.vaes(bare, "faces")[32]] == ["β = 1", "β = 0.01"]
        assert "data-figure" in rates.rates_html(bare, FACES)
        five = rates.rates_html(page, "Digits · 5-D")
        assert "no VAE of this size comes down to: β = 1 has" in five


class TestStandIn:
    def test_faces_are_shown_what_was_trained_on_digits_and_are_told(self, page: Page):
        bare = without(page)
        for name in ("faces-diffusion", "faces-gan", "faces-vqvae", "faces-vqvae-prior"):
            bare.resources.cards.pop(name)
        for module, called in (
            (diffusion, "a diffusion model"),
            (cloud, "a diffusion model"),
            (duel, "a GAN"),
            (search, "a GAN"),
            (game, "a GAN"),
            (codebook, "a VQ-VAE"),
            (index_by_index, "a prior over grids"),
        ):
            arguments = (None, FACES) if module in (diffusion, search, codebook) else (FACES,)
            told, own = (module.show(bare, *arguments[:-1], label) for label in (FACES, DIGITS))
            sentence = f"No checkpoint of {called} trained on faces is available; this one was trained on digits."
            assert "problem" not in told and told["note"].startswith(sentence), module
            assert "No checkpoint" not in own["note"] and told | {"note": ""} == own | {"note": ""}, module

    def test_images_with_the_same_noun_are_told_apart_by_title(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        of = {"faces-vae": DATASETS["small-faces"], "mnist-vae-16": DATASETS["faces"]}
        monkeypatch.setattr(Resources, "dataset", lambda self, name: of[name])
        bare = without(page, "gan")
        bare.resources.cards["mnist-gan"] = page.resources.cards["mnist-gan"]
        found = stand_in.stand_in(bare, FACES, "gan", "a GAN")
        assert (
            found is not None and "trained on “Small faces” is available; this one was trained on “Faces”" in found.note
        )

    def test_the_chosen_images_come_first(self, page: Page):
        assert diffusion.show(page, None, FACES)["model"] == "faces-diffusion"
        assert codebook.show(page, None, FACES)["model"] == "faces-vqvae"


def test_a_critic_that_lags_is_told_as_it_was_trained(page: Page):
    title = duel.show(page, DIGITS)["sides"][2]["title"]
    assert title == "GAN whose critic lags: one step for 8 of the generator, no gradient penalty"


def test_the_section_order_is_that_of_the_ideas():
    titles = [section.title for section in generators.SECTIONS]
    assert titles == [
        "Comparison",
        "Diffusion",
        "GAN",
        "VQ-VAE",
        "Diffusion in latent space",
        "GAN inversion",
        "Adversarial training",
        "Autoregressive prior",
    ]


class TestLineup:
    def test_a_pairs_own_diffusion_comes_first(self, resources: Resources):
        for label, name in ((DIGITS, "mnist-diffusion-16"), ("Digits · 2-D", "mnist-diffusion-2")):
            found = lineup.generators(resources.cards, resources.pairs[label])
            assert found.diffusion == name and found.gan == "mnist-gan" and found.collapsed == "mnist-gan-collapsed"
            assert (found.vqvae, found.prior) == ("mnist-vqvae", "mnist-vqvae-prior")

    def test_what_learned_from_another_network_than_is_here_is_taken_away(self, resources: Resources):
        cards = dict(resources.cards)
        assert lineup.drop_misfits(cards) == [] and cards == resources.cards
        del cards["mnist-vae-16"]
        vae = cards["faces-vae"]
        cards["faces-vae"] = replace(vae, sha256={**vae.sha256, "safetensors": "0"})
        problems = lineup.drop_misfits(cards)
        assert [text.split()[0] for text in problems] == ["faces-diffusion", "mnist-diffusion-16"]
        assert "another faces-vae" in problems[0] and "mnist-vae-16, which is missing" in problems[1]
        assert "mnist-diffusion-16" not in cards and "mnist-gan" in cards
