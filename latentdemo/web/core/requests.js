/** Requests: which answer counts where several are under way, retries while the server is busy, the browser's name. */

const MAX_RETRIES = 5;
const RETRY_AFTER = 5; // seconds, where the server names none

/**
 * Of questions whose answers may overtake each other, only the last one's counts.
 *
 * @returns {() => () => boolean} called when a question is asked; what it gives says later whether it is still the last
 */
export function latest() {
  let asked = 0;
  return () => {
    const mine = ++asked;
    return () => mine === asked;
  };
}

/**
 * fetch, repeated at most five times after status 503, each after Retry-After seconds ± 50 %, so that a class does not
 * come back all at once.
 *
 * @param {string} address
 * @param {RequestInit} [options] its signal ends the waiting, too
 * @returns {Promise<Response>}
 */
export async function fetchWithRetry(address, options) {
  for (let left = MAX_RETRIES; ; left--) {
    const answer = await fetch(address, options);
    if (answer.status !== 503 || left === 0) return answer;
    const seconds = Number(answer.headers.get("retry-after")) || RETRY_AFTER;
    await new Promise(resolve => setTimeout(resolve, 1000 * seconds * (0.5 + Math.random())));
    options?.signal?.throwIfAborted();
  }
}

/**
 * Sends settings one request at a time. Those that change while a request runs are merged and sent next: the newest last.
 *
 * @param {(settings: object) => Promise<any>} send
 * @returns {(settings: object) => Promise<void>} resolves when these settings, or newer ones, have been sent; rejects
 *   with the error of the request that contained them
 */
export function newestLast(send) {
  /** @type {object} */
  let waiting = {};
  let turn = Promise.resolve();
  return settings => {
    waiting = { ...waiting, ...settings };
    const mine = turn.then(async () => {
      const sent = waiting;
      waiting = {};
      if (Object.keys(sent).length) await send(sent);
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
}

let named = "";

/** This browser's random name, by which limits and votes count it; it is kept in the browser. */
export function browser() {
  const fresh = crypto.getRandomValues(new Uint32Array(4)).join("-");
  try {
    named ||= localStorage.getItem("browser") ?? fresh;
    localStorage.setItem("browser", named);
  } catch {
    named ||= fresh; // the browser stores nothing: until the page is left
  }
  return named;
}
