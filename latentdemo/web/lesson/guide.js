/** Three sentences and a picture for each tab, and all terms; a line at the first visit offers them. */

import { make, roles } from "../core/dom.js";
import { follow } from "../core/panel.js";
import { here, open as openTab, slug } from "../link/tabs.js";
import { explain } from "./glossary.js";

const SEEN = "guided"; // in the browser's storage: the line is not shown again

/** @typedef {{title: string, sentences: string[], picture: string}} Tab */

/** The browser may keep nothing, or forbid to ask. */
function isKnown() {
  try {
    return localStorage.getItem(SEEN) !== null;
  } catch {
    return true;
  }
}

class Guide {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Tab[]} */
    this.tabs = [];
    const { role } = this;
    /** @type {HTMLElement} */
    this.welcome = role.welcome; // it will stand elsewhere
    role.close.onclick = () => this.close();
    role.window.addEventListener("close", () => this.close());
    role.on.onclick = () => this.go(1);
    role.back.onclick = () => this.go(-1);
    role.tour.onclick = () => this.open();
    role.start.onclick = () => {
      this.dismiss();
      document.dispatchEvent(new Event("open-lessons"));
    };
    role.dismiss.onclick = () => this.dismiss();
    document.addEventListener("open-guide", () => this.open());
    for (const event of ["open-lessons", "open-link"]) document.addEventListener(event, () => this.close());
    document.addEventListener("keydown", event => event.key === "Escape" && this.close());
    document.addEventListener("click", () => setTimeout(() => role.window.open && this.show(), 100));
    follow(panel, ({ tabs }) => this.receive(tabs));
    explain().then(entries => this.list([...new Set(entries.values())]));
  }

  /** @param {Tab[]} tabs */
  receive(tabs) {
    this.tabs = tabs;
    const told = location.hash.length > 1 || location.search.length > 1;
    if (isKnown() || told) return;
    document.getElementById("tabs")?.before(this.welcome);
    this.welcome.hidden = false;
  }

  get at() {
    const [tab] = here().split("/");
    return Math.max(
      0,
      this.tabs.findIndex(({ title }) => slug(title) === tab),
    );
  }

  open() {
    this.dismiss();
    this.role.window.show();
    this.show();
  }

  close() {
    if (this.role.window.open) this.role.window.close();
  }

  /** The line goes, and does not come again. */
  dismiss() {
    this.welcome.hidden = true;
    try {
      localStorage.setItem(SEEN, "1");
    } catch {
      // it is shown again at the next visit
    }
  }

  show() {
    const { role, tabs, at } = this;
    const tab = tabs[at];
    if (!tab || role.title.textContent === tab.title) return;
    role.title.textContent = tab.title;
    role.picture.src = tab.picture;
    role.picture.alt = tab.sentences[0];
    role.sentences.replaceChildren(...tab.sentences.map(text => make("p", {}, text)));
    role.back.disabled = at === 0;
    role.on.disabled = at === tabs.length - 1;
  }

  /** @param {number} by */
  async go(by) {
    await openTab(slug(this.tabs[this.at + by]?.title ?? ""));
    this.show();
  }

  /** @param {import("./glossary.js").Entry[]} entries */
  list(entries) {
    const sorted = [...entries].sort((a, b) => a.name.localeCompare(b.name));
    this.role.words.replaceChildren(
      ...sorted.flatMap(({ name, text }) => [make("dt", {}, name), make("dd", {}, text)]),
    );
  }
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Guide(panel);
}
