/** The coordinator of a sweep: plan it, train what is missing, store every outcome, compare at the end. */
import { cpus } from 'node:os';
import { compareRuns } from './compare/compare.ts';
import { comparisonToCsv, comparisonToJson } from './compare/export.ts';
import type { SweepConfig } from './config/schema.ts';
import type { Dataset } from './data/dataset.ts';
import { loadDataset } from './data/load.ts';
import type { Executor } from './execute/executor.ts';
import { type KernelChoice, type KernelSource, prepareKernel } from './execute/kernel-source.ts';
import { createThreadPool, type ThreadPoolOptions } from './execute/pool.ts';
import { type Plan, planSweep, type TrialSpec } from './plan/plan.ts';
import {
  type DataSummary,
  type Manifest,
  type Outcome,
  SCHEMA_VERSION,
  type TrialRecord,
  withoutPictures,
} from './store/record.ts';
import { createRun, holdsRun, openRun, type RunWriter, resumeRun } from './store/run.ts';
import type { TrialProgress } from './trial/trial.ts';
import { VERSION } from './version.ts';

/** What happens in a sweep, as it happens. */
export type SweepEvent =
  | {
      readonly type: 'planned';
      readonly manifest: Manifest;
      /** Trials at work at the same time. */
      readonly concurrency: number;
      /** Trials that an earlier sitting has finished. */
      readonly finished: number;
    }
  | { readonly type: 'trialStarted'; readonly spec: TrialSpec }
  | { readonly type: 'trialProgress'; readonly spec: TrialSpec; readonly progress: TrialProgress }
  | { readonly type: 'trialFinished'; readonly spec: TrialSpec; readonly record: TrialRecord }
  | { readonly type: 'finished'; readonly result: SweepResult };

/** A sweep to run. */
export interface SweepOptions {
  readonly config: SweepConfig;
  /** The sweep file as it was given; it is kept with the run. */
  readonly text: string;
  /** The run's own directory. */
  readonly directory: string;
  /** Name of the run. Default: the configuration's. */
  readonly name?: string | undefined;
  readonly threads: number;
  /** Default: `auto`. */
  readonly kernel?: KernelChoice | undefined;
  /** Go on with the run in `directory`, if one has begun there. Trials that failed are tried again. */
  readonly resume?: boolean | undefined;
  /** Stops the sweep: running trials end at their next step and are stored as interrupted. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: SweepEvent) => void) | undefined;
  /** Where the trials run. Default: a pool of threads. */
  readonly createExecutor?: ((options: ThreadPoolOptions) => Executor) | undefined;
}

/** How a sweep ended. */
export interface SweepResult {
  readonly directory: string;
  /** Trials by their latest outcome; `missing` are those that were never begun. */
  readonly trials: Readonly<Record<Outcome['status'] | 'missing', number>>;
  /** True when it was stopped with trials left to train. There is then no comparison yet. */
  readonly interrupted: boolean;
}

/**
 * Run a sweep, or the rest of one.
 *
 * The records are written in order of completion; what is derived from them follows the plan, so neither the number of
 * threads nor a stop in between changes a metric.
 *
 * Errors: ConfigError, DataError or KernelError before anything is written; StoreError when the run directory is
 * refused or the disk fails, after the running trials have been stopped.
 */
export async function runSweep(options: SweepOptions): Promise<SweepResult> {
  const { config, text, directory, threads, resume = false, onEvent = () => {} } = options;
  const plan = planSweep(config);
  const kernel = await prepareKernel(options.kernel ?? 'auto');
  const dataset = await loadDatasets(plan.trials);
  const manifest = describeRun(options, plan, kernel, dataset);
  const goOn = resume && holdsRun(directory);
  const run = goOn ? resumeRun(directory, manifest) : createRun(directory, manifest, text);
  try {
    const finished = new Set(run.records.filter(isFinished).map(({ id }) => id));
    const missing = plan.trials.filter(({ id }) => !finished.has(id));
    const concurrency = Math.min(threads, missing.length);
    onEvent({ type: 'planned', manifest, concurrency, finished: finished.size });
    if (missing.length > 0) {
      const executor = (options.createExecutor ?? createThreadPool)({
        threads: concurrency,
        kernel,
        dataset,
      });
      await trainTrials(missing, executor, run, options.signal, onEvent);
    }
    const result = concludeRun(run);
    onEvent({ type: 'finished', result });
    return result;
  } finally {
    run.close();
  }
}

