/** A file to take home: it comes with the panel's value and lies in no folder of the server. */

import { roles } from "./dom.js";
import { follow } from "./panel.js";

/** @param {import("./panel.js").Panel} panel */
export function open(panel) {
  const { link } = roles(panel.element);
  /** @param {{name: string, src: string}} told the file's name and its data address */
  const receive = async ({ name, src }) => {
    const blob = await (await fetch(src)).blob();
    if (link.href) URL.revokeObjectURL(link.href);
    Object.assign(link, {
      href: URL.createObjectURL(blob),
      download: name,
      textContent: `Save ${name}`,
      hidden: false,
    });
  };
  follow(panel, receive, { large: true });
}
