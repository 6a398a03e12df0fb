/** What the proposals for files have in common: what was said and found, the task that targets suggest, and lines of YAML. */
import { relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { TemplateLine } from '../../config/template.ts';
import type { Task } from '../../data/task.ts';
import { ConfigError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { ValueFacts } from '../value-summary.ts';

/** What a user says of the files. */
export interface DataFiles {
  readonly data: string;
  /** A column, or several between commas; of arrays a file. */
  readonly target?: string | undefined;
  /** Files of the test samples. */
  readonly test?: string | undefined;
  readonly testTarget?: string | undefined;
  readonly task?: Task | undefined;
  /** Directory of the sweep file to be. */
  readonly directory: string;
}

/** What the files say about the task and its samples. */
export interface Found {
  readonly task: Task;
  readonly because: string;
  readonly lines: readonly TemplateLine[];
  readonly features: number;
  readonly samples: number;
}

/** Whole numbers with at most as many different values are taken for classes. */
const FEW_CLASSES = 20;
/** Stored labels count from 0 without a gap: more of them are still classes. */
const MOST_CLASSES = 1000;
/** Share of the samples that is kept for the test, and of the others for validation. */
export const HELD_OUT = 0.2;

/** Classes where there are few whole numbers, or where stored whole numbers count from 0; a regression otherwise. */
export function taskOfNumbers(values: ValueFacts | null, stored: boolean): { task: Task; because: string } {
  const { numbers = null, different = null } = values ?? {};
  const regression = (why: string) =>
    ({ task: 'regression', because: `guessed: ${why}; --task overrides it` }) as const;
  if (numbers === null || !numbers.whole) return regression('the targets have fractions');
  const counted =
    stored && numbers.least === 0 && different === numbers.largest + 1 && different <= MOST_CLASSES;
  // A column holds any classes, a stored label is the number of one.
  const possible = !stored || numbers.least >= 0;
  if (counted || (possible && different !== null && different <= FEW_CLASSES)) {
    const because = `guessed: the targets are ${different} different whole numbers; --task overrides it`;
    return { task: 'classification', because };
  }
  return regression(`the targets are whole numbers from ${numbers.least} to ${numbers.largest}`);
}

export function splitLines(files: DataFiles, test?: string): TemplateLine[] {
  const own = test ?? (files.test === undefined ? undefined : pathFor(files, files.test));
  return [
    own === undefined
      ? [`    test: ${HELD_OUT}`, 'share of the samples that is kept for the end']
      : [`    test: ${own}`],
    [`    validation: ${HELD_OUT}`, 'share of the others, by which the sweep selects'],
  ];
}

export function standardizeLines(task: Task): TemplateLine[] {
  if (task !== 'regression') return [];
  return [['    standardize_targets: true', 'trained with mean 0 and deviation 1, told in their own unit']];
}

/** A path of the command line as the sweep file has it. */
export function pathFor({ directory }: DataFiles, path: string): string {
  return scalar(relative(resolve(directory), resolve(path)).replaceAll('\\', '/'));
}

/** Text that YAML reads back, also inside braces. */
export function scalar(text: string): string {
  const plain = /^[\p{L}_./][\p{L}\p{N}_./ -]*$/u.test(text) && !text.endsWith(' ');
  return plain && stringify(text).trimEnd() === text ? text : JSON.stringify(text);
}

/** A word of a command line. */
export function shown(word: string): string {
  return /^[\w./#-]+$/.test(word) ? word : JSON.stringify(printable(word));
}

export function usage(message: string): ConfigError {
  return new ConfigError('USAGE', message);
}
