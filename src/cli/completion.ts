/** `covgrad completion`: a script by which a shell completes the words of a command line. */
import { basename } from 'node:path';
import type { CommandModule } from 'yargs';
import { describeValue } from '../printable.ts';
import { SCRIPTS, SHELLS } from './completion-scripts.ts';
import { usageError } from './exit.ts';
import { example } from './options.ts';

/** The command line of `covgrad completion`. */
export interface CompletionArguments {
  readonly shell?: string | undefined;
}

export const completionCommand: CommandModule<object, CompletionArguments> = {
  builder: (yargs) =>
    yargs
      .positional('shell', {
        type: 'string',
        describe: `Shell to write the script for: ${SHELLS.join(', ')} (default: that of $SHELL)`,
      })
      .example(
        ...example('eval "$($0 completion bash)"', 'complete commands, options and runs, in ~/.bashrc'),
      )
      .epilogue(
        'The script calls covgrad by its name: it must be found on the PATH, as npm install --global puts it.',
      ),
  handler: (given) => {
    process.stdout.write(completionScript(given.shell, process.env));
  },
};

/** The script for a shell. Errors: ConfigError `USAGE`. */
export function completionScript(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const asked = given ?? basename(environment.SHELL ?? '');
  const shell = SHELLS.find((each) => each === asked);
  if (shell !== undefined) return SCRIPTS[shell];
  throw usageError(
    `shell: must be one of ${SHELLS.join(', ')}, got ${describeValue(asked === '' ? undefined : asked)}. Write covgrad completion bash.`,
  );
}
