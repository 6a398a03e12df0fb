/** Sources whose splits are tables: which columns are inputs and targets, and what becomes of text and of missing values. */
import { z } from 'zod';
import { allocateShared } from '../codec/bytes/shared-memory.ts';
import type { Row, Table } from '../codec/tables/table.ts';
import { DataError } from '../errors.ts';
import { printable } from '../printable.ts';
import { choice, section } from '../schema/rules.ts';
import {
  type ColumnFacts,
  ColumnScan,
  columnError,
  isMissing,
  numberIn,
  placeIn,
  textIn,
} from './columns.ts';
import { filePath, pathIn, splitKeys } from './files.ts';
import { labelsOf, MOST_CLASSES } from './labels.ts';
import { type MissingPolicy, missingKey } from './missing.ts';
import type { DataConfig, LoadContext, Source } from './source.ts';
import { assembleSplits, type ReadSplit } from './source-splits.ts';
import type { Task } from './task.ts';

/** Keys that all tables have. */
export interface TableSettings {
  readonly target?: string | readonly string[];
  readonly features?: readonly string[];
  readonly exclude?: readonly string[];
  readonly categorical?: 'one-hot' | 'error';
  readonly missing?: MissingPolicy;
}

/** What tells one such source from another. */
export interface TableSourceOptions {
  readonly name: string;
  readonly summary: string;
  /** Keys of its own. */
  readonly keys: Readonly<Record<string, z.ZodType>>;
  open(path: string, settings: DataConfig): Promise<Table>;
}

const names = (): z.ZodType => {
  const error = 'must be a list of names of columns';
  return z.array(z.string({ error }), { error }).min(1, { error });
};

/** A source of tables. */
export function tableSource({ name, summary, keys, open }: TableSourceOptions): Source {
  const pathsOf = (data: DataConfig): [string, string][] =>
    ['train', 'validation', 'test'].flatMap((split) =>
      typeof data[split] === 'string' ? [[split, data[split] as string]] : [],
    );
  return {
    name,
    summary,
    normalize: () => 'standardize',
    section: section({
      source: choice([name]),
      ...splitKeys(filePath(), 'File'),
      target: z
        .union([z.string(), names()], { error: 'must be the name of a column, or a list of names' })
        .exactOptional()
        .describe('Column of the targets, or several columns of numbers; an autoencoder has none'),
      features: names().exactOptional().describe('Columns of the inputs; all but the targets unless given'),
      exclude: names().exactOptional().describe('Columns that are left out'),
      categorical: choice(['one-hot', 'error'])
        .exactOptional()
        .describe(
          'Columns of text: one-hot (unless given) makes a feature of each value, error refuses them',
        ),
      missing: missingKey(),
      ...keys,
    }),
    sizes: () => null,
    files: (data) => pathsOf(data).map(([, path]) => path),
    async load(data, { base, task }: LoadContext) {
      const tables: [string, Table][] = [];
      for (const [split, path] of pathsOf(data)) tables.push([split, await open(pathIn(base, path), data)]);
      return readTables(tables, data as TableSettings, task);
    },
  };
}

/** Inputs and targets of tables, the training table first. */
async function readTables(
  tables: readonly [string, Table][],
  settings: TableSettings,
  task: Task,
): ReturnType<Source['load']> {
  const [[, first]] = tables as [[string, Table]];
  const { inputs, targets } = chooseColumns(first, settings, task);
  const asked = [...inputs, ...targets];
  const scans = asked.map((column) => new ColumnScan(column));
  const counts: number[] = [];
  for (const [, table] of tables) {
    let rows = 0;
    await table.each((row) => {
      rows++;
      for (const [at, scan] of scans.entries()) scan.add(table, row, row.cells[at]);
    }, asked);
    counts.push(rows);
  }
  const facts = scans.map((scan) => scan.facts);
  const features = facts.slice(0, inputs.length);
  const answers = facts.slice(inputs.length);
  refuseText(first, features, settings);
  const classes = task === 'classification' ? classesOf(first, answers[0] as ColumnFacts) : undefined;
  const read: Record<string, ReadSplit> = {};
  for (const [index, [split, table]] of tables.entries()) {
    read[split] = await fill(table, counts[index] as number, { asked, features, answers, classes, settings });
  }
  const named = classes === undefined ? (targets.length === 0 ? undefined : targets) : classes;
  return assembleSplits(read as unknown as Parameters<typeof assembleSplits>[0], named && { names: named });
}

