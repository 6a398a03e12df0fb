/** The metrics that the record of a trial holds, and how each is read from it. */
import { correlationFloor, METRICS } from '../metrics/metrics.ts';
import { QUALITIES, qualitiesOf } from './quality.ts';
import {
  type EpochRecord,
  type FinalRecord,
  finalEpoch,
  type GradientRecord,
  type LayerRecord,
  type Manifest,
  type TrialRecord,
} from './record.ts';

/** A metric as data: its name, its unit and which way is better. */
export interface MetricInfo {
  readonly name: string;
  readonly unit: string;
  readonly goal: 'minimize' | 'maximize' | 'none';
  /** Said of a metric of the layers where its samples are not those of the test split. */
  readonly split?: 'validation' | 'held-out';
  /** Of a metric on the test split, the one on the validation split that ranks in its place. */
  readonly chosenBy?: string;
}

interface Measure extends MetricInfo {
  /** Null where the trial has no such value. */
  read(record: TrialRecord, layers: readonly LayerRecord[]): number | null;
}

/** Quality on the training split less that on the test split, of the task's first quality. */
export const GAP = 'gap';
/** Mean absolute correlation between the units of a layer on held-out samples; what "decorrelates best" refers to. */
export const CORRELATION = 'mean-abs-correlation';
/** Root of the mean variance of the units: shows whether a penalty fell by shrinking alone. */
export const ACTIVATION_SCALE = 'activation-scale';
/** Share of the units without variance, which every correlation leaves out. */
export const DEAD_UNITS = 'dead-units';
/** Weight of the penalty as it was trained: what a strength has set differs from seed to seed. */
export const WEIGHT = 'weight';
/** ‖weight · ∂penalty/∂X‖ / ‖∂loss/∂X‖ before the first step, where it is proportional to the weight. */
export const STRENGTH = 'strength';
/** Cosine between the penalty's gradient and the centred activations. */
export const GRADIENT_COSINE = 'gradient-cosine';
/** What training changed in the penalty's value, on the same batches. */
export const PENALTY_CHANGE = 'penalty-change';

function ofLastEpoch(
  name: string,
  unit: string,
  goal: MetricInfo['goal'],
  read: (epoch: EpochRecord) => number | null,
): Measure {
  return {
    name,
    unit,
    goal,
    read: (record) => {
      const last = finalEpoch(record);
      return last === undefined ? null : read(last);
    },
  };
}

/** What the gradient of the penalty was like before the first step, where one acts. */
function ofStart(name: string, unit: string, read: (gradient: GradientRecord) => number | null): Measure {
  return {
    name,
    unit,
    goal: 'none',
    read: (record, layers) =>
      meanOverLayers(
        layers.map((layer) => {
          const gradient = record.penalty?.start[layer.name];
          return gradient === undefined ? null : read(gradient);
        }),
      ),
  };
}

/** What it was like after the last epoch. */
function ofGradient(name: string, unit: string, read: (gradient: GradientRecord) => number | null): Measure {
  return {
    name,
    unit,
    goal: 'none',
    read: (_record, layers) =>
      meanOverLayers(layers.map(({ gradient }) => (gradient === undefined ? null : read(gradient)))),
  };
}

/** Splits in the order in which their scores are listed. */
const SPLITS = ['test', 'validation', 'train'] as const;

function ofSplit(split: (typeof SPLITS)[number]): Measure[] {
  const scores = [...QUALITIES, { name: 'loss', unit: 'nats', goal: 'minimize' } as const];
  return scores.map(({ name, unit, goal }) =>
    ofLastEpoch(`${split}.${name}`, unit, goal, (epoch) => epoch[split]?.[name] ?? null),
  );
}

/** Every metric, in the order in which they are exported. All but the strength are of the last epoch of a complete trial. */
const MEASURES: readonly Measure[] = [
  ...SPLITS.flatMap(ofSplit),
  ofLastEpoch('train.penalty', 'unweighted', 'none', (epoch) => epoch.train.penalty),
  ofLastEpoch(GAP, '', 'none', gapOf),
  ...METRICS.map(
    ({ name, unit, goal }): Measure => ({
      name,
      unit,
      goal,
      read: (_record, layers) => meanOverLayers(layers.map((layer) => layer.metrics[name] ?? null)),
    }),
  ),
  ...METRICS.map(
    ({ name, unit, goal }): Measure => ({
      name: `test.${name}`,
      unit,
      goal,
      read: (record, layers) =>
        meanOverLayers(testedLayers(record, layers).map((layer) => layer.metrics[name] ?? null)),
    }),
  ),
  { name: WEIGHT, unit: '', goal: 'none', read: (record) => record.penalty?.weight ?? null },
  ofStart(STRENGTH, 'of the loss', ({ strength }) => strength),
  ofGradient('final-strength', 'of the loss', ({ strength }) => strength),
  ofGradient(GRADIENT_COSINE, '', ({ cosine }) => cosine),
  {
    name: PENALTY_CHANGE,
    unit: 'unweighted',
    goal: 'none',
    read: (record, layers) => {
      const start = meanOverLayers(layers.map(({ name }) => record.penalty?.start[name]?.penalty ?? null));
      const end = meanOverLayers(layers.map(({ gradient }) => gradient?.penalty ?? null));
      return start === null || end === null ? null : end - start;
    },
  },
  { name: 'seconds', unit: 's', goal: 'minimize', read: (record) => record.timing.seconds },
];

