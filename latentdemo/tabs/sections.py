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

FORMER: dict[str, str] = {}  # sections as links of earlier versions name them, and where they are now


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
