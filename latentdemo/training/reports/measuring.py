"""The bar of the measuring stage: the steps of a finished training come in; what is measured and how long, goes out."""

import sys
import threading
import time
from types import TracebackType

from tqdm import tqdm

SECONDS = {  # that each step takes on two cores; only their ratios matter, the bar corrects for the speed it sees
    "test images": 3.0,
    "codes": 3.0,
    "maps of the codes (UMAP, t-SNE, PCA)": 60.0,
    "densities of the codes": 5.0,
    "linear probes": 30.0,
    "images for its channels": 60.0,
    "samples": 20.0,
    "edits": 10.0,
    "files": 1.0,
}
REFRESH = 1.0  # seconds
PRIOR = 10.0  # seconds of the expected speed that are averaged with the measured one


class Measuring:
    """Prints to standard error: one bar on a terminal, one line for each step into a log.

    Args:
        name: of the checkpoint.
        steps: keys of SECONDS, in the order in which they are done.
    """

    def __init__(self, name: str, steps: list[str]) -> None:
        self.name, self.steps = name, steps
        self.total = sum(SECONDS[step] for step in steps)
        self.done, self.now, self.far = 0.0, 0.0, ""  # seconds of SECONDS: before this step, and of this step
        self.start = self.begun = time.monotonic()
        self.step = steps[0]
        self.ended = threading.Event()
        self.bar = tqdm(total=100, bar_format="{desc} {bar} {n} %", disable=not sys.stderr.isatty())

    def __enter__(self) -> "Measuring":
        if not self.bar.disable:
            threading.Thread(target=self._refresh, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ended.set()
        self.bar.close()

    def tell(self, step: str, far: str = "") -> None:
        """A step begins, or has come so far; what is not among the steps is shown without a share of the bar."""
        self.far = far
        if step != self.step or not self.now:
            place = self.steps.index(step) if step in self.steps else 0
            self.done, self.now = sum(SECONDS[one] for one in self.steps[:place]), SECONDS.get(step, 0.0)
            self.step, self.begun = step, time.monotonic()
            if self.bar.disable:
                print(self.line(), file=sys.stderr, flush=True)
        if not self.bar.disable:
            self.show()

    def speed(self) -> float:
        """Seconds of SECONDS that a second does, from the steps that are done."""
        return (self.done + PRIOR) / (self.begun - self.start + PRIOR)

    def share(self) -> float:
        """How much of the measuring is done, 0 … 1; within a step it is estimated from the time that has passed."""
        within = min((time.monotonic() - self.begun) * self.speed(), 0.95 * self.now)
        return (self.done + within) / self.total

    def line(self) -> str:
        """What is measured, and about how long the rest takes."""
        left = self.total * (1 - self.share()) / self.speed()
        return f"{self.name}  measuring: {self.step}{self.far and f', {self.far}'}  about {_duration(left)} left"

    def show(self) -> None:
        """Draw the bar."""
        self.bar.n = round(100 * self.share())
        self.bar.set_description_str(self.line())

    def _refresh(self) -> None:
        while not self.ended.wait(REFRESH):
            self.show()


def _duration(seconds: float) -> str:
    """To a second below a minute and a half, then to half a minute."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{round(seconds / 30) / 2:g} min"
