"""Networks that make images out of noise: their formulas against torch, closed forms and each other."""

import math
from typing import Any

import pytest
import torch
from torch import nn

from latentdemo.models import MODELS, build
from latentdemo.models.generators import denoiser, vqvae
from latentdemo.models.generators.denoiser import STEPS, alpha_bar, as_told, time_embedding
from latentdemo.models.learning import Likelihood, Setting
from latentdemo.models.parts import Shape, n_parameters

DIGITS = Shape(28, 1, 5)
GRIDS = Shape(28, 1, 4, entries=8)
SETTING = Setting(Likelihood("bernoulli"), penalty=2.0)


def learner(kind: str, shape: Shape, setting: Setting = SETTING) -> Any:
    torch.manual_seed(0)
    return MODELS[kind].learner(build(kind, shape), setting)


def images(n: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


class TestDenoiser:
    shape = Shape(28, 1, 3, told=4)

    def test_what_is_left_of_a_code_is_the_product_of_what_each_step_leaves(self):
        left = alpha_bar()
        betas = [1e-4 + (0.05 - 1e-4) * t / 199 for t in range(STEPS)]
        assert left[-1].item() == pytest.approx(math.prod(1 - beta for beta in betas), rel=1e-3)
        assert left[0].item() == pytest.approx(1 - 1e-4) and (left.diff() < 0).all() and left[-1] < 0.007

    def test_steps_are_told_by_sines_and_cosines(self):
        found = time_embedding(torch.tensor([0, 7]))
        assert found.shape == (2, 64) and found[0, :32].abs().max() == 0 and (found[0, 32:] == 1).all()
        assert found[1, 0].item() == pytest.approx(math.sin(7)) and found[1, 32].item() == pytest.approx(math.cos(7))

    def test_what_is_not_known_is_not_looked_at(self):
        model = build("diffusion", self.shape).eval()
        z, t = torch.randn(2, 3), torch.tensor([5, 190])
        none, one = torch.zeros(2, 4), torch.ones(2, 4)
        assert torch.equal(model(z, t, none, none), model(z, t, 9 * one, none))
        assert not torch.equal(model(z, t, one, one), model(z, t, none, none))

    def test_it_works_on_codes_of_mean_0_and_sd_1(self):
        one = learner("diffusion", self.shape)
        x, y = 5 + 3 * torch.randn(400, 3), torch.arange(400) % 4
        one.meet(x, y)
        z = one.network.standardise(x)
        assert z.mean(0).abs().max() < 1e-4 and (z.std(0) - 1).abs().max() < 1e-4
        torch.testing.assert_close(one.network.restore(z), x, atol=1e-4, rtol=1e-4)
        assert torch.equal(one.live.mean, one.network.mean)

    def test_the_loss_is_the_squared_error_of_the_noise(self, monkeypatch: pytest.MonkeyPatch):
        one = learner("diffusion", self.shape)
        one.meet(torch.randn(100, 3), torch.arange(100) % 4)
        seen = []

        def silent(z, t, told, known):
            seen.append((z, t, known))
            return torch.zeros_like(z)

        monkeypatch.setattr(one.live, "forward", silent)
        x = torch.randn(4000, 3)
        torch.manual_seed(3)
        loss = one(x, torch.zeros(4000, dtype=torch.long))["loss"]
        assert loss.item() == pytest.approx(1, abs=0.05)  # the variance of what it should have seen
        z, t, known = seen[0]
        assert set(known.mean(1).tolist()) == {0.0, 1.0}  # a class is told whole, or not at all
        assert known.mean().item() == pytest.approx(1 - denoiser.DROPPED, abs=0.04)
        late = one.live.standardise(x)[t > 150]
        assert (z[t > 150] * late).mean() < 0.3 and z[t > 150].var().item() == pytest.approx(1, abs=0.1)

    def test_factors_are_left_out_one_by_one(self, monkeypatch: pytest.MonkeyPatch):
        one = learner("diffusion", self.shape)
        y = torch.randn(3000, 4)
        one.meet(torch.randn(3000, 3), y)
        seen = []
        monkeypatch.setattr(one.live, "forward", lambda z, t, told, known: seen.append(known) or torch.zeros_like(z))
        one(torch.randn(3000, 3), y)
        shares = seen[0].mean(1)
        assert {0.25, 0.5, 0.75} <= set(shares.tolist()) and torch.equal(as_told(y, 4), y)


class TestGan:
    def test_the_generator_is_the_vaes_decoder(self):
        gan, vae = build("gan", DIGITS), build("vae", DIGITS)
        sizes = [{name: tuple(p.shape) for name, p in one.decoder.named_parameters()} for one in (gan, vae)]
        assert sizes[0] == sizes[1] and n_parameters(gan) == n_parameters(vae.decoder)
        with pytest.raises(ValueError, match=r"takes \(B, 5\)"):
            gan.decode(torch.zeros(1, 4))

    def test_one_backward_pass_gives_each_player_its_own_gradient(self):
        one = learner("gan", DIGITS, Setting(Likelihood("bernoulli"), penalty=0.0))
        x = images(6)
        torch.manual_seed(1)
        terms = one(x, torch.zeros(6))
        terms["loss"].backward()
        found = {name: p.grad.clone() for name, p in one.named_parameters() if p.grad is not None}
        one.zero_grad()
        torch.manual_seed(1)
        made = one.live.decode(torch.randn(6, 5))
        softplus = nn.functional.softplus
        critic = softplus(-one.critic(2 * x - 1)).mean() + softplus(one.critic(2 * made.detach() - 1)).mean()
        generator = softplus(-one.critic(2 * made - 1)).mean()
        assert terms["critic"].item() == pytest.approx(critic.item(), rel=1e-5)
        assert terms["generator"].item() == pytest.approx(generator.item(), rel=1e-5)
        for loss, player in ((critic, one.critic), (generator, one.live)):
            weights = [p for p in player.parameters() if p.requires_grad]
            prefix = "critic." if player is one.critic else "live."
            wanted = torch.autograd.grad(loss, weights, retain_graph=True)
            for (name, _), grad in zip(player.named_parameters(), wanted, strict=True):
                torch.testing.assert_close(found[prefix + name], grad, atol=1e-5, rtol=1e-3)
        assert not any(name.startswith("network.") for name in found)

    def test_the_penalty_is_half_the_squared_slope_on_real_images_every_eighth_step(self):
        with_it, without = learner("gan", DIGITS), learner("gan", DIGITS, Setting(Likelihood("bernoulli"), penalty=0.0))
        without.load_state_dict(with_it.state_dict())
        x = images(3)
        losses = []
        for one in (with_it, without):
            torch.manual_seed(2)
            losses.append(one(x.clone(), torch.zeros(3))["loss"])
        real = x.clone().requires_grad_()
        slope = torch.autograd.grad(with_it.critic(2 * real - 1).sum(), real)[0]
        penalty = 0.5 * 2.0 * slope.square().sum((1, 2, 3)).mean() * 8  # for the seven steps without one, too
        assert (losses[0] - losses[1]).item() == pytest.approx(penalty.item(), rel=1e-3)
        with_it.n_steps += 1
        torch.manual_seed(2)
        assert with_it(x.clone(), torch.zeros(3))["loss"].item() == pytest.approx(losses[1].item(), rel=1e-5)

    def test_a_critic_begins_with_weights_that_keep_the_size_of_what_they_see(self):
        critic = learner("gan", Shape(64, 3, 8)).critic
        for layer in (one for one in critic if hasattr(one, "weight")):
            fan_in = layer.weight[0].numel()
            spread = layer.weight.std() if layer.weight.numel() > 1000 else layer.weight.square().mean().sqrt()
            assert spread.item() == pytest.approx((2 / fan_in) ** 0.5, rel=0.2) and not layer.bias.any()

    def test_a_critic_that_lags_stands_still_meanwhile(self):
        one = learner("gan", DIGITS, Setting(Likelihood("bernoulli"), penalty=0.0, critic_every=3))
        for step, moves in enumerate((True, False, False, True)):
            one.zero_grad()
            one.n_steps.fill_(step)
            one(images(3), torch.zeros(3))["loss"].backward()
            assert any(p.grad.abs().sum() > 0 for p in one.critic.parameters()) == moves
            assert all(p.grad is not None for p in one.live.parameters() if p.requires_grad)

    def test_what_is_kept_is_the_average_of_what_played(self):
        one = learner("gan", DIGITS)
        one.meet(images(4), torch.zeros(4))
        before = one.network.decoder[0].weight.clone()
        with torch.no_grad():
            one.live.decoder[0].weight.add_(1.0)
        one.after_step()
        stays = 2 / 11
        torch.testing.assert_close(one.network.decoder[0].weight, before + (1 - stays))
        one.n_steps.fill_(10**6)
        before = one.network.decoder[0].weight.clone()
        one.after_step()
        wanted = before + (one.live.decoder[0].weight - before) * (1 - 0.9995)
        torch.testing.assert_close(one.network.decoder[0].weight, wanted)


class TestVectorQuantised:
    @pytest.mark.parametrize(("size", "side"), [(28, 7), (32, 8), (64, 8), (16, 8), (128, 16), (48, 12)])
    def test_the_grid_is_small_and_images_come_back_in_their_size(self, size: int, side: int):
        shape = Shape(size, 3, 4, entries=8)
        model, x = build("vqvae", shape).eval(), torch.rand(2, 3, size, size)
        indices = model.indices(x)
        assert shape.grid == side and indices.shape == (2, side, side) and shape.code_size == 4 * side**2
        assert model.decode_indices(indices).shape == x.shape

    def test_the_nearest_entry_is_torchs(self):
        model, vectors = build("vqvae", GRIDS), torch.randn(50, 4)
        assert torch.equal(model.nearest(vectors), torch.cdist(vectors, model.codebook).argmin(1))

    def test_encode_and_decode_lay_vectors_out_place_by_place(self):
        model, x = build("vqvae", GRIDS).eval(), images(2)
        flat, none = model.encode(x)
        assert none is None and flat.shape == (2, 49 * 4)
        indices = model.indices(x)
        assert torch.equal(model.nearest(flat.view(-1, 4)).view(2, 7, 7), indices)
        torch.testing.assert_close(model.decode(model.codebook[indices].flatten(1)), model.decode_indices(indices))
        with pytest.raises(ValueError, match=r"takes \(B, 196\)"):
            model.decode(torch.zeros(1, 4))

    def test_gradients_go_past_the_replacement(self):
        model, x = build("vqvae", GRIDS), images(2)
        output = model(x)
        after = model.entries(output.indices).requires_grad_()
        output.before.retain_grad()
        torch.manual_seed(0)
        output.logits.square().sum().backward()
        torch.manual_seed(0)
        (wanted,) = torch.autograd.grad(model.decoder(after).square().sum(), after)
        torch.testing.assert_close(output.before.grad, wanted, atol=1e-4, rtol=1e-3)

    def test_entries_move_to_the_mean_of_what_they_stood_for(self):
        one = learner("vqvae", GRIDS)
        one(images(4), torch.zeros(4))
        vectors, indices = one.seen
        one.n_steps.fill_(5)
        counts, sums = one.counts.clone(), one.sums.clone()
        one.after_step()
        for k in range(8):
            own = vectors[indices == k]
            n = vqvae.KEPT * counts[k] + (1 - vqvae.KEPT) * len(own)
            total = vqvae.KEPT * sums[k] + (1 - vqvae.KEPT) * own.sum(0)
            torch.testing.assert_close(one.network.codebook[k], total / n, atol=1e-5, rtol=1e-4)

    def test_entries_that_nothing_uses_begin_anew_among_the_vectors(self):
        one = learner("vqvae", GRIDS)
        one(images(4), torch.zeros(4))
        vectors, indices = one.seen
        least = int(torch.bincount(indices, minlength=8).argmin())
        one.counts.fill_(1000.0)
        one.counts[least] = 0.0
        one.after_step()  # the first step looks for dead ones
        assert (vectors - one.network.codebook[least]).norm(dim=1).min() < 1e-4

    def test_the_loss_is_reconstruction_and_a_quarter_of_the_distance(self):
        one, x = learner("vqvae", GRIDS), images(3)
        terms = one(x, torch.zeros(3))
        output = one.network(x)
        distance = (output.before - one.network.entries(output.indices)).square().sum() / 3
        nll = Likelihood("bernoulli").nll(output.logits, x)
        assert terms["loss"].item() == pytest.approx((nll + 0.25 * distance).item(), rel=1e-4)
        assert 1 <= terms["perplexity"].item() <= 8


class TestGridPrior:
    def test_a_place_sees_only_those_before_it(self):
        model = build("transformer", GRIDS).eval()
        grid = torch.randint(8, (1, 7, 7), generator=torch.Generator().manual_seed(0))
        other = grid.clone()
        other[0, 3, 2] = (other[0, 3, 2] + 1) % 8
        place = 3 * 7 + 2
        change = (model(grid) - model(other)).abs().amax((0, 2))
        assert change[: place + 1].max() < 1e-6 and (change[place + 1 :] > 0).all()

    def test_drawing_step_by_step_gives_the_probabilities_of_one_pass(self):
        model = build("transformer", GRIDS).eval()
        grids, shares = model.draw(3, torch.Generator().manual_seed(0))
        wanted = model(grids).softmax(2).gather(2, grids.flatten(1)[:, :, None])[:, :, 0]
        torch.testing.assert_close(shares.flatten(1), wanted, atol=1e-5, rtol=1e-4)
        again, _ = model.draw(3, torch.Generator().manual_seed(0))
        assert torch.equal(grids, again)

    def test_a_low_temperature_takes_the_likeliest(self):
        model = build("transformer", GRIDS).eval()
        with torch.no_grad():
            model.head.weight.mul_(20)
        grids, _ = model.draw(2, torch.Generator().manual_seed(0), temperature=1e-3)
        assert torch.equal(model(grids).argmax(2), grids.flatten(1))

    def test_the_loss_is_the_cross_entropy_of_every_place(self):
        one = learner("transformer", GRIDS)
        grids = torch.randint(8, (5, 7, 7))
        terms = one(grids, torch.zeros(5))
        logits = one.live(grids)
        bits = -logits.log_softmax(2).gather(2, grids.flatten(1)[:, :, None]).sum() / 5 / math.log(2)
        assert terms["bits"].item() == pytest.approx(bits.item(), rel=1e-5)
        assert terms["loss"].item() == pytest.approx(bits.item() * math.log(2) / 49, rel=1e-5)
