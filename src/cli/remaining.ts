/** How long a sweep will still take, from how long its trials took: a moving average that settles and does not jump. */
import { largestOf } from '../extremes.ts';

/** Trials that the average is over, the latest counting as much as all others together count less. */
const WINDOW = 16;
/** Share of a trial that must be done before it says anything. */
const SMALLEST_SHARE = 0.02;

/** A running trial. */
export interface RunningShare {
  /** Share of its steps that are done. */
  readonly share: number;
  /** Seconds since it began. */
  readonly seconds: number;
}

export class RemainingTime {
  #count = 0;
  #mean = 0;

  /** A trial has ended after so many seconds; a pruned one counts too, since others will be. */
  add(seconds: number): void {
    this.#count += 1;
    this.#mean += (seconds - this.#mean) / Math.min(this.#count, WINDOW);
  }

  /**
   * Seconds until `waiting` further trials and the running ones are done; undefined while nothing is known.
   *
   * Before the first trial has ended, the running ones are extrapolated.
   */
  estimate(waiting: number, running: readonly RunningShare[], threads: number): number | undefined {
    const mean = this.#count > 0 ? this.#mean : extrapolate(running);
    if (mean === undefined) return undefined;
    const left = running.map(({ share }) => mean * (1 - share));
    const work = mean * waiting + left.reduce((sum, seconds) => sum + seconds, 0);
    // The last ones cannot be shared out.
    return largestOf(left, work / Math.max(1, threads));
  }
}

/** Seconds of a whole trial, from the parts that are done. */
function extrapolate(running: readonly RunningShare[]): number | undefined {
  const telling = running.filter(({ share }) => share >= SMALLEST_SHARE);
  const [share, seconds] = telling.reduce(
    ([shares, times], trial) => [shares + trial.share, times + trial.seconds],
    [0, 0] as [number, number],
  );
  return share > 0 ? seconds / share : undefined;
}
