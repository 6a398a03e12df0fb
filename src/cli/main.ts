#!/usr/bin/env node
/** The command line: finds the command, and turns whatever happens into a message and an exit code. */
import { setFlagsFromString } from 'node:v8';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { storeFailure } from '../store/failure.ts';
import { VERSION } from '../version.ts';
import { compareCommand } from './compare.ts';
import { EXIT, reportError } from './exit.ts';
import { gradcheckCommand } from './gradcheck.ts';
import { checkFlags, misuse, withoutSeparator } from './misuse.ts';
import { planCommand } from './plan.ts';
import { runsCommand } from './runs.ts';
import { showCommand } from './show.ts';
import { sweepCommand } from './sweep.ts';
import { verifyCommand } from './verify.ts';
import { watchCommand } from './watch.ts';

const WIDEST_HELP = 100;

// Node 20 has relaxed SIMD, which the fma build needs, behind a flag; later versions have it without.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

// A reader that has seen enough (`| head`) is no error, and a closed stderr must not end a sweep.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') reportError(storeFailure('write', 'standard output', error));
  process.exit();
});
process.stderr.on('error', () => {});
process.on('uncaughtException', (error) => {
  reportError(error);
  process.exit();
});

/** Messages of yargs in clearer words. It takes plural forms, which its types do not know. */
const MESSAGES = {
  'Not enough non-option arguments: got %s, need at least %s': {
    one: 'an argument is missing, got %s of at least %s',
    other: 'an argument is missing, got %s of at least %s',
  },
} as unknown as Record<string, string>;

const COMMANDS = [
  sweepCommand,
  planCommand,
  compareCommand,
  showCommand,
  runsCommand,
  watchCommand,
  verifyCommand,
  gradcheckCommand,
];

const names = COMMANDS.map(({ command }) => String(command).split(' ')[0] as string);

try {
  const words = withoutSeparator(hideBin(process.argv));
  const parser = yargs(words);
  // Public in yargs, but its types leave it out.
  const options = (): { key: object; boolean: string[] } =>
    (parser as unknown as { getOptions(): ReturnType<typeof options> }).getOptions();
  await parser
    .scriptName('covgrad')
    .usage(
      '$0 <command>\n\nWhich decorrelation penalty, at which weight, decorrelates activations, and what it costs.',
    )
    .command(sweepCommand)
    .command(planCommand)
    .command(compareCommand)
    .command(showCommand)
    .command(runsCommand)
    .command(watchCommand)
    .command(verifyCommand)
    .command(gradcheckCommand)
    .example('$0 plan configs/mnist.yaml', 'what a sweep will train, and how long it may take')
    .example('$0 sweep configs/mnist.yaml', 'train it, with the results in runs/')
    .example('$0 compare runs/mnist', 'which penalty wins')
    .epilogue(
      'Exit codes: 0 done, 1 error, 2 wrong usage or configuration, 3 finished with failed trials, 130 interrupted.',
    )
    .demandCommand(1, 'a command is missing')
    .strict()
    .parserConfiguration({ 'dot-notation': false })
    .detectLocale(false)
    .updateStrings(MESSAGES)
    .version(VERSION)
    .help()
    .alias({ help: 'h' })
    .wrap(Math.min(process.stdout.columns ?? WIDEST_HELP, WIDEST_HELP))
    .exitProcess(false)
    .middleware(() => checkFlags(words, options().boolean), true)
    .fail((message, error: Error | undefined) => {
      // yargs has an error class of its own, for options that lack their value.
      if (error !== undefined && error.name !== 'YError') throw error;
      const known = Object.keys(options().key);
      throw misuse(message ?? error?.message, { words, commands: names, options: known });
    })
    .parseAsync();
  process.exitCode ??= EXIT.done;
} catch (error) {
  reportError(error);
}
