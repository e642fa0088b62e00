"""Damage: sizes, ranges, closed forms, and what cannot be done."""

import pytest
import torch

from latentdemo.pixels import images
from latentdemo.pixels.corruption import CORRUPTIONS, HOLE_LEVEL, corrupt, corrupt_at_random, possible


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_no_strength_no_change_and_the_same_seed_the_same_damage(name: str):
    x = torch.rand(3, 3, 16, 16, generator=seeded())
    torch.testing.assert_close(corrupt(x, name, 0.0, seeded()), x)
    strong = CORRUPTIONS[name].most
    damaged = corrupt(x, name, strong, seeded(1))
    assert torch.equal(damaged, corrupt(x, name, strong, seeded(1)))
    assert damaged.shape == x.shape and damaged.min() >= 0 and damaged.max() <= 1
    assert not torch.equal(damaged, x)


def test_noise_has_the_standard_deviation_that_it_says():
    x = torch.full((4, 1, 64, 64), 0.5)
    noise = corrupt(x, "noise", 0.1, seeded()) - x  # 5 sd to either end: hardly anything is cut off
    assert noise.std().item() == pytest.approx(0.1, rel=0.02) and abs(noise.mean().item()) < 0.003


def test_holes_are_grey_squares_of_the_side_that_is_said():
    x = torch.zeros(200, 1, 40, 40)
    hidden = corrupt(x, "holes", 0.25, seeded()) == HOLE_LEVEL
    area = hidden.sum(dim=(1, 2, 3))
    assert 270 < area.max() <= 300  # three squares of 10 × 10 that do not meet
    assert torch.equal(corrupt(x, "holes", 0.25, seeded()).unique(), torch.tensor([0.0, HOLE_LEVEL]))


def test_grey_is_the_luma_of_the_kernels_tab():
    x = torch.rand(1, 3, 8, 8, generator=seeded())
    oracle = images.grey(x[0].permute(1, 2, 0).numpy())[:, :, 0]
    for channel in corrupt(x, "grey", 1.0)[0]:
        torch.testing.assert_close(channel, torch.from_numpy(oracle))
    torch.testing.assert_close(corrupt(x, "grey", 0.5), (x + corrupt(x, "grey", 1.0)) / 2)


def test_what_cannot_be_done_is_refused():
    assert possible(1) == ["noise", "holes"] and possible(3) == ["noise", "holes", "grey"]
    with pytest.raises(ValueError, match="no corruption 'grey' of 1 channels"):
        corrupt(torch.zeros(1, 1, 8, 8), "grey", 1.0)
    with pytest.raises(ValueError, match=r"noise takes 0 … 0\.6"):
        corrupt(torch.zeros(1, 1, 8, 8), "noise", 0.7)


def test_training_sees_each_damage_on_its_share_at_many_strengths():
    x = torch.full((300, 3, 8, 8), 0.5)
    x[:, 0] = 1.0  # so that grey shows
    torch.manual_seed(0)
    noise, holes, grey = corrupt_at_random(x, "any").split(100)
    assert (noise.std(dim=(2, 3)) > 0).all()
    assert torch.equal(grey.std(dim=(2, 3)), torch.zeros(100, 3))  # flat stays flat
    assert set(holes.unique().tolist()) <= {0.5, 1.0}
    taken = 1 - (grey[:, 0, 0, 0] - grey[:, 1, 0, 0]) / 0.5  # share of the colour that is gone: √u, so 2/3 on average
    assert taken.mean().item() == pytest.approx(2 / 3, abs=0.06) and taken.min() < 0.3
    alone = corrupt_at_random(x, "grey")
    assert torch.equal(alone.std(dim=(2, 3)), torch.zeros(300, 3)) and not torch.equal(alone, x)


def test_holes_lie_where_their_centres_are_drawn():
    x = torch.zeros(2, 1, 9, 12)
    found = corrupt(x, "holes", 0.3, seeded(3))[:, 0] == HOLE_LEVEL
    centres = torch.rand(3, 2, 2, 1, generator=seeded(3))[..., 0]  # hole, down or right, image
    for image in range(2):
        for i in range(9):
            for j in range(12):
                y, right = (i + 0.5) / 9, (j + 0.5) / 12
                inside = [abs(y - float(d)) < 0.15 and abs(right - float(r)) < 0.15 for d, r in centres[:, :, image]]
                assert bool(found[image, i, j]) is any(inside)
