/** Pictures of a gallery beside its map, from the sheet of all of them. */

import { count, make, pen } from "../../core/dom.js";
import { shared } from "../../core/shared.js";
import { drawSprite, spritesAtHand, spritesOf } from "../map/known/sprites.js";
import { state } from "../map/state.js";

const SCALE = 2; // canvas pixels a pixel of the sheet

/** What a picture shows, in words. @param {number} i */
export function named(i) {
  const { world } = state;
  return world?.classes ? world.names[world.labels[i]] : `${i}`;
}

/**
 * One picture with a caption, that can be clicked to choose its point.
 *
 * @param {string} model
 * @param {number} i
 * @param {string} caption
 * @param {boolean} [marked]
 */
export function thumb(model, i, caption, marked = false) {
  const canvas = make("canvas", { role: "img", "aria-label": `gallery image ${i}`, width: 1, height: 1 });
  const whole = spritesAtHand(model) ? null : make("img", { src: address(model, i), alt: "" }); // until the sheet is here
  spritesOf(model).then(sprites => {
    if (!sprites) return;
    whole?.remove();
    const wide = SCALE * sprites.side;
    Object.assign(canvas, { width: wide, height: wide });
    canvas.classList.toggle("hard", sprites.side < shared.hard);
    drawSprite(pen(canvas), sprites, i, wide);
    count(canvas);
  });
  const words = make("figcaption", {}, caption);
  const figure = make("figure", { tabindex: "0", role: "button", class: marked ? "picked" : "" }, canvas, words);
  if (whole) figure.prepend(whole);
  figure.onclick = () => state.choose(i);
  figure.onkeydown = event => {
    if (event.key === "Enter") state.choose(i);
  };
  return figure;
}

/** The address of a gallery picture as it is. @param {string} model @param {number} i */
export const address = (model, i) => `pixels/gallery/${encodeURIComponent(model)}/${i}`;
