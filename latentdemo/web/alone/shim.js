/** In place of the server: what the page would ask it for lies beside it, or in it. */

import { lookAt } from "../core/shared.js";
import { askInstead } from "../engine/engine.js";
import { spritesOf } from "../latent/map/known/sprites.js";
import { SameThread } from "./same.js";

const NONE = "This copy has no server; it cannot do that.";

/** @type {Record<string, string>} address -> file, or "#3": the element that holds it */
const held = JSON.parse(document.getElementById("held")?.textContent ?? "{}");

const real = fetch.bind(globalThis);

/** @param {string} id @returns {Promise<Response>} */
async function unpacked(id) {
  const element = /** @type {HTMLElement} */ (document.getElementById(`held-${id}`));
  const packed = await real(`data:application/gzip;base64,${element.textContent}`);
  const stream = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (packed.body);
  const bytes = await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  return answered(bytes, element.dataset.type ?? "");
}

/** @param {ArrayBuffer} bytes @param {string} type */
const answered = (bytes, type) =>
  new Response(bytes, { headers: { "content-type": type, "x-size": `${bytes.byteLength}` } });

/** @param {string} address */
async function stored(address) {
  const place = held[address];
  if (place.startsWith("#")) return unpacked(place.slice(1));
  const answer = await real(place);
  return answered(await answer.arrayBuffer(), answer.headers.get("content-type") ?? "");
}

/** @param {RequestInfo | URL} input @param {RequestInit} [init] */
async function alone(input, init) {
  const address = input instanceof Request ? input.url : String(input);
  if (/^(data|blob):/.test(address)) return real(input, init);
  const path = decodeURIComponent(address.replace(document.baseURI.replace(/[^/]*$/, ""), "").split("?")[0]);
  if (held[path]) return stored(path);
  if (path.startsWith("look/")) return real(lookAt(path), init);
  return new Response(JSON.stringify({ error: NONE }), { status: 503 });
}

/** One picture of a gallery, cut out of the sheet of all. @param {string} model @param {number} i */
async function cut(model, i) {
  const sprites = await spritesOf(model);
  if (!sprites) return "";
  const { sheet, side, columns } = sprites;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: side, height: side });
  canvas
    .getContext("2d")
    ?.drawImage(sheet, (i % columns) * side, Math.floor(i / columns) * side, side, side, 0, 0, side, side);
  return canvas.toDataURL();
}

/** @param {string} address @returns {Promise<string>} what shows the same picture without a server */
async function pictureAt(address) {
  const [, model, i] = /^pixels\/gallery\/([^/]+)\/(\d+)$/.exec(address) ?? [];
  if (model) return cut(decodeURIComponent(model), Number(i));
  if (!held[address]) return "data:,";
  return URL.createObjectURL(await (await stored(address)).blob());
}

/** From now on nothing asks a server. */
export function standAlone() {
  if (location.protocol === "file:") askInstead(new SameThread());
  globalThis.fetch = alone;
  const own = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src"));
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    get: own.get,
    set(/** @type {string} */ address) {
      if (!String(address).startsWith("pixels/")) return own.set?.call(this, address);
      pictureAt(address).then(found => found && own.set?.call(this, found));
    },
  });
}
