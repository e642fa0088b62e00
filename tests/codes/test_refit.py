"""A map that a visitor asks for: settings read, refused, and fitted in a process of its own."""

import io
import subprocess
import sys

import numpy as np
import pytest

from latentdemo.codes import projection
from latentdemo.codes.refit import LIMITS, Settings, fit, read_settings

UMAP = {"method": "UMAP", "seed": "3", "n_neighbors": "50", "min_dist": "0.5"}
TSNE = {"method": "t-SNE", "seed": "3", "perplexity": "10"}


def test_settings_are_read_as_they_stand_in_an_address():
    assert read_settings(UMAP) == Settings("UMAP", 3, n_neighbors=50, min_dist=0.5)
    assert read_settings(TSNE) == Settings("t-SNE", 3, perplexity=10)
    assert read_settings({**UMAP, "perplexity": "x"}) == read_settings(UMAP)  # not UMAP's
    assert read_settings(UMAP).title == "UMAP, 50 neighbours, min_dist 0.5, seed 3"
    assert read_settings(TSNE).title == "t-SNE, perplexity 10, seed 3"


def test_no_more_neighbours_than_there_are_codes():
    assert read_settings(UMAP).within(30).title == "UMAP, 29 neighbours, min_dist 0.5, seed 3"
    assert read_settings(TSNE).within(16).title == "t-SNE, perplexity 5, seed 3"
    assert read_settings(UMAP).within(5000) == read_settings(UMAP)


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("wrong", ["", "x", "nan", "inf", "-1", "1e9"])
def test_what_is_no_setting_is_refused_by_name_and_limit(name: str, wrong: str):
    asked = TSNE if name == "perplexity" else UMAP
    with pytest.raises(ValueError, match=rf"^{name} is .*; it must lie in .* … "):
        read_settings({**asked, name: wrong})


def test_other_methods_are_refused():
    with pytest.raises(ValueError, match="No method 'PCA'; there are UMAP and t-SNE"):
        read_settings({**UMAP, "method": "PCA"})


@pytest.mark.slow
def test_a_process_of_its_own_gives_the_map_that_this_one_would():
    rng = np.random.default_rng(0)
    codes = (8 * rng.normal(size=(4, 5))[np.arange(80) % 4] + rng.normal(size=(80, 5))).astype(np.float32)
    to = projection.fit_pca(codes)
    buffer = io.BytesIO()
    np.savez(buffer, codes=codes, to=to, names=list(TSNE), values=list(TSNE.values()))
    done = subprocess.run(
        [sys.executable, "-m", "latentdemo.codes.refit"], input=buffer.getvalue(), capture_output=True, check=True
    )
    found = np.load(io.BytesIO(done.stdout))
    oracle = fit(codes, read_settings(TSNE), to)
    assert found["places"].shape == (80, 2)
    np.testing.assert_allclose(found["places"], oracle["places"], atol=1e-3)
    np.testing.assert_array_equal(found["kept"], projection.kept(codes, oracle["places"]))
    assert (
        float(found["trust"]) == pytest.approx(projection.trust(codes, oracle["places"]), abs=1e-3)
        and b"Iteration" in done.stderr
    )
