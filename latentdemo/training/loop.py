"""The loop: data in memory, model, optimiser, one step at a time, each a function of seed and step alone."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from latentdemo import data
from latentdemo.codes import attributes
from latentdemo.data.imageset import ImageSet
from latentdemo.models import MODELS, Shape, build
from latentdemo.models.learning import Learner, Likelihood, Setting, Terms, summed
from latentdemo.training.augmenting import AUGMENTATIONS, crop_and_flip
from latentdemo.training.begin import Start
from latentdemo.training.config import TrainConfig
from latentdemo.training.material import Source, material


class TrainingDiverged(RuntimeError):
    """The loss is no longer a number; the last saved state is still good."""


class Loop:
    """A training run: data in memory, model, optimiser, and how far it has come.

    Args:
        source: the network whose codes are learned, where the kind of model wants one.
        start: the body that a classifier begins with; None: random weights.
    """

    def __init__(
        self, config: TrainConfig, train: ImageSet, source: Source | None = None, start: Start | None = None
    ) -> None:
        self.rank, self.world = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
        self.config, self.kind, self.source = config, MODELS[config.model], source
        self.device = _device()
        self.augment = _augmentation(config)
        self.x = (material(train.images) if source is None else source.codes(train.images)).to(self.device)
        self.y = torch.from_numpy(attributes.filled(train.labels)).to(self.device)
        self.shape, self.data = shape_for(config, train, source), train.facts()
        torch.manual_seed(config.seed)
        self.model: Any = build(config.model, self.shape).to(self.device)
        self.start = start
        if start is not None:
            start.enter(self.model, config.freeze)
        shared = {name: getattr(config, name) for name in ("beta", "corruption", "penalty", "critic_every")}
        self.likelihood = Likelihood.of(config.dataset, config.variance)
        setting = Setting(self.likelihood, **shared)
        self.learner: Any = self.kind.learner(self.model, setting).to(self.device)
        self.learner.to(memory_format=torch.channels_last)  # all of it: as `load_state` lays the optimiser's memory out
        self.learner.meet(self.x, self.y)
        self.steps_per_epoch = max(1, len(self.x) // config.batch_size)
        self.total_steps = config.epochs * self.steps_per_epoch
        self.step, self.cpu_seconds = 0, 0.0
        self.terms_before: Terms = {}  # of the last step
        self.moments: dict[int, dict[str, Tensor]] = {}  # by step; filled and read by moments.py
        self.bf16 = (
            _agreed(fast_bf16(self.device), self.device) if config.precision == "auto" else (config.precision == "bf16")
        )
        self.optimiser = _optimiser(self.learner, config)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, config.learning_rate, self.total_steps, cycle_momentum=False
        )
        if self.world > 1 and self.device.type == "cuda":  # on processors each process normalises its own part
            self.learner = nn.SyncBatchNorm.convert_sync_batchnorm(self.learner)
        self.ranked = nn.parallel.DistributedDataParallel(self.learner) if self.world > 1 else self.learner

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """This process's part of a step's images (b, C, H, W) in [0, 1], or codes, and labels.

        A function of seed and step.
        """
        epoch, i = divmod(step, self.steps_per_epoch)
        if i == 0 or not hasattr(self, "order"):
            order = torch.Generator().manual_seed(seed_of(self.config.seed, epoch))
            self.order = torch.randperm(len(self.x), generator=order)
        start = i * self.config.batch_size
        chosen = self.order[start : start + self.config.batch_size][self.rank :: self.world].to(self.device)
        x = self.x[chosen]
        if self.augment is not None:
            x = self.augment(x)
        if x.dtype == torch.uint8:
            x = x.float().div_(255).contiguous(memory_format=torch.channels_last)
        return x, self.y[chosen]

    def terms(self, x: Tensor, y: Tensor, bf16: bool) -> Terms:
        """Forward pass and loss of one batch."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=bf16):
            return self.ranked(x, y)

    def advance(self) -> Terms:
        """One step of the optimiser. TrainingDiverged if loss or gradient is not finite; no weight is changed then."""
        torch.manual_seed(seed_of(self.config.seed, self.step, self.rank))  # noise and crops: the same when resumed
        terms = self.terms(*self.batch(self.step), self.bf16)
        self.optimiser.zero_grad(set_to_none=True)
        terms["loss"].backward()
        for weight in self.learner.resting():
            weight.grad = None
        gradient = nn.utils.get_total_norm([p.grad for p in self.learner.parameters() if p.grad is not None])
        if not torch.isfinite(terms["loss"] + gradient):
            raise TrainingDiverged(
                f"the loss is {terms['loss'].detach().item()} and its gradient {gradient.item()} at step {self.step}"
            )
        self.optimiser.step()
        self.schedule.step()
        self._share_statistics()
        self.learner.after_step()
        self.step += 1
        self.terms_before = {name: value.detach() for name, value in terms.items()}
        return terms

    @torch.no_grad()
    def _share_statistics(self) -> None:
        """Average the running statistics of batch normalisation over processes, each of which saw its own images."""
        parts = [part for part in self.learner.modules() if isinstance(part, nn.BatchNorm2d) and part.training]
        if self.world > 1 and parts:
            running = [
                tensor for part in parts for tensor in (part.running_mean, part.running_var) if tensor is not None
            ]
            shared = summed(torch.cat(running)) / self.world
            for tensor, mean in zip(running, shared.split([len(tensor) for tensor in running]), strict=True):
                tensor.copy_(mean)

    def leave(self) -> None:
        """Let go of the other processes: threads of theirs that outlive the group abort the interpreter at its end."""
        self.ranked = self.learner


