/** The steps of a network laid out in memory, and run one after the other. */

/**
 * @typedef {object} Place a map in memory, pixel by pixel; numbers are a map of one pixel
 * @property {number} at its address, bytes
 * @property {number} side pixels, without the border
 * @property {number} channels
 * @property {number} border pixels of zeros around it
 *
 * @typedef {{op: "dense" | "down" | "up" | "smooth", n_in: number, n_out: number, side: number, silu: boolean}} Step
 * @typedef {import("./kernel/kernels.js").Kernel} Kernel
 * @typedef {Parameters<Kernel["layer"]>} Asked
 * @typedef {{filters: number, bias: number}} Weights addresses
 * @typedef {(kernel: Kernel, step: Step, weights: Weights, from: Place, to: Place) => void} Run
 */

export const FLOAT = 4; // bytes

/** The next multiple of four: so many floats are read at once. */
export const up4 = (/** @type {number} */ n) => (n + 3) & ~3;

/** How many rows, and pixels of a row, a filter reads. */
const REACH = { down: 4, up: 2, smooth: 3 };

/** @param {Step} step */
export function sizes({ op, n_in, n_out }) {
  if (op === "dense") return { length: up4(n_in), runs: 1, filters: n_out * up4(n_in) };
  const length = REACH[op] * n_in;
  return { length, runs: REACH[op], filters: (op === "up" ? 4 : 1) * n_out * REACH[op] * length };
}

/** One of the two networks: its steps, and where in memory each one reads and writes. */
export class Chain {
  /**
   * @param {Step[]} steps
   * @param {Omit<Place, "at"> | null} image what comes in; null: numbers
   * @param {(n: number) => number} allocate floats -> address
   */
  constructor(steps, image, allocate) {
    this.steps = steps;
    const placed = (/** @type {Omit<Place, "at">} */ what) => ({ ...what, at: allocate(floats(what)) });
    /** @type {Place[]} what comes in, then what each step makes */
    this.places = [placed(image ?? { side: 1, channels: steps[0].n_in, border: 0 })];
    steps.forEach((step, i) => {
      const isMap = step.op !== "dense" || (steps[i + 1] ?? step).op !== "dense";
      const side = isMap ? step.side : 1;
      const channels = step.op === "dense" ? step.n_out / side ** 2 : step.n_out;
      this.places.push(placed({ side, channels, border: (steps[i + 1] ?? { op: "dense" }).op === "dense" ? 0 : 1 }));
    });
    /** @type {Weights[]} */
    this.weights = steps.map(step => ({ filters: allocate(sizes(step).filters), bias: allocate(step.n_out) }));
  }

  /** @param {Kernel} kernel @param {(n: number) => Float32Array} next so many numbers of the file */
  fill({ memory }, next) {
    this.steps.forEach((step, i) => {
      const { filters, bias } = this.weights[i];
      new Float32Array(memory, filters).set(next(sizes(step).filters));
      new Float32Array(memory, bias).set(next(step.n_out));
    });
  }

  /** The maps that the steps have made, without their borders. @param {Kernel} kernel */
  maps({ memory }) {
    return this.places.slice(1, -1).flatMap(place => {
      const { side, channels } = place;
      if (side === 1) return [];
      const values = new Float32Array(side * side * channels);
      for (let row = 0; row < side; row++)
        values.set(new Float32Array(memory, pixel(place, row, 0), side * channels), row * side * channels);
      return [{ side, channels, values }];
    });
  }

  /** @param {Kernel} kernel */
  run(kernel) {
    this.steps.forEach((step, i) => {
      const [from, to] = [this.places[i], this.places[i + 1]];
      if (step.op === "dense") dense(kernel, step, this.weights[i], from, to);
      else convolution(kernel, step, this.weights[i], from, to);
      if (step.silu) kernel.silu(to.at, floats(to));
    });
  }
}

/** Floats that a place takes. @param {Omit<Place, "at">} place */
export const floats = ({ side, channels, border }) => up4((side + 2 * border) ** 2 * channels);

/** Address of a pixel. @param {Place} place @param {number} row @param {number} column */
export const pixel = ({ at, side, channels, border }, row, column) =>
  at + FLOAT * channels * ((row + border) * (side + 2 * border) + column + border);

/** Numbers out of numbers; where they make a map, a row of its pixels at a time. @type {Run} */
function dense(kernel, step, { filters, bias }, from, to) {
  const { length } = sizes(step);
  const n = to.side * to.channels;
  for (let row = 0; row < to.side; row++) {
    const [first, add] = [filters + FLOAT * row * n * length, bias + FLOAT * row * n];
    kernel.layer(from.at, 0, 0, 0, 1, length, 1, 1, first, add, n, pixel(to, row, 0), 0, 0);
  }
}

/**
 * A map out of a map. Every filter reads `runs` rows of the map that comes in, its border included. Where the side
 * doubles, four sets of filters make one pixel each of every block of two by two.
 *
 * @type {Run}
 */
function convolution(kernel, step, { filters, bias }, from, to) {
  const { length, runs } = sizes(step);
  const [one, outOne] = [FLOAT * from.channels, FLOAT * to.channels];
  const [row, outRow] = [one * (from.side + 2 * from.border), outOne * (to.side + 2 * to.border)];
  const stride = step.op === "down" ? 2 : 1;
  const block = step.op === "up" ? 2 : 1;
  const side = to.side / block;
  for (let phase = 0; phase < block ** 2; phase++) {
    const [down, right] = [phase >> 1, phase & 1];
    const first = filters + FLOAT * phase * step.n_out * runs * length;
    const input = [from.at + down * row + right * one, stride * row, stride * one, row, runs, length];
    const output = [pixel(to, down, right), block * outRow, block * outOne];
    kernel.layer(.../** @type {Asked} */ ([...input, side, side, first, bias, step.n_out, ...output]));
  }
}
