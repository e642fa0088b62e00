/** What is shown, to take home: the picture, the way there as a film, the vector, and the lines of Python that make it. */

import { make, roles } from "../../core/dom.js";
import { follow } from "../../core/panel.js";
import { fetchWithRetry } from "../../core/requests.js";
import { codeAt, startOf } from "../canvas.js";
import { onSheet } from "../decode.js";
import { rested, whenSeen } from "../perturb/moves.js";
import { decodeAll } from "../sheet.js";
import { lines, npy } from "./files.js";
import { offered, offerSteered, onOffer } from "./source.js";

const REST = 100; // milliseconds
const KEPT = 60_000; // milliseconds that a file's address stays: the browser reads it after the click

/** @param {Blob} file @param {string} name */
function save(file, name) {
  const href = URL.createObjectURL(file);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT);
}

class Home {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.from = "";
    this.name = "";
    const { role } = this;
    const draw = rested(() => this.write(), REST);
    role.png.onclick = () => this.run(() => this.png());
    role.gif.onclick = () => this.run(() => this.gif());
    role.npy.onclick = () => this.run(async () => this.npy());
    role.copy.onclick = () => this.run(() => navigator.clipboard.writeText(role.code.textContent ?? ""));
    whenSeen(role.note, draw);
    follow(panel, ({ canvas, from, name, base }) => {
      if (this.from) return;
      this.from = canvas ?? from;
      this.name = name;
      if (canvas)
        offerSteered(
          canvas,
          state => startOf(state, base),
          state => codeAt(state, state.steps),
        );
      onOffer(this.from, draw);
      draw();
    });
  }

  get offer() {
    return offered(this.from);
  }

  write() {
    const { offer, role } = this;
    if (!offer || !role.note.offsetParent) return;
    role.code.textContent = lines(offer.model, offer.code);
    role.gif.disabled = offer.film.length < 2;
    role.npy.disabled = !offer.vector;
  }

  /** @param {() => Promise<void>} action */
  async run(action) {
    try {
      await action();
    } catch (error) {
      this.role.note.textContent = /** @type {Error} */ (error).message;
    }
  }

  async png() {
    const { offer } = this;
    if (!offer) return;
    const sheet = onSheet(await decodeAll(offer.model, [offer.code]));
    save(await sheet.convertToBlob(), `${this.name}.png`);
  }

  async gif() {
    const { offer } = this;
    if (!offer) return;
    const body = JSON.stringify({ model: offer.model, codes: offer.film });
    const answer = await fetchWithRetry("pixels/film", { method: "POST", body });
    if (!answer.ok) throw new Error((await answer.json()).error);
    save(await answer.blob(), `${this.name}.gif`);
  }

  npy() {
    if (this.offer?.vector) save(npy(this.offer.vector), `${this.name}.npy`);
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Home(panel);
}
