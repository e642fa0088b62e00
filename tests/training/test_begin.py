"""A run that begins with a trained body: what comes over, what stays, what is refused."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from latentdemo import data, training
from latentdemo.classifiers import pretrained
from latentdemo.data.imageset import ImageSet
from latentdemo.models import Shape, build
from latentdemo.store import checkpoints
from latentdemo.trainer import configs, parser
from latentdemo.training import TrainConfig
from latentdemo.training.begin import Start, body, start_of
from latentdemo.training.loop import Loop
from latentdemo.training.reports.progress import write_samples

ROOT = Path(__file__).parents[2]
QUICK = TrainConfig("further", "small-cnn", "mnist", epochs=1, batch_size=64, precision="fp32", begin="first")


@pytest.fixture
def start() -> Start:
    torch.manual_seed(3)
    return Start("first", body(build("small-cnn", Shape(28, 3, 7)).state_dict()), 3, "of a file")


@pytest.fixture
def digits(mnist_dir: Path) -> ImageSet:
    return data.load("mnist", "train", mnist_dir).in_channels(3)


def test_grey_images_get_equal_channels_and_colours_stay(digits: ImageSet):
    assert digits.images.shape[3] == 3 and (digits.images[..., 0] == digits.images[..., 2]).all()
    assert digits.in_channels(3) is digits
    with pytest.raises(ValueError, match="3 channels; the network takes 1"):
        digits.in_channels(1)


def test_the_body_comes_over_and_the_head_does_not(start: Start, digits: ImageSet):
    plain, further = Loop(QUICK, digits), Loop(QUICK, digits, None, start)
    for name, weight in further.model.state_dict().items():
        oracle = plain.model.state_dict() if name.startswith("head.") else start.weights
        torch.testing.assert_close(weight, oracle[name])
    assert further.shape.latent_dim == 10 and further.shape.channels == 3


def test_a_frozen_body_stays_as_it_is_while_its_head_learns(start: Start, digits: ImageSet, tmp_path: Path):
    loop = Loop(replace(QUICK, freeze=True, learning_rate=0.1), digits, None, start)
    head = loop.model.head.weight.clone()
    loop.advance()
    write_samples(loop, tmp_path / "samples.png")  # looks at the model in another mode, and puts it back
    loop.advance()
    for name, weight in start.weights.items():
        torch.testing.assert_close(loop.model.state_dict()[name], weight)
    assert not torch.equal(loop.model.head.weight, head)
    tuned = Loop(replace(QUICK, learning_rate=0.1), digits, None, start)
    tuned.advance()
    assert not torch.equal(tuned.model.conv1[0].weight, start.weights["conv1.0.weight"])


def test_a_body_of_another_shape_is_refused(start: Start):
    with pytest.raises(ValueError, match=r"body of first does not fit: conv1\.0\.weight is \(4, 3, 3, 3\)"):
        start.enter(build("cnn", Shape(28, 3, 10)), frozen=False)


def test_the_command_trains_further_and_the_card_tells_it(mnist_dir: Path, tmp_path: Path):
    given = ["--dataset", "mnist", "--data-dir", str(mnist_dir), "--epochs", "1", "--precision", "fp32", "--out"]
    options = parser().parse_args(["small-cnn", *given, str(tmp_path), "--name", "first", "--batch-size", "64"])
    assert training.fit(configs(options)[0], folder=tmp_path, runs=tmp_path / "runs") is not None
    card = checkpoints.load_card("first", tmp_path)
    wanted = ["small-cnn", *given, str(tmp_path), "--from", "first", "--freeze", "--augment", "shift"]
    config = configs(parser().parse_args(wanted))[0]
    assert config.name == "mnist-from-first-frozen-shift" and config.begin == "first" and config.augment == "shift"
    further = training.fit(config, folder=tmp_path, runs=tmp_path / "runs")
    assert further is not None and further.training["begin_weights"] == card.sha256["safetensors"]
    old, new = (checkpoints.load(name, tmp_path).state_dict() for name in ("first", config.name))
    for name, weight in body(old).items():
        torch.testing.assert_close(new[name], weight)
    assert not torch.equal(new["head.weight"], old["head.weight"])
    with pytest.raises(ValueError, match="first is small-cnn; cnn begins with another cnn"):
        start_of(replace(config, model="cnn", begin="first"), tmp_path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"model": "vae"}, "vae tells no classes apart"), ({"begin": None, "freeze": True}, "say which with --from"),
     ({"model": "vae", "begin": None, "augment": "flip"}, "augment is 'flip'; vae"),
     ({"augment": "sneeze"}, "no augmentation 'sneeze'; there are shift, rotation, flip")],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(changes: dict, sentence: str):
    with pytest.raises(ValueError, match=sentence):
        replace(QUICK, **changes)


def test_resnet18_offline_names_the_file_and_where_it_goes(mnist_dir: Path, tmp_path: Path):
    command = [sys.executable, str(ROOT / "train.py"), "cnn", "--dataset", "mnist", "--data-dir", str(mnist_dir),
               "--from", "resnet18", "--weights-dir", "weights", "--out", "out", "--runs", "runs"]  # fmt: skip
    nowhere = "http://127.0.0.1:9"  # nothing listens there
    offline = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), nowhere)
    environment = {**os.environ, **offline, "no_proxy": "", "NO_PROXY": "", "TORCH_HOME": str(tmp_path / "torch")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    said = done.stderr.splitlines()
    name = "resnet18-f37072fd.pth"
    assert done.returncode == 1 and said[-1] == (
        f"train.py: https://download.pytorch.org/models/{name} cannot be reached from this machine; download it on "
        f"another one and save it as {tmp_path / 'weights' / name}, or name the folder that has it with --weights-dir."
    )
    assert "Traceback" not in done.stderr and not (tmp_path / "out" / "mnist-from-resnet18.json").exists()
    (tmp_path / "file").touch()
    command[command.index("weights")] = "file"
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    said = done.stderr.splitlines()[-1]
    assert done.returncode == 1 and said.startswith("train.py: file cannot be written (") and "--weights-dir" in said


def test_resnet18_begins_with_torchvisions_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    torch.manual_seed(5)
    theirs = pretrained.torchvision().models.resnet18(weights=None)
    file = tmp_path / "resnet18.pth"
    file.write_bytes(b"weights")
    monkeypatch.setattr(pretrained, "fetch", lambda name, folder: None)
    monkeypatch.setattr(pretrained, "weights_path", lambda name, folder: file)
    wrapped = pretrained.Normalised(theirs, [0.5] * 3, [0.25] * 3)
    monkeypatch.setattr(pretrained, "load", lambda name, folder: SimpleNamespace(model=wrapped))
    options = parser().parse_args(["cnn", "--dataset", "mnist", "--from", "resnet18"])
    config = configs(options)[0]
    assert config.model == "resnet18" and config.name == "mnist-from-resnet18"
    start = start_of(config, tmp_path)
    assert start is not None and start.channels == 3
    model = build("resnet18", Shape(28, 3, 10))
    start.enter(model, frozen=True)
    x = torch.rand(2, 3, 40, 40)
    mean, sd = (torch.tensor(values).view(3, 1, 1) for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    theirs.fc = torch.nn.Identity()
    theirs.eval()
    with torch.inference_mode():
        torch.testing.assert_close(model.features(x), theirs((x - mean) / sd))
        np.testing.assert_equal(tuple(model(x).shape), (2, 10))
    assert [name for name, weight in model.named_parameters() if weight.requires_grad] == ["head.weight", "head.bias"]
    with pytest.raises(ValueError, match="ResNet18 takes 3"):
        build("resnet18", Shape(28, 1, 10))
