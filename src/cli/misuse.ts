/** Command lines that cannot be used: what yargs says about them, in the words of covgrad, and what it lets pass. */
import type { ConfigError } from '../errors.ts';
import { closestName } from '../suggestion.ts';
import { usageError } from './exit.ts';

/** A command line and what could have stood in it. */
export interface CommandLine {
  readonly words: readonly string[];
  /** Names of the commands. */
  readonly commands: readonly string[];
  /** Names of the options of the command that was given. */
  readonly options: readonly string[];
}

/**
 * The words without a `--` between options and names, which yargs takes for the end of everything.
 *
 * Errors: ConfigError `USAGE` for a name after it that begins with a dash.
 */
export function withoutSeparator(words: readonly string[]): string[] {
  const at = words.indexOf('--');
  if (at === -1) return [...words];
  const names = words.slice(at + 1);
  const dashed = names.find((name) => name.startsWith('-'));
  if (dashed === undefined) return [...words.slice(0, at), ...names];
  throw usageError(`--: a name must not begin with a dash, got "${dashed}". Write ./${dashed}.`);
}

/** Errors: ConfigError `USAGE` for a flag with a value, such as `--json=out.json`, which yargs takes for false. */
export function checkFlags(words: readonly string[], flags: readonly string[]): void {
  for (const word of words) {
    const [, name = '', value = ''] = /^--(?:no-)?([^=]+)=(.*)$/s.exec(word) ?? [];
    if (!flags.includes(name) || value === 'true' || value === 'false') continue;
    throw usageError(`--${name}: must stand without a value, got "${value}". Write --${name}.`);
  }
}

/** The error for what yargs refuses with `message`; it says where the help is, unless it can guess what was meant. */
export function misuse(message: string, { words, commands, options }: CommandLine): ConfigError {
  const command = commands.find((name) => words.includes(name));
  const where = command === undefined ? 'covgrad' : `covgrad ${command}`;
  const complaint = (text: string, remedy = `See ${where} --help.`) => usageError(`${text}. ${remedy}`);

  const [, chosen, given, choices] = /Argument: (.+), Given: (.+), Choices: (.+)/.exec(message) ?? [];
  if (choices !== undefined) {
    return complaint(`--${chosen}: must be one of ${choices.replaceAll('"', '')}, got ${given}`);
  }
  const [, lacking] = /^Not enough arguments following: (.+)$/.exec(message) ?? [];
  if (lacking !== undefined) return complaint(`--${lacking}: must have a value, got none`);

  const [, unknown] = /^Unknown arguments?: (.*)$/s.exec(message) ?? [];
  if (unknown === undefined) return complaint(`${where}: ${message}`);
  const names = unknown.split(', ');
  const asTyped = (name: string) => words.find((word) => /^--?(?:no-)?([^=]*)/s.exec(word)?.[1] === name);
  const wrongCommand = command === undefined ? names.find((name) => asTyped(name) === undefined) : undefined;
  const [name = ''] = wrongCommand === undefined ? names : [wrongCommand];
  const [option] = asTyped(name)?.split('=') ?? [];
  if (option !== undefined) {
    const near = closestName(name, options);
    return complaint(`${where}: unknown option ${option}`, near && `Did you mean --${near}?`);
  }
  const near = wrongCommand === undefined ? undefined : closestName(name, commands);
  const kind = wrongCommand === undefined ? 'argument' : 'command';
  return complaint(`${where}: unknown ${kind} "${name}"`, near && `Did you mean "${near}"?`);
}
