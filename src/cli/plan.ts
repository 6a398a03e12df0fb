/** `covgrad plan`: what a sweep file will train, and what that will cost, without training it. */
import type { CommandModule } from 'yargs';
import type { SweepConfig } from '../config/schema.ts';
import type { Plan, TrialSpec } from '../plan/plan.ts';
import type { DataSummary } from '../store/record.ts';
import { formatDuration } from './duration.ts';
import type { Cost } from './estimate.ts';
import { checkSingle, checkThreads, type TrainingArguments, trainingOptions } from './options.ts';

/** The command's arguments as yargs reads them. */
export interface PlanArguments extends TrainingArguments {
  file: string;
  json: boolean;
}

export const planCommand: CommandModule<object, PlanArguments> = {
  builder: (yargs) =>
    trainingOptions(yargs)
      .positional('file', { type: 'string', demandOption: true, describe: 'Sweep file (YAML)' })
      .option('json', { type: 'boolean', default: false, describe: 'Write JSON, in full precision' })
      .example('$0 plan configs/mnist.yaml', 'points, seeds and an estimate of the time'),
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
  const { loadSweepConfig } = await import('../config/load.ts');
  const { planSweep } = await import('../plan/plan.ts');
  const { config } = await loadSweepConfig(given.file);
  const plan = planSweep(config);
  if (!json) process.stdout.write(describeTrials(config, plan));

  const { loadDatasets, summariseData } = await import('../sweep.ts');
  const { instantiate, prepareKernel } = await import('../execute/kernel-source.ts');
  const { countCost, estimateSeconds } = await import('./estimate.ts');
  const datasetOf = await loadDatasets(plan.trials);
  const source = await prepareKernel(given.kernel);
  const costs = plan.trials.map((spec) => countCost(spec, datasetOf(spec)));
  const seconds = estimateSeconds(plan.trials, instantiate(source), datasetOf);
  const estimate: Estimate = {
    steps: sum(costs.map(({ steps }) => steps)),
    operations: sum(costs.map(({ operations }) => operations)),
    seconds: Math.max(sum(seconds) / threads, ...seconds),
    threads,
    kernel: source.variant,
  };
  const data = [...new Set(plan.trials.map(datasetOf))].map(summariseData);
  process.stdout.write(json ? toJson(config, plan, data, estimate) : describeCost(data, estimate));
}

/** The points with their swept parameters, one a line, in the order of training. */
function describeTrials(config: SweepConfig, { trials, points, duplicates }: Plan): string {
  const paths = [...new Set(trials.flatMap(({ settings }) => Object.keys(settings)))];
  const byPoint = new Map<string, TrialSpec[]>();
  for (const spec of trials) {
    const others = byPoint.get(spec.point);
    if (others === undefined) byPoint.set(spec.point, [spec]);
    else others.push(spec);
  }
  const rows = [...byPoint].map(([point, specs]) => [
    point,
    ...paths.map((path) => describeSetting(specs[0] as TrialSpec, path)),
    specs.map(({ seed }) => seed).join(' '),
  ]);
  const lines = alignColumns([['point', ...paths, 'seeds'], ...rows]);
  const dropped = duplicates > 0 ? `; ${duplicates} combinations repeat one of them and are left out` : '';
  return `${config.name}: ${trials.length} trials, ${points} points${dropped}\n\n${lines.join('\n')}\n`;
}

/** A baseline has no penalty, and so no value where the penalty is swept. */
function describeSetting({ baseline, settings }: TrialSpec, path: string): string {
  const value = settings[path];
  if (value !== undefined) return String(value);
  return baseline && path === 'penalty.type' ? 'baseline' : '-';
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function describeCost(data: readonly DataSummary[], { steps, operations, ...estimate }: Estimate): string {
  const threads = estimate.threads === 1 ? '1 thread' : `${estimate.threads} threads`;
  return [
    '',
    ...data.map(
      ({ name, train, test, features, classes }) =>
        `data  ${name}: ${train} training and ${test} test samples, ${features} features, ${classes} classes`,
    ),
    `cost  ${steps} optimizer steps, ${operations.toExponential(1).replace('e+', 'e')} floating-point operations`,
    `time  about ${formatDuration(estimate.seconds)} on ${threads}: an estimate from a short measurement of the ${estimate.kernel} kernel`,
    '',
  ].join('\n');
}

function toJson(config: SweepConfig, plan: Plan, data: readonly DataSummary[], estimate: Estimate): string {
  const trials = plan.trials.map(({ experiment: _, ...trial }) => trial);
  return `${JSON.stringify({ name: config.name, ...plan, trials, data, estimate }, null, 2)}\n`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
