/** The coordinator of a sweep: plan it, train what is missing, store every outcome, compare at the end. */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { compareRuns } from './compare/compare.ts';
import { csvLines, jsonParts } from './compare/export.ts';
import type { SweepConfig, SweepSection } from './config/schema.ts';
import type { Dataset } from './data/dataset.ts';
import { sourceOf } from './data/sources.ts';
import { ConfigError } from './errors.ts';
import type { Executor } from './execute/executor.ts';
import { type KernelChoice, type KernelSource, kernelNotes, prepareKernel } from './execute/kernel-source.ts';
import { createThreadPool, type ThreadPoolOptions } from './execute/pool.ts';
import { CROSS_PENALTIES, PENALTIES } from './kernel/catalogue.ts';
import type { Plan } from './plan/plan.ts';
import { createPlanner, type Planner } from './plan/planner.ts';
import { type PlanProgress, seldom } from './plan/progress.ts';
import { createPruner } from './plan/pruner.ts';
import {
  type DataSummary,
  hasResult,
  type Manifest,
  SCHEMA_VERSION,
  type TrialRecord,
  withoutPictures,
} from './record/record.ts';
import type { TrialSpec } from './record/trial-spec.ts';
import { createRun, holdsRun, openRun, type RunWriter, resumeRun } from './store/run.ts';
import { countCost } from './sweep/cost.ts';
import { dataGone, digestTrials, loadDatasets, summariseData } from './sweep/datasets.ts';
import type { StopReason, SweepEvent, SweepResult } from './sweep/events.ts';
import { FailureWatch } from './sweep/failures.ts';
import { checkGoals, fitNotes } from './sweep/goals.ts';
import { longestFirst } from './sweep/longest-first.ts';
import { checkMemory, trialsAtOnce } from './sweep/memory.ts';
import { TrialQueue } from './sweep/queue.ts';
import { Referee } from './sweep/referee.ts';
import { TargetWatch } from './sweep/target.ts';
import { trainTrials } from './sweep/train.ts';
import { VERSION } from './version.ts';

/** A sweep to run. */
export interface SweepOptions {
  /** With the text of its file, what `loadSweepConfig` returns. */
  readonly config: SweepConfig;
  /** The sweep file as it was given; it is kept with the run. */
  readonly text: string;
  /** Directory that relative paths of data begin at, what `loadSweepConfig` returns. Default: the working directory. */
  readonly base?: string | undefined;
  /** The run's own directory. */
  readonly directory: string;
  /** Name of the run. Default: the configuration's. */
  readonly name?: string | undefined;
  /** Trials at a time. */
  readonly threads: number;
  /** Default: `auto`. */
  readonly kernel?: KernelChoice | undefined;
  /** Go on with the run in `directory`, if one has begun there. Trials that failed are tried again. */
  readonly resume?: boolean | undefined;
  /** Go on even where the trials to come are not comparable with those before. */
  readonly acceptChanges?: boolean | undefined;
  /** How often a trial is begun anew whose worker died. Default: 1. A trial that failed by itself is not. */
  readonly retries?: number | undefined;
  /** Seconds after which the sweep is stopped as by the signal; go on with it by `resume`. */
  readonly maxSeconds?: number | undefined;
  /** Stops the sweep: running trials end after the epoch they are in and are stored as interrupted. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: SweepEvent) => void) | undefined;
  /** What chooses the trials; it is given those that earlier sittings have proposed. Default: the plan of the configuration. */
  readonly createPlanner?:
    | ((config: SweepConfig, proposed: readonly TrialSpec[], onProgress?: PlanProgress) => Planner)
    | undefined;
  /** Where the trials run. Default: a pool of threads. */
  readonly createExecutor?: ((options: ThreadPoolOptions) => Executor) | undefined;
}

