/** `covgrad plan`: what a sweep file will train, and what that will cost, without training it. */
import { setImmediate } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { isAdaptive } from '../config/methods.ts';
import type { SweepConfig } from '../config/schema.ts';
import type { Dataset } from '../data/dataset.ts';
import { largestOf } from '../extremes.ts';
import type { Plan } from '../plan/plan.ts';
import type { Planner } from '../plan/planner.ts';
import { printable } from '../printable.ts';
import type { DataSummary } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { describeSizes } from '../render/data.ts';
import { type PlannedNetwork, renderNetworks } from '../render/network.ts';
import { formatCount, formatDuration } from '../render/number.ts';
import { renderPlan } from '../render/plan.ts';
import type { DrawnSetting } from '../render/schedule.ts';
import { wrap } from '../render/text.ts';
import type { Cost } from '../sweep/cost.ts';
import {
  checkSingle,
  checkThreads,
  example,
  type SettingArguments,
  settingOptions,
  settingsOf,
  type TrainingArguments,
  trainingOptions,
} from './options.ts';
import { type ReaderArguments, readerOptions, readerStyle } from './reader.ts';
import { readerGone } from './standard-streams.ts';
import { standardOutput } from './terminal.ts';
import { describePlanning } from './wording.ts';

/** More seeds are counted, not listed. */
const MOST_SEEDS = 10;

/** The command's arguments as yargs reads them. */
export interface PlanArguments extends TrainingArguments, SettingArguments, ReaderArguments {
  file: string;
  json: boolean;
  schedule: boolean;
}

export const planCommand: CommandModule<object, PlanArguments> = {
  builder: (yargs) =>
    readerOptions(
      trainingOptions(
        settingOptions(
          yargs.positional('file', { type: 'string', demandOption: true, describe: 'Sweep file (YAML)' }),
        ),
      ),
    )
      .option('json', { type: 'boolean', default: false, describe: 'Write JSON, in full precision' })
      .option('schedule', {
        type: 'boolean',
        default: false,
        describe: 'Draw how learning rate and penalty weight change in the course of training',
      })
      .example(...example('$0 plan configs/mnist.yaml', 'points, seeds and an estimate of the time')),
  handler: runPlanCommand,
};

/** The cost of the whole sweep. */
interface Estimate extends Cost {
  /** Wall time on the given threads; an estimate. */
  readonly seconds: number;
  readonly threads: number;
  readonly kernel: string;
}

async function runPlanCommand(given: PlanArguments): Promise<void> {
  checkSingle(given);
  const { json } = given;
  const threads = checkThreads(given.threads);
  const style = readerStyle(given, standardOutput());
  const { readSweepFile } = await import('./sweep-file.ts');
  const { createPlanner } = await import('../plan/planner.ts');
  const { config, base, notes } = await readSweepFile(given.file, settingsOf(given));
  for (const note of notes) process.stderr.write(`${printable(note)}\n`);
  const { seldom } = await import('../plan/progress.ts');
  const onProgress = seldom((points, most) => process.stderr.write(`${describePlanning(points, most)}\n`));
  const outlook = lookAhead(config, createPlanner(config, [], onProgress));
  if (!json) process.stdout.write(describeTrials(config, outlook, style));
  // A reader that has seen enough waits for no estimate. That it has left is known after the write.
  await setImmediate();
  if (readerGone.aborted) return;

  const { loadDatasets, summariseData } = await import('../sweep/datasets.ts');
  const { checkGoals, fitNotes } = await import('../sweep/goals.ts');
  const { instantiate, kernelNotes, prepareKernel } = await import('../execute/kernel-source.ts');
  const { countCost } = await import('../sweep/cost.ts');
  const { estimateSeconds } = await import('./estimate.ts');
  const { plan, drawn, toCome } = outlook;
  // Points that are still to be chosen cost what those do that are known.
  const later = Array.from({ length: toCome }, (_, at) => drawn[at % drawn.length] ?? []);
  const trials = plan.trials.concat(later.flat());
  const datasetOf = await loadDatasets(trials, base);
  checkGoals(trials, config.sweep, datasetOf);
  for (const note of fitNotes(trials, datasetOf)) process.stderr.write(`${printable(note)}\n`);
  const source = await prepareKernel(given.kernel);
  for (const note of kernelNotes(source)) process.stderr.write(`${note}\n`);
  const costs = trials.map((spec) => countCost(spec, datasetOf(spec)));
  const seconds = estimateSeconds(trials, costs, instantiate(source), datasetOf);
  const estimate: Estimate = {
    steps: sum(costs.map(({ steps }) => steps)),
    operations: sum(costs.map(({ operations }) => operations)),
    seconds: largestOf(seconds, sum(seconds) / threads),
    threads,
    kernel: source.variant,
  };
  const datasets = new Set(trials.map(datasetOf));
  const data = [...datasets].map(summariseData);
  const { networksOf } = await import('./plan-network.ts');
  const networks = networksOf(trials, datasetOf);
  const schedules = given.schedule ? await readSchedules(trials, datasetOf) : undefined;
  if (json) {
    process.stdout.write(toJson(config, outlook, { data, networks, estimate, schedules }));
    return;
  }
  process.stdout.write(style.finish(renderNetworks(networks, style)));
  process.stdout.write(describeCost(data, estimate, style));
  if (schedules === undefined) return;
  const { drawSchedules } = await import('../render/schedule.ts');
  const lines =
    schedules.length === 0
      ? ['', ...wrap('Learning rate and weight stay: no point has a schedule.', style.width, '  ')]
      : drawSchedules(schedules, style);
  process.stdout.write(style.finish(lines));
}

