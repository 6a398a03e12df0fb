/** Runs to a comparison: what `covgrad compare` says, in full precision and as plain JSON. */

import { CORRELATION, MEASURED, type MetricInfo, measuredLayers } from '../record/measures.ts';
import type { Manifest, TrialRecord } from '../record/record.ts';
import { type DifferingSetting, differingSettings } from './differing.ts';
import { type FreeBaseline, freeBaselines } from './free-baseline.ts';
import { groupBy } from './group.ts';
import { orderRows } from './order.ts';
import { countTrials, type PointSummary, summarisePoints, type TrialCounts } from './point.ts';
import { DEFAULT_OBJECTIVES, type Objective, type RankedPoint, rankPoints } from './standing.ts';
import { ACCURACY_MARGIN, judgeRun, type Verdict } from './verdict.ts';

/** A stored run: manifest and records are what `openRun` reads from its directory. */
export interface RunInput {
  /** Tells the runs of one comparison apart. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly records: readonly TrialRecord[];
}

/** A layer that metrics were measured on, after the last epoch and on held-out samples. */
export interface MeasuredLayer {
  readonly name: string;
  readonly units: number;
  readonly samples: number;
}

/** What a run was: the head of a table. */
export interface RunSummary {
  readonly name: string;
  readonly startedAt: string;
  readonly trials: TrialCounts;
  readonly seeds: readonly number[];
  /** The data of the first trial. */
  readonly data: Manifest['data'];
  /** Further data sets, where the sweep varies the data. */
  readonly otherData: readonly Manifest['data'][];
  readonly kernel: Manifest['kernel'];
  /** What the sweep aims at: the metric by which its points are ranked. */
  readonly metric: Manifest['config']['sweep']['metric'];
  /** What it trades against each other: its `metrics` where it names several, else accuracy against correlation. */
  readonly objectives: readonly Objective[];
  /** The layers that the metrics are averaged over. */
  readonly layers: readonly MeasuredLayer[];
}

/** Runs side by side, every point with its baseline. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly metrics: readonly MetricInfo[];
  readonly runs: readonly RunSummary[];
  /** Fixed settings in which the runs differ. */
  readonly differences: readonly DifferingSetting[];
  /** The baselines, then the points in the order of the first run's metric, then those with unfinished trials. */
  readonly rows: readonly RankedPoint[];
  /** Of every baseline whose trials measured it. */
  readonly freeBaselines: readonly FreeBaseline[];
  /** One a run. */
  readonly verdicts: readonly Verdict[];
}

/** Choices of a comparison. */
export interface CompareOptions {
  /** The one layer whose metrics are compared. Default: the mean over all penalised layers. */
  readonly layer?: string | undefined;
  /** Loss of accuracy, as a fraction, up to which a penalty is recommended. Default: {@link ACCURACY_MARGIN}. */
  readonly accuracyMargin?: number | undefined;
  /** The point that all others are set against. Default: for each point the baseline that has all but its penalty. */
  readonly baseline?: string | undefined;
}

/** Rows by the metric that a sweep aims at, the best first as the sweep understands it. */
function orderByAim<Row extends PointSummary>(
  rows: readonly Row[],
  aim: RunSummary['metric'] = { name: CORRELATION, goal: 'minimize' },
): Row[] {
  const metrics = MEASURED.map((metric) =>
    metric.name === aim.name ? { ...metric, goal: aim.goal } : metric,
  );
  return orderRows(rows, metrics, aim.name);
}

/**
 * Compares runs from their stored records alone.
 *
 * Only complete trials count; of several records of one trial the last one does. Apart from that the order of the
 * records changes nothing, to the last bit.
 */
export function compareRuns(runs: readonly RunInput[], options: CompareOptions = {}): Comparison {
  const { layer, accuracyMargin = ACCURACY_MARGIN, baseline } = options;
  const read = runs.map(({ name, manifest, records }) => {
    const last = new Map(records.map((record) => [record.id, record]));
    return {
      summary: summariseRun(name, manifest, last, layer),
      points: summarisePoints(name, manifest.trials, last, layer, baseline),
      free: freeBaselines(name, manifest.trials, last),
    };
  });
  const summaries = read.map(({ summary }) => summary);
  const points = read.flatMap((run) => run.points);
  const fingerprints = new Map(runs.map(({ name, manifest }) => [name, manifest.data.fingerprint]));
  const objectives = summaries[0]?.objectives ?? DEFAULT_OBJECTIVES;
  const metrics = sharedMetrics(points);
  const ranked = rankPoints(points, metrics, objectives, ({ run, settings }) => {
    const swept = Object.keys(settings).filter((path) => path === 'data' || path.startsWith('data.'));
    return [fingerprints.get(run), ...swept.sort().map((path) => `${path}=${settings[path]}`)].join(' ');
  });
  return {
    schemaVersion: 1,
    metrics,
    runs: summaries,
    differences: differingSettings(runs),
    rows: orderByAim(ranked, summaries[0]?.metric),
    freeBaselines: read.flatMap(({ free }) => free),
    verdicts: read.map((run) => judgeRun(run.summary.name, run.points, accuracyMargin)),
  };
}

/** The metrics less those that some runs measured and others did not: they would compare a run with nothing. */
function sharedMetrics(points: readonly PointSummary[]): readonly MetricInfo[] {
  const runs = groupBy(
    points.filter(({ seeds }) => seeds.length > 0),
    ({ run }) => run,
  );
  return MEASURED.filter(({ name }) => {
    const measured = runs.filter((rows) => rows.some(({ metrics }) => (metrics[name]?.n ?? 0) > 0));
    return measured.length === 0 || measured.length === runs.length;
  });
}

function summariseRun(
  name: string,
  manifest: Manifest,
  records: ReadonlyMap<string, TrialRecord>,
  layer: string | undefined,
): RunSummary {
  const layers = new Map<string, MeasuredLayer>();
  const aims = aimsOf(manifest.config.sweep);
  for (const { id } of manifest.trials) {
    const record = records.get(id);
    if (record?.outcome.status === 'complete') {
      for (const { name, units, samples } of measuredLayers(record, layer)) {
        layers.set(JSON.stringify([name, units, samples]), { name, units, samples });
      }
    }
  }
  return {
    name,
    startedAt: manifest.startedAt,
    trials: countTrials(manifest.trials, records),
    seeds: [...new Set(manifest.trials.map(({ seed }) => seed))].sort((a, b) => a - b),
    data: manifest.data,
    otherData: manifest.otherData ?? [],
    kernel: manifest.kernel,
    metric: aims[0] ?? { name: CORRELATION, goal: 'minimize' },
    objectives: aims.length > 1 ? aims : DEFAULT_OBJECTIVES,
    layers: [...layers.values()],
  };
}

/** What a sweep aims at: its one metric, or all of several. */
function aimsOf({ metric, metrics }: SweepAims): readonly Objective[] {
  return metrics ?? (metric === undefined ? [] : [metric]);
}

/** A sweep names one metric or several. */
interface SweepAims {
  readonly metric?: Objective;
  readonly metrics?: readonly Objective[];
}
