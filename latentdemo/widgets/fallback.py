"""A panel that cannot be built: what it had laid out is removed, the error is logged, and a sentence stands there."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
from gradio.context import get_blocks_context, get_render_context, set_render_context

from latentdemo.drawing.tiles import problem
from latentdemo.widgets import Page

log = logging.getLogger("latentdemo")


@contextmanager
def fallback(page: Page, title: str) -> Iterator[None]:
    """Build a panel of the page; an error leaves a sentence in its place, and the rest of the page starts.

    Args:
        page: that the panel is built on.
        title: of the panel, for the log.
    """
    config, parent = get_blocks_context(), get_render_context()
    assert config is not None and parent is not None  # only inside gr.Blocks
    known: list[dict] = [config.blocks, config.fns, page.panels, page.tabs]
    before, n_children, n_turns = [set(one) for one in known], len(parent.children), len(page.turns)
    try:
        yield
        return
    except Exception as error:
        log.exception("the panel %r cannot be built", title)
        readable = isinstance(error, ValueError | FileNotFoundError)
        text = str(error) if readable else "This panel cannot be shown; see the server log."
    set_render_context(parent)
    for one, keys in zip(known, before, strict=True):
        for key in set(one) - keys:
            del one[key]
    del parent.children[n_children:], page.turns[n_turns:]
    gr.HTML(problem(text))
