import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latentdemo import data, training
from latentdemo.data.imageset import ImageSet
from latentdemo.models import MODELS
from latentdemo.pixels.corruption import corrupt_at_random
from latentdemo.store import checkpoints
from latentdemo.trainer import configs, main, parser
from latentdemo.training import TrainConfig, TrainingDiverged
from latentdemo.training.loop import Loop, fast_bf16
from latentdemo.training.recipes import RECIPES
from latentdemo.training.reports.progress import Progress
from latentdemo.training.state import load_state, save_state

ROOT = Path(__file__).parents[2]
QUICK = TrainConfig("quick", "vae", "mnist", latent_dim=3, epochs=2, batch_size=64, precision="fp32")


@pytest.fixture(scope="module")
def digits(mnist_dir: Path) -> ImageSet:
    return data.load("mnist", "train", mnist_dir)


def weights(loop: Loop) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in loop.model.parameters()])


def run(config: TrainConfig, train: ImageSet, steps: int) -> Loop:
    loop = Loop(config, train)
    for _ in range(steps):
        loop.advance()
    return loop


def test_same_seed_same_weights_and_another_seed_others(digits: ImageSet):
    assert torch.equal(weights(run(QUICK, digits, 4)), weights(run(QUICK, digits, 4)))
    assert not torch.equal(weights(run(QUICK, digits, 4)), weights(run(replace(QUICK, seed=1), digits, 4)))


@pytest.mark.parametrize("model", ["vae", "cnn"])
def test_a_resumed_run_equals_one_that_was_not_interrupted(model: str, digits: ImageSet, tmp_path: Path):
    if model == "cnn":
        digits = ImageSet(np.repeat(digits.images, 3, axis=3)[:256], digits.labels[:256], digits.names)
    config = replace(QUICK, model=model, learning_rate=0.01)
    whole = run(config, digits, 7)
    save_state(run(config, digits, 3), tmp_path / "state.safetensors")
    resumed = Loop(config, digits)
    load_state(resumed, tmp_path / "state.safetensors")
    assert resumed.step == 3
    for _ in range(4):
        resumed.advance()
    torch.testing.assert_close(weights(resumed), weights(whole), atol=1e-6, rtol=1e-5)
    assert resumed.schedule.get_last_lr() == whole.schedule.get_last_lr()


def test_states_that_cannot_be_resumed(digits: ImageSet, tmp_path: Path):
    loop, path = Loop(QUICK, digits), tmp_path / "state.safetensors"
    with pytest.raises(FileNotFoundError, match="without --resume"):
        load_state(loop, path)
    save_state(loop, path)
    with pytest.raises(ValueError, match="another beta"):
        load_state(Loop(replace(QUICK, beta=2.0), digits), path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match="damaged"):
        load_state(loop, path)


def test_a_loss_that_is_no_number_stops_and_changes_nothing(digits: ImageSet):
    loop = run(QUICK, digits, 2)
    with torch.no_grad():
        next(loop.model.decoder.parameters()).fill_(float("inf"))
    before = {name: tensor.clone() for name, tensor in loop.model.named_parameters()}
    with pytest.raises(TrainingDiverged, match=r"at step 2$"):
        loop.advance()
    assert loop.step == 2
    assert all(torch.equal(tensor, before[name]) for name, tensor in loop.model.named_parameters())


def test_precision_is_resumed_and_faces_are_weighted(tmp_path: Path):
    train = data.load("faces", "train", n=64)
    config = replace(QUICK, dataset="faces", precision="auto", batch_size=8)
    loop = Loop(config, train)
    loop.bf16 = True
    assert loop.learner.setting.likelihood.weight is not None and loop.learner.setting.likelihood.variance == 0.08
    np.testing.assert_allclose(loop.learner.setting.likelihood.weight, data.DATASETS["faces"].pixel_weight(), rtol=1e-6)  # type: ignore[misc]
    assert Loop(replace(config, dataset="celeba"), train).learner.setting.likelihood.weight is None
    save_state(loop, tmp_path / "state.safetensors")
    resumed = Loop(config, train)
    load_state(resumed, tmp_path / "state.safetensors")
    assert resumed.bf16


