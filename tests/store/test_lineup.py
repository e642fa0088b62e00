"""Which checkpoints stand side by side."""

from dataclasses import replace

import pytest

from latentdemo.models import Shape
from latentdemo.store import checkpoints, lineup
from latentdemo.store.checkpoints import Card
from latentdemo.store.lineup import Pair, Trained
from latentdemo.store.resources import Resources


def card(name: str, kind: str, size: int, beta: float = 1.0, corruption: str | None = None) -> Card:
    return Card(name, kind, Shape(28, 1, size), "mnist", {"beta": beta, "corruption": corruption}, {}, (), "")


SHIPPED = ["Faces · 32-D", "Faces · 32-D · β = 0.01", "Faces · 32-D · β = 30",
           "Digits · 16-D", "Digits · 16-D · β = 0.01", "Digits · 16-D · β = 10", "Digits · 5-D",
           "Digits · 2-D", "Digits · 2-D · β = 0.01", "Digits · 2-D · β = 10"]  # fmt: skip
CARDS = {
    made.name: made
    for made in (
        card("b", "vae", 2),
        card("a", "ae", 2),
        card("strong", "vae", 2, beta=10.0),
        card("weak", "vae", 2, beta=0.01),
        card("large", "ae", 16),
        card("repair", "ae", 16, corruption="any"),
        card("colour", "ae", 16, corruption="grey"),
        card("mnist-classifier", "cnn", 10),
    )
}


def test_autoencoders_are_ordered_by_size_and_beta():
    assert lineup.undamaged(CARDS, "mnist") == [
        Trained("a", 2, None),
        Trained("weak", 2, 0.01),
        Trained("b", 2, 1.0),
        Trained("strong", 2, 10.0),
        Trained("large", 16, None),
    ]
    assert lineup.undamaged(CARDS, "faces") == []


def test_every_vae_stands_beside_the_autoencoder_of_its_size():
    title = "Digits · 2-D"
    vaes = {title: "b", f"{title} · β = 0.01": "weak", f"{title} · β = 10": "strong"}
    assert lineup.pairs(CARDS) == {label: Pair(label, "mnist", "a", vae) for label, vae in vaes.items()}
    larger = CARDS | {"v": card("v", "vae", 16)}
    assert list(lineup.pairs(larger)) == ["Digits · 16-D", *vaes]
    face = {f"f{made.name}": replace(made, dataset="faces", name=f"f{made.name}") for made in CARDS.values()}
    assert next(iter(lineup.pairs(CARDS | face))) == "Faces · 2-D"


def test_a_second_model_of_the_same_size_gets_a_name_of_its_own():
    longer = replace(card("zz", "vae", 2), training={"beta": 1.0, "corruption": None, "epochs": 9})
    early = replace(longer, name="aa")
    for other in (longer, early):
        labels = {
            label: pair.vae for label, pair in lineup.pairs(CARDS | {other.name: other}).items() if "β" not in label
        }
        assert labels == {"Digits · 2-D": "b", f"Digits · 2-D ({other.name})": other.name}


def test_of_several_autoencoders_the_one_trained_most_alike_is_taken():
    for name in ("0", "z"):
        other = replace(card(name, "ae", 2), training={"beta": 4.0, "corruption": None})
        assert lineup.pairs(CARDS | {name: other})["Digits · 2-D"].ae == "a"


def test_a_pair_has_two_sides_and_a_lone_vae_one():
    pair, lone = Pair("x", "mnist", "a", "b"), Pair("x", "mnist", None, "b")
    assert (pair.side("ae"), pair.side("vae"), *pair.sides) == ("a", "b", "ae", "vae")
    assert (lone.side("ae"), lone.side("vae"), *lone.sides) == ("b", "b", "vae")
    assert lone.instead("vae") == pair.instead("ae") == "" and "what you see is the VAE, b." in lone.instead("ae")
    with pytest.raises(ValueError, match="No side 'label'; there are ae and vae"):
        pair.side("label")


