"""A damaged image through an autoencoder that was trained to undo the damage, and through the plain one."""

from typing import Any, NamedTuple

import gradio as gr
import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.drawing.markup import join
from latentdemo.drawing.numerals import number
from latentdemo.drawing.tiles import Tile, problem, sentence, tile_grid
from latentdemo.measuring import metrics
from latentdemo.options import TRAIN_COMMAND
from latentdemo.pixels.corruption import CORRUPTIONS, N_MEASURED, corrupt, possible
from latentdemo.pixels.tensors import as_images, as_tensor
from latentdemo.store import lineup
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions.sides import OPENING, again, drawn_lots, gallery_pictures, lane, test_images
from latentdemo.widgets import Page
from latentdemo.widgets.components import FreeSlider

TITLE = "Denoising"
N_TESTS = 6
FIRST = "noise"
UNCHANGED = 100  # dB: no pixel differs


class Repairers(NamedTuple):
    """Two checkpoints with the same networks: one trained on damaged images, one on whole ones."""

    denoising: str
    plain: str


def show(page: Page, path: str | None, label: str, kind: str, strength: float, seed: int) -> tuple[str, Any, Any]:
    """The image, its damaged version and what two autoencoders make of that; test images below; the controls."""
    dataset = page.resources.pair(label).source
    both = repairers(page, dataset)
    choices = possible(page.resources.card(page.resources.pair(label).vae).shape.channels)
    if kind not in choices:
        kind, strength = choices[0], CORRUPTIONS[choices[0]].usual
    entry = CORRUPTIONS[kind]
    strength = min(max(0.0, float(strength or 0)), entry.most)
    if both is None:
        body = problem(f"There is no denoising autoencoder of these images; make one with: {command(page, label)}")
    else:
        seen = page.resources.prepare(both.plain, page.picture(path))
        own = repaired(page, both, seen[None], kind, strength, seed)
        body = tile_grid(_own_tiles(seen, own), 4, "large denoise")
        body += gallery_rows(page, both, kind, strength, seed)
        body += sentence(_measured(page, both, kind))
    radio = gr.Radio([(CORRUPTIONS[key].title, key) for key in choices], value=kind)
    slider = gr.Slider(maximum=entry.most, value=strength, label=f"Strength ({entry.unit})")
    return body, radio, slider


def command(page: Page, label: str) -> str:
    """What makes a denoising autoencoder of a pair's images and shape."""
    card = page.resources.card(page.resources.pair(label).vae)
    entry, words = page.resources.dataset(card.name), f"{TRAIN_COMMAND} ae --dataset {card.dataset}"
    if entry.resizable:
        words += f' --data-dir "{entry.title}"'  # where it lies is the visitor's to know
        words += f" --image-size {card.shape.image_size}" if card.shape.image_size != entry.image_size else ""
    return f"{words} --latent-dim {card.shape.latent_dim} --corruption any"


def follow(page: Page, path: str | None, label: str, kind: str, strength: float, seed: int) -> str:
    """The pictures at another strength, while the slider moves."""
    return show(page, path, label, kind, strength, seed)[0]


def another(page: Page, path: str | None, label: str, kind: str, seed: int) -> tuple[str, Any, Any]:
    """Another kind of damage, at the strength that the models were measured at."""
    return show(page, path, label, kind, CORRUPTIONS[kind].usual if kind in list(CORRUPTIONS) else 0, seed)


def repairers(page: Page, dataset: str) -> Repairers | None:
    """The denoising autoencoder of a data set and the plain one of the same shape; None without them."""
    denoising = lineup.denoiser(page.resources.cards, dataset)
    if denoising is None:
        return None
    shape = page.resources.card(denoising).shape
    plain = [model.name for model in lineup.undamaged(page.resources.cards, dataset) if model.beta is None
             and page.resources.card(model.name).shape == shape]  # fmt: skip
    return Repairers(denoising, plain[0]) if plain else None


