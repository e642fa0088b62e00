import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { Panels } = await import("../../latentdemo/web/page/panels.js");
const { nextTab } = await import("../../latentdemo/web/page/access.js");
const { holdingReceipts } = await import("../../latentdemo/web/page/receipts.js");

test("a panel is in view if its section is open, and the tab around that", () => {
  const panels = new Panels();
  const initial = { kernels: "0", "features/layers": "", "features/first": "" };
  const first = { "": "kernels", features: "layers" };
  assert.deepEqual(panels.stale("", initial, first), ["1", "", ""]); // a new picture: the open panel alone
  assert.deepEqual(panels.opened("features", initial, first), ["1", "1", ""]); // its first section is filled
  assert.deepEqual(panels.opened("features/first", initial, first), ["1", "1", "1"]);
  assert.deepEqual(panels.stale("features", initial, first), ["1", "1", "2"]); // another network: one group alone
  assert.deepEqual(panels.opened("features/layers", initial, first), ["1", "2", "2"]); // the hidden one when opened
  assert.deepEqual(panels.opened("kernels", initial, first), ["1", "2", "2"]);
  assert.deepEqual(panels.stale("", initial, first), ["2", "2", "2"]);
  assert.deepEqual(panels.opened("features", initial, first), ["2", "3", "2"]);
});

test("arrow keys walk the tabs round, Home and End go to the ends", () => {
  assert.equal(nextTab("ArrowRight", 2, 6), 3);
  assert.equal(nextTab("ArrowRight", 5, 6), 0);
  assert.equal(nextTab("ArrowLeft", 0, 6), 5);
  assert.equal(nextTab("Home", 4, 6), 0);
  assert.equal(nextTab("End", 1, 6), 5);
  assert.equal(nextTab("a", 1, 6), undefined);
});

/** A server's stream of answers, said line by line, and receipts of questions, as Gradio's script asks for them. */
function server() {
  /** @type {ReadableStreamDefaultController<Uint8Array>} */
  let line;
  const body = new ReadableStream({
    start(controller) {
      line = controller;
    },
  });
  const fetcher = async (/** @type {any} */ address) => {
    if (String(address).includes("/queue/data?")) return new Response(body);
    if (String(address).includes("/queue/join?")) return Response.json({ event_id: "b2" });
    return new Response("else");
  };
  const said = (/** @type {object} */ message) =>
    line.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(message)}\n\n`));
  return { ask: holdingReceipts(/** @type {any} */ (fetcher)), said, close: () => line.close() };
}

const pause = (/** @type {number} */ milliseconds) => new Promise(done => setTimeout(done, milliseconds));

/** @param {(there: ReturnType<typeof server>, order: string[]) => Promise<void>} act */
async function race(act) {
  const there = server();
  /** @type {string[]} */
  const order = [];
  const stream = await there.ask("/queue/data?session_hash=s");
  there.said({ msg: "process_completed", event_id: "a1" });
  const reading = (async () => {
    for await (const chunk of /** @type {any} */ (stream.body))
      order.push(JSON.parse(new TextDecoder().decode(chunk).slice(6)).msg);
  })();
  await pause(5);
  const asked = there.ask("/queue/join?").then(async answer => order.push((await answer.json()).event_id));
  await pause(5);
  await act(there, order);
  await asked;
  there.close();
  await reading;
  return order;
}

test("a receipt never overtakes the stream's last line", async () => {
  const order = await race(async ({ said }, order) => {
    assert.deepEqual(order, ["process_completed"]);
    said({ msg: "close_stream" });
  });
  assert.deepEqual(order, ["process_completed", "close_stream", "b2"]);
});

test("a receipt is handed on as soon as its question is spoken of", async () => {
  const begun = performance.now();
  const order = await race(async ({ said }) => said({ msg: "process_starts", event_id: "b2" }));
  assert.deepEqual(order, ["process_completed", "process_starts", "b2"]);
  assert.ok(performance.now() - begun < 500);
});

test("a receipt of which nothing is heard is handed on after a second; other answers at once", async () => {
  const { ask } = server();
  assert.equal((await (await ask("/queue/join?")).json()).event_id, "b2"); // no stream yet
  await ask("/queue/data?session_hash=s");
  assert.equal(await (await ask("/config")).text(), "else");
  const begun = performance.now();
  await ask("/queue/join?");
  assert.ok(performance.now() - begun > 900);
});

test("a stream that could not be opened, or was closed, holds nothing back", async () => {
  const fails = async (/** @type {any} */ address) => {
    if (String(address).includes("/queue/data?")) throw new TypeError("gone");
    return Response.json({ event_id: "b2" });
  };
  const broken = holdingReceipts(/** @type {any} */ (fails));
  await assert.rejects(broken("/queue/data?session_hash=s"));
  const begun = performance.now();
  await broken("/queue/join?");
  const { ask, close } = server();
  const stream = await ask("/queue/data?session_hash=s");
  close();
  await stream.text();
  await ask("/queue/join?");
  assert.ok(performance.now() - begun < 500);
});
