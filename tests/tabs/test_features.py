"""The CNN tab's sections as functions: what they show equals what the pure modules say."""

import base64
import io
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from latentdemo.classifiers import pretrained, receptive_fields, tracing
from latentdemo.classifiers.attribution import AVERAGE, MAXIMUM, OTHER, attribution
from latentdemo.classifiers.pretrained import Network
from latentdemo.codes import graphs
from latentdemo.drawing.numerals import number
from latentdemo.drawing.palette import signed_colours, unsigned_colours
from latentdemo.drawing.pictures import data_uri, kernel_picture, outlined, thumbnail
from latentdemo.pixels import images, motion
from latentdemo.pixels.kernels import KERNELS
from latentdemo.pixels.tensors import as_images, as_tensor
from latentdemo.store.resources import Resources
from latentdemo.store.studies import NORMALISATION, TRANSFER, Course
from latentdemo.tabs import features as tab
from latentdemo.tabs.features import (
    album,
    augmented,
    evidence,
    first,
    layers,
    moved,
    normalised,
    seeks,
    transfer,
    vector,
)
from latentdemo.tabs.features.chosen import NETWORK, RANDOM, TRAINED, enlarged, square, titles
from latentdemo.widgets import Page
from tests.written import figures_in


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def pictures(html: str) -> list[np.ndarray]:
    """The pictures that stand in a piece of HTML, (H, W, 3) uint8."""
    found = re.findall(r'src="data:image/\w+;base64,([^"]+)"', html)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")) for data in found]


def assert_alike(shown: np.ndarray, oracle: np.ndarray) -> None:
    """Equal up to what JPEG makes of a large picture."""
    assert shown.shape == oracle.shape and np.abs(shown.astype(int) - oracle).mean() < 3


