/** `covgrad show`: everything that is stored of a run, of a point of it, or of one trial. */
import type { CommandModule } from 'yargs';
import { compareRuns, type RunInput } from '../compare/compare.ts';
import { nameOf } from '../render/names.ts';
import { renderPoint } from '../render/point.ts';
import { renderRun } from '../render/run.ts';
import { renderTrial } from '../render/trial.ts';
import { checkSingle, example } from './options.ts';
import { chooseTrials, readRuns } from './read-runs.ts';
import { type ReaderArguments, readerOptions, readerStyle } from './reader.ts';
import { asData, standardOutput, type Terminal } from './terminal.ts';

/** The command line of `covgrad show`. */
export interface ShowArguments extends ReaderArguments {
  readonly run: string;
  readonly trial?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The whole output of the command. */
export function showOutput(given: ShowArguments, terminal: Terminal): string {
  const style = readerStyle(given, terminal);
  const [run] = readRuns([given.run]) as [RunInput];
  const { manifest, records } = run;
  const recordOf = new Map(records.map((record) => [record.id, record]));
  const chosen = given.trial === undefined ? undefined : chooseTrials(given.trial, run);
  if (given.json) {
    const content = chosen?.map((spec) => ({ spec, record: recordOf.get(spec.id) ?? null })) ?? {
      manifest,
      records,
    };
    return asData(`${JSON.stringify(content, null, 2)}\n`, terminal);
  }
  const comparison = compareRuns([run]);
  if (chosen === undefined) return style.finish(renderRun(run, comparison, style));
  const trials = chosen.map((spec) => ({ spec, record: recordOf.get(spec.id) }));
  const [first] = trials;
  const row = comparison.rows.find(({ point }) => point === first?.spec.point);
  if (row === undefined || first === undefined) return '';
  if (given.trial !== first.spec.id) return style.finish(renderPoint({ comparison, row, trials }, style));
  const baseline = records.find(({ point, seed }) => point === row.baselinePoint && seed === first.spec.seed);
  return style.finish(
    renderTrial(
      { ...first, name: nameOf(row, comparison.rows), baseline, metrics: comparison.metrics },
      style,
    ),
  );
}

/** The yargs command. */
export const showCommand: CommandModule<object, ShowArguments> = {
  builder: (yargs) =>
    readerOptions(
      yargs
        .positional('run', { type: 'string', demandOption: true, describe: 'Run directory' })
        .positional('trial', {
          type: 'string',
          describe: 'A trial, or a point such as decov:0.1 or baseline',
        }),
    )
      .option('json', { type: 'boolean', default: false, describe: 'Write JSON, in full precision' })
      .example(...example('$0 show runs/mnist', 'the run and its trials'))
      .example(...example('$0 show runs/mnist decov:0.1', 'a point')),
  handler: (given) => {
    checkSingle(given);
    process.stdout.write(showOutput(given, standardOutput()));
  },
};
