/** `covgrad sweep`: train every trial of a sweep file. */
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { describeValue, printable } from '../printable.ts';
import { NAME, NAME_RULE } from '../record/run-name.ts';
import { type RunChange, SWEEP_FILE } from '../store/run.ts';
import type { StopReason, SweepResult } from '../sweep/events.ts';
import { EXIT, usageError } from './exit.ts';
import {
  checkNumber,
  checkSingle,
  checkThreads,
  DEFAULT_KERNEL,
  DEFAULT_THREADS,
  example,
  settingsOf,
} from './options.ts';
import type { ProgressDisplay } from './progress.ts';
import { refuseStandard, STANDARD } from './standard-streams.ts';
import { shellPath, shellWord, suggestedCommand } from './suggested-command.ts';
import { DEFAULT_RETRIES, type SweepArguments, sweepOptions } from './sweep-options.ts';

const MOST_RETRIES = 100;

export const sweepCommand: CommandModule<object, SweepArguments> = {
  builder: (yargs) =>
    sweepOptions(yargs)
      .example(...example('$0 sweep configs/mnist.yaml', 'results in runs/<name of the sweep>'))
      .example(...example('$0 sweep configs/mnist.yaml --name second', 'the same once more, in runs/second'))
      .example(...example('$0 sweep configs/mnist.yaml --set experiment.training.epochs=1', 'with one epoch'))
      .example(...example('$0 sweep configs/mnist.yaml --resume', 'go on after Ctrl-C or a crash')),
  handler: runSweepCommand,
};

async function runSweepCommand(given: SweepArguments): Promise<void> {
  const { file, directory: parent, resume, kernel } = given;
  checkSingle(given);
  refuseStandard('--directory', parent, 'a directory');
  const threads = checkThreads(given.threads);
  if (given.name !== undefined && !NAME.test(given.name)) {
    throw usageError(
      `--name: ${NAME_RULE}, got ${JSON.stringify(given.name)}. ` +
        'Say where the run is kept by --directory.',
    );
  }
  const acceptChanges = given['accept-changes'];
  if (acceptChanges && !resume) {
    throw usageError('--accept-changes: must stand beside --resume, got it alone. Add --resume.');
  }
  const maxSeconds = given['max-time'] === undefined ? undefined : await checkMaxTime(given['max-time']);
  const retries = checkNumber('--retries', given.retries, {
    rule: `a whole number from 0 to ${MOST_RETRIES}`,
    holds: (number) => Number.isInteger(number) && number >= 0 && number <= MOST_RETRIES,
    remedy: 'Leave it out to begin such a trial anew once.',
  });
  const { readSweepFile } = await import('./sweep-file.ts');
  const { config, text, base, notes } = await readSweepFile(file, settingsOf(given));
  for (const note of notes) process.stderr.write(`${printable(note)}\n`);
  const name = given.name ?? config.name;
  const directory = join(parent, name);

  const { runSweep } = await import('../sweep.ts');
  const display = await createDisplay(given);
  const controller = new AbortController();
  const { outlivesTerminal } = await import('./hangup.ts');
  const ignoresHangup = outlivesTerminal();
  const interrupt = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGHUP' && ignoresHangup) return;
    // A shell and the system may both tell of a terminal that is gone, which is no impatience.
    if (signal === 'SIGHUP' && controller.signal.aborted) return;
    if (controller.signal.aborted) {
      display.close();
      process.stderr.write(`Go on with: ${resumeCommand(given, directory)}\n`);
      process.exit(EXIT.interrupted);
    }
    controller.abort();
  };
  for (const name of STOP_SIGNALS) process.on(name, interrupt);
  let result: SweepResult;
  try {
    result = await runSweep({
      config,
      text,
      base,
      directory,
      name,
      threads,
      kernel,
      resume,
      acceptChanges,
      maxSeconds,
      retries,
      signal: controller.signal,
      onEvent(event) {
        display.show(event);
        if (event.type === 'planned') {
          const notes = event.notes ?? [];
          for (const line of [...notes.map(printable), ...describeChange(event.change)]) display.note(line);
        }
      },
    });
  } finally {
    display.close();
    for (const name of STOP_SIGNALS) process.off(name, interrupt);
  }
  report(result, given);
}

