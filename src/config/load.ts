/** From the text of a sweep file to a checked configuration, with every problem at its line and column. */

import { dirname, resolve } from 'node:path';
import { ConfigError, type ConfigProblem } from '../errors.ts';
import { abbreviate, printable } from '../printable.ts';
import { isMapping } from '../schema/mapping.ts';
import { valueAt } from '../schema/value-at.ts';
import { checkSpace, type Sampling } from './check.ts';
import { MOST_CHARACTERS, readYaml } from './document.ts';
import { findProblems } from './findings.ts';
import { limitNotes } from './limits.ts';
import { configNotes, interpret } from './notes.ts';
import { type Override, parseOverride } from './override.ts';
import {
  EXPERIMENT,
  findParameters,
  PARAMETERS,
  parameterPathProblems,
  type SweptParameter,
  sweptPaths,
} from './parameters.ts';
import { fillSwept } from './point.ts';
import { type SweepConfig, sweepFileSchema } from './schema.ts';
import { dimensionsOf, firstPoint } from './space.ts';
import { readTextFile, readTextStream } from './text-file.ts';

/** In UTF-8 what counts as one character here takes at most three bytes. */
const MOST_BYTES = 3 * MOST_CHARACTERS;

/** Problems and notes that a message lists; a program gets all problems with the error. */
const MOST_SHOWN = 20;
/** Most parameters that are swept. */
const MOST_PARAMETERS = 1000;

/** A sweep file that can be planned. */
export interface LoadedSweep {
  readonly config: SweepConfig;
  /** The file as it is, with what was set on the command line in its place. */
  readonly text: string;
  /** Directory of the file: relative paths in it begin there. */
  readonly base: string;
  /** What a user should know although nothing is wrong, ready to print. */
  readonly notes: readonly string[];
}

/** Told how many of the points of a sweep are checked; `most` is how many there are. */
export type CheckProgress = (points: number, most: number) => void;

/**
 * Reads and checks a sweep file, with settings `path=value` in place of what it says itself.
 *
 * Errors: ConfigError CONFIG_UNREADABLE when there is no such file or it is not text, OVERRIDE_INVALID for a setting
 * that is none, CONFIG_INVALID as {@link parseSweepConfig}.
 */
export async function loadSweepConfig(
  file: string,
  settings: readonly string[] = [],
  onProgress?: CheckProgress,
): Promise<LoadedSweep> {
  const overrides = settings.map(parseOverride);
  const loaded = readSweep(await readTextFile(file, MOST_BYTES), file, overrides, onProgress);
  return { ...loaded, base: dirname(resolve(file)) };
}

/** {@link loadSweepConfig} from a stream, such as standard input, which messages call `name`. */
export async function loadSweepStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  settings: readonly string[] = [],
  onProgress?: CheckProgress,
): Promise<LoadedSweep> {
  const overrides = settings.map(parseOverride);
  return readSweep(await readTextStream(stream, name, MOST_BYTES), name, overrides, onProgress);
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

function readSweep(
  given: string,
  file: string,
  overrides: readonly Override[],
  onProgress?: CheckProgress,
): LoadedSweep {
  const reading = readYaml(given, overrides);
  if ('problems' in reading) throw invalid(file, reading.problems);
  const { document } = reading;
  const { locate, flagOf, sourceOf, text } = document;
  const { value, notes } = interpret(document);

  const swept = findParameters(valueAt(value, PARAMETERS));
  const count = sweptPaths(valueAt(value, PARAMETERS)).length;
  if (count > MOST_PARAMETERS) {
    const message = `a sweep must have at most ${MOST_PARAMETERS} parameters, got ${count}. Sweep whole sections, or fewer keys`;
    throw invalid(file, [{ ...locate(PARAMETERS, 'key'), path: PARAMETERS.join('.'), message }]);
  }
  const misplaced = new Set(parameterPathProblems(swept).map(({ location }) => location));
  const usable = swept.filter(({ location }) => !misplaced.has(location));
  const base = valueAt(value, EXPERIMENT);
  const experiment = isMapping(base) ? fillSwept(base, firstPoint(dimensionsOf(usable))) : base;
  const input = isMapping(value) && isMapping(experiment) ? { ...value, experiment } : value;

  const checked = sweepFileSchema.safeParse(input);
  const findings = checked.success ? [] : findProblems(checked.error.issues, input);
  const filled = filledPaths(value, usable);
  const written = findings.filter(
    ({ path }) => !path.some((_, depth) => filled.has(path.slice(0, depth + 1).join('.'))),
  );
  if (isMapping(experiment)) {
    const checkedBase = checked.success ? checked.data.experiment : experiment;
    const sampling = samplingOf(checked.data, value);
    for (const finding of checkSpace(checkedBase, usable, sampling, findings, onProgress))
      written.push(finding);
  }
  if (!checked.success || written.length > 0) {
    throw invalid(
      file,
      written.map(({ path, at, message, unquoted }) => ({
        ...locate(path, at),
        path: printable(path.map((key) => abbreviate(String(key))).join('.')),
        message: unquoted === true ? withQuotes(message, sourceOf(path)) : message,
        flag: flagOf(path),
      })),
    );
  }
  const config = checked.data;
  const said = [...notes, ...configNotes(value, config, swept), ...limitNotes(config)].map(
    ({ path, message }) => {
      const { line, column } = locate(path, 'key');
      const where = flagOf(path) ?? `${file}:${line}:${column}`;
      return `${where}: ${printable(path.join('.'))}: ${message}.`;
    },
  );
  const untold = said.length - MOST_SHOWN;
  if (untold > 0) said.splice(MOST_SHOWN, untold, `${file}: and ${untold} more notes.`);
  return { config, text, base: process.cwd(), notes: said };
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
 * Paths of swept values that the experiment does not have itself: what is wrong with one the grid reports at its place,
 * and the schema with an entry that is not well-formed.
 */
function filledPaths(value: unknown, parameters: readonly SweptParameter[]): Set<string> {
  const conditional = new Set(parameters.flatMap(({ path, when }) => (when === undefined ? [] : [path])));
  const owns = sweptPaths(valueAt(value, PARAMETERS)).flatMap((swept) =>
    conditional.has(swept) ? [] : [[...EXPERIMENT, ...swept.split('.')]],
  );
  return new Set(owns.flatMap((own) => (valueAt(value, own) === undefined ? [own.join('.')] : [])));
}

/** The way out for a text that YAML has read as a number, a truth value or nothing; `source` is how it is written. */
function withQuotes(message: string, source: string | undefined): string {
  return source === undefined || source === ''
    ? message
    : `${message}. Write it in quotes: "${printable(source)}"`;
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
  const more = lines.length - MOST_SHOWN;
  const count = lines.length;
  if (more > 0) lines.splice(MOST_SHOWN, more, `and ${more} more.`);
  if (count > 1) lines.push(`${count} problems in ${file}.`);
  return new ConfigError('CONFIG_INVALID', lines.join('\n'), sorted);
}
