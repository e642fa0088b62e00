import shutil
from pathlib import Path

import numpy as np
import pytest

from latentdemo import data
from latentdemo.codes import latents
from latentdemo.data import faces
from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources


def test_everything_shipped_is_whole(resources: Resources):
    assert resources.problems == []
    assert len(resources.pairs) == 10 and next(iter(resources.pairs)) == "Faces · 32-D"
    assert (
        resources.offers("") and resources.offers("pair") and resources.offers("cnn") and not resources.offers("flow")
    )


def test_models_are_loaded_once(resources: Resources):
    assert resources.model("faces-vae") is resources.model("faces-vae")
    assert resources.gallery("faces-vae") is resources.gallery("faces-vae")


@pytest.mark.parametrize("call", ["model", "gallery", "pair", "card"])
def test_unknown_names_are_refused_with_those_there_are(resources: Resources, call: str):
    with pytest.raises(ValueError, match="there are"):
        getattr(resources, call)("../etc/passwd")


def test_pairs_have_one_shape(resources: Resources):
    for pair in resources.pairs.values():
        ae, vae = (resources.card(pair.side(side)) for side in pair.sides)
        assert ae.shape == vae.shape and ae.dataset == vae.dataset == pair.source


def test_zero_and_one_mean_the_prior_for_a_vae_and_the_codes_for_an_autoencoder(resources: Resources):
    vae, ae = resources.gallery("faces-vae"), resources.gallery("faces-ae")
    assert (vae.origin == 0).all() and (vae.unit == 1).all()
    np.testing.assert_allclose(ae.origin, ae.codes.mean(axis=0), atol=0.35 * ae.unit.max())
    np.testing.assert_allclose(ae.unit, ae.codes.std(axis=0), rtol=0.2)
    assert (np.diff(vae.kl[vae.order]) <= 0).all() and (np.diff(ae.unit[ae.order]) <= 0).all()


def test_gallery_faces_are_the_rendered_ones(resources: Resources):
    gallery = resources.gallery("faces-vae")
    picture = resources.gallery_image("faces-vae", 5)
    np.testing.assert_array_equal(picture, faces.render(gallery.labels[5])[0])
    assert np.abs(resources.encode("faces-vae", picture) - gallery.codes[5]).max() < 1e-3


@pytest.mark.parametrize("what", ["images-idx3", "labels-idx1"])
@pytest.mark.parametrize("cut", [0, 3, 10, 100])
def test_a_data_set_that_is_cut_off_is_a_problem_and_the_rest_starts(
    what: str, cut: int, mnist_dir: Path, tmp_path: Path
):
    shutil.copytree(mnist_dir / "MNIST", tmp_path / "MNIST")
    path = tmp_path / "MNIST" / "raw" / f"t10k-{what}-ubyte"
    path.write_bytes(path.read_bytes()[:cut])
    resources = Resources(data_dir=tmp_path)
    (problem,) = resources.problems
    assert problem.startswith(f"{path} is cut off or damaged; delete it") and "decoded codes" in problem
    assert not resources.shows_originals("mnist-vae-2") and set(resources.cards) == set(checkpoints.SHIPPED)
    with pytest.raises(ValueError, match="is cut off or damaged"):
        data.load("mnist", "train", tmp_path)


def test_gallery_digits_are_decoded_unless_their_files_are_at_hand(resources: Resources, mnist_dir: Path):
    assert not resources.shows_originals("mnist-vae-2") and resources.shows_originals("faces-ae")
    decoded = latents.decode(resources.model("mnist-vae-2"), resources.gallery("mnist-vae-2").codes[:1])[0]
    np.testing.assert_array_equal(resources.gallery_image("mnist-vae-2", 0), decoded)
    with pytest.MonkeyPatch.context() as patch:
        originals = np.arange(10_000, dtype=np.uint32).view(np.uint8).reshape(10_000, 2, 2, 1)
        patch.setitem(resources._originals, "mnist", originals)
        index = resources.gallery("mnist-vae-2").index[0]
        np.testing.assert_array_equal(resources.gallery_image("mnist-vae-2", 0), originals[index])


def test_originals_come_from_the_given_folder(mnist_dir: Path):
    own = Resources(data_dir=mnist_dir)
    np.testing.assert_array_equal(own._originals["mnist"], data.load("mnist", "test", mnist_dir).images)


def test_a_folder_without_digits_is_named_and_nothing_is_fetched(tmp_path: Path):
    own = Resources(data_dir=tmp_path)
    assert len(own.problems) == 1 and "t10k-images-idx3-ubyte" in own.problems[0] and not list(tmp_path.iterdir())


@pytest.mark.parametrize("index", [-1, 5000])
def test_gallery_numbers_out_of_range_are_refused(resources: Resources, index: int):
    with pytest.raises(ValueError, match=r"0 … 4999"):
        resources.gallery_image("faces-vae", index)


def test_thumbnails_of_a_checkpoint_are_shown_as_the_images_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    name = "mnist-vae-2"
    for ending in ("json", "safetensors", "npz"):
        (tmp_path / f"{name}.{ending}").write_bytes((checkpoints.FOLDER / f"{name}.{ending}").read_bytes())
    card, arrays = checkpoints.load_card(name), checkpoints.load_arrays(name)
    kept = np.random.default_rng(0).integers(0, 255, (len(arrays["codes"]), 28, 28, 1), np.uint8)
    state = checkpoints.load(name).state_dict()
    checkpoints.save(card, state, arrays | {"thumbnails": kept}, tmp_path)
    resources = Resources(tmp_path)
    assert resources.shows_originals(name) and not resources.problems
    np.testing.assert_array_equal(resources.gallery_image(name, 5), kept[5])
    assert resources.sprites(name)[0, 0] == kept[0, 0, 0]
    checkpoints.save(card, state, arrays | {"thumbnails": kept[:-1]}, tmp_path)
    assert any("'thumbnails'" in problem for problem in Resources(tmp_path).problems)


def test_samples_are_pictures_and_the_first_one_a_smiling_face(resources: Resources):
    samples = resources.samples()
    assert list(samples) == ["Face 1", "Face 2", "Temple", "Flower", "Digit 7"]
    assert all(one.picture.dtype == np.uint8 and one.picture.ndim == 3 for one in samples.values())
    assert [one.dataset for one in samples.values()] == ["faces", "faces", None, None, "mnist"]
    small = resources.prepare("faces-vae", samples["Face 1"].picture)
    from latentdemo.classifiers.judge import read_factors
    from latentdemo.store import checkpoints

    read = read_factors(checkpoints.load("faces-factors"), small[None])[0]
    assert read[faces.factor_index("smile")] == pytest.approx(0.9, abs=0.15)


def test_without_checkpoints_there_are_samples_and_no_pairs(tmp_path: Path):
    bare = Resources(tmp_path)
    assert bare.pairs == {} and bare.problems == [] and "Face 1" in bare.samples()
