/** The trials that are still to be trained: those of the plan that are missing, then what a search proposes. */
import type { Plan, TrialSpec } from '../plan/plan.ts';
import type { TrialRecord } from '../store/record.ts';

/** Plans a sweep as it goes. */
export interface Planner {
  /** What is known without any result. */
  readonly plan: Plan;
  /** The trials of the next point; 'wait' while results of earlier points are missing; undefined when there are no more. */
  propose(records: readonly TrialRecord[]): readonly TrialSpec[] | 'wait' | undefined;
}

export class TrialQueue {
  readonly #planner: Planner;
  readonly #waiting: TrialSpec[];
  /** The latest of each trial, by its id. */
  readonly #records: Map<string, TrialRecord>;
  readonly #onProposed: (trials: readonly TrialSpec[]) => void;
  #exhausted = false;

  /** `onProposed` is told of every point that the plan does not have, before any of its trials is begun. */
  constructor(
    planner: Planner,
    records: readonly TrialRecord[],
    onProposed: (trials: readonly TrialSpec[]) => void,
  ) {
    this.#planner = planner;
    this.#records = new Map(records.map((record) => [record.id, record]));
    this.#onProposed = onProposed;
    this.#waiting = planner.plan.trials.filter((spec) => !this.#isFinished(spec));
  }

  /** Whether it may come to hold more trials than the plan has. */
  get grows(): boolean {
    return this.#pull() !== undefined;
  }

  /** The next trial; 'wait' while it depends on running ones; undefined when there are no more. */
  next(): TrialSpec | 'wait' | undefined {
    while (this.#waiting.length === 0) {
      const pulled = this.#pull();
      if (pulled !== 'more') return pulled;
    }
    return this.#waiting.shift();
  }

  /** Ask for the next point. A planner that has no more is not asked again. */
  #pull(): 'more' | 'wait' | undefined {
    const proposal = this.#exhausted ? undefined : this.#planner.propose([...this.#records.values()]);
    if (proposal === 'wait') return 'wait';
    this.#exhausted = proposal === undefined;
    if (proposal === undefined) return undefined;
    this.#onProposed(proposal);
    this.#waiting.push(...proposal.filter((spec) => !this.#isFinished(spec)));
    return 'more';
  }

  /** A trial has ended: later proposals build on it. */
  add(record: TrialRecord): void {
    this.#records.set(record.id, record);
  }

  #isFinished({ id }: TrialSpec): boolean {
    const record = this.#records.get(id);
    return record !== undefined && isFinished(record);
  }
}

/** Whether a trial need not be run again: an interruption is no result, and the cause of a failure may have passed. */
export function isFinished({ outcome }: TrialRecord): boolean {
  return outcome.status === 'complete' || outcome.status === 'diverged' || outcome.status === 'pruned';
}
