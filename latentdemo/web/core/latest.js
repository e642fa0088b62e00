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
