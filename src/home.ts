/** Paths in the home directory: a shell does not expand `--directory=~/runs`, nor what stands in quotes. */
import { homedir } from 'node:os';
import { ConfigError } from './errors.ts';

/** A word that is, or an option whose value is, a path that begins with a tilde; the name of a user may follow it. */
const TILDE = /^(--?[a-z-]+=)?~([^/]*)(\/.*)?$/is;

/**
 * A path, or a word of the command line, with `~/` as the home directory. No option has values that begin so and are no path.
 *
 * Errors: ConfigError `USAGE` for the home directory of somebody else, which only a shell knows.
 */
export function expandHome(word: string, home: string = homedir()): string {
  const [, option = '', user = '', rest = ''] = TILDE.exec(word) ?? [];
  if (!TILDE.test(word)) return word;
  if (user === '') return `${option}${home}${rest}`;
  const path = word.slice(option.length);
  throw new ConfigError(
    'USAGE',
    `${option.slice(0, -1) || path}: a path must begin with ~/ or be written out, got "${path}". Write ./${path} for a file of that name.`,
  );
}
