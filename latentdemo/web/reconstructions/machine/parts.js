/** What each part of the machine computes: a line of mathematics, a line of PyTorch, the numbers of this image. */

import { make } from "../../core/dom.js";
import { number } from "../../core/numerals.js";

/** @typedef {import("./side.js").Side} Side */

/** Of the dimension that was dragged last, at first of the one that carries most. @param {Side} side */
function numbers({ told, state, loss, divergences, dimension: i }) {
  const [z, mu] = [`z${i} = ${number(state.z[i])}`, `μ${i} = ${number(state.mu[i])}`];
  if (!state.sigma) return { encoder: `z${i} = ${number(state.mu[i])}`, code: z, loss: "no KL term" };
  const sigma = `σ${i} = ${number(state.sigma[i])}`;
  const epsilon = `ε${i} = ${number((state.z[i] - state.mu[i]) / state.sigma[i])}`;
  const kl = `KL ${number(loss.kl)} nats, of dimension ${i} ${number(divergences[i] ?? 0)}; β = ${number(told.beta ?? 0)}`;
  return {
    encoder: `${mu}, ${sigma}`,
    code: `${z} = ${mu.split(" ")[2]} + ${sigma.split(" ")[2]} · ε, ${epsilon}`,
    loss: kl,
  };
}

const PARTS = [
  {
    title: "Encoder",
    formula: "VAE: μ, log σ² = f(x). Autoencoder: z = f(x).",
    torch: "# VAE\nmu, logvar = model.encoder(x).chunk(2, dim=1)",
    key: "encoder",
  },
  {
    title: "Code",
    formula: "VAE: z = μ + σ · ε, ε from N(0, I); before a throw ε = 0.",
    torch: "# VAE\nz = mu + (0.5 * logvar).exp() * torch.randn_like(mu)",
    key: "code",
  },
  {
    title: "Decoder",
    formula: "x̂ = sigmoid(g(z)), a value for every pixel and channel",
    torch: "x_hat = torch.sigmoid(model.decoder(z))",
    key: "",
  },
  {
    title: "Loss",
    formula:
      "−log p(x | z), for the VAE + β · KL(N(μ, σ²) ‖ N(0, I)), KL = ½ Σ (μ² + σ² − 1 − log σ²). The KL is that of the " +
      "image: a z that is dragged or thrown changes the first term alone.",
    torch: "kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum()\nloss = nll(x_hat, x) + beta * kl",
    key: "loss",
  },
];

/**
 * @param {Side[]} sides
 * @param {boolean[]} opened which parts are open
 */
export function parts(sides, opened) {
  return PARTS.map(({ title, formula, torch, key }, k) => {
    const lines = sides.map(side => {
      const found = /** @type {Record<string, string>} */ (numbers(side));
      return key ? make("p", { class: "note" }, `${side.told.title}: ${found[key]}`) : "";
    });
    const body = [
      make("p", { class: "note" }, formula),
      make("pre", { tabindex: "0" }, make("code", {}, torch)),
      ...lines,
    ];
    return make("details", { open: opened[k] ?? false }, make("summary", {}, title), ...body);
  });
}
