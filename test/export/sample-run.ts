/** A run with a trial of every outcome, values that are not finite, and settings of every kind. */
import type { ExportedRun } from '../../src/export/trial-history.ts';
import {
  type EpochRecord,
  type Manifest,
  type Outcome,
  recordIdentity,
  type TrialRecord,
} from '../../src/record/record.ts';
import type { Setting } from '../../src/record/settings.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { sampleManifest } from '../store/samples.ts';

export const STARTED = '2025-03-01T10:00:00.250Z';

/** The outcomes in the order of the trials; the last trial has no record. */
export const OUTCOMES: readonly Outcome[] = [
  { status: 'complete' },
  { status: 'complete' },
  {
    status: 'pruned',
    epoch: 2,
    rung: 0,
    value: 0.5,
    threshold: 0.25,
    lostTo: 'p1-s0',
    pruner: 'hyperband',
  },
  { status: 'diverged', epoch: 2, step: 31, reason: 'the loss is NaN' },
  { status: 'timeout', epoch: 2, seconds: 9 },
  { status: 'failed', code: 'WORKER_DIED', message: 'größer ✓ "quoted"\nline' },
  { status: 'interrupted', epoch: 1 },
];

/** What the trials with a record are called in an export, in their order. */
export const TRIAL_NAMES: readonly string[] = [
  'none-p0-s0',
  'decov-0.1-p1-s0',
  'vicreg-0.25-p2-s0',
  'decov-10-p3-s0',
  'decov-1-p4-s0',
  'mean-2-p5-s0',
  'mean-3-p6-s0',
];

/** The swept settings of each trial; the first is a baseline. */
export const SETTINGS: readonly Readonly<Record<string, Setting>>[] = [
  { 'training.batch_size': 32 },
  { 'penalty.type': 'decov', 'penalty.weight': 0.1, 'training.batch_size': 32, nesterov: true },
  { 'penalty.type': 'vicreg', 'penalty.weight': 0.25, 'training.batch_size': 64, 'penalty.gamma': 1.5 },
  { 'penalty.type': 'decov', 'penalty.weight': 10, 'training.batch_size': 33, nesterov: false },
  { 'penalty.type': 'decov', 'penalty.weight': 1, 'training.batch_size': 40 },
  { 'penalty.type': 'mean', 'penalty.weight': 2, 'training.batch_size': 41 },
  { 'penalty.type': 'mean', 'penalty.weight': 3, 'training.batch_size': 42 },
  { 'penalty.type': 'mean', 'penalty.weight': 4, 'training.batch_size': 43 },
];

/** The run as it would be read from its directory. */
export function sampleRun(sweep: Partial<Manifest['config']['sweep']> = {}): ExportedRun {
  const { config, ...rest } = sampleManifest();
  const trials = SETTINGS.map(
    (settings, index): TrialSpec => ({
      id: `p${index}-s0`,
      index,
      point: `p${index}`,
      baseline: index === 0,
      seed: 0,
      settings,
      experiment: {
        ...config.experiment,
        penalty: {
          type: String(settings['penalty.type'] ?? 'decov'),
          weight: Number(settings['penalty.weight'] ?? 0),
        },
      } as TrialSpec['experiment'],
    }),
  );
  const manifest: Manifest = {
    ...rest,
    name: 'sample',
    startedAt: STARTED,
    trials,
    config: {
      ...config,
      sweep: {
        ...config.sweep,
        metric: { name: 'mean-abs-correlation', goal: 'minimize' },
        parameters: {
          'penalty.type': { values: ['decov', 'vicreg', 'huber'] },
          'penalty.weight': { distribution: 'log_uniform_values', min: 0.1, max: 5 },
          'training.batch_size': { distribution: 'int_uniform', min: 32, max: 64 },
          'penalty.gamma': { distribution: 'normal', mu: 1, sigma: 1, when: { 'penalty.type': 'vicreg' } },
        },
        ...sweep,
      },
    },
  };
  return {
    manifest,
    records: OUTCOMES.map((outcome, index) => recordOf(trials[index] as TrialSpec, outcome)),
  };
}

/** Numbers by which every value of the sample can be told apart. */
export function epochOf(index: number, epoch: number): EpochRecord {
  const diverged = index === 3 && epoch === 2;
  return {
    epoch,
    train: { loss: diverged ? Number.NaN : 1 / (index + epoch), penalty: index, accuracy: 0.5 },
    test: { loss: diverged ? Number.NaN : 2 / (index + epoch), accuracy: 0.75 },
    layers: [
      {
        layer: 0,
        name: 'dense1',
        units: 3,
        samples: 32,
        metrics: {
          'mean-abs-correlation': diverged ? null : 0.1 * index + 0.01 * epoch,
          'condition-number': null,
        },
        ...(index > 0 && { gradient: { penalty: 3, cosine: null, strength: 0.5 } }),
      },
    ],
  };
}

function recordOf(spec: TrialSpec, outcome: Outcome): TrialRecord {
  const index = Number(spec.point.slice(1));
  const epochs = outcome.status === 'failed' ? [] : [epochOf(index, 1), epochOf(index, 2)];
  return {
    ...recordIdentity(spec),
    outcome,
    epochs,
    timing: { startedAt: STARTED, seconds: 8, trainSeconds: 6 },
    ...(index > 0 && {
      penalty: { weight: 0.5, start: { dense1: { penalty: 4, cosine: 0.25, strength: 0.125 } } },
    }),
    ...(index === 1 && {
      peakKernelBytes: 65536,
      final: { dense1: { permuted: { permutations: 5, metrics: { 'mean-abs-correlation': 0.015625 } } } },
    }),
  };
}
