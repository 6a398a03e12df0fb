/** Timing of a function: one burst of runs after a warm-up, and what several bursts say together. */

/** Runs of at least this many milliseconds are timed by the processor as well, which counts in whole microseconds. */
const LONG = 1;

/**
 * Microseconds of `run`, which may answer a promise, over about `milliseconds` after a warm-up of a fifth of that.
 *
 * A long run counts with its processor time where that is shorter than its wall time: it computes on one thread, and
 * what another process took in between is not its own. `share` is the processor time of the burst over its duration.
 */
export async function time(run, milliseconds) {
  const warmSince = performance.now();
  let fastest = Number.POSITIVE_INFINITY;
  do {
    const start = performance.now();
    await settle(run());
    fastest = Math.min(fastest, performance.now() - start);
  } while (performance.now() - warmSince < milliseconds / 5);
  const long = fastest >= LONG;
  const times = [];
  const usedBefore = processorUs();
  const since = performance.now();
  do {
    const used = long ? processorUs() : 0;
    const start = performance.now();
    const pending = run();
    if (pending instanceof Promise) await pending;
    const wallUs = (performance.now() - start) * 1000;
    times.push(long ? Math.min(wallUs, processorUs() - used) : wallUs);
  } while (performance.now() - since < milliseconds);
  const elapsedUs = (performance.now() - since) * 1000;
  times.sort((a, b) => a - b);
  return {
    bestUs: times[0],
    medianUs: times[times.length >> 1],
    runs: times.length,
    share: (processorUs() - usedBefore) / elapsedUs,
  };
}

function processorUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
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