/** Names of the columns of inputs and targets. Errors: DataError DATA_COLUMN, DATA_TARGETS. */
function chooseColumns(
  { columns, where }: Table,
  { target, features, exclude = [] }: TableSettings,
  task: Task,
): { inputs: readonly string[]; targets: readonly string[] } {
  const targets = target === undefined ? [] : typeof target === 'string' ? [target] : target;
  const all = columns.map(({ name }) => name);
  const known = new Set(all);
  for (const name of [...targets, ...(features ?? []), ...exclude]) {
    if (known.has(name)) continue;
    throw columnError(
      where,
      'a column must be in the table',
      `"${printable(name)}"`,
      `There are: ${all.slice(0, 20).map(printable).join(', ')}${all.length > 20 ? ` and ${all.length - 20} more` : ''}.`,
    );
  }
  if (task === 'autoencoding') {
    return {
      inputs: (features ?? all).filter((name) => !targets.includes(name) && !exclude.includes(name)),
      targets: [],
    };
  }
  if (targets.length === 0) {
    throw new DataError(
      'DATA_TARGETS',
      `data.target: a ${task} must have a target, got none. Name its column, or write task: autoencoding.`,
      { where },
    );
  }
  if (task === 'classification' && targets.length > 1) {
    throw new DataError(
      'DATA_TARGETS',
      `data.target: a classification must have one target, got ${targets.length}. Name one column, or write task: regression.`,
      { where },
    );
  }
  const inputs = (features ?? all).filter((name) => !targets.includes(name) && !exclude.includes(name));
  if (inputs.length === 0)
    throw columnError(where, 'there must be columns of inputs', 'none', 'Give features.');
  return { inputs, targets };
}

function refuseText(
  { where, columns }: Table,
  features: readonly ColumnFacts[],
  { categorical = 'one-hot' }: TableSettings,
): void {
  const other = columns.filter(
    ({ name, type }) => type === 'other' && features.some((each) => each.name === name),
  );
  if (other.length > 0) {
    const [column] = other;
    throw columnError(
      `${where}: column "${printable(column?.name ?? '')}"`,
      'inputs must be numbers, text or lists of numbers',
      column?.described ?? 'something else',
      'Exclude the column.',
    );
  }
  const text = features.filter(({ kind }) => kind === 'text').map(({ name }) => printable(name));
  if (categorical === 'one-hot' || text.length === 0) return;
  throw columnError(
    where,
    'inputs must be numbers where categorical is error',
    `text in ${text.join(', ')}`,
    'Exclude them, or write categorical: one-hot.',
  );
}

/** Names of the classes in the order of their labels. Errors: DataError DATA_LABEL for numbers with fractions. */
function classesOf({ where }: Table, { name, kind, values, whole }: ColumnFacts): readonly string[] {
  if (kind === 'list' || (kind === 'number' && !whole)) {
    throw new DataError(
      'DATA_LABEL',
      `${where}: column "${printable(name)}": classes must be whole numbers or text, got ${kind === 'list' ? 'lists' : 'numbers with fractions'}. Write task: regression.`,
      { where, column: name },
    );
  }
  if (values.length <= MOST_CLASSES) return values;
  throw new DataError(
    'DATA_LABEL',
    `${where}: column "${printable(name)}": there must be at most ${MOST_CLASSES} classes, got more. Write task: regression where they are numbers.`,
    { where, column: name },
  );
}

/** What rows are turned into arrays by. */
interface Filling {
  readonly asked: readonly string[];
  readonly features: readonly ColumnFacts[];
  readonly answers: readonly ColumnFacts[];
  readonly classes: readonly string[] | undefined;
  readonly settings: TableSettings;
}