def test_a_denoiser_sees_damage_and_is_scored_against_the_whole(digits: ImageSet):
    loop = Loop(replace(QUICK, model="ae", corruption="noise"), digits)
    x, y = loop.batch(0)
    seen = []
    loop.model.encoder.register_forward_pre_hook(lambda module, given: seen.append(given[0]))
    torch.manual_seed(0)
    terms = loop.terms(x, y, bf16=False)
    assert not torch.equal(seen[0], x) and seen[0].shape == x.shape
    torch.manual_seed(0)
    logits = loop.model(corrupt_at_random(x, "noise")).logits
    oracle = torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    assert terms["loss"].item() == pytest.approx(oracle.item(), rel=1e-5)


def test_corruptions_that_cannot_be_are_refused(mnist_dir: Path, tmp_path: Path):
    with pytest.raises(ValueError, match="no corruption 'rain'; there are noise, holes, grey, any"):
        replace(QUICK, corruption="rain")
    with pytest.raises(ValueError, match="cnn undoes none"):
        replace(QUICK, model="cnn", corruption="noise")
    grey = replace(QUICK, corruption="grey", data_dir=str(mnist_dir))
    with pytest.raises(ValueError, match="mnist's images cannot undergo grey; they can undergo noise, holes"):
        training.fit(grey, folder=tmp_path, runs=tmp_path)


def test_a_denoisers_checkpoint_holds_what_it_repairs(mnist_dir: Path, tmp_path: Path):
    config = replace(QUICK, model="ae", corruption="any", epochs=1, data_dir=str(mnist_dir))
    card = training.fit(config, folder=tmp_path, runs=tmp_path / "runs")
    assert card and {"psnr noise damaged", "psnr noise repaired", "psnr holes repaired"} <= set(card.metrics)
    assert checkpoints.load_arrays("quick", tmp_path) == {}


def test_a_model_that_cannot_learn_from_a_data_set_is_refused(mnist_dir: Path, tmp_path: Path):
    config = replace(QUICK, model="regressor", data_dir=str(mnist_dir))
    with pytest.raises(ValueError, match="regressor learns factors; mnist has labels"):
        training.fit(config, folder=tmp_path, runs=tmp_path)


def test_every_image_is_seen_once_an_epoch(digits: ImageSet):
    loop = Loop(QUICK, digits)
    sums = torch.cat([loop.batch(step)[0].sum(dim=(1, 2, 3)) for step in range(loop.steps_per_epoch)])
    oracle = digits.images.sum(axis=(1, 2, 3)) / 255
    np.testing.assert_allclose(np.sort(sums.numpy()), np.sort(oracle), rtol=1e-5)
    assert not torch.equal(loop.batch(0)[1], loop.batch(loop.steps_per_epoch)[1])


def test_each_process_takes_its_own_part_of_a_batch(digits: ImageSet):
    loop = Loop(QUICK, digits)
    whole = loop.batch(3)[1]
    parts = []
    for loop.rank in range(3):
        loop.world = 3
        parts.append(loop.batch(3)[1])
        assert torch.equal(parts[-1], whole[loop.rank :: 3])
    assert sorted(torch.cat(parts).tolist()) == sorted(whole.tolist())


