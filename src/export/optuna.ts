/**
 * A run as the journal of an Optuna study, which `JournalStorage` and optuna-dashboard read: a line creates the study,
 * then one each trial, complete.
 *
 * Source: the operations of `optuna.storages.JournalStorage`, unchanged since Optuna 3.1.
 */

import type { Outcome } from '../record/record.ts';
import type { Setting } from '../record/settings.ts';
import { internalValue, type OptunaDistribution, optunaDistribution } from './optuna-distribution.ts';
import {
  type ExportedGoal,
  type ExportedRun,
  goalsOf,
  goalValue,
  type TrialHistory,
  trialHistories,
} from './trial-history.ts';

const CREATE_STUDY = 0;
const SET_STUDY_USER_ATTRIBUTE = 2;
const SET_STUDY_SYSTEM_ATTRIBUTE = 3;
const CREATE_TRIAL = 4;

const DIRECTIONS = { minimize: 1, maximize: 2 } as const;
const COMPLETE = 1;
const PRUNED = 2;
const FAILED = 3;
/** Optuna calls failed what has no value, as a trial that diverged or was broken off. */
const STATES: Readonly<Record<Outcome['status'], number>> = {
  complete: COMPLETE,
  pruned: PRUNED,
  diverged: FAILED,
  timeout: FAILED,
  failed: FAILED,
  interrupted: FAILED,
};

const WORKER = 'covgrad';

/** The whole journal; trials are numbered in the order of the plan. */
export function optunaJournal(run: ExportedRun, studyName: string): string {
  const { manifest } = run;
  const goals = goalsOf(manifest);
  const histories = trialHistories(run);
  const distributions = distributionsOf(run, histories);
  const lines = [
    line(CREATE_STUDY, { study_name: studyName, directions: goals.map(({ goal }) => DIRECTIONS[goal]) }),
    line(SET_STUDY_SYSTEM_ATTRIBUTE, {
      study_id: 0,
      system_attr: { 'study:metric_names': goals.map(({ name }) => name) },
    }),
    line(SET_STUDY_USER_ATTRIBUTE, { study_id: 0, user_attr: { covgrad: manifest.covgrad } }),
    ...histories.map((history) => line(CREATE_TRIAL, trialFields(history, goals, distributions))),
  ];
  return lines.join('');
}

/** Whether a journal was written by {@link optunaJournal} alone: nobody else has written to it. */
export function isOurJournal(text: string): boolean {
  return text.split('\n').every((one) => one === '' || workerOf(one) === WORKER);
}

function workerOf(one: string): unknown {
  try {
    return JSON.parse(one)?.worker_id;
  } catch {
    return undefined;
  }
}

function line(operation: number, fields: object): string {
  return `${JSON.stringify({ op_code: operation, worker_id: WORKER, ...fields })}\n`;
}

function distributionsOf(
  { manifest }: ExportedRun,
  histories: readonly TrialHistory[],
): ReadonlyMap<string, OptunaDistribution> {
  const values = new Map<string, Setting[]>();
  for (const { spec } of histories) {
    for (const [path, value] of Object.entries(spec.settings)) {
      const known = values.get(path);
      if (known === undefined) values.set(path, [value]);
      else known.push(value);
    }
  }
  const { parameters = {} } = manifest.config.sweep as Partial<typeof manifest.config.sweep>;
  return new Map([...values].map(([path, taken]) => [path, optunaDistribution(parameters[path], taken)]));
}

function trialFields(
  history: TrialHistory,
  goals: readonly ExportedGoal[],
  distributions: ReadonlyMap<string, OptunaDistribution>,
): object {
  const { spec, record, start, end } = history;
  const params = Object.entries(spec.settings).flatMap(([path, value]) => {
    const distribution = distributions.get(path);
    return distribution === undefined ? [] : [{ path, value, distribution }];
  });
  const reached = goals.map((goal) => goalValue(history, goal));
  const known = reached.every(Number.isFinite);
  // Without a value no trial counts as complete.
  const state = known || STATES[record.outcome.status] !== COMPLETE ? STATES[record.outcome.status] : FAILED;
  const values = known && state !== FAILED ? reached : null;
  return {
    study_id: 0,
    datetime_start: utcTime(start),
    datetime_complete: utcTime(end),
    state,
    value: goals.length === 1 && values !== null ? values[0] : null,
    values: goals.length === 1 ? null : values,
    distributions: Object.fromEntries(
      params.map(({ path, distribution }) => [path, JSON.stringify(distribution)]),
    ),
    params: Object.fromEntries(
      params.map(({ path, value, distribution }) => [path, internalValue(distribution, value)]),
    ),
    user_attrs: userAttributes(history),
    system_attrs: {},
    intermediate_values: intermediateValues(history, goals),
  };
}

/** Studies with several goals have none. A value that is not finite is left out: not every reader knows NaN in JSON. */
function intermediateValues({ steps }: TrialHistory, goals: readonly ExportedGoal[]): Record<string, number> {
  const [goal, ...others] = goals;
  if (goal === undefined || others.length > 0) return {};
  return Object.fromEntries(
    steps.flatMap(({ epoch, values }) => {
      const value = values.get(goal.name);
      return value !== undefined && Number.isFinite(value) ? [[String(epoch), value]] : [];
    }),
  );
}

function userAttributes({ spec, record, reached }: TrialHistory): object {
  const { id, point, baseline, seed } = spec;
  const last = [...reached].filter(([, value]) => Number.isFinite(value));
  return { trial: id, point, baseline, seed, outcome: record.outcome, ...Object.fromEntries(last) };
}

/**
 * A time as Optuna's journals hold it, to microseconds and without a zone. It is UTC: a local time would depend on the
 * machine that exports, and go back by an hour at the end of summer time.
 */
function utcTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '000');
}
