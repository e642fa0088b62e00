/** The page's only script tag. Panels are imported by their own addresses when they are first opened. */

import { follow } from "./link/history.js";
import { keepAccessible, walkTabs } from "./page/access.js";
import { alive } from "./page/alive.js";
import { awaitPresent } from "./page/present.js";
import { holdReceipts } from "./page/receipts.js";

const filled = (/** @type {HTMLElement} */ element) => Boolean(element.dataset.painted);

holdReceipts();
alive({
  selector: "[data-codes]",
  told: element => `${element.dataset.model} ${element.dataset.codes}`,
  whole: element => /** @type {HTMLElement[]} */ ([...element.querySelectorAll("img")]).every(filled),
  fill: async element => (await import("./latent/sheet.js")).fill(element),
});
alive({
  selector: "[data-figure]",
  told: element => element.dataset.figure ?? "",
  whole: filled,
  fill: async element => (await import("./charts/plot.js")).fill(element),
});
keepAccessible();
walkTabs();
follow();
awaitPresent();