@pytest.fixture(scope="module")
def trained(mnist_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("latentdemo.codes.projection.fit_map", lambda codes, seed: codes[:, :2])
        for model in ("ae", "vae"):
            config = replace(QUICK, name=f"d-{model}", model=model, data_dir=str(mnist_dir), epochs=6)
            card = training.fit(config, folder=out, runs=out / "runs")
            assert card is not None
    return out


def test_training_learns_and_the_card_tells_the_truth(trained: Path, mnist_dir: Path):
    test = data.load("mnist", "test", mnist_dir)
    for model in ("ae", "vae"):
        card = checkpoints.verify(f"d-{model}", trained)
        blank = float(((test.images / 255 - test.images.mean() / 255) ** 2).mean())
        assert card.metrics["mse"] < 0.7 * blank
        assert ("kl_nats" in card.metrics) == (model == "vae")
        assert card.training["precision"] == "fp32" and "data_dir" not in card.training
        arrays = checkpoints.load_arrays(f"d-{model}", trained)
        assert arrays["codes"].shape == (120, 3) and arrays["coordinates"].shape == (120, 2)
        assert arrays["attribute_present"].shape == (10, 3) and arrays["attribute_counts"].sum(1).tolist() == [640] * 10


def test_a_picture_of_progress_is_written(trained: Path):
    from PIL import Image

    with Image.open(trained / "runs" / "d-vae" / "samples.png") as picture:
        assert picture.size == (8 * 28, 3 * 28) and np.asarray(picture).std() > 10


def test_sigterm_saves_and_resume_finishes(mnist_dir: Path, tmp_path: Path):
    command = [sys.executable, str(ROOT / "train.py"), "ae", "--dataset", "mnist", "--latent-dim", "2", "--name", "s",
               "--epochs", "400", "--batch-size", "64", "--precision", "fp32", "--data-dir", str(mnist_dir),
               "--out", str(tmp_path)]  # fmt: skip
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "images/s" in line:
            break
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130 and "--resume" in rest
    state = tmp_path / "runs" / "s" / "state.safetensors"
    assert state.exists() and not (tmp_path / "s.json").exists()
    config = configs(parser().parse_args(command[2:]))[0]
    loop = Loop(config, data.load("mnist", "train", mnist_dir))
    load_state(loop, state)
    assert 0 < loop.step < loop.total_steps


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_interrupts_the_program_that_trains(
    number: signal.Signals, mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    real = Loop.advance

    def advance(self: Loop):
        signal.raise_signal(number)
        return real(self)

    monkeypatch.setattr(Loop, "advance", advance)
    config = replace(QUICK, n_train=128, data_dir=str(mnist_dir))
    with pytest.raises(KeyboardInterrupt) as stopped:
        try:
            training.fit(config, folder=tmp_path, runs=tmp_path / "runs")
        except Exception:  # as a loop over settings may have it
            pytest.fail("the signal looks like an ordinary error")
    assert stopped.type is training.TrainingStopped
    assert (tmp_path / "runs" / config.name / "state.safetensors").exists()
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_an_owned_run_ends_with_who_started_it():
    inner = (
        "import os, time; from latentdemo.trainer import end_with; end_with(os.getppid()); print('on', flush=True);"
        "time.sleep(60)"
    )
    outer = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {inner!r}]).wait()"
    process = subprocess.Popen([sys.executable, "-c", outer], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "on\n"
    process.kill()
    process.communicate(timeout=30)  # the pipe ends when nobody holds it any more


def test_a_run_whose_owner_is_gone_already_saves_and_stops(mnist_dir: Path, tmp_path: Path):
    command = [sys.executable, str(ROOT / "train.py"), "ae", "--dataset", "mnist", "--latent-dim", "2", "--name", "s",
               "--epochs", "4000", "--data-dir", str(mnist_dir), "--out", str(tmp_path),
               "--owned-by", str(os.getpid() + 1)]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, timeout=60, capture_output=True)
    assert done.returncode in (-signal.SIGTERM, 130) and not (tmp_path / "s.json").exists()


TWO_RANKS = """
import sys
import torch
import torch.distributed as dist
from latentdemo import data
from latentdemo.training import TrainConfig, _processes
from latentdemo.training.loop import Loop, fast_bf16
config = TrainConfig("two", "ae", "mnist", latent_dim=8, epochs=3, batch_size=64, precision="fp32")
with _processes():
    loop = Loop(config, data.load("mnist", "train", sys.argv[1]))
    losses = [float(loop.advance()["loss"].detach()) for _ in range(30)]
    total = torch.tensor(losses[-10:]).mean()
    if loop.world > 1:
        dist.all_reduce(total)
        total /= loop.world
    if loop.rank == 0:
        print("LOSS", float(total), loop.world, loop.batch(0)[0].shape[0])
    loop.leave()
"""


