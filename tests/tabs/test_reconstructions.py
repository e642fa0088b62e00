"""The sections of the Reconstructions tab as functions: what they show equals what the pure modules say."""

import base64
import dataclasses
import io
import re
import shutil
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from latentdemo import dashboard, data
from latentdemo.classifiers import tracing
from latentdemo.codes import latents, passes
from latentdemo.codes.densities import SOURCES
from latentdemo.codes.gallery import recorded_moments
from latentdemo.drawing.numerals import decimals, short
from latentdemo.drawing.palette import SIGNED, VIRIDIS, ramp
from latentdemo.drawing.pictures import data_uri, png
from latentdemo.evaluation import GALLERY_SIZE
from latentdemo.models.learning import Likelihood
from latentdemo.pixels import corruption
from latentdemo.pixels.tensors import as_images, as_tensor
from latentdemo.store import checkpoints, lineup
from latentdemo.store.resources import Resources
from latentdemo.tabs import perturb, reconstructions
from latentdemo.tabs.reconstructions import (
    between,
    compare,
    denoise,
    foreign,
    generate,
    inside,
    machine,
    posterior,
    replay,
    sides,
    sweep,
)
from latentdemo.tabs.reconstructions.between import journeys
from latentdemo.widgets import WEB, Page
from latentdemo.widgets.components import FreeSlider
from tests.written import codes_in, figures_in

FACES, DIGITS, PLANE = "Faces · 32-D", "Digits · 16-D", "Digits · 2-D"


def pictures(html: str) -> int:
    return html.count("<img")


def event(index: int) -> Any:
    return SimpleNamespace(_data={"index": index})


def sources(html: str) -> list[str]:
    return re.findall(r'src="([^"]+)"', html)


def opened(address: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))


