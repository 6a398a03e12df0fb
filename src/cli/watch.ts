/** `covgrad watch`: a live view of a run that another process is training. */
import { setTimeout as wait } from 'node:timers/promises';
import picocolors from 'picocolors';
import type { CommandModule } from 'yargs';
import { type Comparison, compareRuns, type RunInput } from '../compare/compare.ts';
import { describeProgress, type RunProgress } from '../compare/progress.ts';
import { toAscii } from '../render/ascii.ts';
import { pointNamer } from '../render/names.ts';
import { describeEnding } from '../render/outcome.ts';
import { describeBest, renderWatched } from '../render/progress.ts';
import { isHeld } from '../store/lock.ts';
import { EXIT } from './exit.ts';
import { checkNumber, checkSingle, example } from './options.ts';
import { readRuns } from './read-runs.ts';
import { enterScreen } from './screen.ts';
import { readerGone } from './standard-streams.ts';
import { outputStyle, standardOutput } from './terminal.ts';

/** The command line of `covgrad watch`. */
export interface WatchArguments {
  readonly run: string;
  /** Seconds; a number, or what was given instead. */
  readonly interval: unknown;
  readonly ascii: boolean;
}

const LONGEST_INTERVAL = 3600;
const DEFAULT_INTERVAL = 1;
/** Reading takes at most this share of the time, however long the journal is. */
const READING_SHARE = 0.25;
const DEFAULT_ROWS = 24;

/** The yargs command. */
export const watchCommand: CommandModule<object, WatchArguments> = {
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'Run directory' })
      .option('interval', {
        requiresArg: true,
        default: DEFAULT_INTERVAL,
        describe: `Seconds from one look at the run to the next (default: ${DEFAULT_INTERVAL})`,
      })
      .option('ascii', { type: 'boolean', default: false, describe: 'Write ASCII characters only' })
      .example(...example('$0 watch runs/mnist', 'until it ends, or Ctrl-C'))
      .epilogue('Ctrl-C ends the view, not the sweep.'),
  handler: watch,
};

/** What a look at the run has found. */
interface Look {
  readonly run: RunInput;
  readonly comparison: Comparison;
  readonly progress: RunProgress;
  /** How long it took to read and to compare. */
  readonly milliseconds: number;
}

async function watch(given: WatchArguments): Promise<void> {
  checkSingle(given);
  const interval = checkNumber('--interval', given.interval, {
    rule: `seconds above 0, up to ${LONGEST_INTERVAL}`,
    holds: (number) => number > 0 && number <= LONGEST_INTERVAL,
    remedy: `Leave it out for ${DEFAULT_INTERVAL}.`,
  });
  // A run that is not there is an error of the user, and told before the screen changes.
  let look = lookAt(given.run);
  const stop = new AbortController();
  const interrupt = (): void => {
    process.exitCode = EXIT.interrupted;
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  // Watching is all this command does: nobody looks any more.
  const over = AbortSignal.any([stop.signal, readerGone]);
  const onScreen = process.stdout.isTTY && process.env.TERM !== 'dumb';
  const view = onScreen ? screenView(given, interval) : lineView(given);
  process.stdout.on('resize', () => view.show(look));
  try {
    for (;;) {
      view.show(look);
      if (look.progress.state !== 'running') break;
      await wait(1000 * pauseAfter(look, interval), undefined, { signal: over }).catch(() => {});
      if (over.aborted) break;
      look = lookAt(given.run);
    }
  } finally {
    view.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  const { ended, planned, state, failed } = look.progress;
  const text = `${state}: ${ended} of ${planned} trials ended, best ${describeBest(look.progress)}\n`;
  process.stdout.write(given.ascii ? toAscii(text) : text);
  if (!over.aborted && failed > 0) process.exitCode = EXIT.failedTrials;
}

function lookAt(directory: string): Look {
  const begunAt = performance.now();
  // In this order: what was written before the lock went is then read.
  const running = isHeldIfThere(directory);
  const [run] = readRuns([directory]) as [RunInput];
  const comparison = compareRuns([run]);
  const progress = describeProgress(run, running, comparison);
  return { run, comparison, progress, milliseconds: performance.now() - begunAt };
}

/** Seconds until the next look. */
function pauseAfter({ milliseconds }: Look, interval: number): number {
  return Math.max(interval, milliseconds / 1000 / READING_SHARE);
}

/** A directory that is missing is reported by the reading of the run, which knows what to say. */
function isHeldIfThere(directory: string): boolean {
  try {
    return isHeld(directory);
  } catch {
    return false;
  }
}

interface View {
  show(look: Look): void;
  close(): void;
}

/** The whole screen, drawn anew at every look. */
function screenView({ ascii }: WatchArguments, interval: number): View {
  const screen = enterScreen((text) => void process.stdout.write(text));
  process.once('exit', screen.leave);
  return {
    show(look) {
      const { run, comparison, progress } = look;
      const { width, color } = outputStyle(standardOutput());
      const height = process.stdout.rows || DEFAULT_ROWS;
      const pause = pauseAfter(look, interval);
      const style = { width, height, colors: picocolors.createColors(color), ascii, pause };
      const lines = renderWatched(progress, comparison, run.records, style);
      screen.draw(ascii ? lines.map(toAscii) : lines);
    },
    close() {
      screen.leave();
      process.off('exit', screen.leave);
    },
  };
}

/** Without a terminal: a line for each trial that has ended since the last look. */
function lineView({ ascii }: WatchArguments): View {
  const seen = new Set<string>();
  return {
    show({ run, progress }) {
      const nameOf = pointNamer(progress.rows);
      const names = new Map(progress.rows.map((row) => [row.point, nameOf(row)]));
      for (const record of run.records) {
        const key = `${record.id} ${record.timing.startedAt}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const name = names.get(record.point) ?? record.point;
        const line = `[${seen.size}/${progress.planned}] ${name} seed ${record.seed}: ${describeEnding(record)}\n`;
        process.stdout.write(ascii ? toAscii(line) : line);
      }
    },
    close() {},
  };
}
