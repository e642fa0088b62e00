/** How far the data reach along each slider, drawn on its track: the middle 98 % of the gallery's codes. */

import { codesOf } from "../gallery.js";

const [LOW, HIGH] = [0.01, 0.99];

/**
 * Where the codes of a gallery lie along directions that are at right angles to each other, in steps.
 *
 * @param {{origin: number[], directions: number[][]}} way
 * @param {Float32Array} codes (n · D)
 * @returns {[number, number][]} of each direction
 */
export function reaches({ origin, directions }, codes) {
  const dims = origin.length;
  const n = codes.length / dims;
  return directions.map(direction => {
    const size = direction.reduce((sum, value) => sum + value * value, 0) || 1;
    const along = Float32Array.from({ length: n }, (_, i) => {
      let total = 0;
      for (let d = 0; d < dims; d++) total += (codes[i * dims + d] - origin[d]) * direction[d];
      return total / size;
    }).sort();
    return [along[Math.floor(LOW * (n - 1))], along[Math.ceil(HIGH * (n - 1))]];
  });
}

/**
 * Marks a stretch on the track of a slider.
 *
 * @param {string} id of the canvas
 * @param {number} i which slider
 * @param {[number, number]} stretch in the slider's unit
 */
export function mark(id, i, [low, high]) {
  const slider = document.getElementById(`${id}-step-${i}`);
  const track = /** @type {HTMLInputElement | null} */ (slider?.querySelector("input[type=range]") ?? null);
  if (!slider || !track) return;
  const [least, most] = [Number(track.min), Number(track.max)];
  const share = (/** @type {number} */ value) => Math.max(0, Math.min(1, (value - least) / (most - least)));
  slider.style.setProperty("--from", `${100 * share(low)}%`);
  slider.style.setProperty("--to", `${100 * share(high)}%`);
  slider.classList.add("reached");
}

/** Marks all sliders of a way. @param {string} id @param {{model: string, origin: number[], directions: number[][]}} way */
export async function markAll(id, way) {
  const codes = await codesOf(way.model);
  if (!codes) return;
  reaches(way, codes).forEach((stretch, i) => {
    mark(id, i, stretch);
  });
}
