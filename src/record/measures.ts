/** The metrics that the record of a trial holds, and how each is read from it. */
import { correlationFloor, METRICS } from '../metrics/metrics.ts';
import type { EpochRecord, FinalRecord, GradientRecord, LayerRecord, TrialRecord } from './record.ts';

/** A metric as data: its name, its unit and which way is better. */
export interface MetricInfo {
  readonly name: string;
  readonly unit: string;
  readonly goal: 'minimize' | 'maximize' | 'none';
}

interface Measure extends MetricInfo {
  /** Null where the trial has no such value. */
  read(record: TrialRecord, layers: readonly LayerRecord[]): number | null;
}

/** Accuracy on the test set, as a fraction. */
export const ACCURACY = 'test.accuracy';
/** Mean absolute correlation between the units of a layer; the metric that "decorrelates best" refers to. */
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
      const last = record.epochs.at(-1);
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

/** Every metric, in the order in which it is exported. All but the strength are of the last epoch of a complete trial. */
const MEASURES: readonly Measure[] = [
  ofLastEpoch(ACCURACY, 'fraction', 'maximize', (epoch) => epoch.test?.accuracy ?? null),
  ofLastEpoch('test.loss', 'nats', 'minimize', (epoch) => epoch.test?.loss ?? null),
  ofLastEpoch('train.accuracy', 'fraction', 'maximize', (epoch) => epoch.train.accuracy ?? null),
  ofLastEpoch('train.loss', 'nats', 'minimize', (epoch) => epoch.train.loss),
  ofLastEpoch('train.penalty', 'unweighted', 'none', (epoch) => epoch.train.penalty),
  ...METRICS.map(
    ({ name, unit, goal }): Measure => ({
      name,
      unit,
      goal,
      read: (_record, layers) => meanOverLayers(layers.map((layer) => layer.metrics[name] ?? null)),
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

/** All of them as data: the metrics of every comparison. */
export const MEASURED: readonly MetricInfo[] = MEASURES.map(({ name, unit, goal }) => ({ name, unit, goal }));

/** The layers that a trial measured after its last epoch: all of them, or the one with this name. */
export function measuredLayers(record: TrialRecord, layer?: string): readonly LayerRecord[] {
  const layers = record.epochs.at(-1)?.layers ?? [];
  return layer === undefined ? layers : layers.filter(({ name }) => name === layer);
}

/** The values of a complete trial by the metric's name, averaged over its layers where the metric belongs to a layer. */
export function readMetrics(record: TrialRecord, layer?: string): Map<string, number | null> {
  const layers = measuredLayers(record, layer);
  return new Map(MEASURES.map((measure) => [measure.name, finiteOrNull(measure.read(record, layers))]));
}

/** The same values in the order of {@link MEASURED}. */
export function readValues(record: TrialRecord, layer?: string): (number | null)[] {
  const layers = measuredLayers(record, layer);
  return MEASURES.map((measure) => finiteOrNull(measure.read(record, layers)));
}

/** One value of a trial by the metric's name, as {@link readMetrics} reads it. */
export function readMetric(name: string, record: TrialRecord, layer?: string): number | null {
  const measure = MEASURES.find((each) => each.name === name);
  return measure === undefined ? null : finiteOrNull(measure.read(record, measuredLayers(record, layer)));
}

/** Metrics that are above zero even for independent units, because the samples are finite. */
const WITH_FLOOR = [CORRELATION, 'rms-correlation'] as const;

/** What each of {@link WITH_FLOOR} would be for independent units, averaged over the layers as the metric itself is. */
export function readFloors(record: TrialRecord, layer?: string): Map<string, number | null> {
  const layers = measuredLayers(record, layer);
  return new Map(
    WITH_FLOOR.map((metric) => [
      metric,
      finiteOrNull(meanOverLayers(layers.map(({ samples }) => correlationFloor(samples, metric)))),
    ]),
  );
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
