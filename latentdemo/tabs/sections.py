"""Inner sections: one tab for each question of a tab, filled when it is first opened; the same contract everywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType

import gradio as gr
from gradio.blocks import Block

from latentdemo.store.lessons import Targets, slug
from latentdemo.store.resources import Resources
from latentdemo.widgets import Page, live_panel
from latentdemo.widgets.fallback import fallback

FORMER: dict[str, str] = {  # sections as links of earlier versions name them, and where they are now
    "kernels/kernel": "kernels/convolution",
    "kernels/numbers": "kernels/pixels",
    "kernels/colours": "kernels/channels",
    "kernels/chain": "kernels/stacking",
    "kernels/transposed": "kernels/transposed-convolution",
    "kernels/shift": "kernels/translation-equivariance",
    "kernels/why-not-dense": "kernels/convolutional-or-dense",
    "cnn-features/layers": "cnn-features/feature-maps",
    "cnn-features/learned-kernels": "cnn-features/filters",
    "cnn-features/looks-for": "cnn-features/feature-visualization",
    "cnn-features/evidence": "cnn-features/grad-cam",
    "cnn-features/vector": "cnn-features/similar-images",
    "cnn-features/transfer": "cnn-features/transfer-learning",
    "cnn-features/fine-tuned": "cnn-features/fine-tuning",
    "cnn-features/batch-norm": "cnn-features/batch-normalization",
    "cnn-features/augment": "cnn-features/augmentation",
    "reconstructions/machine": "reconstructions/overview",
    "reconstructions/compare": "reconstructions/ae-vs-vae",
    "reconstructions/size-beta": "reconstructions/latent-size-and-beta",
    "reconstructions/generate": "reconstructions/sampling",
    "reconstructions/between": "reconstructions/interpolation",
    "reconstructions/inside": "reconstructions/layer-by-layer",
    "reconstructions/denoise": "reconstructions/denoising",
    "reconstructions/foreign": "reconstructions/out-of-distribution",
    "reconstructions/replay": "reconstructions/training-replay",
    "reconstructions/train": "reconstructions/train-live",
    "latent-map/image": "latent-map/neighbours",
    "latent-map/group": "latent-map/selection",
    "latent-map/trust": "latent-map/projection-quality",
    "latent-map/probe": "latent-map/linear-probe",
    "latent-map/walks": "latent-map/map-path-and-latent-path",
    "latent-map/save": "latent-map/export",
    "perturb/pad": "perturb/2-d-grid",
    "perturb/means": "perturb/disentanglement",
    "perturb/beta": "perturb/beta-comparison",
    "perturb/carries": "perturb/information-per-dimension",
    "perturb/change": "perturb/difference",
    "perturb/save": "perturb/export",
    "attributes/strips": "attributes/edit",
    "attributes/a-b-c": "attributes/arithmetic",
    "attributes/pad": "attributes/2-d-grid",
    "attributes/groups": "attributes/centroids",
    "attributes/audit": "attributes/entanglement",
    "attributes/recipes": "attributes/direction-methods",
    "attributes/bias": "attributes/dataset-bias",
    "attributes/change": "attributes/difference",
    "attributes/save": "attributes/export",
    "generators/side-by-side": "generators/comparison",
    "generators/codebook": "generators/vq-vae",
    "generators/cloud": "generators/diffusion-in-latent-space",
    "generators/no-encoder": "generators/gan-inversion",
    "generators/game": "generators/adversarial-training",
    "generators/index-by-index": "generators/autoregressive-prior",
}


@dataclass(frozen=True)
class Section:
    """One inner tab.

    Attributes:
        key: its name in the address of its panel.
        title: on screen.
        build: (page, due) -> lays the section out and wires it; `due` changes when the section is in view and shows an
            older picture than the visitor's.
    """

    key: str
    title: str
    build: Callable[[Page, gr.Textbox], None]


def of(module: ModuleType) -> Section:
    """A module with TITLE and build(page, due)."""
    return Section(module.__name__.rpartition(".")[2], module.TITLE, module.build)


def live(room: str, key: str, title: str) -> Section:
    """A section that works in the page alone: `web/ROOM/KEY.html` and `.js`."""

    def build(page: Page, due: gr.Textbox) -> None:
        live_panel(room, key)

    return Section(key, title, build)


def build_sections(page: Page, tab: str, sections: Sequence[Section]) -> None:
    """Tabs inside the tab of that key."""
    with gr.Tabs():
        for section in sections:
            key = f"{tab}/{section.key}"
            with page.tab(key, section.title), fallback(page, key):
                section.build(page, page.panel(key, filled=False))


def link_targets(demo: gr.Blocks, resources: Resources) -> Targets:
    """What links may name on a built page: its tabs and sections, samples, models and gallery images."""
    tabs = [block for block in demo.blocks.values() if isinstance(block, gr.Tab)]
    paths = ["/".join(slug(str(tab.label)) for tab in [*_tabs_around(tab), tab]) for tab in tabs]
    samples, models = list(resources.samples()), list(resources.pairs)
    return Targets(paths, FORMER, samples, models, lambda name: len(resources.gallery(name).codes))


def _tabs_around(block: Block) -> list[gr.Tab]:
    """The tabs that a block is in, the outermost first."""
    parent = block.parent
    around = _tabs_around(parent) if parent is not None else []
    return [*around, parent] if isinstance(parent, gr.Tab) else around
