"""How handlers are attached to events: errors that can be read, no waiting for each other, public endpoints."""

import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from latentdemo.drawing.markup import escape
from latentdemo.drawing.tiles import problem
from latentdemo.tabs.asked import taking
from latentdemo.widgets import TOAST_SECONDS, Page, UnreadableImage

log = logging.getLogger("latentdemo")


def bound(page: Page, handler: Callable) -> Callable:
    """A handler without its first argument, `page`, whose errors the user can read.

    A ValueError's own sentence becomes a toast; anything else is logged, and the toast says only that.
    """

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def safe(*args: Any) -> Any:
            with _readable(handler):
                yield from handler(page, *args)

    else:

        @functools.wraps(handler)
        def safe(*args: Any) -> Any:
            with _readable(handler):
                return handler(page, *args)

    signature = inspect.signature(handler)
    rest = list(signature.parameters.values())[1:]
    safe.__signature__ = signature.replace(parameters=rest)  # pyright: ignore[reportAttributeAccessIssue]
    return safe


@contextmanager
def _readable(handler: Callable) -> Iterator[None]:
    """Turns a handler's errors into toasts."""
    try:
        yield
    except (ValueError, FileNotFoundError) as error:
        log.warning("%s refused its input", handler.__name__)  # the sentence quotes it
        raise gr.Error(escape(error), duration=TOAST_SECONDS, print_exception=False) from None
    except Exception as error:
        log.exception("unexpected error in %s", handler.__name__)
        sentence = "Something unexpected happened; it is in the server's log. Try another picture."
        raise gr.Error(sentence, duration=TOAST_SECONDS, print_exception=False) from error


def refusing(handler: Callable, rest: tuple[Any, ...]) -> Callable:
    """A handler, or one that yields, that says in its first output why it refuses, and gives `rest` to the others."""

    def refusal(error: Exception) -> Any:
        return (problem(str(error)), *rest) if rest else problem(str(error))

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def careful(*args: Any) -> Any:
            try:
                yield from handler(*args)
            except (ValueError, FileNotFoundError) as error:
                yield refusal(error)

    else:

        @functools.wraps(handler)
        def careful(*args: Any) -> Any:
            try:
                return handler(*args)
            except (ValueError, FileNotFoundError) as error:
                return refusal(error)

    return careful


def skipping(handler: Callable) -> Callable:
    """A handler, or one that yields, that leaves its outputs as they are if the image cannot be read.

    A panel may be due while an unreadable upload is still in the image input; `widgets.accept` reports it and puts the
    former image back. An error here would cost the panel its next event.
    """
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def patient(*args: Any) -> Any:
            try:
                yield from handler(*args)
            except UnreadableImage:
                yield gr.skip()

    else:

        @functools.wraps(handler)
        def patient(*args: Any) -> Any:
            try:
                return handler(*args)
            except UnreadableImage:
                return gr.skip()

    return patient


def listener(page: Page, handler: Callable, at_once: int | None = None) -> dict[str, Any]:
    """How tabs listen: no public endpoint, the last event wins, visitors do not wait for each other.

    Of what takes long only so many run `at_once`; the others wait in the queue, not in threads.
    """
    return {
        "fn": bound(page, skipping(handler)),
        "api_visibility": "private",
        "show_progress": "hidden",
        "trigger_mode": "always_last",
        "concurrency_limit": at_once,
    }


def endpoint(page: Page, name: str, handler: Callable, inputs: list[Any], outputs: list[Any]) -> None:
    """A public API endpoint, described by its handler's docstring, whose arguments are read as its annotations say."""
    answer = bound(page, taking(handler))
    answer.__name__ = name  # what assistants see
    gr.Button(visible=False).click(answer, inputs, outputs, api_name=name, concurrency_limit=None)


def still(value: str, choices: list[str]) -> str:
    """A dropdown's value, or the first choice: it may come from before other models, with other choices, were chosen.

    The dropdown needs `allow_custom_value`, or Gradio refuses such a value before the handler sees it.
    """
    return value if value in choices else choices[0]
