/** The page's only script tag. Panels are imported by their own addresses when they are first opened. */

import { keepAccessible, walkTabs } from "./page/access.js";
import { alive } from "./page/alive.js";
import { holdReceipts } from "./page/receipts.js";

/** What Python writes into its HTML for a module to fill, and that module's function. @type {[string, string, string][]} */
const FILLED = [
  ["[data-codes]", "./latent/sheet.js", "fill"],
  ["[data-figure]", "./charts/plot.js", "fill"],
];

holdReceipts();
for (const [selector, path, name] of FILLED) alive(selector, async element => (await import(path))[name](element));
keepAccessible();
walkTabs();
