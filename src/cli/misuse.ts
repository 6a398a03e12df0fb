/** Command lines that cannot be used: what yargs says about them, in the words of covgrad, and what it lets pass. */
import type { ConfigError } from '../errors.ts';
import { closestName } from '../suggestion.ts';
import { usageError } from './exit.ts';
import { STANDARD } from './standard-streams.ts';
import { shellPath } from './suggested-command.ts';

/** A command line and what could have stood in it. */
export interface CommandLine {
  readonly words: readonly string[];
  /** The commands with their arguments: `sweep <file>`. */
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
  const dashed = names.find((name) => name.startsWith('-') && name !== STANDARD);
  if (dashed === undefined) return [...words.slice(0, at), ...names];
  throw usageError(`--: a name must not begin with a dash, got "${dashed}". Write ${shellPath(dashed)}.`);
}

/**
 * Refuses one dash for two: yargs would take `-threads` for seven options, the second of them `-h`, and `-output` for
 * `-o utput`.
 *
 * Errors: ConfigError `USAGE`.
 */
export function checkDashes(words: readonly string[]): void {
  const word = words.find((each) => /^-(?!o(?!utput(?:$|=)))[a-z][a-z-]+(?:=|$)/i.test(each));
  if (word === undefined) return;
  throw usageError(`${word}: an option must have two dashes, got one. Write -${word}.`);
}

/**
 * Refuses what yargs reads in its own way: a flag with a value (`--json=out.json` would be false), an option that is
 * switched off like a flag (`--no-directory`), and nothing for a value, as a variable of a shell that is not set gives.
 *
 * Errors: ConfigError `USAGE`.
 */
export function checkFlags(
  words: readonly string[],
  options: readonly string[],
  flags: readonly string[],
): void {
  for (const [at, word] of words.entries()) {
    const [, off = ''] = /^--no-([^=]+)/s.exec(word) ?? [];
    if (options.includes(off) && !flags.includes(off)) {
      throw usageError(`--${off}: must have a value, got --no-${off}. Leave it out.`);
    }
    const [, empty = ''] =
      /^--([^=]+)$/s.exec(word === '' ? (words[at - 1] ?? '') : word.replace(/=$/, '')) ?? [];
    if ((word === '' || word.endsWith('=')) && options.includes(empty) && !flags.includes(empty)) {
      throw usageError(`--${empty}: must have a value, got "". Give one, or leave it out.`);
    }
    const [, name = '', value = ''] = /^--(?:no-)?([^=]+)=(.*)$/s.exec(word) ?? [];
    if (!flags.includes(name) || value === 'true' || value === 'false') continue;
    throw usageError(`--${name}: must stand without a value, got "${value}". Write --${name}.`);
  }
}

/** An option as it is typed. */
function asOption(name: string): string {
  return `${name.length === 1 ? '-' : '--'}${name}`;
}

/** The error for what yargs refuses with `message`; it says where the help is, unless it can guess what was meant. */
export function misuse(message: string, { words, commands: usages, options }: CommandLine): ConfigError {
  const commands = usages.map((usage) => usage.split(' ')[0] as string);
  const command = commands.find((name) => words.includes(name));
  const where = command === undefined ? 'covgrad' : `covgrad ${command}`;
  const complaint = (text: string, remedy = `See ${where} --help.`) => usageError(`${text}. ${remedy}`);

  const [, chosen, given, choices] = /Argument: (.+), Given: (.+), Choices: (.+)/.exec(message) ?? [];
  if (choices !== undefined) {
    const names = choices.replaceAll('"', '');
    const near = closestName(given?.replaceAll('"', '') ?? '', names.split(', '));
    return complaint(`--${chosen}: must be one of ${names}, got ${given}`, near && `Did you mean "${near}"?`);
  }
  const [, lacking] = /^Not enough arguments following: (.+)$/.exec(message) ?? [];
  if (lacking !== undefined) return complaint(`${asOption(lacking)}: must have a value, got none`);
  const [, required] = /^Missing required arguments?: (.+)$/.exec(message) ?? [];
  if (required !== undefined) {
    return complaint(`${where}: must have ${required.split(', ').map(asOption).join(' and ')}, got none`);
  }
  if (message.startsWith('Not enough non-option arguments')) {
    const usage = usages.find((each) => each.split(' ')[0] === command) ?? '<command>';
    return complaint(`${where}: an argument is missing`, `Write covgrad ${usage}.`);
  }

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