def seed_of(*numbers: int) -> int:
    """One seed out of several numbers, none of which shows through."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def shape_for(config: TrainConfig, train: ImageSet, source: Source | None = None) -> Shape:
    """The model's shape: the source's, if there is one; else image size from the data, outputs from the labels.

    What makes codes has as many outputs as the settings say.
    """
    kind = MODELS[config.model]
    if source is not None:
        return replace(source.shape, told=len(train.names) if kind.learns == "noise" else 0)
    outputs = len(train.names) if kind.classifies else config.latent_dim
    entries = config.entries if kind.learns == "grids" else 0
    return Shape(train.images.shape[1], train.images.shape[3], outputs, entries=entries)


def _augmentation(config: TrainConfig) -> Callable[[Tensor], Tensor] | None:
    """What the settings name; for a classifier without such a setting, what its data set always does."""
    if config.augment is not None:
        return AUGMENTATIONS[config.augment]
    always = MODELS[config.model].learns == "labels" and data.DATASETS[config.dataset].augment
    return crop_and_flip if always else None


def _device() -> torch.device:
    if not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))


def fast_bf16(device: torch.device) -> bool:
    """Whether "auto" means bf16: a GPU that computes it, or an x86 processor with AVX512-BF16 or AMX.

    It depends on the hardware alone, never on a measurement: the same seed gives the same weights under any load.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    able = torch.cpu.get_capabilities()
    return able.get("architecture") == "x86_64" and bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def _agreed(flag: bool, device: torch.device) -> bool:
    """Whether it holds for every process: a run uses one precision on all machines."""
    if dist.is_initialized():
        vote = torch.tensor(float(flag), device=device)
        dist.all_reduce(vote, dist.ReduceOp.MIN)
        flag = bool(vote)
    return flag


def _optimiser(learner: Learner, config: TrainConfig) -> torch.optim.Optimizer:
    weights = [weight for weight in learner.parameters() if weight.requires_grad]
    if learner.betas is None:
        return torch.optim.SGD(weights, config.learning_rate, momentum=0.9, nesterov=True, weight_decay=5e-4)
    return torch.optim.AdamW(weights, config.learning_rate, betas=learner.betas, fused=True)
