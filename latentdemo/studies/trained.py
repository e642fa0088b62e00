"""One small training: settings and images come in, a network in eval mode goes out; nothing is written."""

from collections.abc import Callable
from typing import Any

from latentdemo.data.imageset import ImageSet
from latentdemo.training.begin import Start
from latentdemo.training.config import TrainConfig
from latentdemo.training.loop import Loop


def trained(
    config: TrainConfig,
    train: ImageSet,
    start: Start | None = None,
    after: Callable[[Loop], None] | None = None,
) -> Any:
    """Train to the end.

    Args:
        config: the settings; its number of images is that of `train`.
        train: what is learned from.
        start: a body to begin with.
        after: is called before the first step and after each.

    Raises:
        TrainingDiverged: the loss is no longer a number.
    """
    loop = Loop(config, train, None, start)
    if after is not None:
        after(loop)
    while loop.step < loop.total_steps:
        loop.advance()
        if after is not None:
            after(loop)
    return loop.model.cpu().eval()
