"""Inner sections: one tab for each question of a tab, filled when it is first opened; the same contract everywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType

import gradio as gr

from latentdemo.widgets import Page, live_panel
from latentdemo.widgets.fallback import fallback


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