def test_denoisers_undo_everything_and_judges_have_a_name():
    variational = {"a-vae": card("a-vae", "vae", 16, corruption="any")}
    assert lineup.denoiser(variational | CARDS, "mnist") == "repair" and lineup.denoiser(CARDS, "faces") is None
    assert lineup.judge(CARDS, "mnist") == "mnist-classifier"
    assert lineup.judge(CARDS, "faces") is None and lineup.judge(CARDS, "folder") is None


def test_what_is_shipped_makes_a_fair_comparison(resources: Resources):
    assert list(resources.pairs) == SHIPPED
    for pair in resources.pairs.values():
        assert pair.ae is not None
        ae, vae = (resources.card(name) for name in (pair.ae, pair.vae))
        differences = {key for key in ae.training if ae.training[key] != vae.training[key]} - set(checkpoints.COUNTED)
        recorded = {"beta", "moments"} if "β" in pair.label else set()  # moments change no weight
        assert ae.shape == vae.shape and {"name", "model"} <= differences <= {"name", "model", *recorded}
    for dataset in ("faces", "mnist"):
        models = lineup.undamaged(resources.cards, dataset)
        for size in {model.latent_dim for model in models}:
            betas = [model.beta for model in models if model.latent_dim == size]
            if size == 5:
                assert betas == [None, 1]
            else:
                assert len(betas) == 4 and betas[0] is None and betas[1] < 1 == betas[2] < betas[3]  # type: ignore[operator]


def of_folder(made: Card, name: str, fingerprint: str) -> Card:
    training = {**made.training, "source": {"name": name, "fingerprint": fingerprint}}
    return replace(made, dataset="folder", training=training)


def test_each_folder_is_a_source_of_its_own():
    made = (
        of_folder(card("pebbles-vae", "vae", 4), "Pebbles", "aa"),
        of_folder(card("pebbles-ae", "ae", 4), "Pebbles", "aa"),
        of_folder(card("lamps-vae", "vae", 4), "Lamps", "bb"),
        of_folder(card("other-ae", "ae", 4), "Lamps", "cc"),  # the same name, other files
        of_folder(card("pebbles-repair", "ae", 4, corruption="any"), "Pebbles", "aa"),
    )
    cards = CARDS | {one.name: one for one in made}
    assert lineup.sources(cards)[-3:] == ["folder:Lamps:bb", "folder:Lamps:cc", "folder:Pebbles:aa"]
    found = lineup.pairs(cards)
    assert [label for label in found if "Digits" not in label] == ["Lamps · 4-D", "Pebbles · 4-D"]
    assert found["Lamps · 4-D"].ae is None
    assert found["Pebbles · 4-D"] == Pair("Pebbles · 4-D", "folder:Pebbles:aa", "pebbles-ae", "pebbles-vae")
    assert [model.name for model in lineup.undamaged(cards, "folder:Pebbles:aa")] == ["pebbles-ae", "pebbles-vae"]
    assert lineup.denoiser(cards, "folder:Pebbles:aa") == "pebbles-repair"
    assert lineup.denoiser(cards, "folder:Lamps:bb") is None and lineup.judge(cards, "folder:Lamps:bb") is None


def test_an_autoencoder_of_another_size_or_of_other_channels_stands_beside_none():
    vae = of_folder(card("v", "vae", 4), "Pebbles", "aa")
    for shape in (Shape(32, 1, 4), Shape(28, 3, 4)):
        ae = replace(of_folder(card("a", "ae", 4), "Pebbles", "aa"), shape=shape)
        assert [pair.ae for pair in lineup.pairs({"v": vae, "a": ae}).values()] == [None]


def test_two_folders_of_one_name_have_two_labels():
    made = [of_folder(card(f"{kind}-{mark}", kind, 4), "Pebbles", mark) for mark in "ab" for kind in ("ae", "vae")]
    found = lineup.pairs({one.name: one for one in made})
    assert list(found) == ["Pebbles · 4-D", "Pebbles · 4-D (vae-b)"]
