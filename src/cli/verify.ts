/** `covgrad verify`: trains recorded trials again and shows whether every number returns to the last bit. */
import type { CommandModule } from 'yargs';
import { compareRuns, type RunInput } from '../compare/compare.ts';
import { printable } from '../printable.ts';
import { hasResult, type Manifest } from '../record/record.ts';
import { nameOf } from '../render/names.ts';
import type { Verification, VerifiedTrial } from '../verify.ts';
import { EXIT, usageError } from './exit.ts';
import { checkSingle, checkThreads, example, threadsOption } from './options.ts';
import { chooseTrials, readRuns } from './read-runs.ts';

/** The command line of `covgrad verify`. */
export interface VerifyArguments {
  readonly run: string;
  readonly trial?: string | undefined;
  /** A number, or what was given instead. */
  readonly threads: unknown;
}

/** The yargs command. */
export const verifyCommand: CommandModule<object, VerifyArguments> = {
  builder: (yargs) =>
    threadsOption(
      yargs
        .positional('run', { type: 'string', demandOption: true, describe: 'Run directory' })
        .positional('trial', {
          type: 'string',
          describe: 'A trial, or a point such as decov:0.1 (default: all that came to an end)',
        }),
    )
      .example(...example('$0 verify runs/mnist', 'all trials that came to an end'))
      .example(...example('$0 verify runs/mnist decov:0.1', 'all seeds of a point'))
      .epilogue('Exit codes: 0 all numbers returned, 1 some differ, 130 interrupted.'),
  handler: verify,
};

async function verify(given: VerifyArguments): Promise<void> {
  checkSingle(given);
  const threads = checkThreads(given.threads);
  const [run] = readRuns([given.run]) as [RunInput];
  const recordOf = new Map(run.records.map((record) => [record.id, record]));
  const chosen = given.trial === undefined ? run.manifest.trials : chooseTrials(given.trial, run);
  const trials = chosen.filter(({ id }) => {
    // What was stopped, or failed by something outside, is no result that could return.
    const record = recordOf.get(id);
    return record !== undefined && hasResult(record);
  });
  if (trials.length === 0) {
    throw usageError(
      `${given.trial ?? given.run}: must have a trial that is complete, pruned or diverged, got none. Train it first, or name another.`,
    );
  }
  const { verifyTrials } = await import('../verify.ts');
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    process.stderr.write('Stopping after the current epoch. Press Ctrl-C again to leave at once.\n');
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const { rows } = compareRuns([run]);
  let done = 0;
  try {
    const verification = await verifyTrials({
      manifest: run.manifest,
      records: run.records,
      trials,
      threads,
      signal: controller.signal,
      onTrial(result) {
        done += 1;
        if (result.interrupted) return;
        const { id, point, seed } = result.spec;
        const row = rows.find((each) => each.point === point);
        const position = `[${String(done).padStart(String(trials.length).length)}/${trials.length}]`;
        process.stdout.write(
          `${position} ${row === undefined ? printable(point) : nameOf(row, rows)}, seed ${seed} (${printable(id)}): ${describe(result)}\n`,
        );
      },
    });
    report(verification, run.manifest.kernel);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function describe({ numbers, deviation }: VerifiedTrial): string {
  if (deviation === null) return `all ${numbers} numbers return to the last bit`;
  const { epoch, path, recorded, again } = deviation;
  const where = epoch === null ? path : `epoch ${epoch}, ${path}`;
  return printable(`DIFFERS first in ${where}: recorded ${recorded}, now ${again}`);
}

function report(
  { trials: results, sameKernel, tile, notes }: Verification,
  recorded: Manifest['kernel'],
): void {
  const interrupted = results.filter((result) => result.interrupted).length;
  const differing = results.filter(({ deviation }) => deviation !== null).length;
  const same = results.length - interrupted - differing;
  if (!sameKernel) {
    process.stderr.write('The kernel is another build than that of the run, so the last bits may differ.\n');
  }
  for (const note of notes) process.stderr.write(`${printable(note)}\n`);
  const then = recorded.tile === undefined || recorded.tile === tile ? '' : ` (the run: ${recorded.tile})`;
  const on = tile === null ? '' : `, with the ${tile} tile${then}`;
  process.stderr.write(
    `Verified: ${same} the same, ${differing} different${interrupted > 0 ? `, ${interrupted} not done` : ''}${on}.\n`,
  );
  process.exitCode = differing > 0 ? EXIT.error : interrupted > 0 ? EXIT.interrupted : EXIT.done;
}
