/** What can stand next on a command line, for the completion of a shell. */
import { dirname } from 'node:path';
import yargs, { type CommandModule } from 'yargs';
import { CROSS_PENALTIES, PENALTIES } from '../kernel/catalogue.ts';
import { MEASURED } from '../record/measures.ts';
import { findRuns } from '../store/find-runs.ts';
import { SHELLS } from './completion-scripts.ts';

/** Options whose values are known but not checked by the parser, and whether several of them are joined by commas. */
const VALUES: Readonly<Record<string, { names(): string[]; joined: boolean }>> = {
  metric: { names: metrics, joined: false },
  sort: { names: metrics, joined: false },
  columns: { names: metrics, joined: true },
  pareto: { names: metrics, joined: true },
  penalties: { names: penalties, joined: true },
  from: { names: penalties, joined: false },
  to: { names: penalties, joined: false },
};

/** A command's arguments by their names in its usage. */
const ARGUMENTS: Readonly<Record<string, (begun: string) => string[]>> = {
  run: runsNear,
  runs: runsNear,
  ids: penalties,
  shell: () => [...SHELLS],
};

/**
 * The words that may stand in place of the last one, which may be empty. None where it is a path or anything else that
 * only the shell or the user knows.
 */
export async function completions(
  typed: readonly string[],
  commands: readonly CommandModule[],
): Promise<string[]> {
  const words = withoutSplits(typed);
  const begun = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const name = before.find((word) => !word.startsWith('-'));
  if (name === undefined) {
    const names = commands.map(({ command }) => String(command).split(' ')[0] as string);
    return matching(begun.startsWith('-') ? ['--help', '--version'] : names, begun);
  }
  const command = commands.find(({ command: usage }) => String(usage).split(' ')[0] === name);
  if (command === undefined) return [];

  const { key, boolean, choices } = await optionsOf(command);
  const takesValue = (word: string | undefined): string | undefined => {
    const option = /^--?([^=]+)$/.exec(word ?? '')?.[1];
    return option !== undefined && Object.hasOwn(key, option) && !boolean.includes(option)
      ? option
      : undefined;
  };
  const valuesOf = (option: string, value: string): string[] => {
    if (choices[option] !== undefined) return matching(choices[option], value);
    const known = Object.hasOwn(VALUES, option) ? VALUES[option] : undefined;
    if (known === undefined) return [];
    const done = known.joined ? value.slice(0, value.lastIndexOf(',') + 1) : '';
    return matching(
      known.names().map((each) => `${done}${each}`),
      value,
    );
  };
  const [, joined, value] = /^--([^=]+)=(.*)$/s.exec(begun) ?? [];
  if (joined !== undefined && value !== undefined) {
    // Bash and the like complete what stands behind the equals sign; `withoutSplits` has put the parts together.
    const whole = typed.at(-1)?.startsWith('--') ? `--${joined}=` : '';
    return valuesOf(joined, value).map((each) => `${whole}${each}`);
  }
  const option = takesValue(before.at(-1));
  if (option !== undefined) return valuesOf(option, begun);
  if (begun.startsWith('-')) {
    const argumentNames: readonly string[] = String(command.command).match(/[a-z]+/g) ?? [];
    return matching(
      Object.keys(key)
        .filter((each) => each.length > 1 && !argumentNames.slice(1).includes(each) && each !== 'version')
        .map((each) => `--${each}`),
      begun,
    );
  }
  const given = before.filter(
    (word, at) => !word.startsWith('-') && takesValue(before[at - 1]) === undefined,
  );
  const usage: readonly string[] = String(command.command).split(' ').slice(1);
  const place = usage[given.length - 1] ?? (usage.at(-1)?.includes('..') ? usage.at(-1) : undefined);
  const argument = /[a-z]+/.exec(place ?? '')?.[0] ?? '';
  return Object.hasOwn(ARGUMENTS, argument) ? matching(ARGUMENTS[argument]?.(begun) ?? [], begun) : [];
}

/** Bash takes an equals sign for a word of its own. */
function withoutSplits(typed: readonly string[]): string[] {
  const words: string[] = [];
  for (const [at, word] of typed.entries()) {
    const joins = word === '=' || (typed[at - 1] === '=' && at > 1);
    if (joins && words.at(-1)?.startsWith('--')) words[words.length - 1] += word;
    else words.push(word);
  }
  return words;
}

interface CommandOptions {
  readonly key: Readonly<Record<string, unknown>>;
  readonly boolean: readonly string[];
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

async function optionsOf({ builder }: CommandModule): Promise<CommandOptions> {
  const parser = yargs([]);
  if (typeof builder === 'function') await builder(parser);
  // Public in yargs, but its types leave it out.
  return (parser as unknown as { getOptions(): CommandOptions }).getOptions();
}

function matching(names: readonly string[], begun: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(begun));
}

function metrics(): string[] {
  return MEASURED.map(({ name }) => name);
}

function penalties(): string[] {
  return [...PENALTIES, ...CROSS_PENALTIES].map(({ id }) => id);
}

/** Runs in `runs`, and in the directory that has been typed. */
function runsNear(begun: string): string[] {
  const typed = begun.endsWith('/') ? begun : dirname(begun);
  return ['runs', ...(typed === '.' ? [] : [typed])].flatMap((directory) => {
    try {
      return findRuns(directory);
    } catch {
      return [];
    }
  });
}
