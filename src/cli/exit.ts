/** How the command line ends: exit codes, and what it says about an error. */
import { ConfigError, CovgradError } from '../errors.ts';
import { printableLines } from '../printable.ts';
import { environmentFailure } from './environment.ts';

/** Exit codes, as the help lists them. */
export const EXIT = { done: 0, error: 1, usage: 2, failedTrials: 3, interrupted: 130 } as const;

/** A command line that cannot be used: `<option>: <rule>, got <value>. <remedy>`. */
export function usageError(message: string): ConfigError {
  return new ConfigError('USAGE', message);
}

/** Errors of other kinds whose cause is what the user asked for: they name a run, or a place, that cannot be meant. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'RUN_MISSING',
  'RUN_EXISTS',
  'RUN_DIFFERS',
  'DIRECTORY_NOT_EMPTY',
  'EXPORT_TARGET',
]);

function exitCodeOf(error: unknown): number {
  const usage =
    error instanceof CovgradError && (error instanceof ConfigError || USAGE_CODES.has(error.code));
  return usage ? EXIT.usage : EXIT.error;
}

/** Say on stderr what went wrong and set the exit code. A stack trace appears only for a defect, and only on demand. */
export function reportError(error: unknown): void {
  process.exitCode = exitCodeOf(error);
  // File names and values come from outside: nothing in them may steer the terminal.
  if (error instanceof CovgradError) {
    process.stderr.write(`${printableLines(error.message)}\n`);
    return;
  }
  const reason = environmentFailure(error);
  if (reason !== undefined) {
    process.stderr.write(`${printableLines(reason)}\n`);
    return;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.stderr.write(
    `covgrad met an unexpected error: ${printableLines(message)}\n` +
      'This is a defect of covgrad, please report it; COVGRAD_DEBUG=1 shows where it arose.\n',
  );
  if (process.env.COVGRAD_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}
