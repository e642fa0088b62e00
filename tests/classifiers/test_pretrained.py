import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from latentdemo.classifiers import pretrained
from latentdemo.data.torchvision_shim import torchvision


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A web site that holds a ResNet18's weights under their proper kind of name, and its file's name."""
    folder = tmp_path / "site"
    folder.mkdir()
    torch.manual_seed(7)
    torch.save(torchvision().models.resnet18(weights=None).state_dict(), folder / "x.pth")
    digest = hashlib.sha256((folder / "x.pth").read_bytes()).hexdigest()
    name = f"resnet18-{digest[:8]}.pth"
    (folder / "x.pth").rename(folder / name)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args, **options) -> None:
            super().__init__(*args, directory=str(folder), **options)

        def log_message(self, format: str, *args) -> None:  # noqa: A002
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    models = torchvision().models
    real = models.get_weight("ResNet18_Weights.IMAGENET1K_V1")
    fake = SimpleNamespace(
        url=f"http://127.0.0.1:{server.server_port}/{name}", transforms=real.transforms, meta=real.meta
    )
    monkeypatch.setattr(models, "get_weight", lambda weights: fake)
    yield folder / name, name
    server.shutdown()


def test_weights_are_fetched_once_checked_and_used(site: tuple[Path, str], tmp_path: Path):
    told: list[tuple[int, int | None]] = []
    pretrained.fetch("resnet18", tmp_path, lambda have, total: told.append((have, total)))
    assert (tmp_path / site[1]).read_bytes() == site[0].read_bytes()
    assert told[-1] == (site[0].stat().st_size,) * 2
    network = pretrained.load("resnet18", tmp_path)
    oracle = torchvision().models.resnet18(weights=None).eval()
    oracle.load_state_dict(torch.load(site[0]))
    x = torch.rand(2, 3, 96, 96)
    mean, sd = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1), torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    with torch.inference_mode():
        torch.testing.assert_close(network.model(x), oracle((x - mean) / sd))
    site[0].unlink()
    pretrained.fetch("resnet18", tmp_path)  # it is here: nobody asks for it again


def test_a_missing_a_wrong_and_a_damaged_file_are_named(site: tuple[Path, str], tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=f"save {site[1]} in"):
        pretrained.load("resnet18", tmp_path)
    (tmp_path / site[1]).write_bytes(b"something else")
    with pytest.raises(ValueError, match="damaged or another file"):
        pretrained.load("resnet18", tmp_path)
    site[0].write_bytes(b"cut off")
    (tmp_path / site[1]).unlink()
    with pytest.raises(ValueError, match="another checksum"):
        pretrained.fetch("resnet18", tmp_path)
    site[0].unlink()
    with pytest.raises(
        FileNotFoundError, match=rf"download it on another one and save it as .*{site[1]}, or .* --weights-dir"
    ):
        pretrained.fetch("resnet18", tmp_path)


def test_a_pickle_that_would_run_code_is_refused(
    site: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Evil:
        def __reduce__(self):
            return (exec, ("raise SystemExit",))

    torch.save(Evil(), tmp_path / "evil.pth")
    digest = hashlib.sha256((tmp_path / "evil.pth").read_bytes()).hexdigest()[:8]
    (tmp_path / "evil.pth").rename(tmp_path / f"resnet18-{digest}.pth")
    monkeypatch.setattr(pretrained, "_file", lambda name: (f"http://x/resnet18-{digest}.pth", digest))
    with pytest.raises(ValueError, match="cannot be read"):
        pretrained.load("resnet18", tmp_path)


def test_random_weights_need_no_file_and_are_always_the_same(tmp_path: Path):
    one, other = (pretrained.load("resnet18", tmp_path, trained=False) for _ in range(2))
    x = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(one.model(x), other.model(x))
    assert len(one.names) == 1000 and one.names[0] == "tench" and one.side == 224
    assert all(not parameter.requires_grad for parameter in one.model.parameters())
    with pytest.raises(ValueError, match="no layer 'x'; there are model"):
        one.layer("x")


def test_maps_before_a_relu_keep_their_negative_values(tmp_path: Path):
    network = pretrained.load("alexnet", tmp_path, trained=False)
    first = network.layers[0]
    found = network.traced.extractor((first.before, first.name))(torch.rand(1, 3, 64, 64))
    assert found[first.before].min() < 0
    torch.testing.assert_close(found[first.before].relu(), found[first.name])


@pytest.mark.parametrize("name", pretrained.NETWORKS)
def test_addresses_and_checksums_are_torchvisions(name: str):
    path = pretrained.weights_path(name, Path("folder"))
    assert path.name.startswith(name) and len(path.stem.rpartition("-")[2]) == 8


def test_the_shelf_keeps_the_networks_that_were_asked_for_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    loaded: list[str] = []
    monkeypatch.setattr(pretrained, "MOST_KEPT", 2)
    monkeypatch.setattr(pretrained, "load", lambda name, folder, trained: loaded.append(name) or name)
    shelf = pretrained.Shelf(tmp_path)
    for name in ("a", "b", "a", "c", "a", "b"):  # "a" was asked for again: "b" has to go, not "a"
        assert shelf.get(name, True) == name
    assert loaded == ["a", "b", "c", "b"] and shelf.has("a") and shelf.has("b") and not shelf.has("c")
    assert not shelf.has("x") and shelf.get("a", False) == "a" and loaded[-1] == "a"  # random weights are another one
