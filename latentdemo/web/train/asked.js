/** What is asked of the host's training, and the key that lets this browser steer it. */

import { browser } from "../core/requests.js";

const KEY = "latentdemo:train";

/**
 * @typedef {object} Told
 * @property {Record<string, string>} recipes titles
 * @property {number} drawn digits that the class has drawn
 * @property {number} given how many were drawn in all
 * @property {number} wanted how many are enough to train on
 * @property {"none" | "starting" | "training" | "stopping" | "measuring" | "stopped" | "done" | "failed"} state
 * @property {string} [name] of the checkpoint
 * @property {string} [recipe]
 * @property {boolean} [kept]
 * @property {boolean} [yours] whether this browser began it
 * @property {number} [run] which one since the host was started
 * @property {string} [problem]
 * @property {number} [step]
 * @property {number} [steps]
 * @property {number} [beta]
 * @property {number} [learning_rate]
 * @property {string[]} [names] of the losses
 * @property {number[][]} [losses] step, then one number for each name
 * @property {[number, string, number][]} [changes] step, what, value
 * @property {[number, number][]} [codes]
 * @property {number[]} [labels]
 * @property {string} [grouped_by] factor whose quarters the labels are; "": they are classes
 * @property {number} [reach] of the decoded plane
 */

/** @param {object} [sent] @returns {Promise<any>} */
async function ask(sent) {
  const options = sent ? { method: "POST", body: JSON.stringify(sent) } : { headers: { "x-key": key() } };
  const answer = await fetch("pixels/train", options);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

const key = () => localStorage.getItem(KEY) ?? "";

/** How the training goes. @returns {Promise<Told>} */
export const look = () => ask();

/** Begins one; from now on this browser steers it. @param {string} recipe */
export async function start(recipe) {
  const begun = await ask({ start: recipe, key: key() });
  localStorage.setItem(KEY, begun.key);
}

/** @param {object} wishes beta, learning_rate, stop, resume or keep */
export const steer = wishes => ask({ key: key(), ...wishes });

/** One more drawing for the class. @param {string} draw address of a PNG @param {number} digit */
export const give = (draw, digit) => ask({ draw, digit, browser: browser() });
