/**
 * Makes of a button one that walks on by itself until it is pressed again or its panel is hidden.
 *
 * @param {HTMLButtonElement} button
 * @param {() => void} walk
 * @param {number} milliseconds
 * @param {string} [title] while it rests
 */
export function player(button, walk, milliseconds, title = "Play") {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    button.textContent = `▶ ${title}`;
  };
  button.onclick = () => {
    if (timer) return stop();
    button.textContent = "❚❚ Pause";
    timer = setInterval(() => (button.offsetParent ? walk() : stop()), milliseconds);
  };
}

/**
 * Moves a slider of whole numbers from 0 on by one; from its end back to 0.
 *
 * @param {{value: any, max: any}} slider
 */
export function advance(slider) {
  slider.value = (Number(slider.value) + 1) % (Number(slider.max) + 1);
}