const BY_NAME: ReadonlyMap<string, Measure> = new Map(MEASURES.map((measure) => [measure.name, measure]));

/** All of them as data. A comparison has those of its runs: see {@link metricsOfRuns}. */
export const MEASURED: readonly MetricInfo[] = MEASURES.map(({ name, unit, goal }) => ({ name, unit, goal }));

/** The task's first quality: the first one that an epoch has. */
function gapOf({ train, test }: EpochRecord): number | null {
  const first = QUALITIES.find(({ name }) => test?.[name] !== undefined)?.name;
  const [seen, unseen] = first === undefined ? [] : [train[first], test?.[first]];
  return seen === undefined || unseen === undefined ? null : seen - unseen;
}

/** The same layers on the test split; where there is no validation split they were measured on it. */
function testedLayers(record: TrialRecord, layers: readonly LayerRecord[]): readonly LayerRecord[] {
  const last = finalEpoch(record);
  if (last?.validation === undefined) return layers;
  return layers.flatMap(({ layer }) => last.testLayers?.find((each) => each.layer === layer) ?? []);
}

/** What is needed of a run to tell its metrics. */
export interface MeasuredRun {
  readonly manifest: Pick<Manifest, 'data' | 'config'>;
  readonly records: Iterable<TrialRecord>;
}

/** Whether a run has a validation split, by which it then selects. */
export function selectsByValidation({ manifest }: Pick<MeasuredRun, 'manifest'>): boolean {
  return manifest.data.validation !== undefined;
}

/** The split that a run selects by. */
export function selectingSplit(run: Pick<MeasuredRun, 'manifest'>): 'validation' | 'test' {
  return selectsByValidation(run) ? 'validation' : 'test';
}

/**
 * The metrics of some runs, in the order in which they are exported: what they can have by their tasks and splits, less
 * the scores that none of their complete trials has.
 *
 * `tested` says that those of the layers are told on the test split beside the split that they rank by. Default: where a
 * run has a validation split.
 */
export function metricsOfRuns(
  runs: readonly MeasuredRun[],
  tested: boolean = runs.some(selectsByValidation),
): readonly MetricInfo[] {
  const validated = runs.filter(selectsByValidation).length;
  const names = new Set(runs.flatMap((run) => namesOf(run, tested)));
  const units = new Set(runs.map(({ manifest }) => qualitiesOf(manifest.data.target)[0].unit));
  const losses = new Set(runs.map(({ manifest }) => lossUnit(manifest)));
  const split = validated === runs.length ? 'validation' : 'held-out';
  return MEASURED.filter(({ name }) => names.has(name)).map((metric) => {
    const { name } = metric;
    const chosenBy = validated === runs.length && validated > 0 ? chooser(name) : undefined;
    return {
      ...metric,
      ...(name === GAP && { unit: units.size === 1 ? ([...units][0] as string) : '' }),
      ...(name.endsWith('.loss') && { unit: losses.size === 1 ? ([...losses][0] as string) : '' }),
      ...(validated > 0 && LAYER_METRICS.has(name) && { split }),
      ...(chosenBy !== undefined && names.has(chosenBy) && { chosenBy }),
    };
  });
}

const LAYER_METRICS: ReadonlySet<string> = new Set(METRICS.map(({ name }) => name));

/** The metric on the validation split that ranks in place of one on the test split. */
function chooser(name: string): string | undefined {
  if (!name.startsWith('test.')) return undefined;
  const quantity = name.slice('test.'.length);
  return LAYER_METRICS.has(quantity) ? quantity : `validation.${quantity}`;
}

/** Names of the metrics of a run; `tested` where those of the layers are to be told on the test split, too. */
function namesOf({ manifest, records }: MeasuredRun, tested: boolean): string[] {
  const { target } = manifest.data;
  const qualities = qualitiesOf(target).map(({ name }) => name);
  const complete = [...records].filter(({ outcome }) => outcome.status === 'complete');
  const has = (split: (typeof SPLITS)[number], score: string): boolean =>
    complete.some((record) => finalEpoch(record)?.[split]?.[score] !== undefined);
  const expected = (split: (typeof SPLITS)[number], score: string): boolean =>
    complete.length === 0 &&
    (score === 'loss' || score === qualities[0]) &&
    (split !== 'validation' || manifest.data.validation !== undefined);
  const scores = SPLITS.flatMap((split) =>
    [...qualities, 'loss']
      .filter((score) => has(split, score) || expected(split, score))
      .map((score) => `${split}.${score}`),
  );
  const gap = complete.length === 0 || complete.some((record) => readMetric(GAP, record) !== null);
  const others = MEASURED.filter(({ name }) => !name.includes('.') && name !== GAP).map(({ name }) => name);
  return [
    ...scores,
    'train.penalty',
    ...(gap ? [GAP] : []),
    ...others,
    ...(tested ? METRICS.map(({ name }) => `test.${name}`) : []),
  ];
}

