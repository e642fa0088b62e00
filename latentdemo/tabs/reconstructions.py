"""Tab 3: the same image through an autoencoder and a variational autoencoder of the same size."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo import figures, latents, metrics
from latentdemo.figures import Tile
from latentdemo.resources import Pair
from latentdemo.widgets import Door, Page
from latentdemo.widgets.handlers import endpoint, listener

TITLE = "Reconstructions"
QUESTION = "What is left of an image after it went through a few numbers?"
NEEDS = "vae"

N_TESTS, N_SAMPLES = 6, 16
SIDES = (("ae", "Autoencoder"), ("vae", "Variational autoencoder"))


def errors(truth: Array, copy: Array) -> tuple[float, float]:
    """MSE (mean over pixels and channels, values 0 … 1) and SSIM of two (S, S, C) uint8 images."""
    x, x_hat = latents.as_tensor(truth[None]), latents.as_tensor(copy[None])
    return float(metrics.mse(x, x_hat)), float(metrics.ssim(x, x_hat))


def reconstruct_all(page: Page, pair: Pair, pictures: Array) -> dict[str, Array]:
    """(n, S, S, C) uint8 -> the same through either model, under "ae" and "vae"."""
    out = {}
    for side, _ in SIDES:
        model = page.resources.model(getattr(pair, side))
        out[side] = latents.decode(model, latents.encode(model, pictures).mu)
    return out


def show(page: Page, path: str | None, label: str) -> str:
    """The visitor's picture as the models see it, and what each makes of it."""
    pair = page.resources.pair(label)
    seen = page.resources.prepare(pair.vae, page.picture(path))
    copies = reconstruct_all(page, pair, seen[None])
    items = [
        Tile(seen, f"What the models see: cropped and scaled to {seen.shape[1]} × {seen.shape[0]}, {seen.size} numbers")
    ]
    for side, title in SIDES:
        mse, ssim = errors(seen, copies[side][0])
        dims = page.resources.card(getattr(pair, side)).shape.latent_dim
        caption = f"{title}, {dims} numbers. MSE {mse:.4f}, lower is better; SSIM {ssim:.3f}, 1 is equal"
        items.append(Tile(copies[side][0], caption, side))
    return figures.tiles(items, 3, "large")


def show_tests(page: Page, label: str, seed: int = 0) -> str:
    """Six gallery images over their two reconstructions."""
    pair = page.resources.pair(label)
    n = len(page.resources.gallery(pair.vae).codes)
    chosen = np.random.default_rng(seed).choice(n, N_TESTS, replace=False)
    truth = np.stack([page.resources.gallery_image(pair.vae, int(i)) for i in chosen])
    copies = reconstruct_all(page, pair, truth)
    originals = page.resources.shows_originals(pair.vae)
    kind = (
        "test images" if originals else "codes of test images, decoded by the VAE: the images themselves are not here"
    )
    items = [Tile(image, "input") for image in truth]
    for side, _ in SIDES:
        items += [
            Tile(copy, f"MSE {errors(image, copy)[0]:.4f}" if originals else "", side)
            for image, copy in zip(truth, copies[side], strict=True)
        ]
    return figures.sentence(f"Six {kind}; below, through the autoencoder; last, through the VAE.") + figures.tiles(
        items, N_TESTS
    )


def show_samples(page: Page, label: str, seed: int) -> str:
    """Sixteen draws from N(0, I), the same for both, through either decoder."""
    pair = page.resources.pair(label)
    dims = page.resources.card(pair.vae).shape.latent_dim
    z = np.random.default_rng(int(seed)).standard_normal((N_SAMPLES, dims)).astype(np.float32)
    halves = []
    for side, title in SIDES:
        pictures = latents.decode(page.resources.model(getattr(pair, side)), z)
        grid = figures.tiles([Tile(picture, "", side) for picture in pictures], 4)
        halves.append(f'<section class="{side}"><h3>{title}</h3>{grid}</section>')
    note = "The same sixteen codes from N(0, I). Only the VAE was trained to have its codes there."
    return figures.sentence(note) + f'<div class="halves">{"".join(halves)}</div>'


def show_world(page: Page, path: str | None, label: str, seed: int) -> tuple[str, str, str]:
    """Everything on the tab, after another pair of models was chosen."""
    return show(page, path, label), show_tests(page, label), show_samples(page, label, seed)


def draw_again(page: Page, label: str, seed: int) -> tuple[int, str]:
    """The next seed, and its sixteen samples."""
    return int(seed) + 1, show_samples(page, label, seed + 1)


def reconstruct(page: Page, image: str, pair: str) -> tuple[Array, Array, dict[str, Any]]:
    """An image through the autoencoder and the VAE of a pair, with MSE and SSIM of each and the VAE's code."""
    found = page.resources.pair(pair or page.first_pair)
    seen = page.resources.prepare(found.vae, page.picture(image))
    copies = reconstruct_all(page, found, seen[None])
    numbers: dict[str, Any] = {"pair": found.label, "code": page.resources.encode(found.vae, seen).tolist()}
    for side, _ in SIDES:
        mse, ssim = errors(seen, copies[side][0])
        numbers |= {f"{side} mse": mse, f"{side} ssim": ssim}
    ae, vae = (copies[side][0] for side, _ in SIDES)
    return ae.squeeze(), vae.squeeze(), numbers


def build(page: Page) -> None:
    """The visitor's image large; below, test images and samples."""
    own, tests, samples = show_world(page, None, page.first_pair, 0)
    seed = gr.State(0)
    mine = gr.HTML(own, elem_id="reconstruction")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            gr.Markdown("### Several at once")
            several = gr.HTML(tests)
        with gr.Column(scale=1, min_width=320):
            gr.Markdown("### Out of nothing")
            sampled = gr.HTML(samples, elem_id="prior-samples")
            again = gr.Button("Sample 16 more from N(0, I)")
    page.panel("reconstructions").change(inputs=[page.door, page.pair], outputs=mine, **listener(page, show))
    page.pair.change(
        inputs=[page.door, page.pair, seed], outputs=[mine, several, sampled], **listener(page, show_world)
    )
    again.click(inputs=[page.pair, seed], outputs=[seed, sampled], **listener(page, draw_again))
    endpoint(
        page,
        "reconstruct",
        reconstruct,
        [Door(label="image", visible=False), gr.Textbox("", label="pair", visible=False)],
        [gr.Image(format="png", visible=False), gr.Image(format="png", visible=False), gr.JSON(visible=False)],
    )
