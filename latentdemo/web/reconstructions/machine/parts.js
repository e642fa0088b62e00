/** What each part of the machine computes: a line of mathematics, a line of PyTorch, the numbers of this image. */

import { make } from "../../core/dom.js";
import { number } from "../../core/numerals.js";

/** @typedef {import("./side.js").Side} Side */

/** "z3 = 0.71" and the like for the dimension that carries most. @param {Side} side */
function numbers({ told, state, loss, divergences }) {
  const i = told.order[0];
  const sigma = state.sigma ? `, σ = ${number(state.sigma[i])}` : "";
  const code = `μ = ${number(state.mu[i])}${sigma}, z = ${number(state.z[i])} (dimension ${i})`;
  const kl =
    told.beta === null ? "no KL term" : `KL ${number(loss.kl)} nats, of dimension ${i} ${number(divergences[i] ?? 0)}`;
  return { encoder: `μ = ${number(state.mu[i])}${sigma} (dimension ${i})`, code, loss: kl };
}

const PARTS = [
  {
    title: "Encoder",
    formula: "μ, log σ² = f(x); an autoencoder has the code z = f(x) alone",
    torch: "mu, logvar = model.encoder(x).chunk(2, dim=1)",
    key: "encoder",
  },
  {
    title: "Code",
    formula: "z = μ + σ · ε with ε from N(0, I); without a throw ε = 0",
    torch: "z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)",
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
    formula: "−log p(x | z) + β · KL(N(μ, σ²) ‖ N(0, I)), KL = ½ Σ (μ² + σ² − 1 − log σ²)",
    torch: "loss = nll(x_hat, x) + beta * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum()",
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
    const body = [make("p", { class: "note" }, formula), make("pre", {}, make("code", {}, torch)), ...lines];
    return make("details", { open: opened[k] ?? false }, make("summary", {}, title), ...body);
  });
}
