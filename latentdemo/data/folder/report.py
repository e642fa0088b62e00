"""What was read from a folder comes in; the report that a reader gets goes out."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from latentdemo.data.imageset import ImageSet

MAX_LISTED = 40  # classes in a report


class Report(NamedTuple):
    """What was read from a folder or zip.

    Attributes:
        title: its path.
        left_out: sentences: which images were left out, and why.
        ignored: sentence about other files; "" if there are none.
        tables: sentences about tables.
        split: sentence: how the test images were chosen.
    """

    title: str
    left_out: tuple[str, ...]
    ignored: str
    tables: tuple[str, ...]
    split: str

    def text(self, train: ImageSet, test: ImageSet) -> str:
        """The whole report: what the two splits hold, what was left out and why, tables, split."""
        _, side, _, channels = train.images.shape
        colours = "grey" if channels == 1 else "RGB"
        n = len(train.images) + len(test.images)
        lines = [f"{self.title}: {n:,} images, {side} × {side} pixels, {colours}", *_classes(train, test)]
        lines += [f"Split: {len(train.images):,} for training, {len(test.images):,} for testing; {self.split}"]
        lines += [f"Table: {line}" for line in self.tables]
        lines += [f"Left out: {line}" for line in self.left_out]
        lines += [f"Other files, not used: {self.ignored}"] if self.ignored else []
        return "\n".join(lines)


def _classes(train: ImageSet, test: ImageSet) -> list[str]:
    """A row for each class with its numbers of training and test images; none where columns of a table are labels."""
    if train.labels.ndim == 2:
        return []
    counts = [Counter(split.labels.tolist()) for split in (train, test)]
    width = max(len(name) for name in ("class", *train.names[:MAX_LISTED]))
    rows = [f"  {'class':{width}} {'train':>7} {'test':>7}"]
    for i, name in enumerate(train.names[:MAX_LISTED]):
        rows.append(f"  {name:{width}} {counts[0][i]:7,} {counts[1][i]:7,}")
    return rows + [f"  … and {len(train.names) - MAX_LISTED} more classes"] * (len(train.names) > MAX_LISTED)


def by_ending(paths: Sequence[str]) -> str:
    """How many files have which ending: "3 .txt, 1 without ending"."""
    endings = Counter(ending_of(path) for path in paths)
    return ", ".join(f"{n:,} {ending or 'without ending'}" for ending, n in endings.most_common())


def ending_of(path: str) -> str:
    """ ".png" for "a/b.PNG"; "" for a file without one."""
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return f".{ending.lower()}" if stem and dot else ""
