/** A sweep over files that nobody has described yet: the section on the data, the task, and settings that suit them. */
import { relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { TemplateData, TemplateLine } from '../config/template.ts';
import type { Task } from '../data/task.ts';
import { ConfigError } from '../errors.ts';
import { describeValue, printable } from '../printable.ts';
import { closestName } from '../suggestion.ts';
import { type ArrayFacts, type ColumnFacts, inspectFile, type TableFacts } from './file-facts.ts';
import { type FileKind, isThere, kindOf } from './file-kind.ts';
import type { ValueFacts } from './value-summary.ts';

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

/** Whole numbers with at most as many different values are taken for classes. */
const FEW_CLASSES = 20;
/** Stored labels count from 0 without a gap: more of them are still classes. */
const MOST_CLASSES = 1000;
/** Text with more different values than this, and than a tenth of the rows, is a name rather than a category. */
const MOST_CATEGORIES = 20;
const HELD_OUT = 0.2;
/** Optimizer steps that a first look should take. */
const STEPS = 1500;
const [FEWEST_EPOCHS, MOST_EPOCHS] = [3, 30];
const SMALL = 2000;

/** What the files say about the task and its samples. */
interface Found {
  readonly task: Task;
  readonly because: string;
  readonly lines: readonly TemplateLine[];
  readonly features: number;
  readonly samples: number;
}

/**
 * The section for files of a user.
 *
 * Errors: ConfigError USAGE for a target that is missing or not there, DataError for files that cannot be read.
 */
export async function proposeData(files: DataFiles): Promise<TemplateData> {
  const kind = await kindOf(files.data);
  const { task, because, lines, features, samples } = await PROPOSALS[kind](files);
  const batchSize = samples < SMALL ? 32 : 128;
  const trained = samples * (files.test === undefined ? (1 - HELD_OUT) ** 2 : 1 - HELD_OUT);
  const epochs = Math.ceil((STEPS * batchSize) / trained);
  return {
    task,
    lines: [['  data:'], ...lines, [`  task: ${task}`, because]],
    units: unitsFor(task, features),
    epochs: Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, epochs)),
    batchSize,
    optimizer:
      task === 'classification'
        ? '{type: sgd, learning_rate: 0.05, momentum: 0.9}'
        : '{type: adam, learning_rate: 0.003}',
  };
}

function unitsFor(task: Task, features: number): readonly number[] {
  const wide = features >= 256 ? 256 : features >= 64 ? 128 : 64;
  if (task === 'autoencoding') return [wide, Math.max(4, Math.min(32, Math.ceil(features / 3))), wide];
  return [wide, wide / 2];
}

const PROPOSALS: Readonly<Record<FileKind, (files: DataFiles) => Promise<Found>>> = {
  csv: (files) => proposeTable('csv', files),
  parquet: (files) => proposeTable('parquet', files),
  arrays: proposeArrays,
  cifar: proposeCifar,
  module: async (files) => {
    const task = files.task ?? 'classification';
    return {
      task,
      because: 'as --task says; classification unless given',
      lines: [
        ['    source: module'],
        [`    module: ${pathFor(files, files.data)}`, 'its load(options) returns {shape, train, test}'],
      ],
      features: 64,
      samples: SMALL,
    };
  },
};

async function proposeTable(source: 'csv' | 'parquet', files: DataFiles): Promise<Found> {
  const { facts } = await inspectFile(files.data);
  const table = facts.table as TableFacts;
  const { columns, rows } = table;
  const targets = targetsOf(files, columns);
  const { task, because } = taskOfTable(files, targets);
  const inputs = columns.filter((column) => !targets.includes(column));
  const left = inputs.flatMap((column) => {
    const reason = whyExclude(column, rows);
    return reason === undefined ? [] : [{ column, reason }];
  });
  const used = inputs.filter((column) => !left.some((each) => each.column === column));
  const missing = used.filter(({ values }) => (values?.missing ?? 0) > 0);
  const names = targets.map(({ name }) => scalar(name));
  const lines: TemplateLine[] = [
    [`    source: ${source}`],
    [`    train: ${pathFor(files, files.data)}`, `${rows} rows`],
    ...(names.length === 0
      ? []
      : ([[`    target: ${names.length === 1 ? names[0] : `[${names.join(', ')}]`}`]] as TemplateLine[])),
    ...excludeLines(left),
    ...missingLines(targets, missing),
    ...splitLines(files),
    ...standardizeLines(task),
  ];
  const features = used.reduce((sum, { type, values }) => {
    const list = /^list of (\d+)$/.exec(type)?.[1];
    return sum + (list !== undefined ? Number(list) : values?.numbers === null ? (values.different ?? 1) : 1);
  }, 0);
  return { task, because, lines, features, samples: rows };
}

