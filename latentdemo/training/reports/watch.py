"""A run that others watch and steer: what it can do so far goes into a folder, wishes are read from there."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentdemo import data
from latentdemo.codes import attributes, latents
from latentdemo.data.imageset import ImageSet
from latentdemo.drawing.pictures import png, sheet
from latentdemo.models.learning import Terms
from latentdemo.store.files import write_atomically
from latentdemo.training.loop import Loop
from latentdemo.training.state import scale_rates

SECONDS = 0.5  # between two looks
N_CODES, N_PICTURES, PLANE_SIDE = 400, 8, 7  # test images in the plane, pictures in a row, pictures a side of the plane
REACH = 2.0  # standard deviations of N(0, 1) that the decoded plane shows
MOST_POINTS = 400  # of a curve; of longer ones every second point is dropped
TOLD, WISHES, PICTURES, PLANE = "told.json", "wishes.json", "pictures.png", "plane.png"


class Watch:
    """The two ends of a folder: state, losses, codes and pictures out; β, learning rate and "stop" in.

    Args:
        loop: a run of a kind that learns pixels.
        test: images whose codes fill the plane.
        folder: is made.
    """

    def __init__(self, loop: Loop, test: ImageSet, folder: Path) -> None:
        if loop.kind.learns != "pixels":
            raise ValueError(f"--watch shows codes and pictures; {loop.config.model} has none, ae and vae have")
        if loop.world > 1:
            raise ValueError("--watch steers one process; start it without torchrun")
        folder.mkdir(parents=True, exist_ok=True)
        self.loop, self.folder, self.test = loop, folder, test.some(N_CODES)
        self.labels, self.grouped_by = groups(self.test, data.DATASETS[loop.config.dataset].colour_first)
        self.losses: list[list[float]] = []  # [step, then the terms] of each point
        self.names: list[str] = []
        self.every, self.last = 1, 0.0
        self.changes: list[list[Any]] = []  # [step, what, value]
        if loop.step and (folder / TOLD).exists():
            self._go_on(json.loads((folder / TOLD).read_bytes()))
        self.tell("training")

    def update(self, terms: Terms) -> bool:
        """After a step: keep its losses; twice a second show and listen. Whether the run is to stop."""
        if self.loop.step % self.every == 0:
            self.names = list(terms)
            self.losses.append([self.loop.step, *(float(value.detach()) for value in terms.values())])
            if len(self.losses) > MOST_POINTS:
                self.losses, self.every = self.losses[1::2], 2 * self.every
        if time.monotonic() - self.last < SECONDS:
            return False
        stop = self._listen()
        self.tell("training")
        return stop

    def _go_on(self, told: dict[str, Any]) -> None:
        """Take up the curves of a resumed run."""
        self.names, self.changes = told["names"], told["changes"]
        self.losses = [point for point in told["losses"] if point[0] <= self.loop.step]
        self.every = max(1, int(self.losses[-1][0] - self.losses[-2][0])) if len(self.losses) > 1 else 1

    def _listen(self) -> bool:
        """Do what was wished for since the last time."""
        path, loop = self.folder / WISHES, self.loop
        if not path.exists():
            return False
        taken = path.with_suffix(".taken")  # what is wished for meanwhile is another file
        path.replace(taken)
        wishes = json.loads(taken.read_bytes())
        if wishes.get("beta", loop.config.beta) != loop.config.beta:
            loop.config = replace(loop.config, beta=float(wishes["beta"]))
            loop.learner.setting = replace(loop.learner.setting, beta=loop.config.beta)
            self.changes.append([loop.step, "beta", loop.config.beta])
        if wishes.get("learning_rate", loop.config.learning_rate) != loop.config.learning_rate:
            rate = float(wishes["learning_rate"])
            scale_rates(loop, rate / loop.config.learning_rate)
            loop.config = replace(loop.config, learning_rate=rate)
            self.changes.append([loop.step, "learning_rate", rate])
        return bool(wishes.get("stop"))

    def tell(self, state: str) -> None:
        """Write what the page shows: "training", "stopped", "measuring" or "done"."""
        loop = self.loop
        self._draw()
        told = {
            "state": state,
            "step": loop.step,
            "steps": loop.total_steps,
            "beta": loop.config.beta,
            "learning_rate": loop.config.learning_rate,
            "names": self.names,
            "losses": [[float(f"{value:.5g}") for value in point] for point in self.losses],
            "changes": self.changes,
            "codes": self.codes,
            "labels": self.labels,
            "grouped_by": self.grouped_by,
            "reach": REACH,
        }
        write_atomically(self.folder / TOLD, json.dumps(told).encode())
        self.last = time.monotonic()

    @torch.inference_mode()
    def _draw(self) -> None:
        """Test images over their reconstructions over draws from N(0, I); and the decoded plane, if there is one."""
        model = self.loop.model
        training = model.training
        model.eval()
        try:
            codes = latents.encode(model, self.test.images).mu
            some = self.test.images[:N_PICTURES]
            noise = np.random.default_rng(0).normal(size=(N_PICTURES, codes.shape[1])).astype(np.float32)
            rows = [*some, *latents.decode(model, codes[:N_PICTURES]), *latents.decode(model, noise)]
            write_atomically(self.folder / PICTURES, png(sheet(rows, N_PICTURES)))
            if codes.shape[1] == 2:
                step = np.linspace(-REACH, REACH, PLANE_SIDE, dtype=np.float32)
                places = np.array([(x, y) for y in step[::-1] for x in step], np.float32)
                write_atomically(self.folder / PLANE, png(sheet(list(latents.decode(model, places)), PLANE_SIDE)))
        finally:
            model.train(training)
        self.codes = codes[:, :2].round(3).tolist()


def groups(test: ImageSet, factor: str) -> tuple[list[int], str]:
    """What codes are drawn as: their classes; of factors, in which quarter of the images one lies, and its name."""
    if test.labels.ndim == 1:
        return test.labels.tolist(), ""
    name = factor if factor in test.names else test.names[0]
    values = attributes.filled(test.labels)[:, test.names.index(name)]
    return np.searchsorted(np.quantile(values, [0.25, 0.5, 0.75]), values).tolist(), name
