/** Timing of a function: many runs after a warm-up, best and median. */

/** Microseconds of `run`, timed for about `milliseconds` after a warm-up of a fifth of that. */
export function time(run, milliseconds = 600) {
  const warmUntil = performance.now() + milliseconds / 5;
  do run();
  while (performance.now() < warmUntil);
  const times = [];
  const until = performance.now() + milliseconds;
  while (times.length < 5 || performance.now() < until) {
    const start = performance.now();
    run();
    times.push((performance.now() - start) * 1000);
  }
  times.sort((a, b) => a - b);
  return { bestUs: times[0], medianUs: times[times.length >> 1], runs: times.length };
}

/** Largest error relative to the largest entry. */
export function relativeError(actual, expected) {
  let largest = 0;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const difference = Math.abs(actual[i] - expected[i]);
    if (!(difference <= error)) error = difference;
  }
  return error / (largest || 1);
}
