/** A cloud of codes that walks out of noise into the places where codes of real images lie. */

import { floats } from "../core/base64.js";
import { count, make, pen, roles } from "../core/dom.js";
import { follow } from "../core/panel.js";
import { advance, player } from "../core/player.js";
import { latest } from "../core/requests.js";
import { shared } from "../core/shared.js";
import { blank, decodeAll, paintAll, rows } from "../latent/sheet.js";
import { keep, touch } from "../link/keep.js";
import { limitOf, toPlane } from "../reconstructions/plane.js";

const [PACE, DOT, SMALL, DECODED] = [140, 4.5, 3, 9];

/**
 * @typedef {object} Told by Python
 * @property {string} note
 * @property {string} decoder
 * @property {string} cloud base64 of (t, n, D) float32
 * @property {number[]} left steps of noise that are left at each moment
 * @property {string} real base64 of (m, D): codes of test images
 * @property {number[] | null} labels of them
 * @property {number[]} order of the dimensions
 * @property {number} dims
 * @property {number} steps
 */

class Cloud {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.element = panel.element;
    for (const axis of ["x", "y"]) {
      this.role[axis].onchange = () => {
        touch(`cloud.${axis}`, this.role[axis].value);
        this.show();
      };
      keep(`cloud.${axis}`, panel.element, text => {
        if (text !== null) this.role[axis].value = text;
        this.show();
      });
    }
    this.images = Array.from({ length: DECODED }, (_, i) => blank(`code ${i + 1}, decoded`));
    const figures = this.images.map((image, i) => make("figure", {}, image, make("figcaption", {}, `${i + 1}`)));
    this.role.tiles.replaceChildren(...figures);
    this.draw = latest();
    this.role.t.oninput = () => this.show();
    player(this.role.play, () => this.walk(), PACE);
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  receive(told) {
    const { role } = this;
    this.told = told;
    this.codes = floats(told.cloud);
    this.real = floats(told.real);
    this.n = this.codes.length / told.left.length / told.dims;
    role.t.max = `${told.left.length - 1}`;
    role.t.value = role.t.max;
    const names = told.order.map(d => make("option", { value: `${d}` }, `z${d}`));
    role.x.replaceChildren(...names);
    role.y.replaceChildren(...names.map(name => name.cloneNode(true)));
    role.y.selectedIndex = Math.min(1, told.order.length - 1);
    role.note.textContent =
      `${told.note} ${this.n} codes that began as noise (black), over the codes of ${this.real.length / told.dims} test images` +
      `${told.labels ? ", coloured by class" : ""}. Right: the nine that are numbered, decoded.`;
    this.show();
  }

  walk() {
    advance(this.role.t);
    this.show();
  }

  async show() {
    const { role, told, codes, real, n = 0 } = this;
    if (!told || !codes || !real) return;
    const moment = Number(role.t.value);
    const [x, y] = [Number(role.x.value), Number(role.y.value)];
    const left = told.left[moment];
    role.where.textContent = left ? `${left} of ${told.steps} steps of noise left` : "no noise left";
    const { width } = role.plane;
    const context = pen(role.plane);
    const pairs = Array.from({ length: real.length / told.dims }, (_, i) => [
      real[i * told.dims + x],
      real[i * told.dims + y],
    ]);
    const limit = Math.max(4, limitOf(new Float32Array(pairs.flat())));
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, width);
    pairs.forEach((pair, i) => {
      const colour = told.labels ? shared.classes[told.labels[i] % shared.classes.length] : shared.classes[1];
      dot(context, /** @type {[number, number]} */ (pair), limit, SMALL, colour, 0.45);
    });
    for (let i = 0; i < n; i++) {
      const at = (moment * n + i) * told.dims;
      dot(context, [codes[at + x], codes[at + y]], limit, DOT, "#000", 0.8);
    }
    const chosen = rows(codes, told.dims).slice(moment * n, moment * n + DECODED);
    Object.assign(context, { font: "bold 24px sans-serif", textAlign: "center", textBaseline: "middle", lineWidth: 5 });
    chosen.forEach((code, i) => {
      const at = toPlane([code[x], code[y]], limit, width);
      context.strokeStyle = "#fff";
      context.strokeText(`${i + 1}`, ...at);
      context.fillStyle = "#000";
      context.fillText(`${i + 1}`, ...at);
    });
    count(role.plane);
    const isLast = this.draw();
    const pictures = await decodeAll(told.decoder, chosen);
    if (isLast()) await paintAll(this.images, pictures);
  }
}

/** @type {(context: CanvasRenderingContext2D, place: [number, number], limit: number, radius: number, colour: string, alpha: number) => void} */
function dot(context, place, limit, radius, colour, alpha) {
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.beginPath();
  context.arc(...toPlane(place, limit, context.canvas.width), radius, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = 1;
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Cloud(panel);
}