async function readSchedules(
  trials: readonly TrialSpec[],
  datasetOf: (spec: TrialSpec) => Dataset,
): Promise<DrawnSetting[]> {
  const { schedulesOf } = await import('./plan-schedules.ts');
  return schedulesOf(trials, datasetOf);
}

/** A plan with what is known of the points that depend on results. */
interface Outlook {
  readonly plan: Plan;
  /** The points to come that are drawn at random, with their baselines where these are new. */
  readonly drawn: readonly (readonly TrialSpec[])[];
  /** Most points to come, those included. */
  readonly toCome: number;
}

function lookAhead({ sweep }: SweepConfig, { plan, propose }: Planner): Outlook {
  const drawn: (readonly TrialSpec[])[] = [];
  let next = propose([]);
  for (; next !== undefined && next !== 'wait'; next = propose([])) drawn.push(next);
  return { plan, drawn, toCome: next === 'wait' ? (sweep.run_cap ?? 0) : drawn.length };
}

/** The points with their swept parameters, one a line, in the order of training. */
function describeTrials(
  config: SweepConfig,
  outlook: Outlook,
  style: ReturnType<typeof readerStyle>,
): string {
  const { plan, drawn } = outlook;
  const { trials, points } = plan;
  const counts = `${countOf(trials.length, 'trial')}, ${countOf(points, 'point')}${describeSeeds(config)}${describeDropped(plan, config)}`;
  return style.finish([
    ...wrap(`${config.name}: ${counts}`, style.width, '  '),
    '',
    ...renderPlan(trials, drawn.flat(), style),
    ...describeToCome(outlook).flatMap((text) => ['', ...wrap(text, style.width, '  ')]),
  ]);
}

function countOf(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** Every point is trained with each of them. */
function describeSeeds({ sweep: { seeds } }: SweepConfig): string {
  if (seeds.length > MOST_SEEDS) return ` with ${seeds.length} seeds each`;
  return seeds.length === 1 ? ` with the seed ${seeds[0]}` : ` with the seeds ${seeds.join(', ')}`;
}

/** What was not planned, and why. */
function describeDropped({ trials, duplicates, impossible }: Plan, { sweep }: SweepConfig): string {
  const what = sweep.method === 'grid' ? 'combinations' : 'draws';
  const parts: string[] = [];
  if (duplicates > 0) parts.push(`left out ${duplicates} ${what} that repeat one of them`);
  if (impossible > 0) parts.push(`left out ${impossible} ${what} that make no valid experiment`);
  const found = new Set(trials.filter(({ baseline }) => !baseline).map(({ point }) => point)).size;
  const drawn = sweep.method !== 'grid' && !isAdaptive(sweep.method);
  if (drawn && found < (sweep.run_cap ?? 0)) parts.push(`the space has no more than ${found} to draw`);
  return parts.map((part) => `; ${part}`).join('');
}

function describeToCome({ drawn, toCome }: Outlook): string[] {
  if (toCome === 0) return [];
  const rest = toCome > drawn.length ? ', the others chosen by the results so far' : '';
  return [`and up to ${toCome} points more for each seed: ${drawn.length} drawn at random${rest}`];
}

function describeCost(
  data: readonly DataSummary[],
  { steps, operations, ...estimate }: Estimate,
  style: ReturnType<typeof readerStyle>,
): string {
  const threads = countOf(estimate.threads, 'thread');
  const facts = [
    ...data.map((each) => `data  ${each.name}: ${describeSizes(each)}`),
    `cost  ${formatCount(steps)} optimizer steps, ${operations.toExponential(1).replace('e+', 'e')} floating-point operations`,
    `time  about ${formatDuration(estimate.seconds)} on ${threads}: an estimate from a short measurement of the ${estimate.kernel} kernel`,
  ];
  return style.finish(['', ...facts.flatMap((fact) => wrap(fact, style.width, '      '))]);
}

function toJson(
  config: SweepConfig,
  { plan, toCome }: Outlook,
  known: {
    readonly data: readonly DataSummary[];
    readonly networks: readonly PlannedNetwork[];
    readonly estimate: Estimate;
    readonly schedules: readonly DrawnSetting[] | undefined;
  },
): string {
  const trials = plan.trials.map(({ experiment: _, ...trial }) => trial);
  return `${JSON.stringify({ name: config.name, ...plan, toCome, trials, ...known }, null, 2)}\n`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
