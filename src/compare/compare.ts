/** Runs to a comparison: what `covgrad compare` says, in full precision and as plain JSON. */

import {
  CORRELATION,
  type MetricInfo,
  measuredLayers,
  metricsOfRuns,
  selectingSplit,
  selectsByValidation,
} from '../record/measures.ts';
import { type Quality, qualitiesOf } from '../record/quality.ts';
import { finalEpoch, type Manifest, type TrialRecord } from '../record/record.ts';
import { type DifferingSetting, differingSettings } from './differing.ts';
import { type FreeBaseline, freeBaselines } from './free-baseline.ts';
import { orderRows } from './order.ts';
import { countTrials, type PointSummary, summarisePoints, type TrialCounts } from './point.ts';
import {
  defaultObjectives,
  type Objective,
  type RankedPoint,
  rankingQuality,
  rankPoints,
  tradesByDefault,
} from './standing.ts';
import { DEFAULT_MARGIN, judgeRun, type Verdict } from './verdict.ts';

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
  /** Samples of the test split, on which it was measured at the end, where `samples` are those of the validation split. */
  readonly testSamples?: number;
  /** Positions of each sample that were measured, where these are images. */
  readonly positions?: number;
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
  /** The quality of its task. */
  readonly quality: Pick<Quality, 'name' | 'goal' | 'unit'>;
  /** The split by which it ranks; what a reader is told is of the test split. */
  readonly selection: 'validation' | 'test';
  /** What it trades against each other: its `metrics` where it names several, else quality against correlation. */
  readonly objectives: readonly Objective[];
  /** The layers that the metrics are averaged over. */
  readonly layers: readonly MeasuredLayer[];
}

/** Runs side by side, every point with its baseline. */
export interface Comparison {
  readonly schemaVersion: 2;
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
  /** Loss of quality up to which a penalty is recommended, see {@link Verdict.margin}. Default: {@link DEFAULT_MARGIN}. */
  readonly margin?: number | undefined;
  /** The point that all others are set against. Default: for each point the baseline that has all but its penalty. */
  readonly baseline?: string | undefined;
}

/** Rows by the metric that a sweep aims at, the best first as the sweep understands it. */
function orderByAim<Row extends PointSummary>(
  rows: readonly Row[],
  { name, goal }: RunSummary['metric'] = { name: CORRELATION, goal: 'minimize' },
): Row[] {
  return orderRows(rows, [{ name, goal, unit: '' }], name);
}

/**
 * Compares runs from their stored records alone.
 *
 * Only complete trials count; of several records of one trial the last one does. Apart from that the order of the
 * records changes nothing, to the last bit.
 */
export function compareRuns(runs: readonly RunInput[], options: CompareOptions = {}): Comparison {
  const { layer, margin = DEFAULT_MARGIN, baseline } = options;
  const latest = runs.map(({ name, manifest, records }) => ({
    name,
    manifest,
    last: new Map(records.map((record) => [record.id, record])),
  }));
  const validated = runs.some(selectsByValidation);
  const read = latest.map(({ name, manifest, last }) => {
    const metrics = metricsOfRuns([{ manifest, records: last.values() }], validated);
    return {
      summary: summariseRun(name, manifest, last, layer),
      metrics,
      points: summarisePoints({ run: name, manifest, records: last, metrics, layer, reference: baseline }),
      free: freeBaselines(name, manifest, last),
    };
  });
  const summaries = read.map(({ summary }) => summary);
  const points = read.flatMap((run) => run.points);
  const fingerprints = new Map(runs.map(({ name, manifest }) => [name, manifest.data.fingerprint]));
  const possible = metricsOfRuns(latest.map(({ manifest, last }) => ({ manifest, records: last.values() })));
  const metrics = sharedMetrics(possible, read);
  const [first] = summaries;
  const byName = new Map(summaries.map((summary) => [summary.name, summary]));
  // What the first run names is traded in all; without that each run trades its own quality.
  const objectivesOf = ({ run }: PointSummary): readonly Objective[] => {
    const own = byName.get(run);
    return first === undefined || own === undefined || tradesByDefault(first)
      ? defaultObjectives(rankingQuality(own ?? (first as RunSummary)))
      : first.objectives;
  };
  const ranked = rankPoints(points, metrics, objectivesOf, ({ run, settings }) => {
    const swept = Object.keys(settings).filter((path) => path === 'data' || path.startsWith('data.'));
    return [fingerprints.get(run), ...swept.sort().map((path) => `${path}=${settings[path]}`)].join(' ');
  });
  return {
    schemaVersion: 2,
    metrics,
    runs: summaries,
    differences: differingSettings(runs),
    rows: orderByAim(ranked, first?.metric),
    freeBaselines: read.flatMap(({ free }) => free),
    verdicts: read.map((run) => judgeRun(run.summary, run.points, margin)),
  };
}

/** The metrics less those that some runs measured and others did not: they would compare a run with nothing. */
function sharedMetrics(
  metrics: readonly MetricInfo[],
  runs: readonly { readonly metrics: readonly MetricInfo[]; readonly points: readonly PointSummary[] }[],
): readonly MetricInfo[] {
  const begun = runs.filter(({ points }) => points.some(({ seeds }) => seeds.length > 0));
  const shared = metrics.filter(({ name }) => {
    const measured = begun.filter(({ points }) => points.some((row) => (row.metrics[name]?.n ?? 0) > 0));
    if (measured.length > 0) return measured.length === begun.length;
    return runs.every((run) => run.metrics.some((metric) => metric.name === name));
  });
  const names = new Set(shared.map(({ name }) => name));
  return shared.map(({ chosenBy, ...metric }) =>
    chosenBy !== undefined && names.has(chosenBy) ? { ...metric, chosenBy } : metric,
  );
}

function summariseRun(
  name: string,
  manifest: Manifest,
  records: ReadonlyMap<string, TrialRecord>,
  layer: string | undefined,
): RunSummary {
  const layers = new Map<string, MeasuredLayer>();
  const aims = aimsOf(manifest.config.sweep);
  const { name: quality, goal, unit } = qualitiesOf(manifest.data.target)[0];
  const judged = { quality: { name: quality, goal, unit }, selection: selectingSplit({ manifest }) };
  for (const { id } of manifest.trials) {
    const record = records.get(id);
    if (record?.outcome.status === 'complete') {
      const { testLayers } = finalEpoch(record) ?? {};
      for (const { name, units, samples, positions, layer: position } of measuredLayers(record, layer)) {
        const tested = testLayers?.find((each) => each.layer === position)?.samples;
        const found = {
          name,
          units,
          samples,
          ...(tested !== undefined && { testSamples: tested }),
          ...(positions !== undefined && { positions }),
        };
        layers.set(JSON.stringify(found), found);
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
    kernel: { variant: manifest.kernel.variant, sha256: manifest.kernel.sha256 },
    metric: aims[0] ?? { name: CORRELATION, goal: 'minimize' },
    ...judged,
    objectives: aims.length > 1 ? aims : defaultObjectives(rankingQuality(judged)),
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