/** Cross-entropies are in nats, other losses in the square of whatever they are of. */
function lossUnit({ data, config }: Pick<Manifest, 'data' | 'config'>): string {
  const { experiment } = config as Partial<Manifest['config']>;
  const loss = experiment?.training?.loss ?? (data.target.kind === 'classes' ? 'cross-entropy' : '');
  return loss.endsWith('cross-entropy') ? 'nats' : '';
}

/** The quality that is told, on the test split: the first one that a comparison has, none where its runs share none. */
export function toldQuality(metrics: readonly MetricInfo[]): MetricInfo | undefined {
  const names = new Set(QUALITIES.map(({ name }) => `test.${name}`));
  return metrics.find(({ name }) => names.has(name));
}

/** The metric that ranks where this one is told. */
export function choosingMetric(metric: MetricInfo, metrics: readonly MetricInfo[]): MetricInfo {
  return metrics.find(({ name }) => name === metric.chosenBy) ?? metric;
}

/** The metric that is told where one of this name ranks: the same on the test split, if there is a validation split. */
export function tellingMetric(name: string, metrics: readonly MetricInfo[]): MetricInfo | undefined {
  return metrics.find(({ chosenBy }) => chosenBy === name) ?? metrics.find((metric) => metric.name === name);
}

/** The layers that a trial measured after its last epoch: all of them, or the one with this name. */
export function measuredLayers(record: TrialRecord, layer?: string): readonly LayerRecord[] {
  const layers = finalEpoch(record)?.layers ?? [];
  return layer === undefined ? layers : layers.filter(({ name }) => name === layer);
}

/** The values of a complete trial by the metric's name, averaged over its layers where the metric belongs to a layer. */
export function readMetrics(record: TrialRecord, layer?: string): Map<string, number | null> {
  const layers = measuredLayers(record, layer);
  return new Map(MEASURES.map((measure) => [measure.name, finiteOrNull(measure.read(record, layers))]));
}

/** The values of some metrics, in their order; null for what is none. */
export function readValues(
  record: TrialRecord,
  metrics: readonly Pick<MetricInfo, 'name'>[],
  layer?: string,
): (number | null)[] {
  const layers = measuredLayers(record, layer);
  return metrics.map(({ name }) => finiteOrNull(BY_NAME.get(name)?.read(record, layers) ?? null));
}

/** One value of a trial by the metric's name, as {@link readMetrics} reads it. */
export function readMetric(name: string, record: TrialRecord, layer?: string): number | null {
  return readValues(record, [{ name }], layer)[0] ?? null;
}

/** Metrics that are above zero even for independent units, because the samples are finite. */
const WITH_FLOOR = [CORRELATION, 'rms-correlation'] as const;

/** What each of {@link WITH_FLOOR} would be for independent units, averaged over the layers as the metric itself is. */
export function readFloors(record: TrialRecord, layer?: string): Map<string, number | null> {
  const layers = measuredLayers(record, layer);
  const tested = testedLayers(record, layers);
  return new Map(
    WITH_FLOOR.flatMap((metric) => [
      [metric, floorOf(layers, metric)],
      [`test.${metric}`, floorOf(tested, metric)],
    ]),
  );
}

function floorOf(layers: readonly LayerRecord[], metric: (typeof WITH_FLOOR)[number]): number | null {
  // Positions of an image are no independent samples: only permutations tell their floor.
  const floors = layers.map(({ samples, positions }) =>
    positions === undefined ? correlationFloor(samples, metric) : null,
  );
  return finiteOrNull(meanOverLayers(floors));
}

/** Which of the measurements at the end of a trial. */
export type FinalKind = keyof FinalRecord;

/** The metrics of the layers as a trial measured them at its end, averaged over the layers; empty where it did not. */
export function readFinal(record: TrialRecord, kind: FinalKind, layer?: string): Map<string, number | null> {
  const found = measuredLayers(record, layer).flatMap(({ name }) => {
    const metrics = record.final?.[name]?.[kind]?.metrics;
    return metrics === undefined ? [] : [metrics];
  });
  const complete = kind === 'whitened' || found.length === measuredLayers(record, layer).length;
  return new Map(
    METRICS.map(({ name }) => [
      name,
      complete ? finiteOrNull(meanOverLayers(found.map((metrics) => metrics[name] ?? null))) : null,
    ]),
  );
}

/** A layer without a value leaves the mean without one: a mean over other layers would be another quantity. */
function meanOverLayers(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) {
      return null;
    }
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}

function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
