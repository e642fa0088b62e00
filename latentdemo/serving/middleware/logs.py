"""What logs may contain: kinds of errors and places in the code, never values that a visitor sent."""

import logging
import sys
import traceback
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGE = Path(__file__).resolve().parents[2]
AUDITED = ("latentdemo", "uvicorn")  # their messages hold no values; exceptions below them may
MAX_CAUSES = 5
log = logging.getLogger("latentdemo")


def without_values(error: BaseException) -> str:
    """A traceback whose errors have types and places, but no messages: these often quote what was sent."""
    parts: list[str] = []
    step: BaseException | None = error
    for _ in range(MAX_CAUSES):
        if step is None:
            break
        frames = "".join(traceback.format_list(traceback.extract_tb(step.__traceback__)))
        parts.insert(0, f"Traceback (most recent call last):\n{frames}{type(step).__name__}")
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return "\n\nThen:\n\n".join(parts)


class _Traceback:
    """Stands in for the module `traceback` in libraries that print exceptions past the loggers."""

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)

    def print_exc(self, *args: Any, **options: Any) -> None:
        """The exception that is being handled, into the log."""
        if (error := sys.exception()) is not None:
            log.error("%s", without_values(error))


def keep_values_out(modules: tuple[ModuleType, ...] = ()) -> None:
    """From now on no log of this process quotes what visitors sent.

    Exceptions lose their messages. Warnings, and records of libraries that were not audited, are logged by place alone.
    `modules` print tracebacks by themselves.
    """
    for module in modules:
        module.traceback = _Traceback()  # pyright: ignore[reportAttributeAccessIssue]
    logging.setLogRecordFactory(_record)
    warnings.showwarning = _show_warning


def _show_warning(_: Warning | str, category: type[Warning], filename: str, lineno: int, *__: Any) -> None:
    log.warning("%s:%d: %s", filename, lineno, category.__name__)


def _record(*args: Any, **options: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **options)
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = without_values(record.exc_info[1])
    ours = record.name.split(".")[0] in AUDITED or PACKAGE in Path(record.pathname).parents
    if not ours:
        record.msg, record.args = f"{record.name}: {record.module}.{record.funcName}, line {record.lineno}", ()
    return record
