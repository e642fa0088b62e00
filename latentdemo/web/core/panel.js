/**
 * What Gradio hands to a panel's `open`.
 *
 * @typedef {object} Panel
 * @property {HTMLElement} element the panel's markup
 * @property {{value: any}} props Python's value
 * @property {(name: string, take: () => void) => void} watch
 * @property {(event: string, data?: object) => void} trigger tells Python
 * @property {string | null} id of the component
 */

/**
 * Calls `take` with Python's value, now and whenever another one comes; not while there is none.
 *
 * Gradio carries every component's value along with every event: 200 KB in one of them cost a third of a drag's
 * pictures per second. So what is `large` leaves the component once it is read.
 *
 * @param {Pick<Panel, "props" | "watch">} panel
 * @param {(value: any) => void} take
 * @param {{large?: boolean}} options
 */
export function follow({ props, watch }, take, { large = false } = {}) {
  const read = () => {
    if (!props.value) return;
    const value = typeof props.value === "string" ? JSON.parse(props.value) : props.value;
    if (large) props.value = null;
    take(value);
  };
  watch("value", read);
  read();
}
