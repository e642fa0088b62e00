import argparse
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import gradio as gr
import pytest

from latentdemo import batch, server
from latentdemo.classifiers.pretrained import default_folder
from latentdemo.options import Defaults, output_folder, whole
from latentdemo.serving import memory, uploads
from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--port", "99999"], "'99999' is not an integer between 1 and 65535"),
        (["--host", "192.0.2.1"], "cannot bind to 192.0.2.1, port 7860 ("),
        (["--host", "nobody..invalid"], "cannot bind to nobody..invalid, port 7860 ("),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    options: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(server, "launch", lambda *_: pytest.fail("it must not begin to serve"))
    monkeypatch.setattr(server.signal, "signal", lambda *_: None)
    try:
        assert server.main(options) == 1
    except SystemExit as left:
        assert left.code == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert said[-1].startswith("app.py: ") and sentence in said[-1]


@pytest.mark.parametrize("option", ["--checkpoints", "--only-checkpoints", "--lessons", "--check-lessons"])
@pytest.mark.parametrize("kind", ["missing", "a file"])
def test_a_folder_that_is_not_there_is_named(
    option: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(server, "launch", lambda *_: pytest.fail("it must not begin to serve"))
    monkeypatch.setattr(server.signal, "signal", lambda *_: None)
    path = tmp_path / "x"
    if kind == "a file":
        path.touch()
    assert server.main([option, str(path)]) == 1
    why = "is not a folder" if kind == "a file" else "does not exist"
    assert capsys.readouterr() == ("", f"app.py: {option}: {path} {why}\n")


def test_checkpoints_are_added_or_replaced_not_both(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        server.main(["--checkpoints", "a", "--only-checkpoints", "b"])
    assert left.value.code == 2 and "not allowed with argument --checkpoints" in capsys.readouterr().err
    options = server.parser().parse_args(["--only-checkpoints", "a", "--only-checkpoints", "b"])
    assert options.only_checkpoints == [Path("a"), Path("b")] and options.checkpoints == []


def test_checkpoints_add_to_the_shipped_ones_and_only_checkpoints_replace_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Done(Exception):
        pass

    given: list[list[Path]] = []

    def resources(folders: list[Path], *_: object):
        given.append(folders)
        raise Done

    monkeypatch.setattr(server, "Resources", resources)
    monkeypatch.setattr(server.signal, "signal", lambda *_: None)
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    for option in ("--checkpoints", "--only-checkpoints"):
        with pytest.raises(Done):
            server.main([option, str(first), option, str(second)])
    added, replaced = given
    assert added == [checkpoints.FOLDER, output_folder(), first, second] and replaced == [first, second]


def test_lessons_are_checked_as_the_documentation_shows():
    (command,) = re.findall(
        r"^python (app\.py --check-lessons .*)$", (ROOT / "docs" / "lessons.md").read_text("utf-8"), re.M
    )
    done = subprocess.run(
        [sys.executable, *shlex.split(command)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0 and done.stdout == "6 lessons, no problems\n", done.stderr


def test_each_problem_of_lessons_is_printed(tmp_path: Path, resources: Resources, capsys: pytest.CaptureFixture[str]):
    steps = [{"link": "tab=nowhere"}, {"link": "image=sample+Nobody&models=None"}, {"do": "x"}]
    (tmp_path / "links.json").write_text(json.dumps({"steps": steps}))
    (tmp_path / "typos.json").write_text(json.dumps({"steps": [{"aks": 1}, {"do": "x"}, {}]}))
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json")).write_text("{")
    assert batch.check_lessons(tmp_path, resources) == 1
    said = capsys.readouterr().out.splitlines()
    begin = [": ".join(line.split(": ")[:2]) for line in said]
    assert begin[:3] == ["links.json: step 1", "links.json: step 2", "links.json: step 2"]
    assert begin[3:5] == ["typos.json: step 1", "typos.json: step 3 is empty; give it a 'do', a 'link' or an 'ask'"]
    assert len(said) == 6 and said[5].startswith("\\udcff.json: ")
    assert batch.check_lessons(tmp_path / "none", resources) == 1
    assert "has no *.json files" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv(uploads.VARIABLE, str(tmp_path / "file" / "x"))
    with pytest.raises(OSError, match=r"^uploads cannot be kept in .*file.x \(.+\); set GRADIO_TEMP_DIR to a folder"):
        uploads.claim.__wrapped__()


def test_a_bad_port_of_the_environment_is_named_and_help_leaves_nothing_behind(tmp_path: Path):
    variables = {"GRADIO_TEMP_DIR": str(tmp_path / "uploads"), "GRADIO_SERVER_PORT": "abc", "GRADIO_NUM_PORTS": "x"}
    command = [sys.executable, "app.py"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "app.py: error: argument --port: 'abc' is not an integer between 1 and 65535" in done.stderr
    assert not (tmp_path / "uploads").exists()


def test_a_spaces_storage_keeps_fetched_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TORCH_HOME", raising=False)
    server.keep_weights(tmp_path / "missing")
    assert "TORCH_HOME" not in os.environ
    monkeypatch.setenv("TORCH_HOME", "")  # so that it is restored
    monkeypatch.delenv("TORCH_HOME")
    server.keep_weights(tmp_path)
    assert default_folder() == tmp_path / "torch" / "hub" / "checkpoints"
    server.keep_weights(Path("/"))
    assert os.environ["TORCH_HOME"] == str(tmp_path / "torch")


def test_help_tells_defaults():
    text = server.parser().format_help()
    assert "(default: 127.0.0.1)" in text and "None" not in text and "(default: 7860)" in text


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot bind to 127.0.0.1, port {port}"):
            server.check_address("127.0.0.1", port)
    server.check_address("127.0.0.1", port)


def test_whole_numbers_of_a_command_line():
    read = whole(16, 128)
    assert [read("16"), read("128")] == [16, 128]
    for text in ("15", "129", "", "x", "-20", "1e2", "٣٢", "9" * 50):
        with pytest.raises(argparse.ArgumentTypeError, match="not an integer between 16 and 128"):
            read(text)


def test_help_shows_a_default_where_there_is_one():
    parser = argparse.ArgumentParser(formatter_class=Defaults)
    parser.add_argument("--a", default=3, help="one")
    parser.add_argument("--b", help="two")
    parser.add_argument("--c", action="store_true", help="three")
    text = parser.format_help()
    assert "one (default: 3)" in text and text.count("default") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_large_blocks_go_back_to_the_system():
    program = """
from latentdemo.serving.memory import give_back_large_blocks
assert give_back_large_blocks()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
before = resident()
blocks = [bytearray(20_000_000) for _ in range(6)]
small = [bytearray(5_000_000) for _ in range(12)]
full = resident()
del blocks[::2], small[::2]
half = resident()
assert full - before > 1.5e8 and half - before < 0.6 * (full - before), (before, full, half)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert memory.LARGE < 5_000_000


def test_an_idle_queue_is_looked_into_thirty_times_a_second_not_a_thousand(resources: Resources):
    with gr.Blocks() as bare:
        pass
    own = bare.queue()._queue
    assert own.sleep_when_free < server.QUEUE_PAUSE  # once Gradio waits by itself, ours can go
    assert own.progress_update_sleep_when_free < server.PROGRESS_PAUSE
    demo, _ = server.launch(resources)
    demo.close()
    pauses = demo._queue.sleep_when_free, demo._queue.progress_update_sleep_when_free
    assert pauses == (server.QUEUE_PAUSE, server.PROGRESS_PAUSE)
