/** From the text of a sweep file to a checked configuration, with every problem at its line and column. */
import { ConfigError, type ConfigProblem } from '../errors.ts';
import { printable } from '../printable.ts';
import { MOST_CHARACTERS, readYaml } from './document.ts';
import { type Finding, findProblems } from './findings.ts';
import { checkGrid, EXPERIMENT, PARAMETERS } from './grid.ts';
import {
  findParameters,
  isInside,
  isMapping,
  parameterPathProblems,
  type SweptParameter,
} from './parameters.ts';
import { fillSwept, valueAt } from './point.ts';
import { type SweepConfig, sweepFileSchema } from './schema.ts';
import { readTextFile } from './text-file.ts';

/** In UTF-8 what counts as one character here takes at most three bytes. */
const MOST_BYTES = 3 * MOST_CHARACTERS;

/**
 * Reads and checks a sweep file; `text` is the file as it is.
 *
 * Errors: ConfigError CONFIG_UNREADABLE when there is no such file or it is not text, CONFIG_INVALID as
 * {@link parseSweepConfig}.
 */
export async function loadSweepConfig(file: string): Promise<{ config: SweepConfig; text: string }> {
  const text = await readTextFile(file, MOST_BYTES);
  return { config: parseSweepConfig(text, file), text };
}

/**
 * Checks the text of a sweep file; `file` is its name in the messages.
 *
 * What is valid here can be planned: every point of the sweep has been checked. A key that is swept need not be given
 * in the experiment, which then takes the first of the values.
 * Errors: ConfigError CONFIG_INVALID with all problems, in the order of the text; its message has a line for each.
 */
export function parseSweepConfig(text: string, file: string): SweepConfig {
  const reading = readYaml(text);
  if ('problems' in reading) throw invalid(file, reading.problems);
  const { value, locate } = reading.document;

  const swept = findParameters(valueAt(value, PARAMETERS));
  const misplaced = new Set(parameterPathProblems(swept).map(({ location }) => location));
  const usable = swept.filter(({ location }) => !misplaced.has(location));
  const given = valueAt(value, EXPERIMENT);
  const experiment = isMapping(given) ? fillSwept(given, usable) : given;
  const input = isMapping(value) && isMapping(experiment) ? { ...value, experiment } : value;

  const checked = sweepFileSchema.safeParse(input);
  const findings = checked.success ? [] : findProblems(checked.error.issues, input);
  const written = findings.filter(({ path }) => !isFilled(path, value, usable));
  if (isMapping(experiment)) {
    const base = checked.success ? checked.data.experiment : experiment;
    const seeds = checked.success ? checked.data.sweep.seeds.length : 1;
    written.push(...checkGrid(base, usable, seeds, written));
  }
  if (!checked.success || written.length > 0) {
    throw invalid(
      file,
      written.map(({ path, at, message }) => ({
        ...locate(path, at),
        path: printable(path.join('.')),
        message,
      })),
    );
  }
  return checked.data;
}

/** Whether a finding is about a swept value that the experiment does not have itself: the grid reports it at its place. */
function isFilled(path: Finding['path'], value: unknown, parameters: readonly SweptParameter[]): boolean {
  const dotted = path.join('.');
  return parameters.some(
    (parameter) =>
      isInside(dotted, [...EXPERIMENT, parameter.path].join('.')) &&
      valueAt(value, [...EXPERIMENT, ...parameter.segments]) === undefined,
  );
}

/** The error for a file with problems, its message ready to print. */
function invalid(file: string, problems: readonly Omit<ConfigProblem, 'file'>[]): ConfigError {
  const sorted = problems
    .map((problem) => ({ file, ...problem }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(({ line, column, path, message }) => {
    const sentence = /[.?!]$/.test(message) ? message : `${message}.`;
    return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${sentence}`;
  });
  if (lines.length > 1) lines.push(`${lines.length} problems in ${file}.`);
  return new ConfigError('CONFIG_INVALID', lines.join('\n'), sorted);
}
