/** Timing of a function: one burst of runs after a warm-up, and what several bursts say together. */

/**
 * Microseconds of `run`, which may answer a promise, over about `milliseconds` after a warm-up of a fifth of that.
 *
 * `share` is the processor time of the burst over its duration: well below 1 when another process held the processor.
 */
export async function time(run, milliseconds) {
  const warmSince = performance.now();
  do await settle(run());
  while (performance.now() - warmSince < milliseconds / 5);
  const times = [];
  const { user, system } = process.cpuUsage();
  const since = performance.now();
  do {
    const start = performance.now();
    const pending = run();
    if (pending instanceof Promise) await pending;
    times.push((performance.now() - start) * 1000);
  } while (performance.now() - since < milliseconds);
  const elapsedUs = (performance.now() - since) * 1000;
  const used = process.cpuUsage({ user, system });
  times.sort((a, b) => a - b);
  return {
    bestUs: times[0],
    medianUs: times[times.length >> 1],
    runs: times.length,
    share: (used.user + used.system) / elapsedUs,
  };
}

async function settle(pending) {
  if (pending instanceof Promise) await pending;
}

/** Bursts of the same work as one result: the best of the best, the median of the medians. */
export function together(bursts) {
  return {
    bestUs: Math.min(...bursts.map(({ bestUs }) => bestUs)),
    medianUs: median(bursts.map(({ medianUs }) => medianUs)),
    runs: bursts.reduce((sum, { runs }) => sum + runs, 0),
    share: Math.max(...bursts.map(({ share }) => share)),
  };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