@pytest.mark.slow
def test_two_processes_reach_the_loss_of_one(mnist_dir: Path, tmp_path: Path):
    script = tmp_path / "two.py"
    script.write_text(TWO_RANKS)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    found = {}
    for n in (1, 2):
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={n}"]
        command += [str(script), str(mnist_dir)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        words = next(line for line in done.stdout.splitlines() if line.startswith("LOSS")).split()
        found[n] = float(words[1])
        assert words[2:] == [str(n), str(64 // n)]
    assert found[2] == pytest.approx(found[1], rel=0.05)


@pytest.mark.slow
def test_torchrun_delivers_the_checkpoint_of_the_readmes_line(mnist_dir: Path, tmp_path: Path):
    line = next(line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("torchrun "))
    shutil.copytree(ROOT / "latentdemo", tmp_path / "latentdemo")  # checkpoints go beside it
    shutil.copy(ROOT / "train.py", tmp_path)
    (tmp_path / "data").symlink_to(mnist_dir)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        words = [*line.partition("#")[0].split(), *more]
        return subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240)

    done = run()
    assert done.returncode == 0, done.stderr[-3000:]
    card = checkpoints.verify("mnist-vae-16", tmp_path / "checkpoints")
    assert card.metrics["mse"] < 0.1 and done.stdout.count("mnist-vae-16: mse") == 1
    refused = run("--batch-size", "33")
    assert refused.returncode == 1 and "batch_size is 33; it must be a multiple of the 2 processes" in refused.stderr


STATISTICS = """
import sys
import torch
import torch.distributed as dist
from torch import nn
from latentdemo import data
from latentdemo.models.generators import vqvae
from latentdemo.training import TrainConfig, _processes
from latentdemo.training.loop import Loop

def gathered(x):
    out = [torch.empty_like(x) for _ in range(2)]
    dist.all_gather(out, x.contiguous())
    return out

config = TrainConfig("two", "vqvae", "mnist", latent_dim=4, entries=32, batch_size=64, precision="fp32")
vqvae.REVIVED_EVERY, vqvae.ALIVE = 2, 0.6
with _processes():
    loop = Loop(config, data.load("mnist", "train", sys.argv[1]))
    learner, norm = loop.learner, next(part for part in loop.model.modules() if isinstance(part, nn.BatchNorm2d))
    local = []
    axes = (0, 2, 3)
    norm.register_forward_hook(lambda part, given, out: local.append((given[0].mean(axes), given[0].var(axes))))
    for step in range(6):
        before = [x.clone() for x in (learner.counts, learner.sums, norm.running_mean, norm.running_var)]
        loop.advance()
        vectors, indices = (torch.cat(gathered(x.float())) for x in learner.seen)  # of the whole batch
        chosen = nn.functional.one_hot(indices.long(), 32).float()
        counts = 0.99 * before[0] + 0.01 * chosen.sum(0)
        sums = 0.99 * before[1] + 0.01 * chosen.T @ vectors
        if step % 2 == 0:  # entries begin again
            dead = counts < vqvae.ALIVE * counts.mean()
            nearest = (learner.network.codebook[dead, None] - vectors).norm(dim=2).amin(1)
            assert not len(nearest) or nearest.max() < 1e-4, nearest
            print("REVIVED", int(dead.sum()))
        else:
            torch.testing.assert_close(learner.counts, counts)
            torch.testing.assert_close(learner.sums, sums, atol=1e-4, rtol=1e-4)
        mean, var = (sum(gathered(x)) / 2 for x in local[-1])
        torch.testing.assert_close(norm.running_mean, 0.9 * before[2] + 0.1 * mean)
        torch.testing.assert_close(norm.running_var, 0.9 * before[3] + 0.1 * var)
        for name, x in learner.state_dict().items():
            one, two = gathered(x)
            assert torch.equal(one, two), name
    print("EQUAL")
    loop.leave()
"""


@pytest.mark.slow
def test_statistics_outside_the_gradient_are_those_of_the_whole_batch_in_each_process(mnist_dir: Path, tmp_path: Path):
    script = tmp_path / "two.py"
    script.write_text(STATISTICS)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(script)]
    done = subprocess.run([*command, str(mnist_dir)], env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("EQUAL") == 2
    assert sum(int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("REVIVED")) > 0


def test_command_line_and_recipes():
    shipped = {"faces-ae", "faces-vae", "mnist-ae-2", "mnist-vae-2", "mnist-ae-16", "mnist-vae-16", "cifar10-cnn"}
    assert shipped < set(RECIPES) and all(recipe.model in MODELS for recipe in RECIPES.values())
    assert [c.name for c in configs(parser().parse_args(["--all"]))] == list(RECIPES)
    one = configs(parser().parse_args(["vae", "--dataset", "mnist", "--latent-dim", "5", "--beta", "4"]))[0]
    assert (one.name, one.latent_dim, one.beta) == ("mnist-vae-5", 5, 4.0)
    changed = configs(parser().parse_args(["--shipped", "faces-vae", "--epochs", "1"]))[0]
    assert changed == replace(RECIPES["faces-vae"], epochs=1)


def test_faces_pairs_differ_in_the_model_alone():
    for ae, vae in (("faces-ae", "faces-vae"), ("mnist-ae-16", "mnist-vae-16"), ("mnist-ae-2", "mnist-vae-2")):
        assert replace(RECIPES[ae], name=vae, model="vae") == RECIPES[vae]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say what to train"),
        (["vae", "--dataset", "mnist", "--epochs", "0"], "epochs is 0"),
        (["vae", "--dataset", "mnist", "--beta", "-1"], "beta is -1"),
        (["vae", "--dataset", "mnist", "--n-train", "0"], "n_train is 0"),
        (["vae", "--dataset", "folder", "--data-dir", "nowhere"], "class sub-folders"),
        (["vae", "--dataset", "mnist", "--resume"], "nothing to resume"),
    ],
)
def test_mistakes_get_one_sentence(
    arguments: list[str], message: str, mnist_dir: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    if "mnist" in arguments:
        arguments = [*arguments, "--data-dir", str(mnist_dir)]
    started = time.monotonic()
    assert main(arguments) == 1
    said = capsys.readouterr().err.strip()
    assert message in said and said.count("\n") == 0 and time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("able", "used"),
    [
        ({"architecture": "x86_64", "avx512_bf16": True, "amx_bf16": False}, True),
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": True}, True),
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": False, "avx512_f": True}, False),
        ({"architecture": "aarch64", "bf16": True, "sve_bf16": True}, False),
        ({}, False),
    ],
)
def test_auto_precision_depends_on_the_processor_alone(
    able: dict, used: bool, digits: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    config = replace(QUICK, precision="auto")
    loop = Loop(config, digits)
    assert loop.bf16 is used
    for given in ("fp32", "bf16"):
        assert Loop(replace(config, precision=given), digits).bf16 is (given == "bf16")
    save_state(loop, tmp_path / "state.safetensors")
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)  # another machine
    resumed = Loop(config, digits)
    load_state(resumed, tmp_path / "state.safetensors")
    assert resumed.bf16 is used


