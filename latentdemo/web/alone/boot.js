/** Runs in a page that holds all its scripts: gives each an address of its own, and starts the first. */

(() => {
  /** @type {Record<string, string>} */
  const modules = JSON.parse(document.getElementById("modules")?.textContent ?? "{}");
  /** @type {Map<string, string>} */
  const made = new Map();
  const others = /(\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)"(look\/[^"]+)"/g;
  const addressOf = (/** @type {string} */ path) => {
    const known = made.get(path);
    if (known) return known;
    if (!(path in modules)) throw new Error(`${path} is missing`);
    if (path.endsWith(".wasm")) return `data:application/wasm;base64,${modules[path]}`;
    const source = modules[path].replace(
      others,
      (/** @type {string} */ _, /** @type {string} */ head, /** @type {string} */ other) =>
        `${head}"${addressOf(other)}"`,
    );
    const type = path.endsWith(".json") ? "application/json" : "text/javascript";
    const address = URL.createObjectURL(new Blob([source], { type }));
    made.set(path, address);
    return address;
  };
  Object.assign(globalThis, { lookAddress: addressOf });
  import(addressOf("look/alone/page.js"));
})();