/**
 * Run a sweep, or the rest of one.
 *
 * The records are written in order of completion; what is derived from them follows the plan, so neither the number of
 * threads nor a stop in between changes a metric.
 *
 * Errors: ConfigError (`OPTION_INVALID` where a number is out of range), DataError or KernelError before anything is
 * written; StoreError when the run directory is refused or the disk fails, after the running trials have been stopped.
 */
export async function runSweep(options: SweepOptions): Promise<SweepResult> {
  const {
    config,
    text,
    directory,
    threads,
    base = process.cwd(),
    resume = false,
    onEvent = () => {},
  } = options;
  checkOptions(options);
  const { metric, trial_timeout: trialTimeout } = config.sweep;
  const startPlanner = options.createPlanner ?? createPlanner;
  const onProgress = seldom((points, most) => onEvent({ type: 'planning', points, most }));
  const firstPlanner = startPlanner(config, [], onProgress);
  const { plan } = firstPlanner;
  const kernel = await prepareKernel(options.kernel ?? 'auto');
  const loaded = new Map<string, Dataset>();
  const goOn = resume && holdsRun(directory);
  const dataset = await loadDatasets(plan.trials, base, loaded).catch((error) => {
    throw goOn ? dataGone(error, openRun(directory).manifest) : error;
  });
  checkGoals(plan.trials, config.sweep, dataset);
  const manifest = describeRun(options, plan, kernel, dataset, await digestTrials(plan.trials, base));
  checkMemory(plan.trials, trialsAtOnce(config.sweep, plan.trials.length, threads), dataset);
  const run = goOn
    ? resumeRun(directory, manifest, { text, acceptChanges: options.acceptChanges })
    : createRun(directory, manifest, text);
  try {
    const { trials } = run.manifest;
    await loadDatasets(run.proposed, base, loaded);
    const planner = run.proposed.length > 0 ? startPlanner(config, run.proposed) : firstPlanner;
    const finished = run.records.filter(hasResult);
    const costOf = (spec: TrialSpec): number => countCost(spec, dataset(spec)).operations;
    const known = longestFirst(trials, config.sweep, threads, costOf);
    const queue = new TrialQueue(planner, known, run.records, (further) => {
      run.propose(further);
      onEvent({ type: 'trialsProposed', trials: further });
    });
    const missing = trials.length - finished.length;
    const grows = queue.grows;
    const concurrency = grows ? threads : Math.min(threads, missing);
    onEvent({
      type: 'planned',
      manifest: run.manifest,
      concurrency,
      finished,
      trials: trials.length,
      change: run.change,
      notes: [...kernelNotes(kernel), ...fitNotes([...plan.trials, ...run.proposed], dataset)],
    });
    const target = new TargetWatch(metric, config.sweep.seeds.length);
    // A point that reached it before does not end the sweep again: who resumes wants more.
    for (const record of finished) target.note(record);
    let stopped: StopReason | undefined;
    if (concurrency > 0) {
      const executor = (options.createExecutor ?? createThreadPool)({
        threads: concurrency,
        kernel,
        dataset,
        trialTimeout,
      });
      stopped = await trainTrials({
        queue,
        executor,
        referee: refereeOf(config.sweep, [...plan.trials, ...run.proposed], finished),
        prepare: async (spec) => void (await loadDatasets([spec], base, loaded)),
        failures: new FailureWatch(grows ? threads : missing),
        target,
        retries: options.retries ?? 1,
        maxSeconds: options.maxSeconds,
        signal: options.signal,
        store: (record) =>
          run.append(record.seed === config.sweep.seeds[0] ? record : withoutPictures(record)),
        onEvent,
      });
    }
    const result = concludeRun(run, concurrency > 0, stopped);
    onEvent({ type: 'finished', result });
    return result;
  } finally {
    run.close();
  }
}

