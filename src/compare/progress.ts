/** How far a run is: its trials, the time that is left, and the best point so far. */
import { mostTrials } from '../plan/extent.ts';
import { type MetricInfo, tellingMetric } from '../record/measures.ts';
import { hasResult } from '../record/record.ts';
import { type Comparison, compareRuns, type RunInput } from './compare.ts';
import { meanOverAll, type RankedPoint } from './standing.ts';
import { mean } from './statistics.ts';

/** The state of a run. */
export interface RunProgress {
  readonly name: string;
  /** `running` while a process writes it; else whether everything was trained, and whether some of that failed. */
  readonly state: 'running' | 'complete' | 'failed trials' | 'unfinished';
  /** Trials to train: of a search that goes on, all that it may still propose among them. */
  readonly planned: number;
  /** Trials with a result, good or bad. */
  readonly ended: number;
  /** Of these, the ones that were not trained to a good end. */
  readonly pruned: number;
  readonly diverged: number;
  /** With those that took too long. */
  readonly failed: number;
  readonly startedAt: string;
  /** An estimate from the trials so far; null before the first one and after the last. */
  readonly secondsLeft: number | null;
  /** The metric that the sweep aims at, as it is told: on the test split. */
  readonly metric: MetricInfo;
  /** The best point by it that has the metric of all its trials. */
  readonly best: RankedPoint | null;
  readonly rows: readonly RankedPoint[];
}

/** Sums up a run; `running` says whether a process is writing it, `comparison` is of this run alone. */
export function describeProgress(
  run: RunInput,
  running: boolean,
  comparison: Comparison = compareRuns([run]),
): RunProgress {
  const { manifest, records } = run;
  const ended = records.filter(({ outcome }) => outcome.status !== 'interrupted');
  const failed = ended.filter((record) => !hasResult(record)).length;
  const known = manifest.trials.length;
  // A search without anything left to train has ended, by its cap or before: for want of points, or at its target.
  const goesOn = running || ended.length < known;
  const planned = goesOn ? mostTrials(manifest.config.sweep, manifest.trials) : known;
  const left = planned - ended.length;
  const aim = comparison.runs[0]?.metric;
  const seconds = mean(ended.map(({ timing }) => timing.seconds));
  return {
    name: run.name,
    state: running ? 'running' : left > 0 ? 'unfinished' : failed > 0 ? 'failed trials' : 'complete',
    planned,
    ended: ended.length,
    pruned: ended.filter(({ outcome }) => outcome.status === 'pruned').length,
    diverged: ended.filter(({ outcome }) => outcome.status === 'diverged').length,
    failed,
    startedAt: manifest.startedAt,
    secondsLeft: left > 0 && ended.length > 0 ? (seconds * left) / Math.max(1, manifest.threads) : null,
    metric: tellingMetric(aim?.name ?? '', comparison.metrics) ?? {
      name: aim?.name ?? '',
      unit: '',
      goal: 'none',
    },
    best: comparison.rows.find((row) => !row.baseline && meanOverAll(row, aim?.name ?? '') !== null) ?? null,
    rows: comparison.rows,
  };
}
