/** All pictures of a gallery on one sheet, fetched once a map is seen. */

export const COLUMNS = 64;

/** @type {Map<string, Promise<import("../points.js").Sprites | null>>} */
const sheets = new Map();

/** @type {Set<string>} */
const here = new Set();

/** Whether the sheet of a model has come. @param {string} model */
export const spritesAtHand = model => here.has(model);

/** @param {string} model */
export function spritesOf(model) {
  const found = sheets.get(model);
  if (found) return found;
  const asked = fetched(model).catch(() => null);
  asked.then(sheet => {
    if (sheet) here.add(model);
    else sheets.delete(model);
  });
  sheets.set(model, asked);
  return asked;
}

/** @param {string} model */
async function fetched(model) {
  const answer = await fetch(`pixels/sprites/${encodeURIComponent(model)}`);
  if (!answer.ok) return null;
  const sheet = await createImageBitmap(await answer.blob());
  return { sheet, side: sheet.width / COLUMNS, columns: COLUMNS };
}

/**
 * One picture on a canvas.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("../points.js").Sprites} sprites
 * @param {number} i
 * @param {number} wide of the canvas, pixels
 */
export function drawSprite(context, { sheet, side, columns }, i, wide) {
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, (i % columns) * side, Math.floor(i / columns) * side, side, side, 0, 0, wide, wide);
}