/** A number that is out of range would train nothing, and leave a run behind. */
function checkOptions({ threads, retries = 1, maxSeconds = 1 }: SweepOptions): void {
  const refuse = (option: string, rule: string, value: number): never => {
    throw new ConfigError('OPTION_INVALID', `runSweep: ${option} must be ${rule}, got ${value}.`);
  };
  if (!Number.isInteger(threads) || threads < 1) refuse('threads', 'a whole number from 1', threads);
  if (!Number.isInteger(retries) || retries < 0) refuse('retries', 'a whole number from 0', retries);
  if (!(maxSeconds > 0)) refuse('maxSeconds', 'a number above 0', maxSeconds);
}

/** A referee, where trials may end early, who knows what those of the trials have reached that are finished. */
function refereeOf(
  { early_terminate: section, metric }: SweepSection,
  trials: readonly TrialSpec[],
  finished: readonly TrialRecord[],
): Referee | undefined {
  if (section === undefined) return undefined;
  const referee = new Referee(createPruner(section, metric), metric);
  const specs = new Map(trials.map((spec) => [spec.id, spec]));
  for (const record of finished) {
    const spec = specs.get(record.id);
    // What was trained before a change and is no longer planned has no part in it.
    if (spec !== undefined) referee.end(spec, record);
  }
  return referee;
}

function describeRun(
  { config, name, threads, base = process.cwd() }: SweepOptions,
  { trials }: Plan,
  kernel: KernelSource,
  datasetOf: (spec: TrialSpec) => Dataset,
  digests: NonNullable<Manifest['digests']>,
): Manifest {
  const needsFiles = trials.some(({ experiment: { data } }) => sourceOf(data).files(data).length > 0);
  const [data, ...otherData] = [...new Set(trials.map(datasetOf))].map(summariseData);
  return {
    schemaVersion: SCHEMA_VERSION,
    name: name ?? config.name,
    covgrad: VERSION,
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    threads,
    startedAt: new Date().toISOString(),
    kernel:
      'sha256' in kernel
        ? { variant: kernel.variant, sha256: kernel.sha256, tile: kernel.tile }
        : { variant: kernel.variant, sha256: null },
    data: data as DataSummary,
    ...(otherData.length > 0 && { otherData }),
    // What reads no files is the same wherever its sweep file lies.
    ...(needsFiles && { base: resolve(base) }),
    ...(Object.keys(digests).length > 0 && { digests }),
    penalties: Object.fromEntries([
      ...PENALTIES.map(({ id, exact, degree }) => [id, { exact, degree }]),
      ...CROSS_PENALTIES.map(({ id, degree }) => [id, { exact: true, degree }]),
    ]),
    config,
    trials,
  };
}

/** What a finished run has beside its records. */
const DERIVED = ['comparison.json', 'comparison.csv'];

/**
 * Count the outcomes, from the files as any later reader will, and write the comparison once nothing is missing: anew
 * where anything was trained or changed, else only where it is not there.
 */
function concludeRun(run: RunWriter, trained: boolean, stopped: StopReason | undefined): SweepResult {
  // Where nothing was trained the files are as they were read a moment ago.
  const { directory, manifest, records } = trained ? openRun(run.directory) : run;
  const endings = { complete: 0, pruned: 0, diverged: 0, timeout: 0, failed: 0, interrupted: 0 };
  const trials = { ...endings, missing: manifest.trials.length };
  for (const { outcome } of records) {
    trials[outcome.status] += 1;
    trials.missing -= 1;
  }
  const interrupted = trials.missing + trials.interrupted > 0;
  const stands =
    !trained && run.change === undefined && DERIVED.every((name) => existsSync(join(directory, name)));
  if (!interrupted && !stands) {
    const comparison = compareRuns([{ name: manifest.name, manifest, records }]);
    run.writeFile('comparison.json', jsonParts(comparison));
    run.writeFile('comparison.csv', csvLines(comparison));
  }
  // A search that has reached its target leaves nothing that was planned, but points that it did not propose.
  const cutShort = interrupted || stopped?.why === 'target';
  return { directory, trials, interrupted, ...(cutShort && stopped !== undefined && { stopped }) };
}
