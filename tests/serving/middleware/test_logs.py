import logging
import traceback
import types
import warnings
from collections.abc import Iterator

import pytest

from latentdemo.serving.middleware.logs import keep_values_out, without_values


@pytest.fixture
def quiet() -> Iterator[types.ModuleType]:
    module, factory, show = types.ModuleType("library"), logging.getLogRecordFactory(), warnings.showwarning
    keep_values_out((module,))
    yield module
    logging.setLogRecordFactory(factory)
    warnings.showwarning = show


def fail() -> None:
    try:
        int("secret")
    except ValueError as error:
        raise RuntimeError("a secret too") from error


def test_a_traceback_has_types_and_places_alone():
    with pytest.raises(RuntimeError) as caught:
        fail()
    text = without_values(caught.value)
    assert text.count("Traceback") == 2 and text.index("ValueError") < text.index("RuntimeError")
    assert "in fail" in text and "test_logs.py" in text and "secret too" not in text.replace('"a secret too"', "")
    assert "invalid literal" not in text


def value(text: str) -> None:
    raise ValueError(text)


def test_no_way_into_the_log_quotes_an_error(
    quiet: types.ModuleType, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    given = "".join(["val", "ue-of-a-visitor"])
    try:
        value(given)
    except ValueError as error:
        quiet.traceback.print_exc()
        logging.getLogger("latentdemo").exception("unexpected")
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=True)
        logging.getLogger("asyncio").error("never retrieved: %r", error)
        logging.getLogger("mcp.server").warning(f"Failed to validate: {error}")
    warnings.warn_explicit(given, UserWarning, "library.py", 3)
    said = caplog.text + capsys.readouterr().err
    assert given not in said and "library.py:3: UserWarning" in said and said.count("\nValueError\n") >= 3
    assert "unexpected" in said and "asyncio" in said and "in value" in said
    assert quiet.traceback.format_exc is traceback.format_exc
