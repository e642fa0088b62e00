"""The state of an unfinished run, in one safetensors file: weights, the optimiser's memory, how far it has come."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from latentdemo.data import DATASETS
from latentdemo.store.files import write_atomically
from latentdemo.training.config import TrainConfig
from latentdemo.training.loop import Loop

FREE_TO_CHANGE = ("data_dir", "learning_rate")  # settings that may differ when a run is resumed, the rate downwards
RATES = ("lr", "initial_lr", "max_lr", "min_lr")  # what a one-cycle schedule keeps with the optimiser


def save_state(loop: Loop, path: Path) -> None:
    """Write everything that `load_state` needs; the file is replaced whole or not at all."""
    tensors = {f"model.{name}": tensor for name, tensor in loop.learner.state_dict().items()}
    for index, memory in loop.optimiser.state_dict()["state"].items():
        for key, value in memory.items():
            if value is not None:
                tensors[f"optimiser.{index}.{key}"] = torch.as_tensor(value)
    for step, kept in loop.moments.items():
        tensors |= {f"moment.{step}.{key}": value for key, value in kept.items()}
    facts = {
        "step": loop.step,
        "cpu_seconds": loop.cpu_seconds,
        "bf16": loop.bf16,
        "config": _settings(loop.config),
        "learning_rate": loop.config.learning_rate,
        "data": loop.data,
        "schedule": loop.schedule.state_dict(),
        "groups": loop.optimiser.state_dict()["param_groups"],
    }
    meta = {name: json.dumps(value) for name, value in facts.items()}
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_atomically(path, save(contiguous, meta))


def saved_step(path: Path) -> int | None:
    """At which step a state was saved; None if there is none."""
    if not path.exists():
        return None
    with safe_open(path, "pt") as file:
        return int(json.loads(file.metadata()["step"]))


def load_state(loop: Loop, path: Path) -> None:
    """Continue where `save_state` stood: the run goes on exactly as if it had not been interrupted.

    Raises:
        FileNotFoundError: no state was saved.
        ValueError: the file is damaged, or the run had other settings (named).
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: nothing to resume; start again without --resume")
    try:
        with safe_open(path, "pt") as file:
            facts = {name: json.loads(value) for name, value in file.metadata().items()}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no iterator)
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged; delete it and start again without --resume") from error
    changed = _changed(facts["config"], _settings(loop.config))
    if changed:
        raise ValueError(f"{path} was made with another {', '.join(changed)}; use the same settings to resume")
    if facts.get("data", loop.data) != loop.data:
        raise ValueError(f"{path} was made with other images ({_told(facts['data'])}, now {_told(loop.data)})")
    ratio = loop.config.learning_rate / facts.get("learning_rate", loop.config.learning_rate)
    if ratio > 1:
        raise ValueError(
            f"{path} was made with learning_rate {facts['learning_rate']}; a resumed run may only lower it"
        )
    loop.learner.load_state_dict({name[6:]: value for name, value in tensors.items() if name.startswith("model.")})
    loop.optimiser.load_state_dict({"state": _optimiser_memory(tensors), "param_groups": facts["groups"]})
    loop.schedule.load_state_dict(facts["schedule"])
    scale_rates(loop, ratio)
    for name, value in tensors.items():
        if name.startswith("moment."):
            _, step, key = name.split(".")
            loop.moments.setdefault(int(step), {})[key] = value
    loop.step, loop.bf16, loop.cpu_seconds = facts["step"], facts["bf16"], facts["cpu_seconds"]


def _told(facts: dict) -> str:
    return f"{facts['n']} of {facts['shape']}, {facts['fingerprint']}"


def scale_rates(loop: Loop, ratio: float) -> None:
    """Multiply all that is left of the one-cycle schedule."""
    for group in loop.optimiser.param_groups:
        for rate in RATES:
            group[rate] *= ratio
    loop.schedule.base_lrs = [rate * ratio for rate in loop.schedule.base_lrs]


def _optimiser_memory(tensors: dict[str, torch.Tensor]) -> dict[int, dict[str, torch.Tensor]]:
    """optimiser.INDEX.KEY -> what torch's optimisers take back."""
    memory: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimiser."):
            _, index, key = name.split(".", 2)
            if value.ndim == 4:
                value = value.contiguous(memory_format=torch.channels_last)
            memory.setdefault(int(index), {})[key] = value
    return memory


def _changed(then: dict, now: dict) -> list[str]:
    """Names of the settings that differ; a state from before a setting existed has its default."""
    before = {field.name: field.default for field in fields(TrainConfig)} | then
    if before["variance"] is None and now["variance"] is not None:  # from before it was estimated
        before["variance"] = DATASETS[then["dataset"]].variance
    return [name for name in now if before[name] != now[name]]


def _settings(config: TrainConfig) -> dict:
    return {name: value for name, value in asdict(config).items() if name not in FREE_TO_CHANGE}
