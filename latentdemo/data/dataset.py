"""What is known of a dataset before its images are loaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from numpy import ndarray as Array

from latentdemo.data.imageset import ImageSet
from latentdemo.pixels import images

MIN_VARIANCE = 1e-5  # of a pixel in 0–1; rounding to 8 bits alone leaves 1.3e-6


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One entry of DATASETS.

    Attributes:
        title: on screen.
        noun: what one of its images shows: "face", "digit"; plural with an s.
        load: (split, data_dir, n) -> ImageSet of at most n images; takes `processes` where images are rendered, and
            `image_size` where that can be chosen.
        image_size, channels: of its images; channels 0: as in the files.
        likelihood: "bernoulli" for nearly binary pixels, else "gaussian".
        variance: of a pixel under the "gaussian" likelihood.
        estimates_variance: whether a training estimates it from its images instead; `variance` is then that of
            checkpoints whose card has none.
        pixel_weight: makes the (S, S) weights of the pixels in the training loss, mean 1; None: all count alike.
        licence: of the images, and where they come from.
        weight_note: what `pixel_weight` makes count more, in words.
        n_test: images of the test split; 0: it depends.
        test_files: what of the test split lies in a data folder; empty: not looked for by the app.
        augment: whether classifiers are trained on shifted and mirrored copies.
        judge: checkpoint of a classifier or regressor of the set, in whose features samples are measured; "": none.
        prepare: (image, size, channels) -> what a model trained on the set gets to see of any picture.
        render: (factors (n, F), side, if not their own) -> (n, side, side, C) uint8, where images are drawn; else None.
        examples: makes (S, S, C) uint8 pictures to begin with; none: an empty list.
        thresholds: of its factors as attributes: name -> (above this with, at or below this without); a factor that
            is not named is split by its values.
        excluded: factors that are no attributes, with the reason.
        first_attribute: attribute whose slider starts at 1 in *Attributes*; "": all sliders start at 0.
        edited: attribute whose vector is measured against the renderer's own change; "": none.
        colour_first: factor that the map is coloured by at first; "": the first one.
        drawn: whether what is drawn on the page's pad is one of its images.
        sample_class: class whose mean code, decoded, is among the sample pictures; None: none.
        resizable: whether its files have no size of their own, so that one may be chosen.
    """

    title: str
    noun: str
    load: Callable[..., ImageSet]
    image_size: int
    channels: int
    likelihood: str
    licence: str
    variance: float = 1.0
    estimates_variance: bool = False
    pixel_weight: Callable[[], Array] | None = None
    weight_note: str = ""
    n_test: int = 0
    test_files: tuple[str, ...] = ()
    augment: bool = False
    judge: str = ""
    prepare: Callable[[Array, int, int], Array] = images.fit
    render: Callable[..., Array] | None = None
    examples: Callable[[], list[Array]] = list
    thresholds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)
    first_attribute: str = ""
    edited: str = ""
    colour_first: str = ""
    drawn: bool = False
    sample_class: int | None = None
    resizable: bool = False

    def at_hand(self, data_dir: Path) -> bool:
        """Whether the test split can be read from a folder without fetching anything."""
        return bool(self.test_files) and all((data_dir / file).exists() for file in self.test_files)
