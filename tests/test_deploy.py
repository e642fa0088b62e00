import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np
import pytest
from gradio_client import Client

from latentdemo import deploy
from latentdemo.tabs import TABS
from tests.hub import TOKEN, UNPAID, USER, Hub, Stored, is_binary, running_hub

ROOT = Path(__file__).parent.parent
SPACE = f"{USER}/seeing"
ADDRESS = f"{USER}-seeing.hf.space"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


def run(command: list[str], hub: Hub, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command of a user who is logged in, with an empty home."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(folder / "home"),
        "HF_TOKEN": TOKEN,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        **variables,
    }
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)


def deployed(hub: Hub, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "-m", "latentdemo.deploy", *arguments], hub, folder, **variables)


@pytest.fixture(scope="module")
def arrived(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a Space after two deployments; a file that the checkout does not have was there between them."""
    folder = tmp_path_factory.mktemp("space")
    done = deployed(hub, folder, SPACE)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{hub.url}/spaces/{SPACE} is uploaded; its build takes some minutes.\n"
    assert len(hub.commits[SPACE]) == 1  # a Space is built after each commit
    hub.spaces[SPACE].update({"latentdemo/old.py": b"x = 1\n", "notes.txt": b"mine"})
    done = deployed(hub, folder, SPACE)
    assert done.returncode == 0 and hub.commits[SPACE][1:] == [["latentdemo/old.py"]], done.stderr
    hub.checkout(SPACE, folder / "app")
    return folder / "app"


def tracked(*names: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", "--", *names], cwd=ROOT, capture_output=True, text=True)
    return set(listed.stdout.splitlines())


def test_what_arrives_is_what_the_app_needs(hub: Hub, arrived: Path):
    names = {path.relative_to(arrived).as_posix() for path in arrived.rglob("*") if path.is_file()}
    wanted = tracked("app.py", "requirements.txt", "README.md", "LICENSE", "latentdemo", "checkpoints", "lessons")
    if wanted:  # a copy without git has no list
        assert wanted | {"docs/screenshot.png"} <= names
    assert {name.partition("/")[0] for name in names} == {
        "app.py", "requirements.txt", "README.md", "LICENSE", "latentdemo", "checkpoints", "lessons", "docs",
        ".gitattributes", "notes.txt",
    }  # fmt: skip
    assert {name for name in names if name.startswith("docs/")} == {"docs/screenshot.png"}
    assert not [name for name in names if re.search(r"__pycache__|node_modules|\.pyi$|\.pyc$", name)]
    for name in names - {"README.md", ".gitattributes", "notes.txt"}:
        content = (ROOT / name).read_bytes()
        assert (arrived / name).read_bytes() == content, name
        assert isinstance(hub.spaces[SPACE][name], Stored) == is_binary(content[:512]), name
    assert sum(isinstance(content, Stored) for content in hub.spaces[SPACE].values()) > 70


def test_the_spaces_readme_offers_to_duplicate_it(arrived: Path):
    written, text = (arrived / "README.md").read_text(), (ROOT / "README.md").read_text()
    front, badge, rest = written.partition(deploy.BADGE.format(space=SPACE))
    assert f"spaces/{SPACE}?duplicate=true" in badge and front.startswith("---\ntitle: ") and front.endswith("---\n\n")
    assert front + rest.lstrip() == text and deploy.BADGE.format(space="OWNER/NAME") in text


def test_the_commands_by_hand_upload_the_same(hub: Hub, arrived: Path, tmp_path: Path):
    block = next(block for block in re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
                 if "hf upload" in block)  # fmt: skip
    command = next(line for line in block.replace("\\\n", " ").splitlines() if line.startswith("hf upload"))
    done = run(shlex.split(command.replace("OWNER/NAME", f"{USER}/by-hand")), hub, tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(hub.spaces[f"{USER}/by-hand"]) == set(hub.spaces[SPACE]) - {"notes.txt"}


def test_a_client_without_xet_uploads_by_lfs(hub: Hub, tmp_path: Path):
    program = "import sys; from latentdemo import deploy; sys.exit(deploy.main(sys.argv[2:], deploy.Path(sys.argv[1])))"
    small = checkout(tmp_path / "small")
    (small / "checkpoints" / "a.npz").write_bytes(bytes(range(256)) * 9)
    command = [sys.executable, "-c", program, str(small), f"{USER}/lfs", "--private"]
    done = run(command, hub, tmp_path, HF_HUB_DISABLE_XET="1")
    assert done.returncode == 0, done.stderr
    assert isinstance(hub.spaces[f"{USER}/lfs"]["checkpoints/a.npz"], Stored)
    assert hub.private == {**hub.private, f"{USER}/lfs": True}
    hub.checkout(f"{USER}/lfs", tmp_path / "back")
    assert (tmp_path / "back" / "checkpoints" / "a.npz").read_bytes() == bytes(range(256)) * 9


def checkout(folder: Path) -> Path:
    """A small checkout, with files that are not for a Space."""
    for name in (*deploy.FILES, "latentdemo/a.py", "latentdemo/__pycache__/a.pyc", "latentdemo/a.pyi", "tests/a.py",
                 "checkpoints/.DS_Store", "checkpoints/m.json", "lessons/l.json", ".git/config",
                 "latentdemo/web/node_modules/x.js", "docs/a b.md", "docs/b.png", "docs/c.png"):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    front = (ROOT / "README.md").read_text().partition("---\n\n")[0]
    (folder / "README.md").write_text(f"{front}---\n\n![B](docs/b.png) [C](docs/c.png) ![w](https://x.org/w.png)\n")
    return folder


def test_a_dry_run_lists_sizes_without_a_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a dry run uses no network"))
    root = checkout(tmp_path)
    assert deploy.main(["a/b", "--dry-run"], root) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    sizes = {line.split()[1]: int(line.split()[0].replace(",", "")) for line in lines}
    assert sizes == {name: (root / name).stat().st_size for name in (*deploy.FILES, "checkpoints/m.json",
                     "docs/b.png", "latentdemo/a.py", "lessons/l.json")}  # fmt: skip
    assert last.split() == [str(sum(sizes.values())), "bytes", "in", "8", "files"]


def test_an_installed_package_says_that_it_is_no_checkout(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "latentdemo").mkdir()
    assert deploy.main(["a/b", "--dry-run"], tmp_path) == 1
    said = capsys.readouterr().err
    assert (
        f"{tmp_path} has no app.py, requirements.txt" in said and "run python -m latentdemo.deploy in a check" in said
    )


@pytest.mark.parametrize(
    "space",
    ["name", "a/b/c", "/b", "a/", "a/-b", "a-/b", "a/b--c", "a/b..c", "a/b.git", "a/ü", "a/b c", f"a/{'b' * 97}"],
)
def test_bad_names_are_refused(space: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        deploy.main([space, "--dry-run"])
    assert "is not OWNER/NAME; owner and name have 1–96 letters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("space", "variables", "sentence"),
    [
        (SPACE, {"HF_TOKEN": ""}, "You are not logged in to Hugging Face; run: hf auth login"),
        (SPACE, {"HF_TOKEN": "hf_old"}, "Hugging Face does not accept the token (401: Invalid username or password); "),
        (
            "nobody/seeing",
            {},
            "nobody/seeing cannot be written (403: You don't have the rights to create a space under",
        ),
        (f"{UNPAID}/a", {}, "asks for a subscription before it creates unpaid/a (402: A PRO subscription is required"),
        (SPACE, {"HF_ENDPOINT": "http://127.0.0.1:9"}, "could not be uploaded to http://127.0.0.1:9 ("),
        (SPACE, {"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set"),
    ],
)
def test_each_failure_is_one_sentence(space: str, variables: dict[str, str], sentence: str, hub: Hub, tmp_path: Path):
    hub.spaces["other/public"] = {}
    done = deployed(hub, tmp_path, space, **variables)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("latentdemo.deploy: ") and sentence in done.stderr


def test_the_hub_refuses_binary_files_that_come_inline(hub: Hub):
    """The stand-in itself: without this the tests above would pass for any upload."""
    hub.spaces[f"{USER}/inline"], hub.commits[f"{USER}/inline"] = {}, []
    url = f"{hub.url}/api/spaces/{USER}/inline/commit/main"
    lines = ['{"key": "file", "value": {"path": "a.png", "content": "iVBORw0KGgoAAAAN"}}',
             f'{{"key": "lfsFile", "value": {{"path": "a.png", "oid": "{"0" * 64}", "size": 3}}}}']  # fmt: skip
    answers = [httpx.post(url, content=line, headers={"authorization": f"Bearer {TOKEN}"}) for line in lines]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert "contains binary files" in answers[0].text and "does not exist" in answers[1].text
    assert hub.spaces[f"{USER}/inline"] == {}


@pytest.fixture
def container() -> Iterator[Path]:
    """A folder that every user may enter, with a `home` that every user may write."""
    with TemporaryDirectory() as temporary:  # pytest's own folders are this user's alone
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "home").mkdir()
        (folder / "home").chmod(0o777)
        yield folder


@pytest.mark.slow
def test_what_arrived_runs_as_a_space(hub: Hub, arrived: Path, container: Path):
    """A Space's container: another user than root, a tree that it cannot write, the address of a proxy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home, tree = container / "home", container / "app"
    hub.checkout(SPACE, tree)
    for path in (tree, *tree.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    other = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"] if os.geteuid() == 0 else []
    assert not other or shutil.which("setpriv")
    variables = {"HOME": str(home), "PATH": os.environ["PATH"], "SPACE_ID": SPACE, "SPACE_HOST": ADDRESS,
                 "SYSTEM": "spaces", "GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": str(port),
                 "TMPDIR": str(home)}  # fmt: skip
    process = subprocess.Popen([*other, sys.executable, "app.py"], cwd=tree, env=variables, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        while not is_up(url):
            assert process.poll() is None, process.stdout and process.stdout.read()
            time.sleep(0.2)
        config, page = httpx.get(f"{url}/config", headers={"host": ADDRESS}).json(), httpx.get(url)
        answer = Client(url, verbose=False).predict("faces-vae", [0.0] * 32, api_name="/perturb")
    finally:
        process.terminate()
        process.wait()
    tabs = [block["props"]["label"] for block in config["components"] if block["type"] == "tabitem"]
    assert [tab.TITLE for tab in TABS] == [tab for tab in tabs if tab in {entry.TITLE for entry in TABS}]
    assert answer[1]["length"] == 0.0
    texts = [str(block["props"].get("value")) for block in config["components"] if block["type"] == "html"]
    assert not [text for text in texts if "missing" in text]
    assert not re.findall(r'(?:src|href)="https?://(?!127\.)[^/"]+', page.text)
    policy = page.headers.get("content-security-policy", "")
    assert "frame-ancestors" not in policy or "huggingface.co" in policy  # the Hub shows a Space in a frame
    assert np.asarray(answer[0]).size


def is_up(url: str) -> bool:
    try:
        return bool(httpx.get(f"{url}/health", timeout=2).json()["models"])
    except httpx.HTTPError:
        return False