@pytest.fixture(scope="module")
def lone(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """A page of one VAE, without an autoencoder, a judge or anything else."""
    folder = tmp_path_factory.mktemp("lone")
    for path in checkpoints.FOLDER.glob("mnist-vae-2.*"):
        shutil.copy(path, folder)
    with gr.Blocks():
        return dashboard.build_door(Resources(folder))


class TestLoneVae:
    def test_one_side_is_shown_wherever_two_would_be(self, lone: Page):
        html = compare.show(lone, None, PLANE)
        assert 'class="vae"' in html and "Variational autoencoder: MSE" in html and "Autoencoder: MSE" not in html
        assert "autoencoder 0." not in html  # in the sentence on fine detail
        assert posterior.show(lone, None, PLANE)[1]["ae"] is None
        assert len(generate.show(lone, PLANE)["sides"]) == len(generate.planes(lone, PLANE)["planes"]) == 1
        assert pictures(foreign.show(lone, None, PLANE)) == 2
        assert "Both sides" not in generate.show(lone, PLANE)["note"]

    @pytest.mark.parametrize("side", ["ae", "vae"])
    def test_asked_for_the_autoencoder_it_says_what_it_shows(self, lone: Page, side: str):
        shown = [
            compare.show_rows(lone, PLANE, side, 0),
            inside.show(lone, None, PLANE, side),
            between.show(lone, None, PLANE, side, 0, between.FIRST)[0],
            perturb.from_image(lone, None, PLANE, side)[0]["note"],
        ]
        assert [("what you see is the VAE, mnist-vae-2" in html) for html in shown] == [side == "ae"] * 4
        assert 'class="ae"' not in "".join(shown[:2])

    def test_what_needs_an_autoencoder_says_how_to_make_it(self, lone: Page):
        assert "problem" in replay.show(lone, PLANE)
        assert (
            "train.py ae --dataset mnist --latent-dim 2 --corruption any"
            in denoise.show(lone, None, PLANE, "noise", 0.5, 0)[0]
        )

    def test_the_sweep_and_what_the_kl_term_prevents_show_it_alone(self, lone: Page):
        assert "2-D, β = 1" in posterior.prevents(lone, PLANE)
        assert "β = 1" in sweep.show(lone, None, PLANE, 0)[1]


class TestMachine:
    @pytest.mark.parametrize("label", [FACES, PLANE])
    def test_the_page_is_told_what_it_runs(self, page: Page, label: str):
        told, pair = machine.show(page, None, label), page.resources.pair(label)
        seen = page.resources.prepare(pair.vae, page.default)
        assert base64.b64decode(told["seen"]) == seen.tobytes()
        assert [(side["css"], side["model"], side["beta"]) for side in told["sides"]] == [
            ("ae", pair.ae, None), ("vae", pair.vae, 1.0),
        ]  # fmt: skip
        for side in told["sides"]:
            gallery = page.resources.gallery(side["model"])
            np.testing.assert_array_equal(side["order"], gallery.order)
            np.testing.assert_array_equal(np.float32(side["unit"]), gallery.unit)
            if label == FACES:
                assert side["codes"] is side["labels"] is None
            else:
                codes = np.frombuffer(base64.b64decode(side["codes"]), "<f4").reshape(-1, 2)
                np.testing.assert_array_equal(codes, gallery.codes[: machine.N_BEHIND])
                assert side["labels"] == gallery.labels[: machine.N_BEHIND].tolist()

    def test_classes_are_told_and_drawn_by_name(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        names = tuple("acegikmoqs")
        kept = page.resources.gallery
        monkeypatch.setattr(page.resources, "gallery", lambda name: dataclasses.replace(kept(name), names=names))
        assert [side["names"] for side in machine.show(page, None, PLANE)["sides"]] == [list(names)] * 2
        for figure in figures_in(posterior.prevents.__wrapped__(page, PLANE)):
            written = {text for trace in figure["data"] for text in trace.get("text", [])}
            assert written == {f"<b>{name}</b>" for name in names}

    def test_faces_are_weighed_as_in_training(self, page: Page):
        faces, digits = (machine.show(page, None, label)["likelihood"] for label in (FACES, PLANE))
        weight = np.frombuffer(base64.b64decode(faces["weight"]), "<f4").reshape(64, 64)
        np.testing.assert_allclose(weight, data.DATASETS["faces"].pixel_weight(), rtol=1e-6)  # type: ignore[misc]
        assert (faces["name"], digits["name"], digits["weight"]) == ("gaussian", "bernoulli", None)
        assert [side["variance"] for side in machine.show(page, None, FACES)["sides"]] == [0.08, 0.08]

    def test_a_lone_vae_has_one_row(self, lone: Page):
        assert [side["css"] for side in machine.show(lone, None, PLANE)["sides"]] == ["vae"]


class TestCompare:
    def test_errors_on_screen_are_those_of_the_pictures(self, page: Page):
        html = compare.show(page, None, FACES)
        ae, vae, numbers = reconstructions.reconstruct(page, None, FACES)  # type: ignore[arg-type]
        seen = page.resources.prepare("faces-vae", page.default)
        for side, picture in (("ae", ae), ("vae", vae)):
            mse = float(((seen.astype(float) - picture) ** 2).mean() / 255**2)
            assert numbers[f"{side} mse"] == pytest.approx(mse, rel=1e-4)
            assert f"MSE {short(mse)}," in html and f"SSIM {numbers[f'{side} ssim']:.3f}" in html
        assert f"KL {numbers['kl nats']:.1f} nats" in html and len(numbers["code"]) == 32
        for side, one in (("ae", "faces-ae"), ("vae", "faces-vae")):
            found = passes.gauge(page.resources.gallery(one), sides.one_pass(page, one, None))
            assert numbers[f"{side} error percentile"] == found.error
            assert numbers[f"{side} distance percentile"] == found.place

    def test_differences_share_one_scale(self, page: Page):
        pair = page.resources.pair(FACES)
        done = sides.both(page, pair, None)
        largest = {side: np.abs(one.seen.astype(int) - one.x_hat).max() / 255 for side, one in done.items()}
        html = compare.differences(done)
        assert (
            html.count(f"<figcaption>|input − reconstruction|, 0 (dark) … {short(max(largest.values()))} (bright)") == 2
        )
        assert all(f"at most {short(value)}" in html for value in largest.values())
        differ = np.abs(done["vae"].seen.astype(int) - done["vae"].x_hat).max(axis=2) / 255
        shown = ramp(VIRIDIS, differ / max(largest.values()))
        assert data_uri(shown) == sources(html)[1]

    def test_what_is_missing_is_said(self, page: Page):
        pair = page.resources.pair(DIGITS)
        unlike = compare.missing(page, pair, sides.both(page, pair, None))  # a face
        assert compare.UNREAD in unlike and "Read by" not in unlike
        seen = page.resources.samples()["Digit 7"].picture
        done = {side: passes.through(page.resources.model(pair.side(side)), seen) for side in pair.sides}
        text = compare.missing(page, pair, done)
        kept = passes.detail(done["vae"].x_hat) / passes.detail(done["vae"].seen)
        assert f"VAE {short(passes.detail(done['vae'].x_hat))} ({kept:.0%})" in text
        shares = tracing.probabilities(page.resources.model("mnist-classifier"), as_tensor(done["vae"].x_hat[None]))
        assert f"VAE {shares.argmax()} ({shares.max():.0%})" in text
        flat = {side: one._replace(seen=np.zeros_like(one.seen)) for side, one in done.items()}
        assert re.search(r"input 0, autoencoder 0\.\d+, VAE", compare.missing(page, pair, flat))

    def test_factors_that_changed_are_named_in_standard_deviations(self, page: Page):
        from latentdemo.classifiers.judge import read_factors

        done = sides.both(page, page.resources.pair(FACES), None)
        judge = page.resources.model("faces-factors")
        read = read_factors(judge, np.stack([done["ae"].seen, done["ae"].x_hat])) / judge.target_sd.numpy()
        change = read[1] - read[0]
        i = np.abs(change).argmax()
        sign = "+" if change[i] > 0 else "−"
        text = compare.read_off(page, "faces-factors", done)
        assert f"autoencoder: {page.resources.card('faces-factors').names[i]} {sign}{abs(change[i]):.2f}" in text

    def test_the_gauge_says_what_is_foreign(self, page: Page, tmp_path):
        noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
        (tmp_path / "noise.png").write_bytes(png(noise))
        strange = compare.show(page, str(tmp_path / "noise.png"), FACES)
        assert (
            strange.count(">Unlike what the ")
            == 2
            == strange.count("gauge ae foreign") + strange.count("gauge vae foreign")
            and strange.count("100 %") >= 2
        )
        assert compare.UNREAD in strange and "Read by" not in strange and "σ of the faces" not in strange
        usual = compare.show(page, None, FACES)
        assert "Read by" in usual and compare.UNREAD not in usual
        assert "foreign" not in usual
        shares = [int(share) for share in re.findall(r"<em>(\d+) %</em>", usual)]
        expected = []
        for name in ("faces-ae", "faces-vae"):
            found = passes.gauge(page.resources.gallery(name), sides.one_pass(page, name, None))
            expected += [round(found.error), round(found.place)]
        assert shares == expected
        assert re.findall(r"<em>(\d+) %", sides.gauge_html("VAE", "vae", passes.Gauge(10, 1.0, 90))) == ["10", "90"]

    def test_rows_of_every_size(self, page: Page):
        html = compare.show_rows(page, DIGITS, "vae", 3)
        for size in (2, 5, 16):
            assert f"<b>{size}-D</b>" in html
        assert pictures(html) == 30 and "the truth is missing" in html  # MNIST's own images are not here
        assert len({html, *(compare.show_rows(page, DIGITS, side, 4) for side in ("ae", "vae"))}) == 3
        index = np.random.default_rng(3).choice(GALLERY_SIZE, 10, replace=False)
        made = latents.decode(page.resources.model("mnist-vae-5"), page.resources.gallery("mnist-vae-5").codes[index])
        assert sources(html)[10:20] == [data_uri(picture) for picture in made]
        faces = compare.show_rows(page, FACES, "ae", 0)
        assert pictures(faces) == 20 and "<b>truth</b>" in faces
        chosen = np.random.default_rng(0).choice(GALLERY_SIZE, 10, replace=False)
        first = page.resources.gallery_image("faces-ae", int(chosen[0]))
        assert sources(faces)[10] == data_uri(first)
        truth = [page.resources.gallery_image("faces-ae", int(i)) for i in chosen]
        copies = latents.decode(page.resources.model("faces-ae"), page.resources.gallery("faces-ae").codes[chosen])
        mean = np.mean([passes.pixel_errors(a, b)[0] for a, b in zip(truth, copies, strict=True)])
        assert f"mean MSE {short(float(mean))}" in faces

    def test_a_test_image_comes_through_the_door(self, page: Page):
        seed, picture, arrived, _, wish = compare.take_test(page, FACES, 1)
        index = int(np.random.default_rng(1).choice(GALLERY_SIZE, 1)[0])
        truth = page.resources.gallery_image("faces-vae", index)
        assert wish == f"gallery faces-vae {index}"
        assert seed == 2 and (picture == truth).all() and arrived > 0


class TestSweep:
    def test_every_size_and_beta_has_a_cell(self, page: Page):
        cells, chosen = sweep.show(page, None, DIGITS, sweep.FIRST)
        models = lineup.undamaged(page.resources.cards, "mnist")
        assert pictures(cells) == len(models) == cells.count("data-pick")
        for model in models:
            done = sides.one_pass(page, model.name, None)
            assert f"{sweep.title_of(model)}: MSE {short(done.mse)}" in cells
        assert "<h3>16-D, β = 1</h3>" in chosen and "16 of 16 dimensions active" in chosen

    def test_one_row_is_followed_by_the_same_draws_through_each(self, page: Page):
        cells = sweep.show(page, None, FACES, sweep.FIRST)[0]
        models = lineup.undamaged(page.resources.cards, "faces")
        z = np.random.default_rng(0).standard_normal((sweep.N_DRAWS, 32)).astype(np.float32)
        made = [latents.decode(page.resources.model(model.name), z) for model in models]
        expected = [data_uri(pictures[row]) for row in range(sweep.N_DRAWS) for pictures in made]
        assert sources(cells)[len(models) :] == expected

    def test_a_click_chooses_the_model(self, page: Page):
        index, cells, chosen = sweep.pick(page, event(0), None, DIGITS)
        assert index == 0 and "2-D, autoencoder" in chosen and "No KL term" in chosen
        assert re.search(r'picked" data-pick="0"', cells)
        beyond = sweep.show(page, None, FACES, 99)[1]  # of another data set's larger grid
        assert "32-D, β = 1" in beyond

    def test_the_chosen_model_is_shown_dimension_by_dimension(self, page: Page):
        models = lineup.undamaged(page.resources.cards, "mnist")
        model = next(model for model in models if model.name == "mnist-vae-5")
        html, gallery = sweep.describe(page, None, model), page.resources.gallery("mnist-vae-5")
        (bars,) = figures_in(html)[0]["data"]
        np.testing.assert_allclose(bars["y"], np.sort(gallery.kl)[::-1], rtol=1e-3)
        assert bars["x"] == [f"z{i}" for i in gallery.order]
        first, code = gallery.order[0], page.resources.encode("mnist-vae-5", page.default)
        code[first] -= 2 * gallery.sd[first]
        (model, strips), (other, samples) = codes_in(html)
        assert model == other == "mnist-vae-5" and strips.shape == (5 * 7, 5)
        np.testing.assert_allclose(strips[0], code, rtol=1e-5)
        np.testing.assert_array_equal(samples, np.random.default_rng(0).standard_normal((10, 5)).astype(np.float32))

    def test_a_heavy_kl_term_collapses_dimensions(self, page: Page):
        models = lineup.undamaged(page.resources.cards, "faces")
        active = [page.resources.card(model.name).metrics["active_units"] for model in models if model.beta is not None]
        assert active == sorted(active, reverse=True) and active[-1] < active[0]
        assert "collapsed to the prior" in sweep.describe(page, None, models[-1])


class TestInside:
    @pytest.mark.parametrize("label", [FACES, DIGITS])
    def test_every_layer_is_a_panel_with_its_range(self, page: Page, label: str):
        html = inside.show(page, None, label, "vae")
        name = page.resources.pair(label).vae
        first, last = passes.anatomy(page.resources.model(name), page.resources.prepare(name, page.default))
        assert pictures(html) == len(first) + len(last) + 2
        values = first[0].values
        side = values.shape[1]
        assert f"{len(values)} × {side} × {side} [{short(values.min())} … {short(values.max())}]" in html

    def test_the_loss_has_its_numbers_filled_in(self, page: Page):
        html = inside.show(page, None, PLANE, "vae")
        card = page.resources.card("mnist-vae-2")
        done = sides.one_pass(page, "mnist-vae-2", None)
        found = passes.loss(
            page.resources.model("mnist-vae-2"), Likelihood.of(card.dataset), card.training["beta"], done
        )
        assert f"= {decimals(found.total, 2)}." in html and "½ Σ (μ² + σ² − 1 − log σ²)" in html
        i = int(done.kl.argmax())  # type: ignore[union-attr]
        printed = re.search(r"½ \((\(?)(−?[\d.]+)\)?² \+ ([\d.]+)² − 1 − log ([\d.]+)²\) = ([\d.]+)\.", html)
        assert printed and (printed[1] == "(") == printed[2].startswith("−")  # −2² would be −4
        mu, sigma, again, value = (float(text.replace("−", "-")) for text in printed.groups()[1:])
        assert sigma == again and (mu**2 + sigma**2 - 1 - np.log(sigma**2)) / 2 == pytest.approx(value, abs=0.006)
        assert value == pytest.approx(done.kl[i], abs=0.006)  # type: ignore[index]
        assert "no KL term" in inside.show(page, None, PLANE, "ae")

    def test_sizes_are_channels_height_width(self):
        assert inside._size(np.zeros((3, 20, 30))) == "3 × 20 × 30" and inside._size(np.zeros(7)) == "7 numbers"

    def test_vectors_are_folded_and_maps_are_tiled(self):
        vector = inside.drawn(np.array([1.0, -1, 0, 0.5, 0], np.float32))
        assert vector.shape == (2, 3, 3) and vector[0, 2].tolist() == [255, 255, 255]
        assert vector[0, 0].tolist() == SIGNED[-1].tolist()
        assert inside.drawn(np.ones((20, 5, 5), np.float32)).shape == (20, 20, 3)
        assert inside.drawn(np.zeros((1, 5, 5), np.float32)).shape == (5, 5, 3)


class TestPosterior:
    def test_the_page_is_told_what_it_draws_from(self, page: Page):
        html, told = posterior.show(page, None, FACES)
        done, plain = (sides.one_pass(page, name, None) for name in ("faces-vae", "faces-ae"))
        sigma = np.exp(0.5 * done.logvar)  # type: ignore[operator]
        assert (told["vae"], told["ae"]) == ("faces-vae", "faces-ae")
        np.testing.assert_allclose(told["mu"], done.mu)
        np.testing.assert_allclose(told["sigma"], sigma, rtol=1e-6)
        np.testing.assert_allclose(told["z"], plain.mu)
        order, bars = page.resources.gallery("faces-vae").order, figures_in(html)[0]["data"][0]
        np.testing.assert_allclose(bars["customdata"], np.stack([done.mu, sigma], axis=1)[order], rtol=1e-3)
        assert bars["x"] == [f"z{i}" for i in order]

    def test_a_collapsed_vae_is_told_from_others(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        real = type(page.resources).gallery

        def collapsed(resources: Any, name: str) -> Any:
            gallery = real(resources, name)
            if name != "mnist-vae-2-beta-10":
                return gallery
            assert gallery.sigma is not None
            flat = {"sd": gallery.sd * 0, "codes": gallery.codes * 0, "sigma": gallery.sigma * 0 + 1}
            return dataclasses.replace(gallery, **flat)

        monkeypatch.setattr(type(page.resources), "gallery", collapsed)
        html = posterior.prevents.__wrapped__(page, PLANE)
        assert "<td>2-D, β = 10</td><td>none is active</td><td>none is active</td><td>0</td>" in html
        assert "has collapsed" in html and "nan" not in html.lower()
        monkeypatch.undo()
        assert "collapsed" not in posterior.prevents.__wrapped__(page, PLANE)

    def test_what_the_kl_term_prevents_is_measured(self, page: Page):
        html = posterior.prevents(page, PLANE)
        assert html.count("data-figure") == 2 and "β = 0.01" in html and "β = 1" in html
        light, one = (page.resources.gallery(name) for name in ("mnist-vae-2-beta-0.01", "mnist-vae-2"))
        assert np.median(light.sigma) < np.median(one.sigma)  # type: ignore[arg-type]
        assert light.sd.max() > 2 * one.sd.max()  # drifted apart
        away = posterior.nearest_in_sigma(one.codes[:500], one.sigma)  # type: ignore[arg-type]
        row = [short(float(np.median(values))) for values in (one.sigma, one.sd, away)]  # type: ignore[arg-type]  # both active
        assert f"<td>2-D, β = 1</td><td>{row[0]}</td><td>{row[1]}</td><td>{row[2]}</td>" in html

    def test_distances_in_sigma(self):
        mu = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 9.0]])
        sigma = np.array([[1.0, 1.0], [0.5, 0.5], [3.0, 9.0]])
        assert posterior.nearest_in_sigma(mu, sigma) == pytest.approx([5, 10, 1])