def test_auto_precision_on_a_gpu_is_bf16_where_it_is_not_emulated(monkeypatch: pytest.MonkeyPatch):
    for able in (True, False):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation, able=able: able)
        assert fast_bf16(torch.device("cuda")) is able


def test_a_run_in_another_thread_leaves_signals_to_the_main_one(
    mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    handlers, during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)], []
    real = Loop.advance

    def advance(self: Loop):
        during.append([signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)])
        return real(self)

    monkeypatch.setattr(Loop, "advance", advance)
    monkeypatch.setattr(training, "_finish", lambda loop, *_: loop.step)
    config = replace(QUICK, n_train=64, data_dir=str(mnist_dir))
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(training.fit, config, folder=tmp_path, runs=tmp_path / "runs")
        assert done.result(timeout=120) == 2
    assert during == [handlers] * 2


def test_classifiers_learn_with_nesterovs_momentum_and_autoencoders_with_adamw(digits: ImageSet):
    classifier = Loop(TrainConfig("x", "small-cnn", "mnist", learning_rate=0.2), digits).optimiser
    assert isinstance(classifier, torch.optim.SGD)
    (group,) = classifier.param_groups
    assert (group["nesterov"], group["momentum"], group["weight_decay"]) == (True, 0.9, 5e-4)
    coder = Loop(TrainConfig("x", "ae", "mnist", 4), digits).optimiser
    assert isinstance(coder, torch.optim.AdamW) and coder.param_groups[0]["betas"] == (0.9, 0.99)


def test_the_line_tells_speed_and_the_time_that_is_left(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    now = 100.0
    monkeypatch.setattr("latentdemo.training.reports.progress.time.monotonic", lambda: now)
    loop = Loop(TrainConfig("run", "vae", "mnist", 4, epochs=12, batch_size=64), digits)
    loop.step = 10  # resumed: what was done before does not count as speed
    progress, terms = Progress(loop), {"loss": torch.tensor(1.5)}
    now, loop.step = 104.0, 15
    progress.update(terms)
    assert not capsys.readouterr().err  # within five seconds
    now, loop.step = 110.0, 30
    progress.update(terms)
    line = capsys.readouterr().err
    left = (loop.total_steps - 30) / 2  # seconds: 20 steps in 10 s
    assert f"run  epoch {30 / loop.steps_per_epoch:.2f}/12  loss 1.5  128 images/s  {left / 60:.1f} min left" in line
    loop.step = 31
    progress.update(terms)
    assert not capsys.readouterr().err
    progress.update(terms, always=True)
    assert "loss 1.5" in capsys.readouterr().err
