/**
 * Answers that do not get lost.
 *
 * The page reads all answers from one stream, which the server ends when nothing is left to answer. A question posted
 * at that moment is taken, but if its receipt is read before the last line of the stream, Gradio's script believes that
 * the answer will come by that stream, opens no other one, and the panel waits for ever. So a receipt is handed on only
 * when the stream has spoken of its question, or has ended.
 */

import { answered, asked, ended, taken } from "../link/quiet.js";

const LAST = /"msg"\s*:\s*"close_stream"/;
const IDS = /"event_id"\s*:\s*"(\w+)"/g;
const DONE = /"msg"\s*:\s*"process_completed"/;
const SETTLED = 200; // milliseconds in which the last line is surely dealt with
const PATIENCE = 5000; // milliseconds after which a receipt is handed on in any case

/** What was said on a stream of answers so far. */
class Stream {
  constructor() {
    this.ended = false;
    /** @type {Set<string>} questions that were spoken of */
    this.ids = new Set();
    /** @type {Set<() => void>} called whenever something was said */
    this.waiting = new Set();
    this.line = ""; // that is not whole yet
  }

  /**
   * The answer itself, listened to while it is read.
   *
   * @param {Response} answer
   */
  through(answer) {
    if (!answer.body) return answer;
    const decoder = new TextDecoder();
    const listen = new TransformStream({
      transform: (chunk, reader) => {
        reader.enqueue(chunk);
        this.hear(decoder.decode(chunk, { stream: true }));
      },
      flush: () => this.end(),
    });
    return new Response(answer.body.pipeThrough(listen), answer);
  }

  /** @param {string} text */
  hear(text) {
    for (const [, id] of text.matchAll(IDS)) this.ids.add(id);
    const lines = (this.line + text).split("\n");
    this.line = lines.pop() ?? "";
    for (const line of lines) if (DONE.test(line)) for (const [, id] of line.matchAll(IDS)) answered(id);
    if (LAST.test(text)) this.end();
    else this.tell();
  }

  end() {
    ended();
    setTimeout(() => {
      this.ended = true;
      this.tell();
    }, SETTLED);
  }

  tell() {
    for (const wake of this.waiting) wake();
  }

  /**
   * Resolves when the stream has spoken of a question, has ended, or PATIENCE is over.
   *
   * @param {string} id
   * @returns {Promise<void>}
   */
  spokenOf(id) {
    return new Promise(resolve => {
      const done = () => {
        this.waiting.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const look = () => {
        if (this.ended || this.ids.has(id)) done();
      };
      const timer = setTimeout(done, PATIENCE);
      this.waiting.add(look);
      look();
    });
  }
}

/**
 * A `fetch` that holds receipts back as told above.
 *
 * @param {typeof fetch} fetcher
 * @returns {typeof fetch}
 */
export function holdingReceipts(fetcher) {
  /** @type {Stream | undefined} */
  let stream;
  return async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    if (address.includes("/queue/data?")) {
      const mine = new Stream();
      stream = mine;
      try {
        return mine.through(await fetcher(input, init));
      } catch (error) {
        mine.end();
        throw error;
      }
    }
    if (!address.includes("/queue/join?")) return fetcher(input, init);
    /** @type {string | null} */
    let id = null;
    asked();
    try {
      const answer = await fetcher(input, init);
      if (answer.ok) id = (await answer.clone().json()).event_id;
      if (id !== null) await stream?.spokenOf(id);
      return answer;
    } finally {
      taken(id);
    }
  };
}

/** Puts it between Gradio's script and the server. */
export function holdReceipts() {
  window.fetch = holdingReceipts(window.fetch.bind(window));
}