class TestGenerate:
    def test_each_source_through_both_decoders_with_its_measurements(self, page: Page):
        told = generate.show(page, DIGITS)
        assert [side["model"] for side in told["sides"]] == ["mnist-ae-16", "mnist-vae-16"]
        for side in told["sides"]:
            found, gallery = page.resources.card(side["model"]).metrics, page.resources.gallery(side["model"])
            for source, given in zip(SOURCES, side["sources"], strict=True):
                assert f"Fréchet distance {short(found[f'{source} frechet'])}, " in given["quality"]
                shares = f"precision {found[f'{source} precision']:.2f}, recall {found[f'{source} recall']:.2f}"
                assert shares in given["quality"] and given["title"] == SOURCES[source]
                for key, value in gallery.densities[source]._asdict().items():
                    sent = np.frombuffer(base64.b64decode(given[key]), "<f4")
                    np.testing.assert_allclose(sent, value.ravel(), rtol=1e-6)

    def test_without_a_judge_nothing_is_claimed(self, page: Page):
        card = page.resources.cards["mnist-ae-2"]
        bare = {**page.resources.cards, "mnist-ae-2": card.__class__(**{**card.__dict__, "metrics": {"mse": 0.1}})}
        blind = SimpleNamespace(resources=SimpleNamespace(card=bare.__getitem__))
        assert "not measured" in generate.quality(blind, "mnist-ae-2", "prior")  # type: ignore[arg-type]

    def test_where_nothing_was_judged_the_eye_is(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(generate, "measured", lambda *_: False)
        assert "judge by eye" in generate.show.__wrapped__(page, DIGITS)["note"]

    def test_empty_cells_are_counted(self, page: Page):
        gallery = page.resources.gallery("mnist-ae-2")
        low, high = generate.square(gallery.codes)
        assert high[0] - low[0] == pytest.approx(high[1] - low[1])
        inside_share = ((gallery.codes >= low) & (gallery.codes <= high)).all(axis=1).mean()
        assert inside_share >= 0.98
        counts, _, _ = np.histogram2d(*gallery.codes.T, bins=20, range=np.stack([low, high], axis=1))
        told = generate.planes(page, FACES)  # falls back to digits
        plane = told["planes"][0]
        assert len(told["planes"]) == 2 and f"{(counts == 0).mean():.0%} of" in plane["caption"]
        assert (plane["low"], plane["high"], plane["cells"]) == (low.tolist(), high.tolist(), 20)
        sent = np.frombuffer(base64.b64decode(plane["codes"]), "<f4").reshape(-1, 2)
        np.testing.assert_allclose(sent, gallery.codes[:1500], rtol=1e-6)
        assert plane["labels"] == gallery.labels[:1500].tolist()


class TestBetween:
    def test_lanes_with_their_distances(self, page: Page):
        strip, lanes, triangle, mixture = between.show(page, None, FACES, "vae", 0, (2, 5))
        assert pictures(strip) == 8 and strip.count("picked") == 1
        assert ">b<" in strip and ">c<" in strip
        target = between.targets(page.resources, "faces-vae", 0)[2]
        found = between.journey(page, None, "faces-vae", target)
        real = journeys.reality(page.resources, "faces", found.frames["lerp"])
        assert real is not None and lanes["lanes"][1]["distances"] == pytest.approx(real.tolist(), abs=1e-3)
        assert lanes["usual"] == pytest.approx(journeys.usual_distance(page.resources, "faces"), abs=1e-3)
        assert re.search(r'data-pick="2".*?<figcaption>b<.*?data-pick="5".*?<figcaption>c<', strip)
        for place, mark in ((1, 2), (2, 5)):
            index = between.targets(page.resources, "faces-vae", 0)[mark]
            code = page.resources.encode("faces-vae", page.resources.gallery_image("faces-vae", index))
            assert mixture["directions"][place] == pytest.approx(code.tolist(), abs=1e-4)
        assert [lane["title"] for lane in lanes["lanes"]] == list(journeys.LANES.values()) and lanes["n"] == 33
        assert lanes["model"] == "faces-vae" and lanes["lanes"][0]["codes"] is None
        for lane, key in zip(lanes["lanes"][1:], ("lerp", "slerp", "real"), strict=True):
            sent = np.frombuffer(base64.b64decode(lane["codes"]), "<f4").reshape(33, 32)
            np.testing.assert_allclose(sent, found.codes[key], rtol=1e-5)
        ends = [np.frombuffer(base64.b64decode(end), np.uint8) for end in lanes["ends"]]
        np.testing.assert_array_equal(ends[0], page.resources.prepare("faces-vae", page.default).ravel())
        np.testing.assert_array_equal(ends[1], page.resources.gallery_image("faces-vae", target).ravel())
        assert mixture["directions"][0] == pytest.approx(
            page.resources.encode("faces-vae", page.default).tolist(), abs=1e-4
        )
        assert sum(mixture["steps"]) == pytest.approx(1) and len(triangle["corners"]) == 3

    def test_targets_of_digits_are_of_different_classes(self, page: Page):
        index = between.targets(page.resources, "mnist-vae-16", 0)
        labels = page.resources.gallery("mnist-vae-16").labels[index]
        assert len(set(labels.tolist())) == between.N_TARGETS
        assert index != between.targets(page.resources, "mnist-vae-16", 1)

    def test_a_click_makes_b_and_the_old_b_becomes_c(self, page: Page):
        assert between.pick(page, event(4), None, DIGITS, "vae", 0, (1, 3))[0] == (4, 1)
        assert between.pick(page, event(1), None, DIGITS, "vae", 0, (1, 3))[0] == (1, 3)
        assert between.pick(page, event(99), None, DIGITS, "vae", 0, (1, 3))[0] == (between.N_TARGETS - 1, 1)

    def test_the_gif_is_that_of_the_lanes(self, page: Page):
        told = between.save_gif(page, None, DIGITS, "ae", 0, (3, 0))
        target = between.targets(page.resources, "mnist-ae-16", 0)[3]
        oracle = journeys.gif(between.journey(page, None, "mnist-ae-16", target).frames)
        head, _, data = told["src"].partition(",")
        assert told["name"] == "between.gif" and head == "data:image/gif;base64"
        assert base64.b64decode(data) == oracle


class TestDenoise:
    def test_decibels_are_those_of_the_pictures(self, page: Page):
        html, radio, slider = denoise.show(page, None, FACES, "noise", 0.3, 0)
        seen = page.resources.prepare("faces-ae", page.default)
        damaged, repaired, plain = denoise.repaired(
            page, denoise.Repairers("faces-denoiser", "faces-ae"), seen[None], "noise", 0.3, 0
        )
        for picture in (damaged, repaired, plain):
            mse = ((seen.astype(float) - picture[0]) ** 2).mean() / 255**2
            assert f"PSNR {-10 * np.log10(mse):.1f} dB" in html
        assert radio.value == "noise" and slider.maximum == 0.6
        x = corruption.corrupt(as_tensor(seen[None]), "noise", 0.3, torch.Generator().manual_seed(0))
        np.testing.assert_array_equal(damaged, as_images(x))
        assert pictures(html) == 4 + 18
        rows = [float(mean) for mean in re.findall(r", mean ([\d.]+) dB", html)]
        assert re.findall(r"<b>(\w+), mean", html) == ["damaged", "denoising", "plain"] and rows[1] == max(rows)
        measured = [page.resources.card(name).metrics for name in ("faces-denoiser", "faces-ae")]
        for text in (
            f"damaged {measured[0]['psnr noise damaged']:.1f} dB",
            f"denoising autoencoder {measured[0]['psnr noise repaired']:.1f} dB",
            f"plain one {measured[1]['psnr noise repaired']:.1f} dB",
        ):
            assert text in html

    def test_it_repairs_better_than_the_plain_one(self, page: Page):
        for dataset, plain in (("faces", "faces-ae"), ("mnist", "mnist-ae-16")):
            card, other = page.resources.card(f"{dataset}-denoiser").metrics, page.resources.card(plain).metrics
            for kind in corruption.possible(data.DATASETS[dataset].channels):
                repaired = card[f"psnr {kind} repaired"]
                assert repaired > other[f"psnr {kind} repaired"] + 1
                assert repaired > card[f"psnr {kind} damaged"] + 1

    def test_digits_have_no_colour_to_lose(self, page: Page):
        _, radio, slider = denoise.show(page, None, DIGITS, "grey", 1.0, 0)
        assert radio.value == "noise" and slider.value == 0.3  # what noise is measured at, not what grey was set to
        assert [key for _, key in radio.choices] == ["noise", "holes"]
        assert denoise.repairers(page, "mnist") == ("mnist-denoiser", "mnist-ae-16")  # whichever digits are chosen
        assert (
            denoise.show(page, None, PLANE, "noise", 0.3, 0)[0] == denoise.show(page, None, DIGITS, "noise", 0.3, 0)[0]
        )
        assert denoise.another(page, None, FACES, "grey", 0)[2].value == 1.0

    def test_nothing_happens_at_strength_0(self, page: Page):
        html = denoise.follow(page, None, FACES, "holes", 0.0, 0)
        assert "Damaged: unchanged" in html and "<b>damaged, unchanged</b>" in html

    def test_a_missing_denoiser_is_named_with_its_command(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.delitem(page.resources.cards, "faces-denoiser")
        html = denoise.show(page, None, FACES, "noise", 0.3, 0)[0]
        assert "python train.py ae --dataset faces --latent-dim 32 --corruption any" in html

    def test_a_strength_that_cannot_be_is_taken_as_the_nearest(self, page: Page):
        slider = FreeSlider(0, 0.9, 0.5)
        assert slider.preprocess(9) == 9 and slider.get_block_name() == gr.Slider().get_block_name()
        most = denoise.show(page, None, FACES, "noise", 1e9, 0)[2].value
        assert most == denoise.CORRUPTIONS["noise"].most
        assert denoise.show(page, None, FACES, "noise", -1, 0)[2].value == 0


class TestForeign:
    def test_every_world_sees_the_image(self, page: Page):
        html = foreign.show(page, None, FACES)
        assert pictures(html) == 6 and f"Through {FACES}" in html and f"Through {DIGITS}" in html
        done = sides.one_pass(page, "mnist-ae-16", None)
        assert f"autoencoder: MSE {short(done.mse)}" in html and html.count("Unlike what the") >= 1

    def test_the_chosen_models_stand_for_their_images(self, page: Page):
        html = foreign.show(page, None, PLANE)
        done = sides.one_pass(page, "mnist-vae-2", None)
        assert f"Through {PLANE}" in html and f"VAE: MSE {short(done.mse)}" in html
        assert f"Faces through {PLANE}" in foreign.exchange(page, PLANE, 0)

    def test_each_model_answers_in_its_own_tongue(self, page: Page):
        html = foreign.exchange(page, FACES, 0)
        assert pictures(html) == 2 * 3 * 8 and html != foreign.exchange(page, FACES, 1)
        index = np.random.default_rng(foreign.SEED).choice(GALLERY_SIZE, 8, replace=False)
        digit = page.resources.gallery_image("mnist-vae-16", int(index[2]))
        assert data_uri(page.resources.prepare("faces-vae", digit)) == sources(html)[2]
        assert f"Digits through {FACES}" in html and f"Faces through {DIGITS}" in html
        shares = [float(value) for value in re.findall(r"<figcaption>([\d.]+) %", html)]
        assert len(shares) == 32 and np.median(shares) == 100  # nothing of it is familiar


class TestReplay:
    def test_it_says_whose_training_is_shown(self, page: Page):
        assert replay.show(page, PLANE)["of"] == replay.show(page, DIGITS)["of"] == "Digits, 2-D."
        assert replay.show(page, FACES)["of"] == "Digits, 2-D, for no training on Faces was recorded."

    def test_moments_are_those_of_the_checkpoint(self, page: Page):
        value = replay.show(page, PLANE)
        assert [model["name"] for model in value["models"]] == ["mnist-ae-2", "mnist-vae-2"]
        found, arrays = (
            recorded_moments(page.resources.arrays("mnist-vae-2"), tuple("0123456789")),
            page.resources.arrays("mnist-vae-2"),
        )
        codes = np.frombuffer(base64.b64decode(found["codes"]), "<f4").reshape(arrays["moment_codes"].shape)
        np.testing.assert_array_equal(codes, arrays["moment_codes"].astype(np.float32))
        assert (
            found["epochs"][0] == 0
            and found["epochs"][-1] == 30
            and len(found["epochs"]) == 12
            and found["epochs"] == pytest.approx(arrays["moment_epochs"].tolist(), abs=1e-4)
        )
        np.testing.assert_allclose(codes[-1], arrays["codes"][:1000], atol=0.02)  # the last moment is the model shipped
        assert found["labels"] == arrays["labels"][:1000].tolist()
        assert found["losses"][-1][0] < found["losses"][0][0] and found["samples"].startswith("data:image/png")
        assert recorded_moments(page.resources.arrays("mnist-ae-2"), ())["losses"][0][1:] == [None, None]

    def test_a_training_that_was_not_recorded_is_refused(self, page: Page):
        for arrays in (
            page.resources.arrays("faces-vae"),
            {"moment_codes": np.zeros((3, 9, 32)), "labels": np.zeros(9)},  # not in a plane
            {"moment_codes": np.zeros((3, 9, 2)), "labels": np.zeros((9, 17))},  # no classes
        ):
            with pytest.raises(ValueError, match="was not recorded"):
                recorded_moments(arrays, ())


def test_the_gauge_is_red_where_its_sentence_says_so():
    rule = next(line for line in WEB.joinpath("page.css").read_text().splitlines() if line.startswith(".gauge i {"))
    limit = f"{passes.FOREIGN:.0f}%"
    assert f" 0 {limit}, color-mix(in srgb, var(--wrong)" in rule and rule.count(limit) == 2
