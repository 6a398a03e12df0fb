/** A sweep over a table: which columns are inputs, what is done about missing values, and the task of the target. */
import type { TemplateLine } from '../../config/template.ts';
import type { Task } from '../../data/task.ts';
import { describeValue, printable } from '../../printable.ts';
import { closestName } from '../../suggestion.ts';
import { type ColumnFacts, inspectFile, type TableFacts } from '../file-facts.ts';
import {
  type DataFiles,
  type Found,
  pathFor,
  scalar,
  shown,
  splitLines,
  standardizeLines,
  taskOfNumbers,
  usage,
} from './found.ts';

/** Text with more different values than this, and than a tenth of the rows, is a name rather than a category. */
const MOST_CATEGORIES = 20;
const MOST_NAMED = 20;

/** Errors: ConfigError USAGE for a target that is missing or not there, and those of reading. */
export async function proposeTable(source: 'csv' | 'parquet', files: DataFiles): Promise<Found> {
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
  const names = columns.slice(0, MOST_NAMED).map(({ name }) => printable(name));
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
