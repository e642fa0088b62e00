/** What the page has and node has not; import it before the page's own modules. */

import { readFileSync } from "node:fs";

/** @type {Record<string, any>} */
export const cases = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8"));

const shared = { textContent: JSON.stringify(cases.shared) };
Object.assign(globalThis, { document: { getElementById: () => shared } });

/**
 * Equal up to rounding.
 *
 * @param {number} tolerance
 */
export const near =
  (tolerance = 1e-6) =>
  /** @type {(one: ArrayLike<number>, other: ArrayLike<number>) => boolean} */
  (one, other) =>
    one.length === other.length && Array.from(one).every((value, i) => Math.abs(value - other[i]) <= tolerance);
