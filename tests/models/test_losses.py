import numpy as np
import pytest
import torch
from scipy.integrate import quad
from torch.distributions import Bernoulli, Normal, kl_divergence

from latentdemo.models import losses


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def test_kl_equals_torch():
    mu, logvar = random(7, 5), random(7, 5)
    oracle = kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum(1).mean()
    torch.testing.assert_close(losses.kl_to_standard_normal(mu, logvar), oracle)


@pytest.mark.parametrize(("mu", "sigma"), [(0.0, 1.0), (1.5, 0.3), (-2.0, 2.0)])
def test_kl_equals_its_integral(mu: float, sigma: float):
    def integrand(z: float) -> float:
        log_q = -0.5 * ((z - mu) / sigma) ** 2 - np.log(sigma)
        return np.exp(log_q) / np.sqrt(2 * np.pi) * (log_q + 0.5 * z * z)

    value, _ = quad(integrand, mu - 12 * sigma, mu + 12 * sigma)
    ours = losses.kl_to_standard_normal(torch.tensor([[mu]]).double(), torch.tensor([[2 * np.log(sigma)]]))
    assert float(ours) == pytest.approx(value, abs=1e-8)


def test_kl_of_the_prior_is_zero():
    assert float(losses.kl_to_standard_normal(torch.zeros(3, 4), torch.zeros(3, 4))) == 0


def test_bernoulli_equals_torch():
    logits, x = random(4, 1, 6, 6), (random(4, 1, 6, 6) > 0).float()
    oracle = -Bernoulli(logits=logits).log_prob(x).sum(dim=(1, 2, 3)).mean()
    torch.testing.assert_close(losses.bernoulli_nll(logits, x), oracle)


def test_gaussian_equals_torch_and_weights_weigh():
    x_hat, x = random(4, 3, 6, 6), random(4, 3, 6, 6) / 2
    terms = -Normal(x_hat, 0.08**0.5).log_prob(x)
    torch.testing.assert_close(losses.gaussian_nll(x_hat, x, 0.08), terms.sum(dim=(1, 2, 3)).mean())
    square = (x_hat - x).square()
    weight = torch.full((6, 6), 0.5)
    weight[:3] = 1.5
    difference = losses.gaussian_nll(x_hat, x, 0.08, weight) - losses.gaussian_nll(x_hat, x, 0.08)
    assert float(difference) == pytest.approx(float(((weight - 1) * square).sum() / (0.16 * 4)), rel=1e-3)


def test_reparameterised_draws_have_the_asked_mean_and_spread():
    mu, logvar = torch.full((200_000, 1), 2.0), torch.full((200_000, 1), float(np.log(0.25)))
    z = losses.reparameterise(mu, logvar, random(200_000, 1))
    assert float(z.mean()) == pytest.approx(2, abs=0.01) and float(z.std()) == pytest.approx(0.5, abs=0.01)