/** Signals after which running trials are stored as interrupted; a terminal that is closed sends SIGHUP. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is new in a run that goes on, a line each. */
function describeChange(change: RunChange | undefined): string[] {
  if (change === undefined) return [];
  const { differences, added, kept } = change;
  return [
    'Changed since the run began, and recorded:',
    ...differences.map((difference) => `  ${printable(difference)}`),
    ...(added > 0 ? [`  ${added} more trials`] : []),
    ...(kept > 0 ? [`  ${kept} trained before and no longer planned: kept`] : []),
  ];
}

async function checkMaxTime(value: unknown): Promise<number> {
  const { parseDuration } = await import('./duration.ts');
  const seconds = typeof value === 'object' ? undefined : parseDuration(String(value));
  if (seconds !== undefined) return seconds;
  throw usageError(
    `--max-time: must be a length of time such as 90s, 30m, 8h, 1:30:00 or 2-12:00:00, got ${describeValue(value)}. Leave it out to train to the end.`,
  );
}

/** The last words on stderr, the run directory on stdout. */
function report({ directory, trials, interrupted, stopped }: SweepResult, given: SweepArguments): void {
  const quiet = given.quiet || given.json;
  const counts = Object.entries(trials).filter(([, count]) => count > 0);
  if (!quiet) {
    const summary = counts.map(([status, count]) => `${count} ${status}`).join(', ');
    process.stderr.write(`Trials: ${summary}.${describeReason(stopped)}\n`);
  }
  if (interrupted) process.stderr.write(`Go on with: ${resumeCommand(given, directory)}\n`);
  else if (!quiet)
    process.stderr.write(`Compare with: ${suggestedCommand('compare', shellPath(directory))}\n`);
  if (interrupted && (stopped === undefined || stopped.why === 'signal')) {
    process.exitCode = EXIT.interrupted;
  } else {
    process.exitCode = trials.failed + trials.timeout > 0 ? EXIT.failedTrials : EXIT.done;
  }
  // A program gets the name as it is; a terminal must not be steered by it. The events tell it by themselves.
  if (!given.json) process.stdout.write(`${process.stdout.isTTY ? printable(directory) : directory}\n`);
}

function describeReason(stopped: StopReason | undefined): string {
  if (stopped?.why === 'max-time') return ' Stopped because --max-time is over.';
  return stopped?.why === 'target' ? ' Stopped because the target is reached.' : '';
}

/** Of a sweep from standard input the run has kept the file, with its settings in place. */
function resumeCommand(given: SweepArguments, run: string): string {
  const { file, name, directory, threads, kernel, set } = given;
  const kept = file === STANDARD;
  const words = ['sweep', shellPath(kept ? join(run, SWEEP_FILE) : file), '--resume'];
  if (!kept) for (const setting of settingsOf({ set })) words.push('--set', shellWord(setting));
  if (directory !== 'runs') words.push('--directory', shellPath(directory));
  if (name !== undefined) words.push('--name', name);
  if (threads !== DEFAULT_THREADS) words.push('--threads', String(threads));
  if (kernel !== DEFAULT_KERNEL) words.push('--kernel', kernel);
  if (given['max-time'] !== undefined) words.push('--max-time', shellWord(String(given['max-time'])));
  if (given.retries !== DEFAULT_RETRIES) words.push('--retries', String(given.retries));
  if (given.quiet) words.push('--quiet');
  if (given.json) words.push('--json');
  return suggestedCommand(...words);
}

async function createDisplay({ quiet, json }: SweepArguments): Promise<ProgressDisplay> {
  if (json) {
    const { createEventDisplay } = await import('./event-lines.ts');
    return createEventDisplay((text) => void process.stdout.write(text));
  }
  if (quiet) return { show() {}, note() {}, close() {} };
  if (process.stderr.isTTY && process.env.TERM !== 'dumb') {
    const { createBarDisplay } = await import('./bars.ts');
    return createBarDisplay(process.stderr);
  }
  const { createLineDisplay } = await import('./progress.ts');
  return createLineDisplay((text) => void process.stderr.write(text));
}
