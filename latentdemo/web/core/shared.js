/**
 * What Python knows too: colours, scales, weights, limits. The page brings it as JSON; it is written down in
 * `latentdemo/dashboard.py`, once.
 *
 * @typedef {[number, number, number]} Colour red, green, blue, 0 … 255
 * @typedef {object} Shared
 * @property {Colour[]} signed stops from the lowest to the highest value, white in the middle
 * @property {Colour[]} viridis stops from the smallest to the largest value
 * @property {string[]} classes
 * @property {string} you colour of the visitor's own image on a map
 * @property {Colour} luma thousandths of red, green and blue in grey
 * @property {boolean} [alone] whether this is a copy without a server: it waits for weights, and asks nobody else
 * @property {string} plotly address of the charts' script
 * @property {number} hard pictures of at most so many pixels a side keep their pixels when they are enlarged
 * @property {Record<string, string>} former sections as links of earlier versions name them, and where they are now
 * @property {string[]} outside what may stand in the padding
 * @property {{stride: number, padding: number, value: number, kernel: number}} most
 */
export const shared = /** @type {Shared} */ (JSON.parse(document.getElementById("shared")?.textContent || "{}"));

/** Where a script of the page lies; in a page that holds all its scripts, the address that `alone/boot.js` made. @param {string} path @returns {string} */
export const lookAt = path =>
  /** @type {any} */ (globalThis).lookAddress?.(path) ?? new URL(path, document.baseURI).href;
