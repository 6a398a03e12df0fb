/** The trials of a run as every exporter sees them: names, times, and numbers by step under names that all tools take. */

import { objectiveValue } from '../record/objective.ts';
import {
  type EpochRecord,
  finalEpoch,
  type GradientRecord,
  type Manifest,
  type MomentRecord,
  type TrialRecord,
} from '../record/record.ts';
import { flattenSetting, type Setting } from '../record/settings.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { targetOf } from '../schedule/schedules.ts';

/** File systems take 255 bytes. */
const LONGEST_NAME = 200;

/** What an export is made from. */
export interface ExportedRun {
  readonly manifest: Manifest;
  readonly records: readonly TrialRecord[];
}

/** What was known after an epoch; step 0 is before the first. */
export interface Step {
  readonly epoch: number;
  /**
   * Units: milliseconds since 1970. Only the start and the length of a trial are recorded, so its epochs are taken to be
   * equally long.
   */
  readonly time: number;
  /** NaN where a number was not finite; what was not measured is left out. */
  readonly values: ReadonlyMap<string, number>;
}

/** A trial that has a record. */
export interface TrialHistory {
  readonly spec: TrialSpec;
  readonly record: TrialRecord;
  /** Tells penalty, weight, point and seed: `decov-0.1-7d0a75fe62d7-s0`. Letters, digits, dots, dashes and underscores only. */
  readonly name: string;
  /** The same without the seed. */
  readonly pointName: string;
  /** Units: milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** The last one also holds what was measured once, at the end. */
  readonly steps: readonly Step[];
  /** What the trial came to: the values of the epoch whose weights were kept, and what was measured once. */
  readonly reached: ReadonlyMap<string, number>;
}

/** What a sweep aims at, under the name that its values have in the steps. */
export interface ExportedGoal {
  readonly name: string;
  readonly goal: 'minimize' | 'maximize';
}

/** The trials with a record, in the order of the plan. */
export function trialHistories({ manifest, records }: ExportedRun): TrialHistory[] {
  const specs = new Map(manifest.trials.map((spec) => [spec.id, spec]));
  const aims = aimsOf(manifest);
  return records.flatMap((record) => {
    const spec = specs.get(record.id);
    return spec === undefined ? [] : [historyOf(spec, record, aims)];
  });
}

/** What the sweep aims at; the metric by which it ranks comes first. */
export function goalsOf(manifest: Manifest): ExportedGoal[] {
  return aimsOf(manifest).map(({ name, goal }) => ({ name: valueName(name), goal }));
}

/** The value of a goal for a whole trial; NaN where there is none. */
export function goalValue({ reached }: TrialHistory, { name }: ExportedGoal): number {
  return reached.get(name) ?? Number.NaN;
}

/** Every single value of the experiment by its dotted path, and the seed. */
export function configurationOf({ spec }: TrialHistory): [string, Setting][] {
  const values = flattenSetting('', spec.experiment);
  return [...values.filter(([, value]) => value !== undefined), ['seed', spec.seed]];
}

/** A name for a file or a run: what is not a letter, a digit, a dot, a dash or an underscore becomes a dash. */
export function plainName(text: string): string {
  return (
    text
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^\.+/, '-')
      .slice(0, LONGEST_NAME) || '-'
  );
}

function aimsOf({ config: { sweep } }: Manifest): ExportedGoal[] {
  const { metric, metrics = [] } = sweep;
  return [metric, ...metrics.filter(({ name }) => name !== metric.name)];
}

/** `test.accuracy` is `test/accuracy`: tools group by what stands before the slash. */
function valueName(metric: string): string {
  return metric.replace('.', '/');
}

