"""Two processes behind nginx, with the configuration that the documentation gives."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image

from benchmarks.app import running_app
from tests.serving.nginx import nginx

ROOT = Path(__file__).parents[2]
CONFIGURATION = (ROOT / "docs" / "nginx" / "latentdemo.conf").read_text()
PAGE = "http://127.0.0.1:8089"
AROUND = """
USER
daemon off;
pid FOLDER/nginx.pid;
error_log FOLDER/error.log;
events {}
http {
    log_format to '$upstream_addr $uri';
    access_log FOLDER/access.log to;
    TEMPORARY
    INSIDE
}
"""


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[int]]]:
    """Where nginx writes what went where, and the ports of both processes."""
    folder = tmp_path_factory.mktemp("nginx")
    with ExitStack() as stack:
        urls = [stack.enter_context(running_app())[0] for _ in range(2)]
        ports = [int(re.findall(r":(\d+)/", url)[0]) for url in urls]
        inside = CONFIGURATION.replace("7861", str(ports[0])).replace("7862", str(ports[1])).replace("8080", "8089")
        inside = re.sub(r"#.*", "", inside)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path FOLDER/{kind};" for kind in kinds)
        user = "user root;" if os.geteuid() == 0 else ""  # else its workers cannot write into the test's folder
        whole = (
            AROUND.replace("USER", user)
            .replace("TEMPORARY", temporary)
            .replace("INSIDE", inside)
            .replace("FOLDER", str(folder))
        )
        (folder / "nginx.conf").write_text(whole)
        process = subprocess.Popen([nginx(), "-c", str(folder / "nginx.conf"), "-p", str(folder)])
        stack.callback(process.wait)
        stack.callback(process.terminate)
        for _ in range(100):
            try:
                httpx.get(f"{PAGE}/health").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield folder, ports


def gone_to(folder: Path, part: str) -> list[str]:
    """Which process answered each request whose address begins so."""
    lines = (folder / "access.log").read_text().splitlines()
    return [line.split()[0] for line in lines if line.split()[1].startswith(part)]


@pytest.mark.slow
def test_what_carries_its_state_is_answered_by_both_alike(replicas: tuple[Path, list[int]]):
    folder, _ = replicas
    body = {"model": "faces-vae", "codes": [[0.1] * 32]}
    pictures = [httpx.post(f"{PAGE}/pixels/decode", json=body).content for _ in range(6)]
    assert len(set(pictures)) == 1 and len(set(gone_to(folder, "/pixels/decode"))) == 2
    weights = {httpx.get(f"{PAGE}/weights").text for _ in range(4)}
    assert len(weights) == 1 and len(set(gone_to(folder, "/weights"))) == 2


@pytest.mark.slow
def test_a_session_stays_with_one_process(replicas: tuple[Path, list[int]], tmp_path: Path):
    folder, _ = replicas
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / "a.png")
    served = set()
    for _ in range(8):
        before = len(gone_to(folder, "/gradio_api"))
        with httpx.Client() as browser:
            cookie = browser.get(f"{PAGE}/health").headers.get("set-cookie", "")
        headers = {"cookie": cookie.partition(";")[0]}
        client = Client(PAGE, headers=headers, verbose=False)
        found = client.predict(handle_file(str(tmp_path / "a.png")), "faces-vae", api_name="/reconstruct")
        assert found[2]["vae mse"] > 0
        own = set(gone_to(folder, "/gradio_api")[before:])
        assert len(own) == 1
        served |= own
    assert len(served) == 2


@pytest.mark.slow
def test_a_room_is_kept_by_one(replicas: tuple[Path, list[int]]):
    folder, _ = replicas
    code = httpx.post(f"{PAGE}/rooms").json()["code"]
    assert all(httpx.get(f"{PAGE}/rooms/{code}").status_code == 200 for _ in range(4))
    assert len(set(gone_to(folder, "/rooms"))) == 1


@pytest.mark.slow
def test_it_runs_with_nothing_to_write_to_but_a_folder_for_uploads(tmp_path: Path):
    """As a container's user would: another user, no home, a source tree that it cannot write."""
    other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    assert not other or shutil.which("setpriv")
    (tmp_path / "uploads").mkdir(mode=0o777)
    (tmp_path / "uploads").chmod(0o777)
    for parent in (tmp_path, *tmp_path.parents):
        if parent.owner() == "root" and parent != Path("/tmp") and str(parent).startswith("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o055)
    variables = {"HOME": "/nonexistent", "GRADIO_TEMP_DIR": str(tmp_path / "uploads"), "SPACE_ID": "someone/latentdemo",
                 "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}  # fmt: skip
    command = [*other, sys.executable, "app.py", "--port", "8091"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        for _ in range(300):
            try:
                assert httpx.get("http://127.0.0.1:8091/health").json()["models"]
                break
            except httpx.HTTPError:
                assert process.poll() is None, process.stdout and process.stdout.read()
                time.sleep(0.2)
        page = httpx.get("http://127.0.0.1:8091/").text
        found = Client("http://127.0.0.1:8091", verbose=False).predict("faces-vae", [0.0] * 32, api_name="/perturb")
        assert found[1]["length"] == 0.0
    finally:
        process.terminate()
        process.wait()
    foreign = {host for host in re.findall(r'(?:src|href)="https?://([^/"]+)', page) if not host.startswith("127.")}
    assert not foreign, foreign


def test_the_container_is_made_of_the_same_requirements_for_another_user():
    lines = (ROOT / "Dockerfile").read_text()
    assert "-r requirements.txt" in lines and "whl/cpu" in lines and re.search(r"^USER (?!root)\w+", lines, re.M)
    assert re.search(r"HEALTHCHECK.*\n?.*7860/health", lines) and '"0.0.0.0"' in lines
    copied = re.findall(r"^COPY (\S+)", lines, re.M)
    assert all((ROOT / name).exists() for name in copied)
    listed = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{name}" for name in copied} <= set(listed)
