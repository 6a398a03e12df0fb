/** `covgrad data`: what is in the data of a sweep file, as training sees them, or in files of data. */
import { extname } from 'node:path';
import type { CommandModule } from 'yargs';
import type { CommonOptions } from '../data/common-options.ts';
import type { FileFacts } from '../inspect/file-facts.ts';
import { checkSingle, example, type SettingArguments, settingOptions, settingsOf } from './options.ts';
import { type ReaderArguments, readerOptions, readerStyle } from './reader.ts';
import { STANDARD } from './standard-streams.ts';
import { asData, standardOutput } from './terminal.ts';

/** The command line of `covgrad data`. */
export interface DataArguments extends ReaderArguments, SettingArguments {
  readonly files: readonly string[];
  readonly json: boolean;
}

/** The yargs command. */
export const dataCommand: CommandModule<object, DataArguments> = {
  builder: (yargs) =>
    readerOptions(
      settingOptions(
        yargs.positional('files', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'Sweep files (YAML), or files of data: CSV, Parquet, npy, npz, safetensors, IDX, CIFAR',
        }),
      ),
    )
      .option('json', { type: 'boolean', default: false, describe: 'Write JSON, in full precision' })
      .example(...example('$0 data configs/mnist.yaml', 'the splits as training sees them'))
      .example(...example('$0 data measured.csv', 'columns, ranges, missing values'))
      .example(...example('$0 data arrays.npz#x', 'one array of several')),
  handler: runDataCommand,
};

async function runDataCommand(given: DataArguments): Promise<void> {
  const { files, ...single } = given;
  checkSingle(single);
  const terminal = standardOutput();
  const style = readerStyle(given, terminal);
  const settings = settingsOf(given);
  const all: unknown[] = [];
  for (const [position, file] of files.entries()) {
    const { json, lines } = isSweepFile(file) ? await sweepData(file, settings) : await fileData(file);
    if (given.json) all.push(json);
    else process.stdout.write(style.finish([...(position > 0 ? [''] : []), ...lines(style)]));
  }
  if (given.json) {
    process.stdout.write(asData(`${JSON.stringify(all.length === 1 ? all[0] : all, null, 2)}\n`, terminal));
  }
}

/** One argument, as data and as lines. */
interface Told {
  readonly json: unknown;
  lines(style: ReturnType<typeof readerStyle>): string[];
}

function isSweepFile(file: string): boolean {
  return file === STANDARD || ['.yaml', '.yml'].includes(extname(file).toLowerCase());
}

async function fileData(file: string): Promise<Told> {
  const { inspectFile } = await import('../inspect/file-facts.ts');
  const { renderDataFile } = await import('../render/data-file.ts');
  const inspected = await inspectFile(file);
  const json: FileFacts = inspected.facts;
  return { json, lines: (style) => renderDataFile(inspected, style) };
}

async function sweepData(file: string, settings: readonly string[]): Promise<Told> {
  const { readSweepFile } = await import('./sweep-file.ts');
  const { loadDataset } = await import('../data/load.ts');
  const { sourceOf } = await import('../data/sources.ts');
  const { DEFAULT_TASK } = await import('../data/task.ts');
  const { inspectDataset } = await import('../inspect/dataset-facts.ts');
  const { renderDataset } = await import('../render/dataset.ts');
  const { config, base } = await readSweepFile(file, settings);
  const { data, task = DEFAULT_TASK } = config.experiment;
  const dataset = await loadDataset(data, { task, base });
  const inspected = inspectDataset(dataset);
  const swept = Object.keys(config.sweep.parameters).filter((path) => /^(data|task)(\.|$)/.test(path));
  const notes =
    swept.length === 0
      ? []
      : [
          `${swept.join(', ')} varies in the sweep. These are the data of the experiment itself; --set chooses others.`,
        ];
  const how = (data as CommonOptions).normalize ?? sourceOf(data).normalize(dataset.train);
  const normalize = typeof how === 'string' ? how : `mean ${how.mean}, std ${how.std}`;
  const use = { sweep: config.name, task, normalize, notes };
  return {
    json: { ...use, ...inspected.facts, notes: [...notes, ...inspected.facts.notes] },
    lines: (style) => renderDataset(inspected, use, style),
  };
}
