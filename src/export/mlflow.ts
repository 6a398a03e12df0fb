/** A run as an experiment of an MLflow server: one MLflow run a trial, with its parameters, metrics by step and tags. */
import { createHash } from 'node:crypto';
import { ExportError } from '../errors.ts';
import type { Outcome } from '../record/record.ts';
import type { MlflowClient, MlflowEntry, MlflowMetric, MlflowRun, MlflowStatus } from './mlflow-client.ts';
import { configurationOf, type ExportedRun, type TrialHistory, trialHistories } from './trial-history.ts';

/** What ended from outside was killed, what ended by a fault has failed. */
const STATUS: Readonly<Record<Outcome['status'], MlflowStatus>> = {
  complete: 'FINISHED',
  pruned: 'KILLED',
  diverged: 'FAILED',
  timeout: 'FAILED',
  failed: 'FAILED',
  interrupted: 'KILLED',
};

/** The most that one call of log-batch takes. */
const MOST_METRICS = 1000;
const MOST_PARAMS = 100;
/** Bytes that every store takes: of a key, and of the value of a parameter and of a tag. */
const LONGEST_KEY = 250;
const LONGEST_PARAM = 500;
const LONGEST_TAG = 5000;

const RUN_TAG = 'covgrad.run';
const TRIAL_TAG = 'covgrad.trial';
const DIGEST_TAG = 'covgrad.digest';

/** What an export did on the server. */
export interface MlflowReport {
  readonly experiment: string;
  /** Trials that were sent. */
  readonly sent: number;
  /** Trials that were there already, unchanged. */
  readonly kept: number;
}

/**
 * Send every trial that is not there yet. A run of an earlier export that was cut short, or whose trial was trained
 * anew since, is deleted and sent again; one that is up to date stays as it is.
 *
 * Errors: ExportError `EXPORT_TARGET` for an experiment that is not an export of this run, `MLFLOW_FAILED` when the server
 * refuses.
 */
export async function exportToMlflow(
  run: ExportedRun,
  client: MlflowClient,
  name: string,
  onSent: (sent: number, of: number) => void = () => {},
): Promise<MlflowReport> {
  const experiment = await openExperiment(run, client, name);
  const known = new Map<string, MlflowRun[]>();
  for (const there of await client.listRuns(experiment)) {
    const trial = there.tags.get(TRIAL_TAG);
    if (trial !== undefined) known.set(trial, [...(known.get(trial) ?? []), there]);
  }
  const histories = trialHistories(run);
  let sent = 0;
  for (const [index, history] of histories.entries()) {
    const digest = digestOf(history);
    const before = known.get(history.spec.id) ?? [];
    const current = before.find(
      ({ status, tags }) => status !== 'RUNNING' && tags.get(DIGEST_TAG) === digest,
    );
    for (const outdated of before) if (outdated !== current) await client.deleteRun(outdated.id);
    if (current === undefined) {
      await sendTrial(history, digest, client, experiment);
      sent += 1;
    }
    onSent(index + 1, histories.length);
  }
  return { experiment: name, sent, kept: histories.length - sent };
}

async function openExperiment(
  { manifest }: ExportedRun,
  client: MlflowClient,
  name: string,
): Promise<string> {
  const found = await client.findExperiment(name);
  if (found === undefined) {
    return client.createExperiment(name, [
      { key: RUN_TAG, value: runTag(manifest) },
      { key: 'covgrad.version', value: manifest.covgrad },
    ]);
  }
  const tag = found.tags.get(RUN_TAG);
  if (!found.deleted && tag === runTag(manifest)) return found.id;
  const is = found.deleted
    ? 'a deleted one'
    : tag === undefined
      ? 'one that is not ours'
      : 'that of another run';
  throw new ExportError(
    'EXPORT_TARGET',
    `${name}: an export adds to no experiment but its own, got ${is} of this name. Give it another by --name.`,
    { experiment: name },
  );
}

/** Tells runs of the same name apart. */
function runTag({ name, startedAt }: ExportedRun['manifest']): string {
  return `${name} ${startedAt}`;
}

async function sendTrial(
  history: TrialHistory,
  digest: string,
  client: MlflowClient,
  experiment: string,
): Promise<void> {
  const { name, record, start, end } = history;
  const id = await client.createRun({
    experiment,
    name,
    start: Math.round(start),
    tags: tagsOf(history, digest),
  });
  for (const params of chunks(paramsOf(history), MOST_PARAMS)) await client.logBatch(id, { params });
  for (const metrics of chunks(metricsOf(history), MOST_METRICS)) await client.logBatch(id, { metrics });
  // Last of all: a run that is still running was cut short.
  await client.endRun(id, STATUS[record.outcome.status], Math.round(end));
}

function tagsOf({ spec, pointName, record, name }: TrialHistory, digest: string): MlflowEntry[] {
  const { status, ...details } = record.outcome;
  return [
    ['mlflow.runName', name],
    ['mlflow.source.name', 'covgrad'],
    [TRIAL_TAG, spec.id],
    [DIGEST_TAG, digest],
    ['covgrad.point', pointName],
    ['covgrad.baseline', String(spec.baseline)],
    ['covgrad.outcome', status],
    ...Object.entries(details).map(([key, value]) => [`covgrad.outcome.${key}`, String(value)]),
  ].map(([key = '', value = '']) => ({ key, value: cut(value, LONGEST_TAG) }));
}

function paramsOf(history: TrialHistory): MlflowEntry[] {
  return configurationOf(history).map(([path, value]) => ({
    key: mlflowKey(path),
    value: cut(String(value), LONGEST_PARAM),
  }));
}

function metricsOf({ steps }: TrialHistory): MlflowMetric[] {
  return steps.flatMap(({ epoch, time, values }) =>
    [...values].map(([name, value]) => ({
      key: mlflowKey(name),
      value: Number.isFinite(value) ? value : String(value),
      timestamp: Math.round(time),
      step: epoch,
    })),
  );
}

/** The beginning of a text, in whole characters. */
function cut(text: string, bytes: number): string {
  const decoder = new TextDecoder();
  return decoder.decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

/** Keys hold letters, digits, underscores, dashes, dots, spaces and slashes, and are no path that leads elsewhere. */
function mlflowKey(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_\-. /]/g, '_').slice(0, LONGEST_KEY);
  return plain
    .split('/')
    .map((part) => (/^\.{0,2}$/.test(part) ? '_' : part))
    .join('/');
}

function digestOf({ record }: TrialHistory): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 16);
}

function chunks<T>(list: readonly T[], most: number): T[][] {
  const count = Math.ceil(list.length / most);
  return Array.from({ length: count }, (_, index) => list.slice(index * most, (index + 1) * most));
}
