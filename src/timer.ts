/** A timer of any length: Node's own fires at once for more than 2^31 − 1 ms, some 25 days. */

/** The longest that Node's own can wait. */
export const LONGEST_MS: number = 2 ** 31 - 1;

/** Calls `action` after `ms`; what it returns stops the timer. */
export function startTimer(ms: number, action: () => void): () => void {
  const now = Math.min(LONGEST_MS, ms);
  let stop: () => void;
  const timer = setTimeout(() => {
    if (ms <= LONGEST_MS) action();
    else stop = startTimer(ms - now, action);
  }, now);
  stop = () => clearTimeout(timer);
  return () => stop();
}
