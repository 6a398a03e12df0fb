/** The trials that are still to be trained: those that are known and missing, then what a search proposes. */

import type { Planner } from '../plan/planner.ts';
import { hasResult, type TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

/** Gives out trials in the order that they are given in, and then in that of the proposals. */
export class TrialQueue {
  readonly #planner: Planner;
  readonly #waiting: TrialSpec[];
  /** How many of them have been given out. */
  #given = 0;
  /** The latest of each trial, by its id. */
  readonly #records: Map<string, TrialRecord>;
  readonly #onProposed: (trials: readonly TrialSpec[]) => void;
  #exhausted = false;
  /** Asked for before it was needed. */
  #ahead: readonly TrialSpec[] | undefined;

  /**
   * `known` are the trials of the plan, and those that were proposed in earlier sittings, the first to begin first. `onProposed` is told of every
   * further point, before any of its trials is begun.
   */
  constructor(
    planner: Planner,
    known: readonly TrialSpec[],
    records: readonly TrialRecord[],
    onProposed: (trials: readonly TrialSpec[]) => void,
  ) {
    this.#planner = planner;
    this.#records = new Map(records.map((record) => [record.id, record]));
    this.#onProposed = onProposed;
    this.#waiting = known.filter((spec) => !this.#isFinished(spec));
  }

  /** Whether more may be proposed. */
  get grows(): boolean {
    const proposal = this.#ahead ?? this.#ask();
    // An answer that depends on what is still to come is asked for again.
    this.#ahead = proposal === 'wait' ? undefined : proposal;
    return proposal !== undefined;
  }

  /** The next trial; 'wait' while it depends on running ones; undefined when there are no more. */
  next(): TrialSpec | 'wait' | undefined {
    while (this.#given === this.#waiting.length) {
      const pulled = this.#pull();
      if (pulled !== 'more') return pulled;
    }
    this.#given += 1;
    return this.#waiting[this.#given - 1];
  }

  /** Take the next point over. */
  #pull(): 'more' | 'wait' | undefined {
    const proposal = this.#ahead ?? this.#ask();
    this.#ahead = undefined;
    if (proposal === undefined || proposal === 'wait') return proposal;
    this.#onProposed(proposal);
    for (const spec of proposal) if (!this.#isFinished(spec)) this.#waiting.push(spec);
    return 'more';
  }

  /** A planner that has no more is not asked again. */
  #ask(): readonly TrialSpec[] | 'wait' | undefined {
    const proposal = this.#exhausted ? undefined : this.#planner.propose([...this.#records.values()]);
    this.#exhausted = proposal === undefined;
    // Nobody learns from them any more, and those of a large sweep take much room.
    if (this.#exhausted) this.#records.clear();
    return proposal;
  }

  /** A trial has ended: later proposals build on it. */
  add(record: TrialRecord): void {
    if (!this.#exhausted) this.#records.set(record.id, record);
  }

  #isFinished({ id }: TrialSpec): boolean {
    const record = this.#records.get(id);
    return record !== undefined && hasResult(record);
  }
}
