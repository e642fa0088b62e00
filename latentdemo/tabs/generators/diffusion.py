"""Diffusion over latent codes: out of noise step by step, towards what is told, in fewer steps, and there and back."""

from typing import Any

import gradio as gr

from latentdemo.codes.diffusion import FEWER
from latentdemo.drawing.numerals import short
from latentdemo.models.generators.denoiser import STEPS
from latentdemo.options import TRAIN_COMMAND
from latentdemo.tabs.generators.stand_in import stand_in
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "Diffusion"
MISSING = f"No diffusion model is here. Train one with: {TRAIN_COMMAND} diffusion --of {{vae}}"
FIRST_FACTORS = ("smile", "glasses", "beard", "bangs", "hair length", "age")
HIGH = 1.5  # standard deviations of a factor: "much of it"


@remember(8)
def show(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/generators/walk.js` shows.

    Returns:
        problem; or model, decoder: names; dims; steps; fewer: [steps, Fréchet distance] pairs; told: title and value of
        each thing that an image can be told to show; code: of the visitor's image; order of the dimensions; note.
    """
    found = stand_in(page, label, "diffusion", "a diffusion model")
    if found is None or found.made.diffusion is None:
        return {"problem": MISSING.format(vae=page.resources.pair(label).vae)}
    name = found.made.diffusion
    card = page.resources.card(name)
    vae = str(card.training["of"])
    return {
        "model": name,
        "decoder": vae,
        "dims": card.shape.latent_dim,
        "steps": STEPS,
        "fewer": [[steps, measured(card.metrics, steps)] for steps in (STEPS, *FEWER)],
        "told": told(page, name),
        "code": page.resources.encode(vae, page.picture(path)).astype(float).round(5).tolist(),
        "order": page.resources.gallery(vae).rank.tolist(),
        "note": " ".join(filter(None, [found.note, note(page, name, vae)])),
    }


def measured(metrics: dict[str, float], steps: int) -> float | None:
    """Fréchet distance of samples in so many steps."""
    return metrics.get("frechet" if steps == STEPS else f"ddim {steps} frechet")


def told(page: Page, name: str) -> list[dict[str, str]]:
    """Title of everything that an image can be told to show, and how a request says it."""
    card = page.resources.card(name)
    model = page.resources.model(name)
    if page.resources.gallery(str(card.training["of"])).labels.ndim == 1:
        return [{"title": f"class {title}", "value": f"{i}"} for i, title in enumerate(card.names)]
    out = []
    for i, title in sorted(enumerate(card.names), key=lambda one: one[1] not in FIRST_FACTORS):
        mean, sd = float(model.told_mean[i]), float(model.told_sd[i])
        for word, value in (("much", mean + HIGH * sd), ("little", mean - HIGH * sd)):
            out.append({"title": f"{word} {title}", "value": f"{i} {value:.4g}"})
    return out


def note(page: Page, name: str, vae: str) -> str:
    """What was measured, beside the VAE's own samples."""
    card, other = page.resources.card(name), page.resources.card(vae)
    recipe = (
        "A small network has learned to see the noise in a noisy code. Begin with noise, take away what it sees, step "
        "by step, and decode what is left: Stable Diffusion's recipe at the size of a classroom, without the text."
    )
    if "frechet" not in card.metrics or "prior frechet" not in other.metrics:
        return recipe
    text = (
        f"{recipe} Fréchet distance of the images: {short(card.metrics['frechet'])}, against "
        f"{short(other.metrics['prior frechet'])} for codes from N(0, I)"
    )
    if "decoded frechet" not in card.metrics:
        return f"{text}."
    least = short(card.metrics["decoded frechet"])
    return f"{text}, and {least} for codes of the test images themselves, which is about what this decoder allows."


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page, and asks for a way when its settings change."""
    panel = live_panel("generators", "walk")
    due.change(inputs=[page.door, page.pair], outputs=panel, **listener(page, show))
