/**
 * Pruners: when a trial lags so far behind the others that the rest of its epochs is not worth training. Pure: a
 * decision depends on its arguments alone.
 *
 * Source: Li et al., Hyperband, JMLR 2018 (arXiv 1603.06560), in the form that Weights & Biases sweeps give it; Li et
 * al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020 (arXiv 1810.05934), for `asha`; Golovin et al.,
 * Google Vizier, KDD 2017, for the median rule.
 */
import { type EarlyTerminate, type MedianConfig, rungsOf } from '../config/early-terminate.ts';
import { type Objective, objectiveCost } from '../record/objective.ts';

/** What one trial has reached so far. */
export interface Course {
  /** The sweep's metric after each epoch; NaN where an epoch has none. */
  readonly values: readonly number[];
  /** Whether it diverged: it counts as worst in all the epochs that it did not reach. */
  readonly diverged: boolean;
}

/** The trials that a trial competes with, by their id. */
export type History = ReadonlyMap<string, Course>;

export type Decision =
  | { readonly prune: false }
  | {
      readonly prune: true;
      /** What the trial had reached, and the value it needed; both of the sweep's metric. */
      readonly value: number;
      readonly threshold: number;
      /** The trial that holds the threshold. */
      readonly lostTo: string;
      readonly rung: number;
    };

export interface Pruner {
  readonly name: EarlyTerminate['type'];
  /** The epochs after which a trial of so many epochs is judged, ascending. After the last there is nothing left to save. */
  rungs(epochs: number): readonly number[];
  /** Judge `trial` at one of its rungs, where it has `value`. Its own course may be part of the history. */
  decide(history: History, trial: string, epoch: number, value: number): Decision;
}

const GO_ON: Decision = { prune: false };

/** The pruner of an `early_terminate` section. */
export function createPruner(section: EarlyTerminate, objective: Objective): Pruner {
  return section.type === 'median' ? medianPruner(section, objective) : rungPruner(section, objective);
}

/**
 * Successive halving without waiting for a whole rung: of the n trials that have come to it, the trial among them, those
 * go on that are as good as number floor(n/eta) + 1 (hyperband, as in Weights & Biases), or as number
 * max(1, floor(n/eta)) (`strict`, and asha).
 */
function rungPruner(section: Extract<EarlyTerminate, { eta: number }>, objective: Objective): Pruner {
  const { type, eta } = section;
  const strict = section.type === 'asha' || section.strict;
  return {
    name: type,
    rungs: (epochs) => rungsOf(section, epochs),
    decide(history, trial, epoch, value) {
      const standings = [...rivals(history, trial, epoch), { id: trial, value }]
        .map((standing) => ({ ...standing, cost: objectiveCost(objective, standing.value) }))
        .sort((a, b) => difference(a.cost, b.cost));
      const survivors = Math.floor(standings.length / eta);
      const threshold = standings[strict ? Math.max(0, survivors - 1) : survivors];
      if (threshold === undefined || objectiveCost(objective, value) <= threshold.cost) return GO_ON;
      const rung = rungsOf(section, epoch + 1).length - 1;
      return { prune: true, value, threshold: threshold.value, lostTo: threshold.id, rung };
    },
  };
}

/** The best value so far against the median of what the others had after as many epochs. */
function medianPruner(section: MedianConfig, objective: Objective): Pruner {
  const { min_iter, min_trials } = section;
  return {
    name: 'median',
    rungs: (epochs) => rungsOf(section, epochs),
    decide(history, trial, epoch, value) {
      const others = rivals(history, trial, epoch)
        .map((standing) => ({ ...standing, cost: objectiveCost(objective, standing.value) }))
        .sort((a, b) => difference(a.cost, b.cost));
      const best = [...(history.get(trial)?.values ?? []), value].reduce((a, b) =>
        objectiveCost(objective, a) <= objectiveCost(objective, b) ? a : b,
      );
      const [lower, upper] = [others[(others.length - 1) >> 1], others[others.length >> 1]];
      if (lower === undefined || upper === undefined || others.length < min_trials) return GO_ON;
      const median = upper.cost === Number.POSITIVE_INFINITY ? upper.cost : (lower.cost + upper.cost) / 2;
      if (objectiveCost(objective, best) <= median) return GO_ON;
      const threshold = (lower.value + upper.value) / 2;
      return { prune: true, value: best, threshold, lostTo: lower.id, rung: epoch - min_iter };
    },
  };
}

/** What the other trials have at an epoch; NaN for those that diverged before it. */
function rivals(history: History, trial: string, epoch: number): { id: string; value: number }[] {
  return [...history].flatMap(([id, { values, diverged }]) => {
    const value = values[epoch - 1] ?? (diverged ? Number.NaN : undefined);
    return id === trial || value === undefined ? [] : [{ id, value }];
  });
}

/** Infinity less infinity is no number. */
function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
