/** Sources whose splits are tables: which columns are inputs and targets, and what becomes of text and of missing values. */
import { z } from 'zod';
import type { Table } from '../../codec/tables/table.ts';
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { choice, section } from '../../schema/rules.ts';
import { type MissingPolicy, missingKey } from '../preparation/missing.ts';
import { filePath, pathIn, splitKeys } from '../reading/files.ts';
import { type ImageOptions, imageKeys } from '../reading/images.ts';
import { MOST_CLASSES } from '../reading/labels.ts';
import {
  assembleSplits,
  type BySplit,
  eachSplit,
  givenSplits,
  SPLIT_NAMES,
} from '../reading/source-splits.ts';
import type { DataConfig, LoadContext, Source, SourceData } from '../source.ts';
import type { Task } from '../task.ts';
import { columnError } from './cells.ts';
import { type ColumnFacts, ColumnScan } from './column-facts.ts';
import { widthOf } from './input-rows.ts';
import { SplitRows } from './split-rows.ts';
import { type ColumnSettings, chooseColumns } from './table-columns.ts';

/** Keys that all tables have. */
export interface TableSettings extends ColumnSettings, ImageOptions {
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

/** Different texts of a column that are still categories. */
const MOST_CATEGORIES = 1000;

const names = (): z.ZodType => {
  const error = 'must be a list of names of columns';
  return z.array(z.string({ error }), { error }).min(1, { error });
};

/** A source of tables. */
export function tableSource({ name, summary, keys, open }: TableSourceOptions): Source {
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
      ...imageKeys(),
      ...keys,
    }),
    sizes: () => null,
    files: (data) => Object.values(givenSplits<string>(data)),
    async load(data, { base, task }: LoadContext) {
      const tables = await eachSplit(givenSplits<string>(data), (path) => open(pathIn(base, path), data));
      return readTables(tables, data as TableSettings, task);
    },
  };
}

/**
 * Inputs and targets of tables. One pass over the rows tells what is in the columns. As long as they are numbers it takes them as
 * well; what holds text or lists is taken in a second pass.
 */
async function readTables(tables: BySplit<Table>, settings: TableSettings, task: Task): Promise<SourceData> {
  const { train } = tables;
  const { inputs, targets: answers } = chooseColumns(train, settings, task);
  const asked = [...inputs, ...answers];
  const scans = [
    ...inputs.map((column) => new ColumnScan(column, MOST_CATEGORIES)),
    ...answers.map((column) => new ColumnScan(column, MOST_CLASSES)),
  ];
  const { missing = 'error' } = settings;
  const options = { classes: task === 'classification', missing, image: settings };
  const presumed = { features: inputs.map(numberColumn), targets: answers.map(numberColumn), ...options };
  const scanned = await eachSplit(tables, async (table) => {
    const taken = new SplitRows(table, await table.mostRows(), presumed);
    return scanTable(table, asked, scans, { taken, numbers: options.classes ? inputs.length : asked.length });
  });
  const facts = scans.map((scan) => scan.facts(train.where));
  const [features, targets] = [facts.slice(0, inputs.length), facts.slice(inputs.length)];
  refuseText(train, features, settings);
  refuseShape(train, features, settings);
  const classes = options.classes ? classesOf(train, targets[0] as ColumnFacts) : undefined;
  const allNumbers = SPLIT_NAMES.every((name) => scanned[name]?.taken !== null);
  const read = await eachSplit(tables, async (table, name) => {
    const { rows, taken } = scanned[name] as Scanned;
    if (allNumbers && taken !== null) return taken.split(classes);
    const split = new SplitRows(table, rows, { features, targets, ...options });
    await table.each((row) => split.put(row), asked);
    return split.split(classes);
  });
  return assembleSplits(read, { names: classes ?? namesOf(targets) });
}

function numberColumn(name: string): ColumnFacts {
  return { name, kind: 'number', width: 1, values: null, whole: false };
}

/** What a first pass over a table has found. */
interface Scanned {
  readonly rows: number;
  /** Null where there is more than numbers. */
  readonly taken: SplitRows | null;
}

/** Passes over a table; `numbers` of the columns that are asked for, the first ones, are presumed to hold numbers. */
async function scanTable(
  table: Table,
  asked: readonly string[],
  scans: readonly ColumnScan[],
  presumed: { readonly taken: SplitRows; readonly numbers: number },
): Promise<Scanned> {
  let rows = 0;
  let taken: SplitRows | null = presumed.taken;
  const numbers = new Array<number | undefined>(scans.length);
  await table.each((row) => {
    rows++;
    for (let at = 0; at < scans.length; at++) {
      numbers[at] = (scans[at] as ColumnScan).add(table, row, row.cells[at]);
      if (numbers[at] === undefined && at < presumed.numbers) taken = null;
    }
    if (taken?.put(row, numbers) === false) taken = null;
  }, asked);
  return { rows, taken };
}

/** A name for each number of the targets. */
function namesOf(targets: readonly ColumnFacts[]): readonly string[] | undefined {
  if (targets.length === 0) return undefined;
  return targets.flatMap(({ name, width }) =>
    width === 1 ? [name] : Array.from({ length: width }, (_, i) => `${name}[${i}]`),
  );
}

function refuseText(
  { where }: Table,
  features: readonly ColumnFacts[],
  { categorical = 'one-hot' }: TableSettings,
): void {
  const text = features.filter(({ kind }) => kind === 'text').map(({ name }) => printable(name));
  if (categorical === 'one-hot' || text.length === 0) return;
  throw columnError(
    where,
    'inputs must be numbers where categorical is error',
    `text in ${text.join(', ')}`,
    `Write exclude: [${text.join(', ')}], or categorical: one-hot.`,
  );
}

function refuseShape(
  { where }: Table,
  features: readonly ColumnFacts[],
  { shape, layout }: TableSettings,
): void {
  const width = features.reduce((sum, column) => sum + widthOf(column), 0);
  const numbers = shape?.reduce((product, extent) => product * extent, 1);
  if (shape === undefined ? layout !== 'channels-first' : numbers === width) return;
  const [rule, remedy] =
    shape === undefined
      ? ['channels-first inputs must have a shape', 'Give shape, or leave out layout']
      : [
          `inputs must have the numbers of the shape ${shape.join(' x ')}`,
          'Give another shape, or other features',
        ];
  throw new DataError('DATA_SHAPE', `${where}: ${rule}, got ${width} features. ${remedy}.`, { where, width });
}

/** Names of the classes in the order of their labels. Errors: DataError DATA_LABEL. */
function classesOf({ where }: Table, { name, kind, values, whole }: ColumnFacts): readonly string[] {
  const refuse = (rule: string, got: string): DataError =>
    new DataError(
      'DATA_LABEL',
      `${where}: column "${printable(name)}": ${rule}, got ${got}. Write task: regression to learn numbers.`,
      { where, column: name },
    );
  if (kind === 'list') throw refuse('classes must be whole numbers or text', 'lists');
  if (kind === 'number' && !whole)
    throw refuse('classes must be whole numbers or text', 'numbers with fractions');
  if (values === null) throw refuse(`there must be at most ${MOST_CLASSES} classes`, 'more');
  return values;
}