def parsed(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.fixture(scope="module")
def network(resources: Resources) -> Network:
    return resources.classifier(NETWORK)


@pytest.fixture(scope="module")
def no_weights(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    return Resources(weights_dir=tmp_path_factory.mktemp("weights"))


class TestChosen:
    def test_pictures_keep_their_shape_at_224_pixels(self, network: Network):
        picture = np.random.default_rng(0).integers(0, 256, (100, 200, 1), np.uint8)
        assert enlarged(network, picture).shape == (1, 3, 112, 224)
        assert enlarged(network, picture[:2]).shape == (1, 3, 8, 224)  # no side below what the network can take
        x = square(network, picture)
        assert x.shape == (1, 3, 32, 32)
        np.testing.assert_array_equal((x[0, 0] * 255).round(), images.fit(picture, 32, 1)[:, :, 0])

    def test_every_network_is_offered(self, page: Page):
        assert list(titles(page)) == [NETWORK, *pretrained.NETWORKS]


class TestAbout:
    def test_what_is_missing_is_named_with_what_to_do(self, page: Page, tmp_path: Path, monkeypatch: Any):
        monkeypatch.setattr(page.resources, "shelf", pretrained.Shelf(tmp_path))
        text, button = tab.describe(page, "alexnet", TRAINED)
        assert "put alexnet-owt-7be5be79.pth into" in text and str(tmp_path) not in text and button.visible
        text, button = tab.describe(page, "alexnet", RANDOM)
        assert "Random weights" in text and not button.visible
        accuracy = page.resources.card(NETWORK).metrics["accuracy"]
        assert f"{accuracy:.1%}" in tab.describe(page, NETWORK, TRAINED)[0]

    def test_fetching_tells_how_far_it_is(self, page: Page, monkeypatch: Any):
        told: list[Any] = []
        monkeypatch.setattr(pretrained, "fetch", lambda name, folder, report: report(5, 10))
        assert tab.fetch(page, "alexnet", 1.0, lambda share, what: told.append(share)) == 2.0  # type: ignore[arg-type]
        assert told == [0, (5, 10)]

    def test_endpoint(self, page: Page, network: Network):
        picture, found = tab.features_api(page, None, "conv3.2")  # type: ignore[arg-type]
        assert found["shape"] == [128, 112, 112] and picture.shape == (16 * 112, 8 * 112, 3)
        assert len(found["ranges"]) == 128 and all(low <= high for low, high in found["ranges"])
        assert sum(found["classes"].values()) == pytest.approx(1, abs=1e-5)
        with pytest.raises(ValueError, match="there are conv1"):
            tab.features_api(page, None, "nothing")  # type: ignore[arg-type]


def view(**changes: Any) -> layers.View:
    return layers.View(NETWORK, TRAINED, layers.AFTER, layers.STRONGEST, 0, None)._replace(**changes)


class TestLayers:
    def test_every_map_has_its_range_and_order(self, page: Page, network: Network):
        strip, html, detail, layer, channel = layers.show(page, None, *view())
        maps = layers.feature_maps(network, enlarged(network, page.default), "conv1.2")
        assert layer == 0 and channel == int(maps.max(axis=(1, 2)).argmax())
        assert "32 feature maps of 224 × 224" in html and strip.count("<img") == len(network.layers)
        captions = re.findall(r"<figcaption>(\d+): \[([^,]+), ([^\]]+)\]", html)
        assert len(captions) == 32 and captions[0][0] == str(channel)
        for i, low, high in captions:
            assert parsed(low) == pytest.approx(maps[int(i)].min(), rel=6e-3, abs=1e-6)
            assert parsed(high) == pytest.approx(maps[int(i)].max(), rel=6e-3)
        by_index = layers.show(page, None, *view(order=layers.BY_INDEX))[1]
        assert re.findall(r"<figcaption>(\d+): ", by_index) == [str(i) for i in range(32)]
        peak = parsed(re.findall(r"strongest at row \d+, column \d+: ([^<]+)\.", detail)[0])
        assert peak == pytest.approx(maps[channel].max(), rel=6e-3)

    def test_the_pictures_are_those_of_the_captions(self, page: Page, network: Network):
        for values, node in ((layers.AFTER, "conv3.2"), (layers.BEFORE, "conv3.1")):
            strip, html, detail, *_ = layers.show(page, None, *view(values=values, layer=6, channel=20))
            x = enlarged(network, page.default)
            maps = layers.feature_maps(network, x, node)
            colours = signed_colours if maps[20].min() < 0 else unsigned_colours
            shown = [int(i) for i in re.findall(r'data-pick="(\d+)"', html)]
            assert_alike(pictures(html)[shown.index(20)], thumbnail(colours(maps[20]), 96))
            row, column = np.unravel_index(maps[20].argmax(), maps[20].shape)
            box = receptive_fields.receptive_field(network.traced, node).box(int(row), int(column))
            seen = as_images(x.clone())[0]
            inside = np.s_[max(0, box[0]) : box[2], max(0, box[1]) : box[3]]
            gradient = receptive_fields.effective_field(network.traced, x, node, 20, int(row), int(column))
            oracles = (
                outlined(seen, box),
                outlined(colours(maps[20]), (int(row), int(column), int(row) + 1, int(column) + 1)),
                seen[inside],
                unsigned_colours(np.sqrt(gradient[inside])),
            )
            for picture, oracle in zip(pictures(detail), oracles, strict=False):
                assert_alike(picture, oracle)
            last = tracing.activations(network.traced, x, ["residual3.add"])["residual3.add"][0].numpy()
            strongest = last[last.max((1, 2)).argmax()]
            assert_alike(pictures(strip)[-1], thumbnail(layers.coloured(strongest), 96))

    def test_a_channel_that_sees_nothing_says_so(self, page: Page, monkeypatch: Any):
        monkeypatch.setattr(type(page), "picture", lambda self, path: np.zeros((40, 40, 3), np.uint8))
        found = [layers.show(page, "black", *view(layer=6, channel=i))[2] for i in range(4)]
        assert any("same value everywhere" in html for html in found)

    def test_hostile_clicks_are_refused(self, page: Page):
        for index in (None, "x", float("nan"), float("inf"), True, [1]):
            with pytest.raises(ValueError, match="click again"):
                layers.pick_map(page, event(index=index), None, *view())
        assert layers.pick_map(page, event(index=-5), None, *view())[4] == layers.show(page, None, *view())[4]
        assert layers.pick_layer(page, event(index=-5), None, *view())[3] == 0

    def test_the_strip_tells_how_sizes_shrink_and_channels_grow(self, page: Page):
        sizes = re.findall(r": (\d+) × (\d+) × (\d+)<", layers.show(page, None, *view())[0])
        assert (
            sizes[0] == ("32", "224", "224") and sizes[2] == ("64", "112", "112") and sizes[-1] == ("128", "56", "56")
        )

    def test_signed_maps_are_on_the_signed_scale(self, page: Page):
        html = layers.show(page, None, *view(values=layers.BEFORE))[1]
        assert "blue below zero" in html and "[−" in html
        assert "bright" in layers.show(page, None, *view())[1]

    @pytest.mark.parametrize("layer", range(11))
    def test_every_layer_can_be_shown_with_what_its_maps_see(self, page: Page, network: Network, layer: int):
        html, detail = layers.show(page, None, *view(layer=layer, channel=3))[1:3]
        field = receptive_fields.receptive_field(network.traced, network.layers[layer].name)
        assert f"It sees {field.size} × {field.size} pixels; the picture has 224 × 224" in detail
        assert "Channel 3," in detail and f"Layer {layer + 1}" in html
        assert ("No kernel" in detail) == (network.layers[layer].kind != "convolution")
        side = int(re.findall(r"within (\d+) × ", detail)[0])
        assert 1 <= side <= field.size

    def test_clicks_choose(self, page: Page):
        *_, layer, channel = layers.pick_layer(page, event(index=4), None, *view(channel=5))
        maps_html = layers.show(page, None, *view(layer=4))[1]
        order = re.findall(r"<figcaption>(\d+): ", maps_html)
        assert layer == 4 and channel == int(order[0])
        assert re.findall(r'data-pick="(\d+)"', maps_html) == order  # a click tells the channel
        *_, layer, channel = layers.pick_map(page, event(index=7), None, *view(layer=4))
        assert (layer, channel) == (4, 7)

    def test_a_layer_of_another_network_is_not_taken_over(self, page: Page):
        *_, layer, channel = layers.show(page, None, *view(layer=40, channel=4000))
        assert layer == 10 and channel is not None and channel < 128

    def test_kernels_in_colour_and_in_slices(self, network: Network):
        first_html = layers.kernel_html(network, network.layers[0], 2)
        assert "3 × 3 × 3 = 27 numbers" in first_html and first_html.count("<img") == 4
        weights = tracing.kernels(network.model, network.layers[1])
        assert weights is not None
        shown = re.findall(r"<figcaption>(\d+)<", layers.kernel_html(network, network.layers[1], 2))
        norms = np.linalg.norm(weights[2], axis=(1, 2))
        assert [int(i) for i in shown] == np.argsort(-norms, kind="stable")[:16].tolist()
        picture = kernel_picture(np.array([[[0.0, 2]], [[0, -2]], [[0, 1]]]))
        assert picture.tolist() == [[[128, 128, 128], [255, 0, 191]]]

    def test_random_weights_and_large_networks_are_looked_into_likewise(self, page: Page):
        html = layers.show(page, None, *view(weights=RANDOM))[1]
        assert html != layers.show(page, None, *view())[1]
        strip, html, *_ = layers.show(page, None, *view(name="resnet18", weights=RANDOM, layer=1))
        assert "64 feature maps of 56 × 56" in html and strip.count("<img") == 18


class TestLearnedKernels:
    def test_the_nearest_kernel_is_the_one_of_the_largest_cosine(self, network: Network, page: Page):
        html = first.show(page, NETWORK, TRAINED)
        kernels = first.first_kernels(network)
        greys = kernels.mean(axis=1).reshape(32, 9)
        for name, best, cosine in re.findall(r"<figcaption>([^|<]+) \| (\d+): cosine ([^<]+)<", html):
            hand = KERNELS[name].array.ravel()
            cosines = greys @ hand / np.linalg.norm(greys, axis=1) / np.linalg.norm(hand)
            assert int(best) == np.abs(cosines).argmax()
            assert parsed(cosine) == pytest.approx(cosines[int(best)], rel=6e-3)
        assert "Sobel x |" in html and html.count("<img") >= 32 + 10

    def test_every_kernel_of_three_by_three_but_the_identity_is_compared(self, page: Page):
        html = first.show(page, NETWORK, TRAINED)
        compared = re.findall(r"<figcaption>([^<|]+) \| \d+: cosine", html)
        assert compared == [name for name, kernel in KERNELS.items() if len(kernel.rows) == 3 and name != "Identity"]
        assert set(first._resized(3)) == set(compared) and len(compared) > 8

    def test_what_chance_gives(self):
        assert first.by_chance(3, 1, draws=4000) == pytest.approx(0.27, abs=0.02)  # mean |cosine| in 9 dimensions
        assert first.by_chance(3, 32) > 0.6

    def test_hand_made_kernels_are_enlarged_for_large_ones(self, page: Page):
        html = first.show(page, "alexnet", RANDOM)
        assert "enlarged to 11 × 11" in html
        enlarged_sobel = first._resized(11)["Sobel x"]
        assert enlarged_sobel.shape == (11, 11) and enlarged_sobel[5, 10] == 2 and abs(enlarged_sobel.sum()) < 1e-4


class TestSeeks:
    def test_stored_images_of_a_layer(self, page: Page):
        html, layer, channel, large = seeks.show(page, NETWORK, TRAINED, 3, 5)
        assert (
            html.count("<img") == 64 and layer.value == 3 and (channel.value, channel.label) == (5, "Channel, 0 … 63")
        )
        assert "Layer 4, channel 5, as stored" in large
        found = seeks.stored(page, NETWORK, TRAINED, "residual2.conv1.1")
        assert found is not None and data_uri(found[5]) in large
        assert "No images are stored of random" in seeks.show(page, NETWORK, RANDOM, 3, 0)[0]
        assert seeks.show(page, NETWORK, TRAINED, 3, 400)[2].value == 63

    def test_of_a_pooling_the_layer_before_it_is_shown(self, page: Page):
        assert seeks.show(page, NETWORK, TRAINED, 2, 0)[1].value == 1

    def test_a_click_enlarges(self, page: Page):
        assert "channel 9, as stored" in seeks.pick(page, event(index=9), NETWORK, TRAINED, 3)[3]

    def test_drawing_goes_on_step_by_step(self, page: Page, monkeypatch: Any):
        monkeypatch.setattr(seeks, "SIDE", 16)
        steps = [re.findall(r"step (\d+) of", html)[0] for html in seeks.draw(page, NETWORK, RANDOM, 0, 3)]
        assert steps == [str(step) for step in range(8, 97, 8)]
        assert "channel 31: step" in next(seeks.draw(page, NETWORK, RANDOM, 0, 400))


def test_the_strip_tells_channels_height_width(network: Network):
    outputs = {layer.name: torch.rand(1, 5, 4, 6) for layer in network.layers}
    html = str(layers.strip_html(network, outputs, 0))
    assert "channels × height × width" in html and html.count(": 5 × 4 × 6</figcaption>") == len(network.layers)


def test_the_colours_of_maps_are_told_as_they_are_drawn():
    positive, mixed = np.ones((1, 2, 2)), np.array([[[-1.0, 1], [0, 2]]])
    both = layers.scale_of(np.concatenate([positive, mixed]))
    assert "blue" not in layers.scale_of(positive) and "own minimum" not in layers.scale_of(mixed)
    assert both.startswith("maps with negative values blue") and "others each from its own minimum" in both


class TestEvidence:
    def test_guesses_are_the_softmax_and_the_map_is_the_logit_taken_apart(self, page: Page, network: Network):
        html, classes = evidence.show(page, None, NETWORK, TRAINED, evidence.LIKELIEST)
        shares = tracing.probabilities(network.model, square(network, page.default))[0]
        found = dict(re.findall(r"<span>(\w+)</span><i style=\"width:[\d.]+%\"></i><b>([\d.]+)%", html))
        assert len(found) == 5
        for name, share in found.items():
            assert float(share) == pytest.approx(100 * shares[network.names.index(name)], abs=0.051)
        best = network.names[int(shares.argmax())]
        assert f"evidence for “{best}”" in html and set(network.names) < {value for _, value in classes.choices}
        low, high = (parsed(text) for text in re.findall(r"([^ ]+) … ([^ ]+) logits", html)[0])
        oracle = attribution(network.traced, square(network, page.default), int(shares.argmax()))
        assert (low, high) == pytest.approx((oracle.values.min(), oracle.values.max()), rel=6e-3)
        with torch.inference_mode():
            logit = network.model(square(network, page.default))[0, int(shares.argmax())]
        total, said = (
            parsed(text) for text in re.findall(r"add up to ([^ ,]+), the logit of “\w+” \(([^)]+)\)", html)[0]
        )
        assert total == said == pytest.approx(float(logit), rel=6e-3)

    def test_the_lit_picture_is_lit_by_the_evidence(self, page: Page, network: Network):
        seen, lit, values = pictures(evidence.show(page, None, NETWORK, TRAINED, "bird")[0])
        oracle = attribution(network.traced, square(network, page.default), network.names.index("bird")).values
        assert_alike(values, signed_colours(oracle))
        assert_alike(seen[7::14, 7::14], as_images(square(network, page.default))[0])
        row, column = np.unravel_index(oracle.argmax(), oracle.shape)
        around = np.s_[row * 56 + 20 : row * 56 + 36, column * 56 + 20 : column * 56 + 36]
        assert np.abs(lit[around].astype(int) - seen[around]).mean() < 12  # nearly as bright as it is
        assert lit.mean() < 0.9 * seen.mean()

    def test_each_kind_of_end_is_explained(self, page: Page, network: Network):
        found = attribution(network.traced, square(network, page.default), 0)
        said = {end: evidence.explanation(network, found._replace(end=end), "a") for end in (MAXIMUM, AVERAGE, OTHER)}
        assert "at the place of that maximum" in said[MAXIMUM] and "less its bias" in said[AVERAGE]
        assert "an approximation" in said[OTHER]

    def test_another_class_can_be_asked_for(self, page: Page):
        assert "evidence for “ship”" in evidence.show(page, None, NETWORK, TRAINED, "ship")[0]
        assert "evidence for “nonsense”" not in evidence.show(page, None, NETWORK, TRAINED, "nonsense")[0]


class TestGreyNetworks:
    """A classifier of grey images, as it looks at a colour one: the very numbers that it would see of the grey one."""

    NAME = "mnist-classifier"

    def test_it_sees_the_grey_picture(self, page: Page):
        network = page.resources.classifier(self.NAME)
        grey = images.grey(page.default)
        np.testing.assert_array_equal(enlarged(network, page.default), enlarged(network, grey))
        assert enlarged(network, page.default).shape[1] == square(network, page.default).shape[1] == 1
        model = page.resources.model(self.NAME)
        oracle = tracing.probabilities(model, as_tensor(images.fit(page.default, 28, 1)[None]))[0]
        np.testing.assert_allclose(list(evidence.shares(network, page.default).values()), oracle, rtol=1e-5)

    @pytest.mark.parametrize("index", [0, 2, 10])
    def test_every_panel_shows_it(self, page: Page, index: int):
        view = (self.NAME, TRAINED, layers.AFTER, layers.STRONGEST, index, None)
        _, maps, detail, *_ = layers.show(page, None, *view)
        assert "feature maps of" in maps and "strongest at row" in detail
        assert ("of the grey image" in detail) == (index == 0)
        assert "1 × 3 × 3 numbers" in (html := first.show(page, self.NAME, TRAINED)) and "red, green" not in html
        assert "Grad-CAM" in evidence.show(page, None, self.NAME, TRAINED, "")[0]
        assert "128 numbers" in list(vector.show(page, None, self.NAME, TRAINED, "Digit 7", 0))[-1]
        assert "No images are stored of" in seeks.show(page, self.NAME, TRAINED, index, 3)[0]


def test_images_stored_for_an_own_networks_channels_are_shown(page: Page, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(page.resources.cards, "mine", page.resources.card(NETWORK))
    assert seeks.show(page, "mine", TRAINED, 0, 3)[0].count("<img") == 32
    assert "of random weights" in seeks.show(page, "mine", RANDOM, 0, 3)[0]


class TestVector:
    def last(self, page: Page, target: str = "Digit 7", draw: int = 0, name: str = NETWORK) -> str:
        return list(vector.show(page, None, name, TRAINED, target, draw))[-1]

    def test_neighbours_and_steps_are_distances_between_vectors(self, page: Page, network: Network):
        html = self.last(page)
        *_, (_, found) = album.vectors(page.resources, NETWORK, True)
        assert found is not None
        mine = album.as_vectors(network, page.default[None])[0]
        distances = np.sort(np.linalg.norm(found.values - mine, axis=1))[:8]
        captions = re.findall(r"<figcaption>([\d.]+)<", html)
        np.testing.assert_allclose([float(caption) for caption in captions], distances, rtol=6e-3)
        end = album.as_vectors(network, images.fit(page.resources.samples()["Digit 7"].picture, 64, 3)[None])[0]
        points = np.concatenate((mine[None], found.values, end[None]))
        way = graphs.shortest_path(points, 0, 1201)
        steps = re.findall(r"<figcaption>\+ ([\d.]+)<", html)
        np.testing.assert_allclose([float(step) for step in steps], way.steps, rtol=6e-3)
        assert f"in {len(steps)} steps" in html and "128 numbers" in html
        assert f"add up to {number(float(way.steps.sum()))};" in html
        shown, all_pictures = pictures(html), album.album(page.resources).pictures
        nearest = np.argsort(np.linalg.norm(found.values - mine, axis=1), kind="stable")[:8]
        for picture, i in zip(shown[1:9], nearest, strict=True):
            np.testing.assert_array_equal(picture, all_pictures[i])
        for picture, stop in zip(shown[10:-1], way.stops[1:-1], strict=True):
            np.testing.assert_array_equal(picture, all_pictures[stop - 1])

    def test_another_end_for_every_draw(self, page: Page):
        assert vector.next_draw(page, 4) == (5, vector.ANOTHER)
        assert "Drawn by this program: faces. Decoded from latent codes: digits." in self.last(page, vector.ANOTHER, 1)
        assert self.last(page, vector.ANOTHER, 1) != self.last(page, vector.ANOTHER, 2)
        assert self.last(page, vector.ANOTHER, 1) == self.last(page, vector.ANOTHER, 1)

    def test_the_first_time_it_says_how_far_it_is(self, no_weights: Resources, page: Page):
        import dataclasses

        fresh = dataclasses.replace(page, resources=no_weights)
        _, *before, last = vector.show(fresh, None, NETWORK, TRAINED, "Digit 7", 0)
        assert all("for the first time" in html for html in before) and len(before) > 3 and "Nearest" in last


def test_networks_that_are_not_here_are_named_in_the_panel(no_weights: Resources, page: Page):
    import dataclasses

    from latentdemo.tabs.handlers import refusing

    fresh = dataclasses.replace(page, resources=no_weights)
    shown = refusing(layers.show, ("", "", gr.skip(), gr.skip()))(fresh, None, *view(name="vgg16"))
    assert "weights of VGG16 are missing" in shown[0] and shown[1] == ""
    *_, last = refusing(vector.show, ())(fresh, None, "vgg16", TRAINED, "Digit 7", 0)
    assert "weights of VGG16 are missing" in last


class TestTransfer:
    def test_curves_are_the_stored_numbers_and_the_sentence_is_their_difference(self, page: Page):
        found = TRANSFER.load(page.resources.folder)
        html = transfer.show(page)
        figures = figures_in(html)
        assert len(figures) == len(found.tasks) == 2
        for figure, task in zip(figures, found.tasks, strict=True):
            lines = [trace for trace in figure["data"] if trace["mode"] == "lines+markers"]
            assert [line["name"] for line in lines] == found.methods and lines[0]["x"] == found.sizes
            for line, curve in zip(lines, task.accuracy, strict=True):
                np.testing.assert_allclose(line["y"], np.array(curve).mean(axis=1), atol=1e-3)
        scratch, tuned = (np.array(curve)[0].mean() for curve in found.tasks[-1].accuracy[:2])
        assert (
            f"tells {100 * abs(tuned - scratch):.1f} percentage points {'more' if tuned > scratch else 'less'}" in html
        )

    def test_what_is_shipped_shows_that_learning_before_helps_most_where_labels_are_few(self, page: Page):
        scratch, tuned, frozen, *_ = np.array(TRANSFER.load(page.resources.folder).tasks[-1].accuracy).mean(axis=2)
        assert (
            (tuned > scratch).all()
            and frozen[0] - scratch[0] > 0.15
            and tuned[0] - scratch[0] > tuned[-1] - scratch[-1]
        )


class TestMoved:
    def test_bars_are_the_layers_ways_and_maps_are_those_of_both_networks(self, page: Page):
        html, layers_shown = moved.show(page, None, moved.SHIPPED, 0)
        before, after = moved.before_and_after(page, moved.SHIPPED)
        first, last = (model.state_dict() for model in (before.model, after.model))
        way = float((last["conv1.0.weight"] - first["conv1.0.weight"]).norm() / first["conv1.0.weight"].norm())
        bars = figures_in(html)[0]["data"][0]
        assert bars["x"][0] == "1" and bars["y"][0] == pytest.approx(100 * way, rel=1e-3)
        assert layers_shown.value == 0 and len(layers_shown.choices) == len(after.layers)
        shown = pictures(html)
        assert len(shown) == moved.N_KERNELS + 2 * moved.N_MAPS
        maps = layers.feature_maps(after, enlarged(after, page.default), after.layers[0].name)
        strongest = (
            layers.feature_maps(before, enlarged(before, page.default), before.layers[0].name).max(axis=(1, 2)).argmax()
        )
        assert_alike(shown[1 - 2 * moved.N_MAPS], thumbnail(layers.coloured(maps[strongest]), layers.THUMBNAIL))

    def test_kernels_that_moved_most_come_first(self, page: Page):
        before, after = moved.before_and_after(page, moved.SHIPPED)
        change = np.linalg.norm((first.first_kernels(after) - first.first_kernels(before)).reshape(32, -1), axis=1)
        html = moved.show(page, None, moved.SHIPPED, 99)[0]
        assert f"{change.argmax()}: {number(change.max())}" in html

    def test_other_weights_than_it_began_with_are_named(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        card = page.resources.card(moved.SHIPPED)
        for training, sentence in (
            ({"begin_weights": "0"}, "began with other weights of cifar10-cnn"),
            ({"begin": "gone"}, "began with gone, which is not here"),
        ):
            changed = replace(card, training=card.training | training)
            monkeypatch.setitem(page.resources.cards, moved.SHIPPED, changed)
            with pytest.raises(ValueError, match=sentence):
                moved.show(page, None, moved.SHIPPED, 0)
        monkeypatch.setattr(page.resources, "cards", {})
        with pytest.raises(ValueError, match=r"train\.py --shipped mnist-from-cifar10"):
            moved.show(page, None, moved.SHIPPED, 0)


class TestNormalised:
    def test_lines_are_the_stored_courses(self, page: Page):
        found = NORMALISATION.load(page.resources.folder)
        rates = sorted({course.rate for course in found.courses})
        for rate in rates:
            html, radio = normalised.show(page, f"{rate:g}")
            assert radio.value == f"{rate:g}"
            loss, spread = figures_in(html)
            shown = [course for course in found.courses if course.rate == rate]
            for line, course in zip(loss["data"], shown, strict=True):
                np.testing.assert_allclose(line["y"], course.loss, rtol=1e-3)
            bands = [trace for trace in spread["data"] if trace["mode"] == "none"]
            high = np.array(shown[0].mean) + np.array(shown[0].sd)
            np.testing.assert_allclose(bands[0]["y"][: len(high)], high, rtol=2e-3, atol=1e-3)
        assert normalised.show(page, "nonsense")[1].value == f"{rates[-1]:g}"

    def test_what_broke_off_is_said(self):
        course = Course(kind="plain-cnn", rate=0.5, loss=[2.0], mean=[0.0], sd=[1.0], accuracy=None)
        assert normalised._outcome(course) == "without it, 0.5: the loss was no number after step 1"

    def test_the_shipped_runs_show_what_the_panel_says(self, page: Page):
        courses = NORMALISATION.load(page.resources.folder).courses
        reached = {(one.kind, one.rate): one.accuracy or 0 for one in courses}
        assert [reached["plain-cnn", rate] > 0.9 for rate in (0.005, 0.02, 0.1, 0.5)] == [True, True, True, False]
        assert all(reached["lean-cnn", rate] > 0.85 for rate in (0.005, 0.02, 0.1, 0.5))
        said = normalised.conclusion(courses)
        assert "With it, the network trains at learning rates up to 0.5" in said
        assert "Without it, the network trains at learning rates up to 0.1" in said
        assert "A rate of 0.5 is usable only with it." in said and said in normalised.show(page, "0.5")[0]

    @pytest.mark.parametrize(
        ("accuracies", "sentence"),
        [
            ([0.9, 0.9, 0.8, 0.1], "A rate of 0.2 is usable only with it."),
            ([0.9, 0.1, 0.8, 0.7], "A rate of 0.2 is usable only without it."),
            ([0.9, 0.9, 0.1, None], "Without it, the network trains at none of these rates."),
            ([0.7, 0.9, 0.8, 0.2], "At 0.1 the network without it is ahead."),
        ],
    )
    def test_other_runs_give_other_conclusions(self, accuracies: list[float | None], sentence: str):
        kinds = [(kind, rate) for kind in ("lean-cnn", "plain-cnn") for rate in (0.1, 0.2)]
        courses = [
            Course(kind=kind, rate=rate, loss=[], mean=[], sd=[], accuracy=accuracy)
            for (kind, rate), accuracy in zip(kinds, accuracies, strict=True)
        ]
        said = normalised.conclusion(courses)
        assert sentence in said and ("usable" in said) == ("usable" in sentence or "ahead" in sentence)

    def test_a_diverging_run_does_not_hide_the_other(self, page: Page):
        for rate, cut in (("0.5", True), ("0.1", False)):
            for figure in figures_in(normalised.show(page, rate)[0]):
                assert ("range" in figure["layout"]["yaxis"]) == cut
                assert not cut or figure["layout"]["yaxis"]["range"][1] < 100


class TestAugmented:
    def test_answers_are_the_networks_in_every_position(self, page: Page):
        told = augmented.show(page, None, "Digits · 16-D")
        digit = page.resources.prepare("mnist-mlp", page.default)
        sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(told["sheet"].partition(",")[2]))))
        columns, angles = 2 * told["reach"] + 1, len(told["turns"])
        row, column = angles + 4, 11  # mirrored, turned by the fifth angle, moved by 3
        oracle = motion.move(motion.turn(motion.mirror(digit[None]), told["turns"][4]), 0, 3)
        np.testing.assert_array_equal(
            sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28], oracle[0, :, :, 0]
        )
        for network, name in zip(told["networks"], augmented.NETWORKS, strict=True):
            share = torch.softmax(page.resources.model(name)(as_tensor(oracle)), 1)[0].numpy()
            np.testing.assert_allclose(network["shares"][row * columns + column], 100 * share, atol=0.51)
            assert len(network["shares"]) == 2 * angles * columns

    def test_each_network_stands_what_it_was_trained_on(self, page: Page):
        networks = {one["title"]: one for one in augmented.show(page, None, "")["networks"]}
        as_they_are = networks["as they are"]
        assert networks["moved"]["shifted"][8 + 4] > as_they_are["shifted"][8 + 4] + 0.3
        assert networks["turned"]["turned"][-2] > as_they_are["turned"][-2] + 0.1
        assert networks["mirrored"]["mirrored"] > as_they_are["mirrored"] + 0.4

    def test_a_missing_network_is_named(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(page.resources, "cards", {})
        assert augmented.show(page, None, "")["problem"].startswith("mnist-mlp is missing")
