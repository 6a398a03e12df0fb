/** Facts about values, gathered one after the other: how many, how many missing, how many different, range and mean. */

/** Different values that are counted; a column with more is told as having more. */
export const MOST_DIFFERENT = 10_000;
/** Different values that are listed with their counts. */
const MOST_LISTED = 256;
/** Bars of a histogram. */
const BARS = 10;

/** Numbers in bars of equal width; of whole numbers with few different values one bar a value. */
export interface Histogram {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

/** What is known of values that are all numbers. */
export interface NumberFacts {
  readonly least: number;
  readonly largest: number;
  readonly mean: number;
  /** Standard deviation, divisor n. */
  readonly deviation: number;
  /** Whether every number is whole. */
  readonly whole: boolean;
  readonly histogram: Histogram;
}

/** How often a value occurs. */
export interface ValueCount {
  readonly value: string | number;
  readonly count: number;
}

/** Facts about the values of a column or an array. */
export interface ValueFacts {
  /** Values that are there. */
  readonly count: number;
  /** Values that are not: empty cells, NaN and infinity. */
  readonly missing: number;
  /** Number of different values; null where there are more than {@link MOST_DIFFERENT}. */
  readonly different: number | null;
  /** Null where there are texts, or no values at all. */
  readonly numbers: NumberFacts | null;
  /** Every value with its count, numbers by size, texts by their alphabet; null where there are too many. */
  readonly values: readonly ValueCount[] | null;
}

/** Bars of numbers whose range is known. */
export class Bars {
  readonly #from: number;
  readonly #width: number;
  readonly #counts: number[];

  constructor(least: number, largest: number, whole: boolean) {
    const single = whole && largest - least < BARS;
    this.#from = least;
    this.#counts = new Array<number>(single ? largest - least + 1 : BARS).fill(0);
    this.#width = single ? 1 : (largest - least) / BARS || 1;
  }

  add(value: number, times = 1): void {
    const bar = Math.floor((value - this.#from) / this.#width);
    const last = this.#counts.length - 1;
    this.#counts[Math.min(last, Math.max(0, bar))]! += times;
  }

  get histogram(): Histogram {
    const { length } = this.#counts;
    return { from: this.#from, to: this.#from + this.#width * length, counts: this.#counts };
  }
}

/** A first pass over values; the bars come from a second one, over the same values. */
export class ValueSummary {
  #missing = 0;
  #count = 0;
  #texts = false;
  #whole = true;
  #least = Number.POSITIVE_INFINITY;
  #largest = Number.NEGATIVE_INFINITY;
  /** Sums are of distances from the first number: those of large numbers with small differences stay exact. */
  #origin: number | undefined;
  #sum = 0;
  #squares = 0;
  #counts: Map<string | number, number> | null = new Map();

  addMissing(times = 1): void {
    this.#missing += times;
  }

  /** A number that is not finite is missing. */
  addNumber(value: number, times = 1): void {
    if (!Number.isFinite(value)) {
      this.#missing += times;
      return;
    }
    this.#count += times;
    this.#whole &&= Number.isInteger(value);
    if (value < this.#least) this.#least = value;
    if (value > this.#largest) this.#largest = value;
    this.#origin ??= value;
    const offset = value - this.#origin;
    this.#sum += times * offset;
    this.#squares += times * offset * offset;
    this.#tally(value, times);
  }

  addText(text: string): void {
    this.#texts = true;
    this.#count++;
    this.#tally(text, 1);
  }

  #tally(value: string | number, times: number): void {
    if (this.#counts === null) return;
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + times);
    if (this.#counts.size > MOST_DIFFERENT) this.#counts = null;
  }

  /** Empty bars for the second pass; null where there are none to fill. */
  bars(): Bars | null {
    return this.#texts || this.#count === 0 ? null : new Bars(this.#least, this.#largest, this.#whole);
  }

  facts(bars: Bars | null): ValueFacts {
    const counts = this.#counts;
    const listed = counts !== null && counts.size <= MOST_LISTED;
    const entries = listed ? [...counts].map(([value, count]) => ({ value, count })) : null;
    const mean = this.#sum / this.#count;
    return {
      count: this.#count,
      missing: this.#missing,
      different: counts?.size ?? null,
      numbers: bars && {
        least: this.#least,
        largest: this.#largest,
        mean: (this.#origin ?? 0) + mean,
        deviation: Math.sqrt(Math.max(0, this.#squares / this.#count - mean * mean)),
        whole: this.#whole,
        histogram: bars.histogram,
      },
      values: entries?.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0)) ?? null,
    };
  }
}

/** Facts about numbers in memory, which `valueAt` gives by their position. */
export function summariseNumbers(count: number, valueAt: (position: number) => number): ValueFacts {
  const summary = new ValueSummary();
  for (let i = 0; i < count; i++) summary.addNumber(valueAt(i));
  const bars = summary.bars();
  for (let i = 0; bars !== null && i < count; i++) {
    const value = valueAt(i);
    if (Number.isFinite(value)) bars.add(value);
  }
  return summary.facts(bars);
}

/** Facts about bytes over a divisor: there are but 256 of them, so that each is looked at once. */
export function summariseBytes(bytes: Uint8Array, divisor = 1): ValueFacts {
  const tally = new Array<number>(256).fill(0);
  for (let i = 0; i < bytes.length; i++) tally[bytes[i]!]! += 1;
  const present = [...tally.entries()].filter(([, times]) => times > 0);
  const summary = new ValueSummary();
  for (const [byte, times] of present) summary.addNumber(byte / divisor, times);
  const bars = summary.bars();
  for (const [byte, times] of present) bars?.add(byte / divisor, times);
  return summary.facts(bars);
}
