"""The map's handlers as functions: what the page is told of the visitor's image, and what codes are good for."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from sklearn.decomposition import PCA

from latentdemo.codes import latents, projection
from latentdemo.codes.gallery import world
from latentdemo.codes.passes import pixel_errors
from latentdemo.tabs import latent_map
from latentdemo.tabs.latent_map.probe import probe_chart
from latentdemo.widgets import Page
from tests.written import figures_in

FACES, DIGITS = "Faces · 32-D", "Digits · 16-D"


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


class TestLatentMap:
    def test_the_page_is_told_the_visitors_image_as_the_model_sees_it(self, page: Page):
        told = latent_map.map_value(page, None, FACES)
        you = told["you"]
        seen = page.resources.prepare("faces-vae", page.default)
        sent = np.asarray(Image.open(io.BytesIO(base64.b64decode(you["image"].partition(",")[2]))))
        np.testing.assert_array_equal(sent, seen)
        code = page.resources.encode("faces-vae", page.default)
        np.testing.assert_allclose(you["code"], code, atol=1e-5)
        x_hat = latents.decode(page.resources.model("faces-vae"), code[None])[0]
        assert you["mse"] == pytest.approx(pixel_errors(seen, x_hat)[0])
        assert (told["first"], told["drawn"], you["note"]) == ("hair length", False, "")
        digits = latent_map.map_value(page, None, DIGITS)
        assert (digits["first"], digits["drawn"]) == ("class", True) and "unlike the digits" in digits["you"]["note"]

    def test_the_api_finds_the_nearest_images_and_the_place_among_them(self, page: Page):
        found = latent_map.map_api(page, None, FACES)
        gallery = page.resources.gallery("faces-vae")
        distances = np.linalg.norm(gallery.codes - np.array(found["code"], np.float32), axis=1)
        assert found["neighbours"] == np.argsort(distances)[:8].tolist()
        np.testing.assert_allclose(found["distances"], np.sort(distances)[:8], rtol=1e-5)
        near = gallery.layouts[0].places[np.argsort(distances)[:15]]
        assert (near.min(0) <= found["place"]).all() and (found["place"] <= near.max(0)).all()
        oracle = PCA(2).fit(gallery.codes)
        np.testing.assert_allclose(found["pca"], oracle.transform([found["code"]])[0], atol=1e-4)
        plane = latent_map.map_api(page, None, "Digits · 2-D")
        assert plane["pca"] is None and plane["place"] == plane["code"]  # two numbers are a place themselves

    def test_the_map_is_first_coloured_by_what_orders_it(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        places, values = gallery.layouts[0].places, gallery.labels[:, gallery.names.index("hair length")]
        near = projection.neighbours(places)
        explained = 1 - ((values - values[near].mean(axis=1)) ** 2).mean() / values.var()
        assert explained == pytest.approx(0.94, abs=0.02)

    def test_the_world_holds_what_is_known_of_every_point(self, page: Page):
        gallery = page.resources.gallery("faces-vae")
        told = world(gallery)
        assert told["n"] == 5000 and [one["title"] for one in told["layouts"]] == [
            "UMAP", "PCA", "t-SNE", "UMAP, seed 1", "UMAP, seed 2",
        ]  # fmt: skip
        np.testing.assert_array_equal(floats(told["labels"]).reshape(5000, 17), gallery.labels)
        np.testing.assert_array_equal(floats(told["layouts"][2]["y"]), gallery.layouts[2].places[:, 1])
        near = np.frombuffer(base64.b64decode(told["near"]), "<u2").reshape(5000, 15)
        for i in (0, 4999):
            oracle = np.argsort(np.linalg.norm(gallery.codes - gallery.codes[i], axis=1))
            assert near[i].tolist() == oracle[1:16].tolist()
        digits = world(page.resources.gallery("mnist-vae-2"))
        assert [one["title"] for one in digits["layouts"]] == ["the latent plane", "t-SNE"] and digits["classes"]
        assert digits["layouts"][0]["trust"] == 1

    @pytest.mark.parametrize("name", ["faces-vae", "mnist-vae-16"])
    def test_axes_of_the_pca_map_are_the_directions_of_most_variance(self, page: Page, name: str):
        gallery = page.resources.gallery(name)
        told = world(gallery)["layouts"][1]
        places = np.stack([floats(told["x"]), floats(told["y"])], axis=1).astype(float)
        oracle = PCA(2).fit(gallery.codes)
        np.testing.assert_allclose(places, oracle.transform(gallery.codes), atol=2e-4)
        assert abs(np.corrcoef(places.T)[0, 1]) < 1e-4 and places[:, 0].var() > places[:, 1].var()
        total = gallery.codes.var(axis=0, dtype=float).sum()
        np.testing.assert_allclose(told["components"]["explained"], places.var(axis=0) / total, rtol=1e-4)
        assert [one["components"] for i, one in enumerate(world(gallery)["layouts"]) if i != 1] == [None] * 4

    def test_what_maps_keep_is_measured(self, page: Page):
        gallery = page.resources.gallery("mnist-vae-16")
        for layout in gallery.layouts[:3]:
            few = projection.kept(gallery.codes, layout.places)
            np.testing.assert_array_equal(few, layout.kept)
        by_name = {layout.title: layout.trust for layout in gallery.layouts}
        assert by_name["t-SNE"] > by_name["UMAP"] > by_name["PCA"]
        assert by_name["PCA"] == pytest.approx(projection.trust(gallery.codes, gallery.layouts[1].places), abs=1e-3)

    def test_curves_show_what_few_labels_teach(self, page: Page):
        for label, name, unit in ((DIGITS, "mnist-vae-16", "right classes"), (FACES, "faces-vae", "R²")):
            sizes, scores = page.resources.gallery(name).probe
            html = probe_chart(page, label)
            bands = figures_in(html)[0]["data"]
            np.testing.assert_allclose(bands[1]["y"], scores[0].mean(axis=1), rtol=1e-3)
            assert bands[1]["x"] == sizes.tolist() and unit in figures_in(html)[0]["layout"]["yaxis"]["title"]["text"]
            means = scores.mean(axis=2)
            at = sizes.tolist().index(100)
            assert means[0, at] > means[1, at] > 0 and f"With 100 labels: codes {means[0, at]:.2f}" in html