function targetsOf({ data, target, task }: DataFiles, columns: readonly ColumnFacts[]): ColumnFacts[] {
  if (target === undefined) {
    if (task === 'autoencoding') return [];
    const last = columns.at(-1)?.name ?? '';
    throw usage(
      `--target: must name the column that is learned, got nothing. ${listOf(columns)} Write --target ${shown(last)}, or --task autoencoding.`,
    );
  }
  const byName = new Map(columns.map((column) => [column.name, column]));
  const whole = byName.get(target);
  const names = whole === undefined ? target.split(',').map((name) => name.trim()) : [target];
  return names.map((name) => {
    const found = byName.get(name);
    if (found !== undefined) return found;
    const near = closestName(name, [...byName.keys()]);
    const remedy = near === undefined ? listOf(columns) : `Did you mean ${shown(near)}?`;
    throw usage(`--target: must be a column of ${printable(data)}, got ${describeValue(name)}. ${remedy}`);
  });
}

function listOf(columns: readonly ColumnFacts[]): string {
  const names = columns.slice(0, MOST_CATEGORIES).map(({ name }) => printable(name));
  const more = columns.length - names.length;
  return `There are: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function taskOfTable({ task }: DataFiles, targets: readonly ColumnFacts[]): { task: Task; because: string } {
  if (task !== undefined) return { task, because: 'as --task says' };
  if (targets.length > 1) return { task: 'regression', because: 'guessed: several targets' };
  const [{ type, values } = { type: 'number', values: null }] = targets;
  if (type !== 'number') {
    const different = values?.different ?? 'many';
    return {
      task: 'classification',
      because: `guessed: the target is ${type} with ${different} different values`,
    };
  }
  return taskOfNumbers(values, false);
}

/** Classes where there are few whole numbers, or where stored whole numbers count from 0; a regression otherwise. */
function taskOfNumbers(values: ValueFacts | null, stored: boolean): { task: Task; because: string } {
  const { numbers = null, different = null } = values ?? {};
  const regression = (why: string) =>
    ({ task: 'regression', because: `guessed: ${why}; --task overrides it` }) as const;
  if (numbers === null || !numbers.whole) return regression('the targets have fractions');
  const counted =
    stored && numbers.least === 0 && different === numbers.largest + 1 && different <= MOST_CLASSES;
  if (counted || (different !== null && different <= FEW_CLASSES && numbers.least >= 0)) {
    const because = `guessed: the targets are ${different} different whole numbers; --task overrides it`;
    return { task: 'classification', because };
  }
  return regression(`the targets are whole numbers from ${numbers.least} to ${numbers.largest}`);
}

/** Why a column is no input: names and numbers of rows tell nothing of others. */
function whyExclude({ type, values }: ColumnFacts, rows: number): string | undefined {
  if (values === null) return `${type} is not read`;
  const { numbers, different, count } = values;
  if (count === 0) return 'it is empty';
  if (type === 'text' && (different ?? rows) > Math.max(MOST_CATEGORIES, rows / 10)) {
    return `${different ?? 'many'} different texts`;
  }
  const counts = numbers?.whole && different === rows && numbers.largest - numbers.least === rows - 1;
  return counts && rows > MOST_CATEGORIES ? 'it numbers the rows' : undefined;
}

function excludeLines(left: readonly { column: ColumnFacts; reason: string }[]): TemplateLine[] {
  if (left.length === 0) return [];
  const names = left.map(({ column }) => scalar(column.name)).join(', ');
  const reasons = left.map(({ column, reason }) => `${printable(column.name)}: ${reason}`).join('; ');
  return [[`    exclude: [${names}]`, reasons]];
}

function missingLines(targets: readonly ColumnFacts[], inputs: readonly ColumnFacts[]): TemplateLine[] {
  if (targets.some(({ values }) => (values?.missing ?? 0) > 0)) {
    return [['    missing: drop', 'targets are missing: such rows are left out']];
  }
  if (inputs.length === 0) return [];
  const names = inputs.map(({ name, values }) => `${printable(name)} ${values?.missing}`).join(', ');
  return [['    missing: mean', `or drop; missing: ${names}`]];
}

async function proposeArrays(files: DataFiles): Promise<Found> {
  const { data, target, test, testTarget } = files;
  for (const [flag, reference] of Object.entries({ target, test, 'test-target': testTarget })) {
    if (reference === undefined || (await isThere(reference))) continue;
    throw usage(
      `--${flag}: must be a file that exists, as the inputs are one, got ${describeValue(reference)}. Check the path.`,
    );
  }
  const inputs = await theArray(data, '--data');
  const idx = inputs.format === 'idx';
  const { shape, values } = inputs;
  const samples = shape[0] ?? 0;
  if (target === undefined && files.task !== 'autoencoding') {
    const example = idx ? 'train-labels-idx1-ubyte.gz' : inputs.format === 'npy' ? 'y.npy' : `${data}#y`;
    throw usage(
      `--target: must name the file of the targets, got nothing. Write --target ${shown(example)}, or --task autoencoding.`,
    );
  }
  let { task, because }: { task: Task; because: string } = {
    task: files.task ?? 'classification',
    because: 'as --task says',
  };
  if (target !== undefined && files.task === undefined) {
    const answers = await theArray(target, '--target');
    ({ task, because } =
      (answers.shape[1] ?? 1) > 1
        ? { task: 'regression', because: 'guessed: several targets a sample; --task overrides it' }
        : taskOfNumbers(answers.values, true));
  }
  if (test !== undefined && testTarget === undefined && task !== 'autoencoding') {
    throw usage(
      '--test-target: must name the file of the test targets, got nothing. Give it beside --test, or leave both out.',
    );
  }
  const [x, y] = idx ? ['images', 'labels'] : ['x', 'y'];
  const pair = (first: string, second: string | undefined): string => {
    const answers =
      second === undefined || task === 'autoencoding' ? '' : `, ${y}: ${pathFor(files, second)}`;
    return `{${x}: ${pathFor(files, first)}${answers}}`;
  };
  const bytes = inputs.type === 'u8' || inputs.type === 'bool';
  const [, ...sample] = shape;
  const first = sample.length === 3 && [1, 3].includes(sample[0] ?? 0) && ![1, 3, 4].includes(sample[2] ?? 0);
  const lines: TemplateLine[] = [
    [`    source: ${idx ? 'idx' : 'npy'}`],
    [`    train: ${pair(data, target)}`, `[${shape.join(', ')}] of ${inputs.type}`],
    ...(first ? ([['    layout: channels-first', 'turned to channels last once']] as TemplateLine[]) : []),
    ...((values?.missing ?? 0) > 0
      ? ([['    missing: mean', `or drop; ${values?.missing} are NaN or infinite`]] as TemplateLine[])
      : []),
    ...(bytes ? [] : ([['    normalize: standardize', 'mean 0, deviation 1']] as TemplateLine[])),
    ...splitLines(files, test === undefined ? undefined : pair(test, testTarget)),
    ...standardizeLines(task),
  ];
  return { task, because, lines, features: sample.reduce((product, extent) => product * extent, 1), samples };
}

