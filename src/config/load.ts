/** From the text of a sweep file to a checked configuration, with every problem at its line and column. */

import { ConfigError, type ConfigProblem } from '../errors.ts';
import { printable } from '../printable.ts';
import { checkSpace, type Sampling } from './check.ts';
import { MOST_CHARACTERS, readYaml } from './document.ts';
import { type Finding, findProblems } from './findings.ts';
import { isMapping } from './mapping.ts';
import { configNotes, interpret } from './notes.ts';
import { type Override, parseOverride } from './override.ts';
import {
  EXPERIMENT,
  findParameters,
  isInside,
  PARAMETERS,
  parameterPathProblems,
  type SweptParameter,
  sweptPaths,
} from './parameters.ts';
import { fillSwept, valueAt } from './point.ts';
import { type SweepConfig, sweepFileSchema } from './schema.ts';
import { dimensionsOf, firstPoint } from './space.ts';
import { readTextFile, readTextStream } from './text-file.ts';

/** In UTF-8 what counts as one character here takes at most three bytes. */
const MOST_BYTES = 3 * MOST_CHARACTERS;

/** A sweep file that can be planned. */
export interface LoadedSweep {
  readonly config: SweepConfig;
  /** The file as it is, with what was set on the command line in its place. */
  readonly text: string;
  /** What a user should know although nothing is wrong, ready to print. */
  readonly notes: readonly string[];
}

/**
 * Reads and checks a sweep file, with settings `path=value` in place of what it says itself.
 *
 * Errors: ConfigError CONFIG_UNREADABLE when there is no such file or it is not text, OVERRIDE_INVALID for a setting
 * that is none, CONFIG_INVALID as {@link parseSweepConfig}.
 */
export async function loadSweepConfig(file: string, settings: readonly string[] = []): Promise<LoadedSweep> {
  const overrides = settings.map(parseOverride);
  return readSweep(await readTextFile(file, MOST_BYTES), file, overrides);
}

/** {@link loadSweepConfig} from a stream, such as standard input, which messages call `name`. */
export async function loadSweepStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  settings: readonly string[] = [],
): Promise<LoadedSweep> {
  const overrides = settings.map(parseOverride);
  return readSweep(await readTextStream(stream, name, MOST_BYTES), name, overrides);
}

/**
 * Checks the text of a sweep file; `file` is its name in the messages.
 *
 * What is valid here can be planned: every point of a grid has been checked, and every value that is drawn from. A key
 * that is swept need not be given in the experiment, which then takes the first of the values.
 * Errors: ConfigError CONFIG_INVALID with all problems, in the order of the text; its message has a line for each.
 */
export function parseSweepConfig(text: string, file: string): SweepConfig {
  return readSweep(text, file, []).config;
}

function readSweep(given: string, file: string, overrides: readonly Override[]): LoadedSweep {
  const reading = readYaml(given, overrides);
  if ('problems' in reading) throw invalid(file, reading.problems);
  const { document } = reading;
  const { locate, flagOf, text } = document;
  const { value, notes } = interpret(document);

  const swept = findParameters(valueAt(value, PARAMETERS));
  const misplaced = new Set(parameterPathProblems(swept).map(({ location }) => location));
  const usable = swept.filter(({ location }) => !misplaced.has(location));
  const base = valueAt(value, EXPERIMENT);
  const experiment = isMapping(base) ? fillSwept(base, firstPoint(dimensionsOf(usable))) : base;
  const input = isMapping(value) && isMapping(experiment) ? { ...value, experiment } : value;

  const checked = sweepFileSchema.safeParse(input);
  const findings = checked.success ? [] : findProblems(checked.error.issues, input);
  const written = findings.filter(({ path }) => !isFilled(path, value, usable));
  if (isMapping(experiment)) {
    const checkedBase = checked.success ? checked.data.experiment : experiment;
    written.push(...checkSpace(checkedBase, usable, samplingOf(checked.data, value), findings));
  }
  if (!checked.success || written.length > 0) {
    throw invalid(
      file,
      written.map(({ path, at, message }) => ({
        ...locate(path, at),
        path: printable(path.join('.')),
        message,
        flag: flagOf(path),
      })),
    );
  }
  const config = checked.data;
  const said = [...notes, ...configNotes(value, config, swept)].map(({ path, message }) => {
    const { line, column } = locate(path, 'key');
    const where = flagOf(path) ?? `${file}:${line}:${column}`;
    return `${where}: ${printable(path.join('.'))}: ${message}.`;
  });
  return { config, text, notes: said };
}

/** How points are chosen; of a section with problems as much as can be made out. */
function samplingOf(config: SweepConfig | undefined, value: unknown): Sampling {
  if (config !== undefined) {
    const { method, seeds, run_cap: runCap, zip } = config.sweep;
    return { method, seeds: seeds.length, runCap, zip };
  }
  const method = valueAt(value, ['sweep', 'method']) ?? 'grid';
  return method === 'grid' ? { method, seeds: 1 } : { method: 'random', seeds: 1, runCap: 1 };
}

/**
 * Whether a finding is about a swept value that the experiment does not have itself: the grid reports it at its place,
 * and the schema an entry that is not well-formed.
 */
function isFilled(path: Finding['path'], value: unknown, parameters: readonly SweptParameter[]): boolean {
  const dotted = path.join('.');
  return sweptPaths(valueAt(value, PARAMETERS)).some((swept) => {
    const conditional = parameters.some((parameter) => parameter.path === swept && parameter.when);
    const own = [...EXPERIMENT, ...swept.split('.')];
    return !conditional && isInside(dotted, own.join('.')) && valueAt(value, own) === undefined;
  });
}

/** The error for a file with problems, its message ready to print. */
function invalid(file: string, problems: readonly Omit<ConfigProblem, 'file'>[]): ConfigError {
  const sorted = problems
    .map((problem) => ({ file, ...problem }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(({ line, column, path, message, flag }) => {
    const sentence = /[.?!]$/.test(message) ? message : `${message}.`;
    if (flag !== undefined) return `${flag}: ${sentence}`;
    return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${sentence}`;
  });
  if (lines.length > 1) lines.push(`${lines.length} problems in ${file}.`);
  return new ConfigError('CONFIG_INVALID', lines.join('\n'), sorted);
}
