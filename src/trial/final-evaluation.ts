/** What is measured once, after the last epoch, where the experiment asks for it: floors by permutation, the free baseline. */
import type { Dataset } from '../data/dataset.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { decorrelationMetrics } from '../metrics/decorrelation.ts';
import { whitenedCovariance, whiteningOf } from '../metrics/whitening.ts';
import { ArrayScope } from '../network/array-scope.ts';
import type { Network } from '../network/network.ts';
import { shuffledIndices } from '../random.ts';
import type { FinalRecord, TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import type { Evaluator, ObservedLayer } from './evaluation.ts';

/** Every trial permutes alike: a difference between two floors is never one of their permutations. */
const PERMUTATION_SEED = 0;

/** A trial at its end. */
export interface FinishedTrial {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly evaluator: Evaluator;
  readonly spec: TrialSpec;
  readonly dataset: Dataset;
  /** Samples that are evaluated at once. */
  readonly batch: number;
}

/** The part of the record that the experiment asks for; empty where it asks for nothing. */
export function measureFinally(trial: FinishedTrial): Pick<TrialRecord, 'final'> {
  const {
    spec,
    evaluator: { observed },
  } = trial;
  const { permutations = 0, free_baseline: freeBaseline = false } = spec.experiment.evaluation ?? {};
  const whitened =
    freeBaseline && spec.baseline ? observed.findLast(({ feedsDense }) => feedsDense) : undefined;
  const final = observed.flatMap((layer): [string, FinalRecord][] => {
    const found: FinalRecord = {
      ...(permutations > 0 && { permuted: measurePermuted(trial, layer, permutations) }),
      ...(layer === whitened && { whitened: measureWhitened(trial, layer) }),
    };
    return Object.keys(found).length === 0 ? [] : [[layer.name, found]];
  });
  return final.length === 0 ? {} : { final: Object.fromEntries(final) };
}

/**
 * Means over the permutations; null where one of them has no value. Images are permuted as a whole: what their positions have in common with
 * each other stays.
 */
function measurePermuted(
  { kernel: { operations }, dataset }: FinishedTrial,
  { units, rows, activations }: ObservedLayer,
  permutations: number,
): NonNullable<FinalRecord['permuted']> {
  const { samples } = dataset.test;
  const scope = new ArrayScope(operations);
  try {
    const permuted = scope.numbers(samples * rows * units);
    const all = Array.from({ length: permutations }, (_, permutation) => {
      const [from, to] = [activations.values, permuted.values];
      for (let unit = 0; unit < units; unit++) {
        const order = shuffledIndices(PERMUTATION_SEED, 'permutation', permutation * units + unit, samples);
        for (let row = 0; row < samples * rows; row++) {
          const source = order[Math.floor(row / rows)]! * rows + (row % rows);
          to[row * units + unit] = from[source * units + unit]!;
        }
      }
      const covariance = operations.covarianceFloat64(permuted, samples * rows, units);
      return decorrelationMetrics(covariance, samples * rows, units);
    });
    const names = Object.keys(all[0] ?? {}) as (keyof (typeof all)[number])[];
    const mean = (values: readonly (number | null)[]): number | null =>
      values.reduce(
        (sum: number | null, value) => (sum === null || value === null ? null : sum + value / values.length),
        0,
      );
    return {
      permutations,
      metrics: Object.fromEntries(names.map((name) => [name, mean(all.map((each) => each[name]))])),
    };
  } finally {
    scope.release();
  }
}

/** Whitens by as many training samples as there are held-out ones, at most all, and measures on the held-out ones. */
function measureWhitened(
  { kernel: { operations }, network, dataset: { train, test }, batch }: FinishedTrial,
  { layer, units, activations }: ObservedLayer,
): NonNullable<FinalRecord['whitened']> {
  const samples = Math.min(train.samples, test.samples);
  const heldOut = operations.covarianceFloat64(activations, test.samples, units);
  const scope = new ArrayScope(operations);
  try {
    const trained = scope.numbers(samples * units);
    for (let first = 0; first < samples; first += batch) {
      network.load(train, null, first, Math.min(batch, samples - first));
      network.evaluateLoaded();
      network.copyActivations(trained, first, layer);
    }
    const whitening = whiteningOf(operations.covarianceFloat64(trained, samples, units), units);
    const metrics = decorrelationMetrics(whitenedCovariance(whitening, heldOut), test.samples, units);
    return { samples, metrics };
  } finally {
    scope.release();
  }
}
