/** `covgrad runs`: the runs in a directory, how far they are and what was best in them. */
import type { CommandModule } from 'yargs';
import { describeProgress } from '../compare/progress.ts';
import { StoreError } from '../errors.ts';
import { type FoundRun, renderRuns, runsAsText } from '../render/progress.ts';
import { findRuns } from '../store/find-runs.ts';
import { isHeld } from '../store/lock.ts';
import { openRun } from '../store/run.ts';
import { usageError } from './exit.ts';
import { checkSingle, example } from './options.ts';
import { type ReaderArguments, readerOptions, readerStyle } from './reader.ts';
import { refuseStandard } from './standard-streams.ts';
import { asData, standardOutput, type Terminal } from './terminal.ts';

/** The command line of `covgrad runs`. */
export interface RunsArguments extends ReaderArguments {
  readonly directory: string;
  readonly json?: boolean | undefined;
}

/** The whole output of the command. */
export function runsOutput(given: RunsArguments, terminal: Terminal): string {
  const style = readerStyle(given, terminal);
  refuseStandard('directory', given.directory, 'a directory that holds runs');
  const found = find(given.directory).map(lookAt);
  if (given.json) return asData(`${JSON.stringify(found.map(withoutRows), null, 2)}\n`, terminal);
  if (found.length === 0) {
    throw usageError(
      `${given.directory}: must hold runs, got none. Start one by covgrad sweep, or name another directory.`,
    );
  }
  return style.finish(style.drawn ? renderRuns(found, style) : runsAsText(found));
}

/** The directories of the runs. Errors: ConfigError `USAGE` where there is no directory; StoreError. */
function find(directory: string): string[] {
  try {
    return findRuns(directory);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    const got = code === 'ENOENT' ? 'no such directory' : 'a file';
    throw usageError(
      `${directory}: must be a directory that holds runs, got ${got}. Start a run by covgrad sweep, or name another directory.`,
    );
  }
}

/** One damaged run must not hide the others. */
function lookAt(directory: string): FoundRun {
  try {
    const { manifest, records } = openRun(directory);
    return {
      directory,
      progress: describeProgress({ name: manifest.name, manifest, records }, isHeld(directory)),
    };
  } catch (error) {
    if (error instanceof StoreError) return { directory, problem: error.message };
    throw error;
  }
}

function withoutRows(run: FoundRun): object {
  if (!('progress' in run)) return run;
  const { rows: _rows, ...progress } = run.progress;
  return { directory: run.directory, ...progress };
}

/** The yargs command. */
export const runsCommand: CommandModule<object, RunsArguments> = {
  builder: (yargs) =>
    readerOptions(
      yargs.positional('directory', {
        type: 'string',
        default: 'runs',
        describe: 'Where runs are kept (default: runs)',
      }),
    )
      .option('json', { type: 'boolean', default: false, describe: 'Write JSON' })
      .example(...example('$0 runs', 'all runs in runs/'))
      .example(...example('$0 runs elsewhere --json', 'those in another directory, for a program')),
  handler: (given) => {
    checkSingle(given);
    process.stdout.write(runsOutput(given, standardOutput()));
  },
};
