"""Cases that Python and the page are both tested on, made by torch and written down: python -m tests.web.cases."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy import ndarray as Array

from latentdemo.codes import projection
from latentdemo.models.learning import Likelihood
from latentdemo.models.losses import kl_per_dimension
from latentdemo.pixels import images
from latentdemo.pixels.kernels import KERNELS

FILE = Path(__file__).with_name("cases.json")
PADDINGS = {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}  # what torch calls them
TYPED = {  # what people type into a cell -> what is meant; None: no number
    "5": 5.0, "-2": -2.0, "−2": -2.0, "+3": 3.0, " 3 ": 3.0, "1/4": 0.25, "−1/9": -1 / 9, "1 / 8": 0.125,
    "1.5/2": 0.75, ".5": 0.5, "2.": 2.0, "1e-1": 0.1, "1E2": 100.0, "1000": 1000.0, "-1000": -1000.0,
    "": None, " ": None, "x": None, "1/": None, "/2": None, "1/2/3": None, "1/0": None, "0x10": None, "1_000": None,
    "1000.5": None, "2000": None, "-1e9": None, "nan": None, "Infinity": None, "1e999": None, "--1": None, "1;5": None,
    "٣": None,
}  # fmt: skip
WRITTEN = [  # number -> text, by hand
    (5, "5"), (-0.25, "−0.25"), (1 / 16, "0.0625"), (0, "0"), (-0.0, "0"), (12345, "12345"), (1234.5, "1235"),
    (1.00125, "1.001"), (617.25, "617.3"), (999.96, "1000"), (1.5e-7, "1.5e−7"), (12_345_678.5, "1.235e7"),
    (1.125, "1.125"), (1000.5, "1001"), (123456, "123456"), (2.5e7, "2.5e7"), (-3.14159, "−3.142"),
    (1 / 3, "0.3333"), (1_000_000, "1e6"), (1_234_567, "1.235e6"), (999_999.6, "1e6"), (1000, "1000"),
    (1000.4, "1000"), (999.4, "999.4"), (0.1 + 0.2, "0.3"), (-1.5e-7, "−1.5e−7"), (1e-6, "0.000001"),
    (9.3e15, "9.3e15"), (-9.3456e15, "−9.346e15"), (12345.6, "1.235e4"), (9999.6, "1e4"), (9.99996e-7, "0.000001"),
    (1e300, "1e300"), (1e-300, "1e−300"), (999_999, "999999"),
]  # fmt: skip
FIXED = [  # number, decimals -> text, by hand
    (-12.34, 1, "−12.3"), (2, 3, "2.000"), (0.12345, 4, "0.1235"), (1.23456, 4, "1.235"), (424.75, 2, "424.8"),
    (9.3e15, 2, "9.3e15"), (123456.7, 1, "1.235e5"), (0, 2, "0.00"), (0.0004, 2, "0.00"), (-0.004, 2, "0.00"),
]  # fmt: skip


def listed(values: Array | torch.Tensor) -> list:
    """Nested lists, short enough to be read."""
    return np.round(np.asarray(values, float), 6).tolist()


def convolutions() -> Iterator[dict[str, Any]]:
    """conv2d with every kind of padding, stride, dilation and kernel size, and the products behind one value."""
    rng = np.random.default_rng(0)
    whole = [rng.integers(-4, 5, (k, k)).astype(float) for k in (1, 2, 3, 4, 5, 6, 7) for _ in range(3)]
    kernels = [*whole, *(kernel.array.astype(float) for kernel in KERNELS.values()), rng.normal(size=(3, 3))]
    for i, kernel in enumerate(np.round(kernel, 6) for kernel in kernels):
        k, outside = len(kernel), list(PADDINGS)[i % 3]
        stride, padding, dilation = int(rng.integers(1, 4)), int(rng.integers(0, 4)), 2 if k < 5 and i % 2 else 1
        image = rng.integers(-9, 10, (9, 11)).astype(float)
        x, weight = torch.from_numpy(image)[None, None], torch.from_numpy(kernel)[None, None]
        padded = F.pad(x, (padding,) * 4, PADDINGS[outside])
        inside = F.pad(torch.ones_like(x), (padding,) * 4)
        out = F.conv2d(padded, weight, stride=stride, dilation=dilation)[0, 0]
        row, column = out.shape[0] - 1, out.shape[1] // 2
        at = row * out.shape[1] + column
        patches = [
            F.unfold(part, k, dilation=dilation, stride=stride)[0, :, at].view(k, k) for part in (padded, inside)
        ]
        yield {
            "image": listed(image), "kernel": listed(kernel), "output": listed(out),
            "settings": {"stride": stride, "padding": padding, "dilation": dilation, "outside": outside},
            "row": row, "column": column, "patch": listed(patches[0]), "total": float(out[row, column]),
            "inside": patches[1].flatten().bool().tolist(),
        }  # fmt: skip


def refused() -> list[dict[str, Any]]:
    """Settings that cannot be, and a word of the sentence that says so."""
    base = {"n": 5, "k": 3, "stride": 1, "padding": 0, "dilation": 1, "outside": "zero"}
    return [
        {**base, "k": 7, "word": "reaches over 7"},
        {**base, "dilation": 3, "word": "reaches over 7"},
        {**base, "stride": 6, "word": "stride of 6"},
        {**base, "padding": 5, "outside": "reflect", "word": "cannot mirror"},
    ]


def layers() -> dict[str, Any]:
    """Pooling, transposed convolution, two kernels as one."""
    rng = np.random.default_rng(1)
    image, kernel = rng.integers(-9, 10, (9, 8)).astype(float), rng.integers(-4, 5, (3, 3)).astype(float)
    x, weight = torch.from_numpy(image)[None, None], torch.from_numpy(kernel)[None, None]
    second = torch.from_numpy(rng.integers(-4, 5, (3, 3)).astype(float))[None, None]
    pools = {"max": F.max_pool2d, "average": F.avg_pool2d}
    transposed = [(1, 0), (2, 0), (2, 1), (3, 2)]
    return {
        "image": listed(image),
        "kernel": listed(kernel),
        "second": listed(second[0, 0]),
        "pool": [
            {"kind": kind, "size": size, "output": listed(pools[kind](x, size)[0, 0])}
            for kind in pools
            for size in (2, 3)
        ],
        "transposed": [
            {"stride": stride, "padding": padding,
             "output": listed(F.conv_transpose2d(x, weight, stride=stride, padding=padding)[0, 0])}
            for stride, padding in transposed
        ],
        "composed": listed(F.conv_transpose2d(second, weight)[0, 0]),
    }  # fmt: skip


def colours() -> dict[str, Any]:
    """Bytes and their luma, rounded as whole numbers are: (299 R + 587 G + 114 B + 500) // 1000."""
    rgb = np.random.default_rng(2).integers(0, 256, (40, 3))
    return {"rgb": rgb.tolist(), "grey": [int((299 * r + 587 * g + 114 * b + 500) // 1000) for r, g, b in rgb.tolist()]}


def blends() -> dict[str, Any]:
    """Codes of places between points, and on one."""
    rng = np.random.default_rng(3)
    codes, places = rng.normal(size=(40, 4)).round(3), rng.normal(size=(40, 2)).round(3)
    asked = np.concatenate([rng.normal(size=(4, 2)), places[7:8]]).round(3)
    found = [projection.place(places, codes, place) for place in asked]  # the same mean, the other way round
    codes_asked = np.concatenate([rng.normal(size=(4, 4)), codes[9:10]]).round(3)
    placed = [projection.place(codes, places, code) for code in codes_asked]
    given = {"codes": codes, "places": places, "asked": asked, "codes_asked": codes_asked}
    return {**{key: value.tolist() for key, value in given.items()}, "found": listed(found), "placed": listed(placed)}  # type: ignore[arg-type]


def resized() -> dict[str, Any]:
    """What `pixels.images` makes of images: the middle square resized, no side longer than a limit, digits."""
    rng = np.random.default_rng(10)
    sizes = [(13, 19, 3), (21, 9, 1), (5, 8, 3), (16, 16, 1)]
    given = [rng.integers(0, 256, size, np.uint8) for size in sizes]
    digits = [np.full((25, 34, 3), 240, np.uint8), np.zeros((32, 32, 1), np.uint8), np.zeros((12, 12, 1), np.uint8)]
    digits[0][5:20, 12:16], digits[0][18:20, 8:30] = (20, 40, 90), 60
    digits[1][4:28, 15:17], digits[2][3:9, 4:8] = 255, rng.integers(0, 256, (6, 4, 1), np.uint8)
    return {
        "fitted": [_case(image, images.fit(image, 10, channels)) for image in given for channels in (1, 3)],
        "shrunk": [_case(image, images.shrink(image, longest)) for image in given for longest in (5, 14)],
        "digits": [_case(image, images.as_digit(image)) for image in [*digits, given[0]]],
    }


def _case(image: Array, wanted: Array) -> dict[str, Any]:
    return {
        "image": image.ravel().tolist(),
        "shape": image.shape,
        "wanted": wanted.ravel().tolist(),
        "as": wanted.shape,
    }


def components() -> dict[str, Any]:
    """Codes, their principal components, and where these place them."""
    codes = (np.random.default_rng(6).normal(size=(40, 4)) * (4, 2, 1, 0.5) + (1, 2, 3, 4)).round(3)
    found = projection.principal_components(codes)
    return {"codes": codes.tolist(), "projected": listed(found.project(codes))} | {
        key: value.tolist() for key, value in found._asdict().items()
    }


def losses() -> dict[str, Any]:
    """Reconstruction terms and divergences as `models.losses` has them, of 2 × 2 pixels in two channels."""
    rng = np.random.default_rng(4)
    logits, weight = rng.normal(0, 3, (2, 2, 2)).round(3), rng.uniform(0, 2, (2, 2)).round(3)
    seen = rng.integers(0, 256, (2, 2, 2))
    mu, logvar = rng.normal(size=5).round(3), rng.normal(size=5).round(3)
    given = torch.from_numpy(logits).permute(2, 0, 1)[None], torch.from_numpy(seen / 255).permute(2, 0, 1)[None]
    found = {
        "bernoulli": Likelihood("bernoulli").nll(*given),
        "gaussian": Likelihood("gaussian", 0.08).nll(*given),
        "weighted": Likelihood("gaussian", 0.08, torch.from_numpy(weight)).nll(*given),
    }
    kl = kl_per_dimension(torch.from_numpy(mu)[None], torch.from_numpy(logvar)[None])[0]
    return {"logits": logits.ravel().tolist(), "seen": seen.ravel().tolist(), "weight": weight.ravel().tolist(),
            "mu": mu.tolist(), "logvar": logvar.tolist(), "kl": listed(kl),
            **{name: round(float(value), 6) for name, value in found.items()}}  # fmt: skip


def drawn() -> list[dict[str, Any]]:
    """Codes of a mixture of Gaussians: the component that a share falls to, its mean and its factor times the noise."""
    rng = np.random.default_rng(8)
    weights, means = np.array([0.2, 0.5, 0.3]), rng.normal(size=(3, 4))
    factors = np.tril(rng.normal(size=(3, 4, 4)))
    found = []
    for share, k in ((0.1, 0), (0.2, 1), (0.69, 1), (0.71, 2), (0.99, 2)):
        epsilon = rng.normal(size=4)
        given = {"weights": weights, "means": means.ravel(), "factors": factors.ravel(), "epsilon": epsilon}
        found.append({key: value.tolist() for key, value in given.items()}
                     | {"share": share, "code": (means[k] + factors[k] @ epsilon).tolist()})  # fmt: skip
    return found


def differences() -> dict[str, Any]:
    """Mean squared difference of pictures to the first one, and the others' standard deviation at each pixel."""
    n, side, channels = 5, 3, 3
    pixels = np.random.default_rng(9).integers(0, 256, (n, side, side, channels), np.uint8)
    first, others = pixels[0] / 255, pixels[1:] / 255
    return {"n": n, "side": side, "channels": channels, "pixels": pixels.ravel().tolist(),
            "spread": float(((others - first) ** 2).mean()),
            "deviation": others.std(axis=0).mean(axis=2).ravel().tolist()}  # fmt: skip


def make() -> dict[str, Any]:
    """All cases; `shared` is what the page is told by Python, too."""
    from latentdemo.dashboard import shared

    return {
        "shared": shared(),
        "convolutions": list(convolutions()),
        "refused": refused(),
        "layers": layers(),
        "colours": colours(),
        "typed": TYPED,
        "written": WRITTEN,
        "fixed": FIXED,
        "blends": blends(),
        "components": components(),
        "resized": resized(),
        "losses": losses(),
        "drawn": drawn(),
        "differences": differences(),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(make(), ensure_ascii=False, separators=(",", ":")) + "\n")
