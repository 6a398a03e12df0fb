/** A run as a log directory of TensorBoard: one event file a trial with its scalars, and all of them as sessions of HParams. */

import { selectsByValidation } from '../record/measures.ts';
import { PENALTY_STRENGTH, PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import { qualitiesOf } from '../record/quality.ts';
import type { Manifest, Outcome } from '../record/record.ts';
import type { Setting } from '../record/settings.ts';
import { eventFile, eventFileName, type SummaryEvent } from './event-file.ts';
import { experimentValue, type SessionStatus, sessionEndValue, sessionStartValue, typed } from './hparams.ts';
import type { ExportedFile } from './target.ts';
import { type ExportedRun, goalsOf, type TrialHistory, trialHistories } from './trial-history.ts';

/** A pruned trial ended as the sweep wanted it; of one that was broken off nothing is known. */
const STATUS: Readonly<Record<Outcome['status'], SessionStatus>> = {
  complete: 'success',
  pruned: 'success',
  diverged: 'failure',
  timeout: 'failure',
  failed: 'failure',
  interrupted: 'unknown',
};

const NO_PENALTY: Readonly<Record<string, Setting>> = {
  [PENALTY_TYPE]: 'none',
  [PENALTY_WEIGHT]: 0,
  [PENALTY_STRENGTH]: 0,
};

/** Metrics that HParams shows beside the goals of the sweep: the quality of the task, and what it took. */
function furtherMetrics(manifest: Manifest): string[] {
  const { name } = qualitiesOf(manifest.data.target)[0];
  const chosenBy = selectsByValidation({ manifest }) ? [`validation/${name}`] : [];
  return [`test/${name}`, ...chosenBy, 'test/loss', 'seconds'];
}

/** The files of a log directory. Seeds of one point are sessions of one group. */
export function tensorboardFiles(run: ExportedRun): ExportedFile[] {
  const { manifest } = run;
  const histories = trialHistories(run);
  const started = Date.parse(manifest.startedAt) || 0;
  const swept = new Set(histories.flatMap(({ spec }) => Object.keys(spec.settings)));
  const settings = histories.map((history) => hyperparametersOf(history, swept));
  const names = [...new Set(settings.flatMap((values) => [...values.keys()]))];
  const hyperparameters = names.map((name) => ({
    name,
    values: settings.flatMap((values) => values.get(name) ?? []),
  }));
  // A name has one type for all sessions.
  const asText = new Set(
    hyperparameters.filter(({ values }) => typed(values).type === 'string').map(({ name }) => name),
  );
  const metrics = [...new Set([...goalsOf(manifest).map(({ name }) => name), ...furtherMetrics(manifest)])];
  const experiment = experimentValue({ name: manifest.name, time: started, hyperparameters, metrics });
  const overview: SummaryEvent = { time: started, step: 0, values: [experiment] };
  return [
    { path: eventFileName(started), content: () => eventFile(started, [overview]) },
    ...histories.map((history, index) => {
      const entries = [...(settings[index] ?? [])].map(
        ([name, value]) => [name, asText.has(name) ? String(value) : value] as const,
      );
      return {
        path: `${history.name}/${eventFileName(history.start)}`,
        content: () => eventFile(history.start, eventsOf(history, entries)),
      };
    }),
  ];
}

/** The swept settings; of those of the penalty, a baseline has what says that there is none. */
function hyperparametersOf({ spec }: TrialHistory, swept: ReadonlySet<string>): ReadonlyMap<string, Setting> {
  const off = spec.baseline ? Object.entries(NO_PENALTY).filter(([path]) => swept.has(path)) : [];
  return new Map([...Object.entries(spec.settings), ...off]);
}

function eventsOf(
  { pointName, record, start, end, steps }: TrialHistory,
  settings: readonly (readonly [string, Setting])[],
): SummaryEvent[] {
  const status = STATUS[record.outcome.status];
  return [
    { time: start, step: 0, values: [sessionStartValue({ group: pointName, time: start, settings })] },
    ...steps.map(({ time, epoch, values }) => ({
      time,
      step: epoch,
      values: [...values].map(([tag, number]) => ({ tag, number })),
    })),
    { time: end, step: 0, values: [sessionEndValue(status, end)] },
  ];
}