async function fill(
  table: Table,
  rows: number,
  { asked, features, answers, classes, settings: { missing = 'error' } }: Filling,
): Promise<ReadSplit> {
  const widths = features.map(({ kind, width, values }) => (kind === 'text' ? values.length : width));
  const width = widths.reduce((sum, each) => sum + each, 0);
  const positions = features.map(({ kind, values }) => (kind === 'text' ? positionsOf(values) : undefined));
  const labelOf = classes && positionsOf(classes);
  const values = new Float32Array(allocateShared(rows * width * 4, table.where).buffer);
  const labels = labelOf === undefined ? undefined : new Float64Array(rows);
  const targetWidth = answers.reduce((sum, answer) => sum + answer.width, 0);
  const numbers =
    labels !== undefined || answers.length === 0
      ? undefined
      : new Float32Array(allocateShared(rows * targetWidth * 4, table.where).buffer);
  let samples = 0;
  await table.each((row) => {
    if (samples === rows) return false;
    if (!readAnswers(row)) return true;
    let at = samples * width;
    for (const [index, { name, kind }] of features.entries()) {
      const cell = row.cells[index];
      const count = widths[index] as number;
      if (isMissing(cell)) {
        if (missing === 'error')
          throw missingError(row, name, 'Write missing: drop or missing: mean, or mend the file.');
        values.fill(Number.NaN, at, at + count);
      } else if (kind === 'text') {
        values[at + (positions[index]?.get(textIn(cell)) as number)] = 1;
      } else if (cell instanceof Float64Array) {
        for (let i = 0; i < count; i++) values[at + i] = finite(row, name, cell[i] as number);
      } else {
        values[at] = finite(row, name, numberIn(cell) as number);
      }
      at += count;
    }
    samples++;
    return true;
  }, asked);
  return {
    samples,
    shape: [width],
    values: values.subarray(0, samples * width),
    targets:
      labels !== undefined
        ? { kind: 'labels', labels: labelsOf(labels.subarray(0, samples), table.where) }
        : numbers === undefined
          ? null
          : { kind: 'numbers', width: targetWidth, numbers: numbers.subarray(0, samples * targetWidth) },
    file: table.where,
  };

  /** False where the row is left out because a target is missing. */
  function readAnswers(row: Row): boolean {
    let at = samples * targetWidth;
    for (const [index, { name, kind, width: count }] of answers.entries()) {
      const cell = row.cells[features.length + index];
      if (isMissing(cell)) {
        if (missing === 'drop') return false;
        throw missingError(row, name, 'Write missing: drop, or mend the file.');
      }
      if (labels !== undefined) labels[samples] = labelOf?.get(textIn(cell)) as number;
      else if (cell instanceof Float64Array) {
        for (let i = 0; i < count; i++)
          (numbers as Float32Array)[at + i] = finite(row, name, cell[i] as number);
      } else {
        const number = kind === 'number' ? numberIn(cell) : undefined;
        if (number === undefined) {
          throw columnError(
            placeIn(table, row, name),
            'the target of a regression must be a number',
            `"${printable(textIn(cell))}"`,
            'Leave out task: regression to learn classes.',
          );
        }
        (numbers as Float32Array)[at] = finite(row, name, number);
      }
      at += count;
    }
    return true;
  }

  function finite(row: Row, name: string, value: number): number {
    if (Number.isFinite(Math.fround(value))) return value;
    if (missing !== 'error') return Number.NaN;
    throw columnError(
      placeIn(table, row, name),
      'a number must be finite in float32',
      String(value),
      'Write missing: drop or missing: mean, or mend the file.',
    );
  }

  function missingError(row: Row, name: string, remedy: string): DataError {
    return new DataError(
      'DATA_MISSING',
      `${placeIn(table, row, name)}: a value must be given, got none. ${remedy}`,
      {
        where: table.where,
        place: row.place,
        column: name,
      },
    );
  }
}

function positionsOf(values: readonly string[]): ReadonlyMap<string, number> {
  return new Map(values.map((value, position) => [value, position]));
}
