/** Runs written down by hand, small enough to check every number of their comparison on paper. */
import type { RunInput } from '../../src/compare/compare.ts';
import { type Manifest, type Outcome, recordIdentity, type TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { targetOf } from '../../src/schedule/schedules.ts';
import { EARLIER_PENALTIES } from '../../src/store/earlier-penalties.ts';

/** What a complete trial measured after its last epoch. */
export interface Measured {
  readonly accuracy: number;
  readonly correlation: number | null;
  readonly participation?: number;
  readonly scale?: number;
  readonly dead?: number;
  readonly seconds?: number;
  /** Of the penalty before the first step. */
  readonly strength?: number;
  readonly cosine?: number | null;
  /** Value of the penalty before the first step and at the end. */
  readonly penalty?: readonly [start: number, end: number];
  /** What {@link correlation} is with permuted samples, and for the whitened layer. */
  readonly permuted?: number | null;
  readonly whitened?: number | null;
  /** Values of {@link correlation} for further layers, `dense2` and on. */
  readonly further?: readonly (number | null)[];
}

/** A point with one entry a seed, from seed 0: a complete trial, another outcome, or null where there is no record. */
export interface HandMadePoint {
  /** Null for a baseline. */
  readonly penalty: readonly [type: string, weight: number, against?: string] | null;
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** From which the trials set their weight. */
  readonly strength?: number;
  readonly trials: readonly (Measured | Exclude<Outcome, { status: 'complete' }> | null)[];
}

/** Held-out samples of every layer. */
export const SAMPLES = 10_000;
/** sqrt(2/(π·9999)). */
export const FLOOR = 0.007979244577;

const STARTED = '2025-01-01T00:00:00.000Z';

/** A run as it would be read from its directory. */
export function handMadeRun(
  points: readonly HandMadePoint[],
  changes: Partial<Manifest> & { readonly name?: string } = {},
): RunInput {
  const trials: TrialSpec[] = [];
  const records: TrialRecord[] = [];
  for (const [position, { penalty, strength, settings = {}, trials: outcomes }] of points.entries()) {
    for (const [seed, outcome] of outcomes.entries()) {
      const spec: TrialSpec = {
        id: `p${position}-s${seed}`,
        index: trials.length,
        point: `p${position}`,
        baseline: penalty === null,
        seed,
        settings:
          penalty === null
            ? settings
            : { 'penalty.type': penalty[0], 'penalty.weight': penalty[1], ...settings },
        experiment: {
          settings,
          penalty: {
            type: penalty?.[0] ?? 'mean',
            ...(strength === undefined ? { weight: penalty?.[1] ?? 0 } : { strength }),
            against: penalty?.[2],
          },
        } as unknown as TrialSpec['experiment'],
      };
      trials.push(spec);
      if (outcome !== null) {
        records.push(recordOf(spec, outcome));
      }
    }
  }
  const manifest = {
    schemaVersion: 1,
    name: 'by-hand',
    covgrad: '0.1.0',
    node: 'v20.19.0',
    cpu: 'test',
    threads: 1,
    startedAt: STARTED,
    kernel: { variant: 'fma', sha256: 'ab' },
    data: {
      name: 'mnist',
      fingerprint: 'cd',
      train: 60_000,
      test: 10_000,
      features: 784,
      shape: [784],
      target: { kind: 'classes', classes: 10 },
    },
    penalties: EARLIER_PENALTIES,
    config: { sweep: { metric: { name: 'mean-abs-correlation', goal: 'minimize' } } } as Manifest['config'],
    trials,
    ...changes,
  } satisfies Manifest;
  return { name: manifest.name, manifest, records };
}

function recordOf(spec: TrialSpec, outcome: Measured | Outcome): TrialRecord {
  const measured = 'status' in outcome ? null : outcome;
  return {
    ...recordIdentity(spec),
    outcome: 'status' in outcome ? outcome : { status: 'complete' },
    epochs: measured === null ? [] : [epochOf(0.5, measured, 1), epochOf(measured.accuracy, measured, 2)],
    timing: { startedAt: STARTED, seconds: measured?.seconds ?? 10, trainSeconds: 8 },
    ...(measured !== null && gradientsOf(spec, measured)),
    ...(measured !== null && finalOf(measured)),
  };
}

/** The trained weight is that of the point, or with a strength a hundred times the seed plus one. */
function gradientsOf(
  { seed, experiment }: TrialSpec,
  { strength, cosine = null, penalty = [1, 0.5] }: Measured,
): Partial<TrialRecord> {
  if (strength === undefined) {
    return {};
  }
  const weight = targetOf(experiment.penalty.weight) ?? 100 * (seed + 1);
  return { penalty: { weight, start: { dense1: { penalty: penalty[0], cosine, strength } } } };
}

function finalOf({ permuted, whitened }: Measured): Partial<TrialRecord> {
  const metricsOf = (value: number | null) => ({ 'mean-abs-correlation': value });
  const dense1 = {
    ...(permuted !== undefined && { permuted: { permutations: 5, metrics: metricsOf(permuted) } }),
    ...(whitened !== undefined && { whitened: { samples: 10_000, metrics: metricsOf(whitened) } }),
  };
  return Object.keys(dense1).length === 0 ? {} : { final: { dense1 } };
}

function epochOf(accuracy: number, measured: Measured, epoch: number): TrialRecord['epochs'][number] {
  const { correlation, participation = 10, scale = 0.5, dead = 0, further = [] } = measured;
  const { strength, cosine = null, penalty: [, penalty] = [1, 0.5] } = measured;
  return {
    epoch,
    train: { loss: 0.1, penalty: 0.2, accuracy: 0.99 },
    test: { loss: 0.3, accuracy },
    layers: [correlation, ...further].map((value, layer) => ({
      layer,
      name: `dense${layer + 1}`,
      units: 256,
      samples: SAMPLES,
      metrics: {
        'mean-abs-correlation': value,
        'participation-ratio': participation,
        'activation-scale': scale,
        'dead-units': dead,
      },
      ...(strength !== undefined && { gradient: { penalty, cosine, strength } }),
    })),
  };
}

/**
 * Two seeds, a baseline and eight points: two that decorrelate, one with a claimed gradient, one strong and dear, one
 * that shrinks, one that does nothing, one that diverged and one that is not finished.
 */
export function exampleRun(): RunInput {
  return handMadeRun(
    [
      { penalty: null, trials: [both(0.978, 0.21, 14, 0.61, 11.9), both(0.98, 0.212, 14.4, 0.63, 12.1)] },
      {
        penalty: ['decov', 0.1],
        trials: [both(0.977, 0.06, 61, 0.42, 15), both(0.979, 0.062, 62, 0.44, 15.2)],
      },
      {
        penalty: ['decov', 1],
        trials: [both(0.958, 0.02, 93, 0.21, 15), both(0.961, 0.021, 94, 0.22, 15.4)],
      },
      {
        penalty: ['squared-correlation', 0.1],
        trials: [both(0.979, 0.07, 55, 0.6, 16), both(0.9805, 0.071, 56, 0.62, 16)],
      },
      {
        penalty: ['mean', 0.01],
        trials: [both(0.9785, 0.209, 14.1, 0.6, 12), both(0.9795, 0.214, 14.3, 0.62, 12)],
      },
      { penalty: ['mean-abs', 1], trials: [both(0.971, 0.3, 9, 0.12, 13), both(0.97, 0.31, 9.2, 0.13, 13)] },
      {
        penalty: ['mean-abs-signed', 0.1],
        trials: [both(0.972, 0.25, 11, 0.3, 12), both(0.973, 0.26, 11, 0.31, 12)],
      },
      {
        penalty: ['decov', 10],
        trials: [
          both(0.11, 0.01, 2, 0.01, 15),
          { status: 'diverged', epoch: 2, step: 31, reason: 'the loss is NaN' },
        ],
      },
      { penalty: ['smooth-abs', 1], trials: [both(0.976, 0.15, 20, 0.4, 15), null] },
    ],
    { name: 'mnist-decorrelation' },
  );
}

function both(
  accuracy: number,
  correlation: number,
  participation: number,
  scale: number,
  seconds: number,
): Measured {
  return { accuracy, correlation, participation, scale, seconds };
}
