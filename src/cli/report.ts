/** `covgrad report`: writes stored runs as one HTML file, to be shown to others. */
import { type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { compareRuns } from '../compare/compare.ts';
import { printable } from '../printable.ts';
import { renderReport } from '../render/report/report.ts';
import { writeAtomically } from '../store/atomic.ts';
import { checkMargin, MARGIN_OPTION } from './compare-options.ts';
import { usageError } from './exit.ts';
import { checkSingle, example } from './options.ts';
import { readRuns } from './read-runs.ts';
import { placeName, STANDARD } from './standard-streams.ts';
import { shellPath } from './suggested-command.ts';
import { asData, standardOutput } from './terminal.ts';

/** The command line of `covgrad report`. */
export interface ReportArguments {
  readonly runs: readonly string[];
  readonly output: string;
  readonly layer?: string | undefined;
  /** Percentage points; a number, or what was given instead. */
  readonly margin: unknown;
}

const DEFAULT_OUTPUT = 'report.html';

/** What was written: in words, and the report itself where it is for standard output. */
export interface WrittenReport {
  readonly said: string;
  readonly text?: string | undefined;
}

/** Writes the report and says so. */
export async function writeReport(given: ReportArguments): Promise<WrittenReport> {
  const margin = checkMargin(given.margin);
  checkOutput(given.output, given.runs);
  const runs = readRuns(given.runs);
  const comparison = compareRuns(runs, { layer: given.layer, margin: margin / 100 });
  checkLayer(given.layer, comparison.runs.flatMap(({ layers }) => layers).length > 0);
  const text = await renderReport({ runs, comparison, layer: given.layer });
  const standard = given.output === STANDARD;
  if (!standard) writeAtomically(given.output, text);
  const points = comparison.rows.length;
  const names = comparison.runs.map(({ name }) => printable(name)).join(', ');
  const said = `${placeName(given.output)}: ${points} ${points === 1 ? 'point' : 'points'} of ${names}, ${sizeOf(text)}\n`;
  return { said, ...(standard && { text }) };
}

/** A file or nothing may stand there. A device would be replaced like a file, and a run is worth more than any report on it. */
function checkOutput(output: string, runs: readonly string[]): void {
  const refuse = (found: string, remedy: string): never => {
    throw usageError(
      `--output: must name a file to write, got ${found} at "${printable(output)}". ${remedy}`,
    );
  };
  if (output === STANDARD) return;
  const suggestion = `Write --output ${shellPath(join(output, DEFAULT_OUTPUT))}.`;
  if (output === '') refuse('nothing', `Leave it out for ${DEFAULT_OUTPUT}.`);
  const found = lookAt(output);
  if (found?.isDirectory() || /[\\/]$/.test(output)) refuse('a directory', suggestion);
  if (found !== undefined && !found.isFile()) refuse('a pipe or a device', 'Choose another place.');
  const path = resolve(output);
  const inside = runs.some((run) => resolve(run) === dirname(path));
  if (inside && found !== undefined && !/\.html?$/i.test(path)) {
    refuse('a file of the run', `Write --output ${shellPath(join(dirname(output), DEFAULT_OUTPUT))}.`);
  }
}

/** What stands at a path, as far as it can be told: whatever forbids to look there will forbid to write. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function checkLayer(layer: string | undefined, found: boolean): void {
  if (layer === undefined || found) return;
  throw usageError(
    `--layer: must name a penalized layer of the runs, got "${printable(layer)}". covgrad compare shows above its table which there are.`,
  );
}

function sizeOf(text: string): string {
  return `${Math.ceil(Buffer.byteLength(text) / 1000).toLocaleString('en')} kB`;
}

/** The yargs command. */
export const reportCommand: CommandModule<object, ReportArguments> = {
  builder: (yargs) =>
    yargs
      .positional('runs', { describe: 'Run directories', type: 'string', array: true, demandOption: true })
      .option('output', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: `File to write, replacing one that exists; - for standard output (default: ${DEFAULT_OUTPUT})`,
        default: DEFAULT_OUTPUT,
      })
      .option('layer', {
        type: 'string',
        requiresArg: true,
        describe: 'Measure this layer only, not the mean over all',
      })
      .option('margin', MARGIN_OPTION)
      .example(
        ...example(
          '$0 report runs/mnist -o mnist.html',
          'one file with the verdict, the table and all pictures',
        ),
      ),
  handler: async (given) => {
    const { runs: _runs, ...options } = given;
    checkSingle(options);
    const { said, text } = await writeReport(given);
    if (text === undefined) {
      process.stdout.write(said);
      return;
    }
    process.stdout.write(asData(text, standardOutput()));
    process.stderr.write(said);
  },
};
