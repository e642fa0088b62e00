"""A generative adversarial network: the VAE's decoder learns from a critic alone, and there is no encoder."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from latentdemo.models.learning import AveragingLearner, Setting, Terms
from latentdemo.models.parts import Decoding, Shape, decoder, encoder

PENALTY_EVERY = 8  # steps of the critic: the penalty's second derivatives are expensive


class Generator(Decoding, nn.Module):
    """z ~ N(0, I) -> image: layer by layer the decoder of an autoencoder of this shape (Goodfellow et al. 2014)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.decoder = decoder(shape)


class AdversarialLearner(AveragingLearner):
    """Generator and critic, both a step at a time; the generator that is kept is the average of those that played.

    The critic has the encoder's shape without batch normalisation: it must judge each image alone. What normalisation
    would do for it is done at the start: it sees values of -1 … 1, and has weights by which these keep their spread
    from layer to layer, by the gain of ReLU, which SiLU is near. One backward pass serves both: the critic's loss sees
    made images without the way back to the generator, the generator's loss sees the critic's weights as constants.
    """

    betas = (0.0, 0.99)

    def __init__(self, network: Any, setting: Setting) -> None:
        super().__init__(network, setting)
        self.critic = encoder(network.shape, 1, normalised=False)
        for layer in self.critic:
            if isinstance(layer, nn.Conv2d | nn.Linear):  # He et al. 2015 (arXiv:1502.01852), eq. 10
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # pyright: ignore[reportArgumentType]

    def forward(self, x: Tensor, y: Tensor) -> Terms:
        """Losses in nats, averaged over the batch of images (B, C, S, S) in [0, 1].

        Source:
            Goodfellow et al. 2014 (arXiv:1406.2661), section 3, with the generator's loss that does not saturate;
            the penalty ½ γ E|∇D(x)|² on real images is R1 of Mescheder et al. 2018 (arXiv:1801.04406), eq. 9.
        """
        z = torch.randn(len(x), self.network.shape.latent_dim, device=x.device)
        made = self.live.decode(z)
        turn, rest = divmod(int(self.n_steps), self.setting.critic_every)
        real = x.requires_grad_(bool(self.setting.penalty) and not rest and turn % PENALTY_EVERY == 0)
        said_real, said_made = self.critic(_centred(real)), self.critic(_centred(made.detach()))
        critic = F.softplus(-said_real).mean() + F.softplus(said_made).mean()
        still = {name: weight.detach() for name, weight in self.critic.named_parameters()}
        generator = F.softplus(-functional_call(self.critic, still, (_centred(made),))).mean()
        loss = (0 * critic if rest else critic) + generator  # every process expects a gradient, see `resting`
        if real.requires_grad:
            slope = torch.autograd.grad(said_real.sum(), real, create_graph=True)[0]
            loss = loss + 0.5 * self.setting.penalty * PENALTY_EVERY * slope.square().sum((1, 2, 3)).mean()
        return {"loss": loss, "critic": critic.detach(), "generator": generator.detach()}

    def resting(self) -> list[nn.Parameter]:
        """The critic, in all but every `critic_every`-th step: a gradient of 0 would still let AdamW decay it."""
        return list(self.critic.parameters()) if int(self.n_steps) % self.setting.critic_every else []


def _centred(x: Tensor) -> Tensor:
    """Values of 0 … 1 as -1 … 1."""
    return 2 * x - 1
