/** Watches a metric of the validation split, and keeps the weights of the best epoch. */
import type { Network } from '../network/network.ts';
import type { Parameter } from '../network/parameter.ts';
import {
  type EarlyStoppingConfig,
  type EarlyStoppingRecord,
  stoppingGoal,
} from '../record/early-stopping.ts';
import { objectiveCost, objectiveValue } from '../record/objective.ts';
import type { EpochRecord } from '../record/record.ts';

/** The epochs of one training under `early_stopping`. */
export class EarlyStopping {
  readonly #settings: EarlyStoppingConfig;
  readonly #kept: readonly {
    readonly of: Parameter;
    values: ReturnType<Float32Array['slice']> | Float64Array;
  }[];
  #best = { epoch: 0, value: Number.NaN, cost: Number.POSITIVE_INFINITY };
  #last = 0;

  constructor(settings: EarlyStoppingConfig, network: Network) {
    this.#settings = settings;
    this.#kept = [...network.parameters, ...network.buffers].map((of) => ({
      of,
      values: new Float64Array(0),
    }));
  }

  /** Takes note of an epoch; true where training is to end with it. A value that is no number is not better than any. */
  ends(epoch: EpochRecord): boolean {
    const { metric, patience, min_delta, restore_best } = this.#settings;
    const value = objectiveValue({ name: metric }, epoch);
    const cost = objectiveCost({ goal: stoppingGoal(metric) }, value);
    this.#last = epoch.epoch;
    if (this.#best.epoch === 0 || cost < this.#best.cost - min_delta) {
      this.#best = { epoch: epoch.epoch, value, cost };
      if (restore_best) for (const kept of this.#kept) kept.values = kept.of.values.slice();
    }
    return epoch.epoch - this.#best.epoch >= patience;
  }

  /** Gives the network the weights of the best epoch, where it does not have them. */
  restore(): void {
    if (!this.#settings.restore_best || this.#best.epoch === this.#last) return;
    for (const { of, values } of this.#kept) of.values = values;
  }

  /** What became of a training of so many epochs. */
  recordOf(epochs: number): EarlyStoppingRecord {
    const { metric, restore_best: restored } = this.#settings;
    const { epoch: best, value } = this.#best;
    return { metric, best, value, last: this.#last, stopped: this.#last < epochs, restored };
  }
}
