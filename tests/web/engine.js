/** Runs packed models with one of the engine's kernels, for tests: node engine.js wasm|plain FOLDER; see test_engine.py. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plainKernel, wasmKernel } from "../../latentdemo/web/engine/kernel/kernels.js";
import { Network } from "../../latentdemo/web/engine/network.js";

const [, , way, folder] = process.argv;
const code = new URL("../../latentdemo/web/engine/kernel/kernel.wasm", import.meta.url);
const makeKernel = way === "plain" ? plainKernel : await wasmKernel(readFileSync(code));

/** @param {string} name */
const bytes = name => new Uint8Array(readFileSync(join(folder, name)));

for (const file of readdirSync(folder).filter(name => name.endsWith(".packed"))) {
  const name = file.slice(0, -".packed".length);
  const network = new Network(bytes(file).buffer, makeKernel);
  const codes = new Float32Array(bytes(`${name}.codes`).buffer);
  writeFileSync(join(folder, `${name}.pixels`), network.decode(codes));
  const { mu, logvar } = network.encode(bytes(`${name}.images`));
  writeFileSync(join(folder, `${name}.mu`), new Uint8Array(mu.buffer));
  writeFileSync(join(folder, `${name}.logvar`), new Uint8Array(logvar ? logvar.buffer : new ArrayBuffer(0)));
}