/** Load the data of all trials, each data set once, and say which trial uses which. */
export async function loadDatasets(trials: readonly TrialSpec[]): Promise<(spec: TrialSpec) => Dataset> {
  const datasets = new Map<string, Dataset>();
  const keyOf = ({ experiment }: TrialSpec): string => JSON.stringify(experiment.data);
  for (const spec of trials) {
    if (!datasets.has(keyOf(spec))) datasets.set(keyOf(spec), await loadDataset(spec.experiment.data));
  }
  return (spec) => datasets.get(keyOf(spec)) as Dataset;
}

function describeRun(
  { config, name, threads }: SweepOptions,
  { trials }: Plan,
  kernel: KernelSource,
  datasetOf: (spec: TrialSpec) => Dataset,
): Manifest {
  const [data, ...otherData] = [...new Set(trials.map(datasetOf))].map(summariseData);
  return {
    schemaVersion: SCHEMA_VERSION,
    name: name ?? config.name,
    covgrad: VERSION,
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    threads,
    startedAt: new Date().toISOString(),
    kernel: { variant: kernel.variant, sha256: 'sha256' in kernel ? kernel.sha256 : null },
    data: data as DataSummary,
    ...(otherData.length > 0 && { otherData }),
    config,
    trials,
  };
}

/** A data set as a manifest records it. */
export function summariseData({ name, fingerprint, features, classes, train, test }: Dataset): DataSummary {
  return { name, fingerprint, train: train.samples, test: test.samples, features, classes };
}

/** Whether a trial need not be run again: an interruption is no result, and the cause of a failure may have passed. */
function isFinished({ outcome }: TrialRecord): boolean {
  return outcome.status === 'complete' || outcome.status === 'diverged';
}

/** Train trials, as many at once as the executor takes, and store each outcome as it comes. */
async function trainTrials(
  trials: readonly TrialSpec[],
  executor: Executor,
  run: RunWriter,
  signal: AbortSignal | undefined,
  onEvent: (event: SweepEvent) => void,
): Promise<void> {
  const waiting = [...trials];
  const pictured = run.manifest.config.sweep.seeds[0];
  const stop = (): void => {
    waiting.length = 0;
    executor.stop();
  };
  const lane = async (): Promise<void> => {
    for (let spec = waiting.shift(); spec !== undefined; spec = waiting.shift()) {
      const trial = spec;
      onEvent({ type: 'trialStarted', spec: trial });
      const record = await executor.run(trial, (progress) =>
        onEvent({ type: 'trialProgress', spec: trial, progress }),
      );
      run.append(trial.seed === pictured ? record : withoutPictures(record));
      onEvent({ type: 'trialFinished', spec: trial, record });
    }
  };
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const lanes = Array.from({ length: executor.concurrency }, lane);
    // A full disk ends one lane: the others' trials are stopped, not abandoned.
    for (const running of lanes) running.catch(stop);
    const broken = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
    if (broken?.status === 'rejected') throw broken.reason;
  } finally {
    signal?.removeEventListener('abort', stop);
    await executor.close();
  }
}

/** Count the outcomes, from the files as any later reader will, and write the comparison once nothing is missing. */
function concludeRun(run: RunWriter): SweepResult {
  const { directory, manifest, records } = openRun(run.directory);
  const trials = { complete: 0, diverged: 0, failed: 0, interrupted: 0, missing: manifest.trials.length };
  for (const { outcome } of records) {
    trials[outcome.status] += 1;
    trials.missing -= 1;
  }
  const interrupted = trials.missing + trials.interrupted > 0;
  if (!interrupted) {
    const comparison = compareRuns([{ name: manifest.name, manifest, records }]);
    run.writeFile('comparison.json', comparisonToJson(comparison));
    run.writeFile('comparison.csv', comparisonToCsv(comparison));
  }
  return { directory, trials, interrupted };
}
