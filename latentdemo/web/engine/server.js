/** The third way: the server's routes answer what the page cannot. */

const OFFLINE = "The server does not answer; check that it runs, then move the slider again.";

/** @param {string} address @param {RequestInit} request */
async function asked(address, request) {
  const answer = await fetch(address, { method: "POST", ...request }).catch(() => Promise.reject(new Error(OFFLINE)));
  if (answer.ok) return answer;
  const refusal = await answer.json().catch(() => ({}));
  throw new Error(refusal.error || OFFLINE);
}

/** @param {string} model @param {number[][]} codes (n, D) */
export async function decodeThere(model, codes) {
  const answer = await asked("pixels/decode", { body: JSON.stringify({ model, codes }) });
  return new Uint8Array(await answer.arrayBuffer());
}

/** @param {string} model @param {Uint8Array} pixels */
export async function encodeThere(model, pixels) {
  const answer = await asked(`pixels/encode/${model}`, { body: /** @type {BodyInit} */ (pixels) });
  const { mu, logvar } = await answer.json();
  return { mu: Float32Array.from(mu.flat()), logvar: logvar && Float32Array.from(logvar.flat()) };
}