function historyOf(spec: TrialSpec, record: TrialRecord, aims: readonly ExportedGoal[]): TrialHistory {
  const { type, weight, strength } = spec.experiment.penalty;
  const label = spec.baseline ? 'none' : `${type}-${targetOf(weight) ?? `strength-${targetOf(strength)}`}`;
  const start = Date.parse(record.timing.startedAt) || 0;
  const length = record.timing.seconds * 1000;
  const count = Math.max(1, record.epochs.length);
  const steps: Step[] = record.epochs.map((epoch, index) => ({
    epoch: epoch.epoch,
    time: start + (length * (index + 1)) / count,
    values: new Map([...valuesOf(epoch), ...aimValues(epoch, aims)]),
  }));
  const begun = gradientValues(record.penalty?.start ?? {});
  const untrained =
    record.initial === undefined ? [] : [...momentValues(record.initial), ...aimValues(record.initial, aims)];
  if (begun.length + untrained.length > 0) {
    steps.unshift({ epoch: 0, time: start, values: new Map([...untrained, ...begun]) });
  }
  const last = steps.pop() ?? { epoch: 0, time: start + length, values: new Map() };
  const final = steps.find(({ epoch }) => epoch === finalEpoch(record)?.epoch) ?? last;
  steps.push({ ...last, values: new Map([...last.values, ...totals(record)]) });
  return {
    spec,
    record,
    name: plainName(`${label}-${spec.id}`),
    pointName: plainName(`${label}-${spec.point}`),
    start,
    end: start + length,
    steps,
    reached: new Map([...final.values, ...totals(record)]),
  };
}

function valuesOf({ train, ...moment }: EpochRecord): [string, number][] {
  return [...scoresOf('train', train), ...momentValues(moment)];
}

function scoresOf(split: string, values: object | undefined): [string, number][] {
  return Object.entries(values ?? {}).map(([name, value]) => [`${split}/${name}`, value]);
}

/** What is of the held-out split, and at the end of what was chosen by a validation split that of the test split. */
function momentValues({ validation, test, layers, testLayers = [] }: MomentRecord): [string, number][] {
  return [
    ...scoresOf('validation', validation),
    ...scoresOf('test', test),
    ...testLayers.flatMap(({ name, metrics }) => present(`test/${name}`, metrics)),
    ...layers.flatMap(({ name, metrics, gradient }) => [
      ...present(name, metrics),
      ...(gradient === undefined ? [] : gradientValues({ [name]: gradient })),
    ]),
  ];
}

/** A goal that belongs to the layers is their mean, under the metric's own name. */
function aimValues(moment: MomentRecord, aims: readonly ExportedGoal[]): [string, number][] {
  return aims
    .filter(({ name }) => !name.includes('.') && name !== 'seconds')
    .map((aim): [string, number] => [
      aim.name,
      objectiveValue(aim, { epoch: 0, train: { loss: Number.NaN, penalty: Number.NaN }, ...moment }),
    ])
    .filter(([, value]) => !Number.isNaN(value));
}

function gradientValues(gradients: Readonly<Record<string, GradientRecord>>): [string, number][] {
  return Object.entries(gradients).flatMap(([layer, { penalty, cosine, strength }]) =>
    present(layer, { penalty, 'gradient-cosine': cosine, strength }),
  );
}

function totals({
  timing,
  penalty,
  earlyStopping,
  final = {},
  peakKernelBytes,
}: TrialRecord): [string, number][] {
  return [
    ...(earlyStopping === undefined ? [] : [['best-epoch', earlyStopping.best] as [string, number]]),
    ['seconds', timing.seconds],
    ['train-seconds', timing.trainSeconds],
    ...(penalty === undefined ? [] : [['penalty/weight', penalty.weight] as [string, number]]),
    ...(peakKernelBytes === undefined ? [] : [['peak-kernel-bytes', peakKernelBytes] as [string, number]]),
    ...Object.entries(final).flatMap(([layer, { permuted, whitened }]) => [
      ...present(`${layer}/permuted`, permuted?.metrics ?? {}),
      ...present(`${layer}/whitened`, whitened?.metrics ?? {}),
    ]),
  ];
}

function present(prefix: string, values: Readonly<Record<string, number | null>>): [string, number][] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [[`${prefix}/${name}`, value]],
  );
}
