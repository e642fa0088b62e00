/** A drawing as digits are stored, while it is drawn: `as_digit` of `latentdemo/pixels/images.py`, in the page. */

export const SIDE = 28; // pixels
const BOX = 20; // pixels: the longer side of the ink
const INK = 0.3; // of the strongest ink: from here on it counts

/**
 * The rectangle that holds all ink: left, top, width, height; null without any.
 *
 * @param {ArrayLike<number>} values (side · side), 0 … 255
 * @param {number} side
 * @returns {[number, number, number, number] | null}
 */
export function inkBox(values, side) {
  let most = 0;
  for (let i = 0; i < side * side; i++) most = Math.max(most, values[i]);
  let [left, top, right, bottom] = [side, side, -1, -1];
  for (let i = 0; i < side * side; i++) {
    if (values[i] <= INK * most) continue;
    const [x, y] = [i % side, Math.floor(i / side)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? null : [left, top, right - left + 1, bottom - top + 1];
}

/**
 * Small ink (width · height) placed so that its centre of mass is the middle of 28 × 28.
 *
 * @param {ArrayLike<number>} small 0 … 255
 * @param {number} width
 * @param {number} height
 */
export function centred(small, width, height) {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    mass += small[i];
    x += small[i] * (i % width);
    y += small[i] * Math.floor(i / width);
  }
  const middle = (SIDE - 1) / 2;
  const at = (/** @type {number} */ centre, /** @type {number} */ size) =>
    Math.max(0, Math.min(SIDE - size, Math.round(middle - centre / (mass || 1))));
  const [left, top] = [at(x, width), at(y, height)];
  const out = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < width * height; i++) out[(top + Math.floor(i / width)) * SIDE + left + (i % width)] = small[i];
  return out;
}

/** The first channel of a canvas's pixels. @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context @param {number} width @param {number} height */
function channel(context, width, height) {
  const { data } = context.getImageData(0, 0, width, height);
  return Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]);
}

/**
 * White strokes on a black canvas as 28 × 28 bytes; the browser's way of shrinking, so that it differs a little from
 * what the server makes of the finished drawing. Null while nothing is drawn.
 *
 * @param {HTMLCanvasElement} canvas square
 */
export function digitOf(canvas) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const found = inkBox(channel(context, canvas.width, canvas.height), canvas.width);
  if (!found) return null;
  const [left, top, wide, tall] = found;
  const scale = BOX / Math.max(wide, tall);
  const [width, height] = [wide, tall].map(side => Math.max(1, Math.round(side * scale)));
  const small = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext("2d"));
  small.imageSmoothingQuality = "high";
  small.drawImage(canvas, left, top, wide, tall, 0, 0, width, height);
  return centred(channel(small, width, height), width, height);
}

/** A picture of 28 × 28 grey bytes as the address of a PNG. @param {Uint8Array} pixels */
export function addressOf(pixels) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SIDE, height: SIDE });
  const image = new ImageData(SIDE, SIDE);
  pixels.forEach((value, i) => {
    image.data.set([value, value, value, 255], 4 * i);
  });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

export const DRAWN = "latentdemo:drawn"; // the event that tells of it, on the document

/** What tells, once a frame at most, how far a drawing is. @param {HTMLCanvasElement} canvas */
export function announcer(canvas) {
  let due = false;
  const tell = () => {
    due = false;
    const detail = digitOf(canvas);
    if (detail) document.dispatchEvent(new CustomEvent(DRAWN, { detail }));
  };
  return () => {
    if (!due) requestAnimationFrame(tell);
    due = true;
  };
}