@torch.inference_mode()
def repaired(
    page: Page, names: Repairers, images: Array, kind: str, strength: float, seed: int
) -> tuple[Array, Array, Array]:
    """(n, S, S, C) uint8 damaged, through the denoising and through the plain autoencoder; the same shape each."""
    generator = torch.Generator().manual_seed(seed)
    damaged = as_images(corrupt(as_tensor(images), kind, strength, generator))
    repaired_by = []
    for name in names:
        model = page.resources.model(name)
        repaired_by.append(latents.decode(model, latents.encode(model, damaged).mu))
    return damaged, repaired_by[0], repaired_by[1]


def psnr(truth: Array, picture: Array) -> float:
    """Of two (S, S, C) uint8 images, in dB."""
    return float(metrics.psnr(as_tensor(truth[None]), as_tensor(picture[None])))


def _own_tiles(seen: Array, own: tuple[Array, Array, Array]) -> list[Tile]:
    titles = ("Damaged", "Denoising autoencoder", "Plain autoencoder")
    tiles = [Tile(seen, "Your image")]
    for title, picture in zip(titles, own, strict=True):
        css = "" if title == "Damaged" else "ae"
        tiles.append(Tile(picture[0], f"{title}: {_decibels(seen, picture[0])}", css))
    return tiles


def _decibels(truth: Array, picture: Array) -> str:
    value = psnr(truth, picture)
    return "unchanged" if value > UNCHANGED else f"PSNR {value:.1f} dB, higher is better"


def gallery_rows(page: Page, both: Repairers, kind: str, strength: float, seed: int) -> str:
    """Six test images, damaged, repaired by the one and by the other."""
    truth = np.stack(gallery_pictures(page, both.plain, drawn_lots(page, both.plain, N_TESTS, seed)))
    found = repaired(page, both, truth, kind, strength, seed)
    rows = []
    for title, pictures in zip(("damaged", "denoising", "plain"), found, strict=True):
        mean = np.mean([psnr(image, picture) for image, picture in zip(truth, pictures, strict=True)])
        told = "unchanged" if mean > UNCHANGED else f"mean {mean:.1f} dB"
        rows.append(lane(f"{title}, {told}", [Tile(picture) for picture in pictures]))
    return sentence(f"Also: {test_images(page, both.plain)}.") + join(rows)


def _measured(page: Page, both: Repairers, kind: str) -> str:
    """PSNR over the test set, as stored in the cards."""
    cards = [page.resources.card(name) for name in both]
    mine, other = (card.metrics for card in cards)
    epochs, plain_epochs = (card.training["epochs"] for card in cards)
    entry = CORRUPTIONS[kind]
    return (
        f"Measured on {N_MEASURED:,} test images at strength {number(entry.usual)}, mean PSNR: damaged "
        f"{mine[f'psnr {kind} damaged']:.1f} dB, denoising autoencoder {mine[f'psnr {kind} repaired']:.1f} dB, plain "
        f"one {other[f'psnr {kind} repaired']:.1f} dB. Both have the same two networks and {cards[0].shape.latent_dim} "
        f"latent dimensions, whichever models are chosen. The denoising one saw damaged images in training ({epochs} "
        f"epochs; the plain one {plain_epochs}) and was scored against whole ones."
    )


def build(page: Page, due: gr.Textbox) -> None:
    """The damage above, pictures below."""
    with gr.Row():
        kind = gr.Radio(
            [(entry.title, key) for key, entry in CORRUPTIONS.items()], value=FIRST, label="Damage", elem_id="damage"
        )
        entry = CORRUPTIONS[FIRST]
        strength = FreeSlider(
            0, entry.most, entry.usual, step=0.01, label=f"Strength ({entry.unit})", buttons=[], min_width=320
        )
        seed = again("denoise", "Damage it again")
    panel = gr.HTML(OPENING, elem_id="denoise")
    inputs, outputs = [page.door, page.pair, kind, strength, seed], [panel, kind, strength]
    gr.on([due.change, seed.change], inputs=inputs, outputs=outputs, **listener(page, show))
    strength.input(inputs=inputs, outputs=panel, **listener(page, follow))
    kind.input(inputs=[page.door, page.pair, kind, seed], outputs=outputs, **listener(page, another))
