/** The metrics that a comparison summarises, and how each is read from the record of a trial. */
import { correlationFloor, METRICS } from '../metrics/metrics.ts';
import type { EpochRecord, LayerRecord, TrialRecord } from '../store/record.ts';

/** A metric of a comparison as data: its name, its unit and which way is better. */
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

/** Every metric, in the order in which it is exported. All are of the last epoch of a complete trial. */
const MEASURES: readonly Measure[] = [
  ofLastEpoch(ACCURACY, 'fraction', 'maximize', (epoch) => epoch.test.accuracy),
  ofLastEpoch('test.loss', 'nats', 'minimize', (epoch) => epoch.test.loss),
  ofLastEpoch('train.accuracy', 'fraction', 'maximize', (epoch) => epoch.train.accuracy),
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
  { name: 'seconds', unit: 's', goal: 'minimize', read: (record) => record.timing.seconds },
];

/** The metrics of every comparison. */
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