/** The only array that a reference names. Errors: those of the file, and of a choice among several. */
async function theArray(reference: string, flag: string): Promise<ArrayFacts & { format: string }> {
  if ((await kindOf(reference)) !== 'arrays') {
    throw usage(
      `${flag}: must be a file of arrays (npy, npz, safetensors or IDX), got ${describeValue(reference)}. Name both inputs and targets, each in such a file.`,
    );
  }
  const { facts } = await inspectFile(reference);
  const { arrays = [], format } = facts;
  const [only] = arrays;
  if (only !== undefined && arrays.length === 1) return { ...only, format };
  const keys = arrays.map(({ name }) => printable(name)).join(', ');
  throw usage(
    `${flag}: must name one array, got a file of ${arrays.length}. Write ${shown(`${reference}#${only?.name ?? 'key'}`)}; there are: ${keys}.`,
  );
}

async function proposeCifar(files: DataFiles): Promise<Found> {
  const { facts } = await inspectFile(files.data);
  const task = files.task ?? 'classification';
  const samples = facts.arrays?.[0]?.shape[0] ?? 0;
  return {
    task,
    because: files.task === undefined ? 'the files have labels' : 'as --task says',
    lines: [
      ['    source: cifar'],
      ...(facts.format === 'cifar-100' ? ([['    version: 100', 'fine labels']] as TemplateLine[]) : []),
      [`    train: ${pathFor(files, files.data)}`, `${samples} images; a list of files takes more`],
      ...splitLines(files),
    ],
    features: 3072,
    samples,
  };
}

function splitLines(files: DataFiles, test?: string): TemplateLine[] {
  const own = test ?? (files.test === undefined ? undefined : pathFor(files, files.test));
  return [
    own === undefined
      ? [`    test: ${HELD_OUT}`, 'share of the samples that is kept for the end']
      : [`    test: ${own}`],
    [`    validation: ${HELD_OUT}`, 'share of the others, by which the sweep selects'],
  ];
}

function standardizeLines(task: Task): TemplateLine[] {
  if (task !== 'regression') return [];
  return [['    standardize_targets: true', 'trained with mean 0 and deviation 1, told in their own unit']];
}

/** A path of the command line as the sweep file has it. */
function pathFor({ directory }: DataFiles, path: string): string {
  return scalar(relative(resolve(directory), resolve(path)).replaceAll('\\', '/'));
}

/** Text that YAML reads back, also inside braces. */
function scalar(text: string): string {
  const plain = /^[\p{L}_./][\p{L}\p{N}_./ -]*$/u.test(text) && !text.endsWith(' ');
  return plain && stringify(text).trimEnd() === text ? text : JSON.stringify(text);
}

/** A word of a command line. */
function shown(word: string): string {
  return /^[\w./#-]+$/.test(word) ? word : JSON.stringify(printable(word));
}

function usage(message: string): ConfigError {
  return new ConfigError('USAGE', message);
}
