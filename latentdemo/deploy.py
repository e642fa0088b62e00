"""Deploy the app as a Hugging Face Space: python -m latentdemo.deploy OWNER/NAME [--private] [--dry-run]."""

import argparse
import re
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = ("app.py", "requirements.txt", "README.md", "LICENSE")
FOLDERS = ("latentdemo", "checkpoints", "lessons")
IGNORED = (".*", "*~", "*.pyc", "*.pyi", "__pycache__", "node_modules")  # files and folders of these names
SPACE_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"  # as the Hub allows
FRONT_MATTER = re.compile(r"---\n.*?\n---\n", re.DOTALL)
BADGE = (
    "[![Duplicate this Space](https://huggingface.co/datasets/huggingface/badges/resolve/main/"
    "duplicate-this-space-md.svg)](https://huggingface.co/spaces/{space}?duplicate=true)"
)
INTERRUPTED = 130  # exit status, as of a process that SIGINT ends


def space_files(root: Path) -> list[str]:
    """Paths, relative to a checkout, of the files that a Space needs, in alphabetical order.

    These are the app, its package, models and lessons, and the README with the images it shows.

    Raises:
        FileNotFoundError: `root` is not a checkout; names what is missing.
    """
    missing = [name for name in (*FILES, *FOLDERS) if not (root / name).exists()]
    if missing:
        raise FileNotFoundError(
            f"{root} has no {', '.join(missing)}; an installed package cannot be deployed: "
            "run python -m latentdemo.deploy in a checkout of the repository"
        )
    readme = (root / "README.md").read_text(encoding="utf-8")
    shown = [name for name in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", readme) if not re.match(r"\w+:", name)]
    inside = [
        path.relative_to(root)
        for folder in FOLDERS
        for path in (root / folder).rglob("*")
        if path.is_file() and not _is_ignored(path.relative_to(root))
    ]
    return sorted({*FILES, *shown, *(path.as_posix() for path in inside)})


def _is_ignored(path: Path) -> bool:
    return any(fnmatch(part, pattern) for part in path.parts for pattern in IGNORED)


def check_name(space: str) -> str:
    """An argparse type: OWNER/NAME as the Hub allows it."""
    owner, slash, name = space.partition("/")
    valid = all(re.fullmatch(SPACE_NAME, part) and not re.search(r"--|\.\.", part) for part in (owner, name))
    if not (slash and valid and not name.endswith(".git")):
        raise argparse.ArgumentTypeError(
            f"{space[:120]!r} is not OWNER/NAME; owner and name have 1–96 letters (a–z), digits, '-', '_' and '.', "
            "begin and end with a letter or digit, and contain no '--' or '..'"
        )
    return space


def readme(root: Path, space: str) -> bytes:
    """A checkout's README with the badge "Duplicate this Space" below its front matter."""
    text = (root / "README.md").read_text(encoding="utf-8")
    front = FRONT_MATTER.match(text)
    start = front.end() if front else 0
    return f"{text[:start]}\n{BADGE.format(space=space)}\n\n{text[start:].lstrip()}".encode()


def upload(root: Path, space: str, private: bool) -> str:
    """Create the Space unless it exists, and make it equal to a checkout in one commit; returns its address.

    Binary files go through Xet, the Hub's storage for them. Files of the Space in `FOLDERS` that the checkout does not
    have are deleted; the Space's history keeps them. The token is that of `hf auth login`, or of HF_TOKEN.

    Raises:
        Exception: of many kinds, for `explain`.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

    api, files = HfApi(), space_files(root)
    url = api.create_repo(space, repo_type="space", space_sdk="gradio", private=private or None, exist_ok=True)
    there = api.list_repo_files(space, repo_type="space")
    stale = [name for name in there if name not in files and name.partition("/")[0] in FOLDERS]
    operations = [
        *(CommitOperationDelete(name) for name in stale),
        *(CommitOperationAdd(name, readme(root, space) if name == "README.md" else root / name) for name in files),
    ]
    api.create_commit(space, operations, repo_type="space", commit_message="Deploy latentdemo")
    return str(url)


def explain(error: Exception, space: str) -> str:
    """One sentence that says why a deployment failed, and the remedy."""
    from huggingface_hub import constants, get_token
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set, so that nothing can be uploaded; unset it."
    if not isinstance(error, HfHubHTTPError):
        return f"{space} could not be uploaded to {constants.ENDPOINT} ({_line(str(error) or repr(error))}); try again."
    status = error.response.status_code
    answer = f"{status}: {_line(error.server_message or error.response.reason_phrase)}"
    if status == 401 and get_token() is None:
        return "You are not logged in to Hugging Face; run: hf auth login"
    if status == 401:
        return f"Hugging Face does not accept the token ({answer}); create one with write access and run: hf auth login"
    if status == 402:
        return f"Hugging Face asks for a subscription before it creates {space} ({answer})."
    if status in (403, 404):
        owner = space.partition("/")[0]
        return f"{space} cannot be written ({answer}); check the owner {owner!r} and that the token has write access."
    return f"Hugging Face refused the upload of {space} ({answer})."


def _line(text: str) -> str:
    return " ".join(text.split())[:300].rstrip(".")


def show(root: Path) -> None:
    """Print the files that would be uploaded, with their sizes."""
    sizes = {name: (root / name).stat().st_size for name in space_files(root)}
    for name, size in sizes.items():
        print(f"{size:>12,}  {name}")
    print(f"{sum(sizes.values()):>12,}  bytes in {len(sizes)} files")


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    out = argparse.ArgumentParser(
        prog="python -m latentdemo.deploy", description="Deploy this checkout as a Hugging Face Space."
    )
    out.add_argument("space", type=check_name, metavar="OWNER/NAME", help="the Space; created unless it exists")
    out.add_argument("--private", action="store_true", help="create it as a private Space")
    out.add_argument("--dry-run", action="store_true", help="list the files with their sizes; uses no network")
    return out


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; returns the exit status: 0 done, 1 failed with one sentence, 130 interrupted."""
    options = parser().parse_args(arguments)
    try:
        if options.dry_run:
            show(root)
        else:
            print(f"{upload(root, options.space, options.private)} is uploaded; its build takes some minutes.")
    except KeyboardInterrupt:
        print("latentdemo.deploy: interrupted; run the same command to continue", file=sys.stderr)
        return INTERRUPTED
    except FileNotFoundError as error:
        print(f"latentdemo.deploy: {error}", file=sys.stderr)
        return 1
    except Exception as error:  # the Hub's clients raise many kinds
        print(f"latentdemo.deploy: {explain(error, options.space)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
