"""Tab 7: four more ways to fill a decoder with images, on the same data, judged by the same numbers."""

from latentdemo.tabs.generators import cloud, codebook, diffusion, duel, game, index_by_index, search, side_by_side
from latentdemo.tabs.sections import build_sections, of
from latentdemo.widgets import Page

TITLE = "Generators"
QUESTION = "What came after the VAE, and what does each idea buy?"
NEEDS = "pair"
MODULES = (side_by_side, diffusion, duel, codebook, cloud, search, game, index_by_index)
SECTIONS = tuple(of(module) for module in MODULES)


def build(page: Page) -> None:
    """One tab for each idea."""
    page.turns.append((page.pair.change, "generators"))
    build_sections(page, "generators", SECTIONS)
