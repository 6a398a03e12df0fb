/** Notices when a point has reached the target of the sweep. */
import { type Objective, objectiveOfTrial, reachesTarget } from '../record/objective.ts';
import type { TrialRecord } from '../record/record.ts';

/** Gathers the values of each point over its seeds. */
export class TargetWatch {
  readonly #objective: Objective;
  readonly #seeds: number;
  readonly #values = new Map<string, Map<number, number>>();

  /** A point has `seeds` trials. */
  constructor(objective: Objective, seeds: number) {
    this.#objective = objective;
    this.#seeds = seeds;
  }

  /**
   * The mean of a point that reaches the target with this trial. All its seeds must be complete, since one seed may be
   * lucky; a baseline is no find.
   */
  note(record: TrialRecord): number | undefined {
    const { point, baseline, seed, outcome } = record;
    if (baseline || outcome.status !== 'complete') return undefined;
    const values = this.#values.get(point) ?? new Map<number, number>();
    this.#values.set(point, values.set(seed, objectiveOfTrial(this.#objective, record)));
    if (values.size < this.#seeds) return undefined;
    const mean = [...values.values()].reduce((sum, value) => sum + value, 0) / values.size;
    return reachesTarget(this.#objective, mean) ? mean : undefined;
  }
}
