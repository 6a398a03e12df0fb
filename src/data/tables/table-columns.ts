/** Which columns of a table are inputs and targets. */
import type { Column, Table } from '../../codec/tables/table.ts';
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Task } from '../task.ts';
import { columnError } from './cells.ts';

/** Settings that choose columns. */
export interface ColumnSettings {
  readonly target?: string | readonly string[];
  readonly features?: readonly string[];
  readonly exclude?: readonly string[];
}

/** Names of columns in their order. */
export interface ChosenColumns {
  readonly inputs: readonly string[];
  readonly targets: readonly string[];
}

const MOST_LISTED = 20;

/**
 * Names of the columns of inputs and targets. The targets are never inputs, whether they are named as such or not.
 *
 * Errors: DataError DATA_COLUMN for one that is not there, is named twice or is of a kind that cannot be read, or where there
 * are no inputs; DATA_TARGETS for no target, or several classes.
 */
export function chooseColumns(
  { columns, where }: Table,
  { target, features, exclude = [] }: ColumnSettings,
  task: Task,
): ChosenColumns {
  const named = target === undefined ? [] : typeof target === 'string' ? [target] : target;
  refuseUnknown(columns, [...named, ...(features ?? []), ...exclude], where);
  for (const list of [named, features ?? []]) refuseTwice(list, where);
  const targets = task === 'autoencoding' ? [] : named;
  if (task !== 'autoencoding') refuseTargets(targets, task, where);
  const without = new Set([...named, ...exclude]);
  const inputs = (features ?? columns.map(({ name }) => name)).filter((name) => !without.has(name));
  if (inputs.length === 0)
    throw columnError(where, 'there must be columns of inputs', 'none', 'Give features.');
  refuseOther(columns, new Set([...inputs, ...targets]), where);
  return { inputs, targets };
}

function refuseUnknown(columns: readonly Column[], names: readonly string[], where: string): void {
  const known = new Set(columns.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const listed = columns.slice(0, MOST_LISTED).map(({ name }) => printable(name));
  const more = columns.length - listed.length;
  throw columnError(
    where,
    'a column must be in the table',
    `"${printable(unknown)}"`,
    `There are: ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
  );
}

function refuseTwice(names: readonly string[], where: string): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw columnError(where, 'a column must be named once', `"${printable(twice)}" twice`, 'Leave one out.');
}

function refuseTargets(targets: readonly string[], task: Task, where: string): void {
  const wrong = targets.length === 0 || (task === 'classification' && targets.length > 1);
  if (!wrong) return;
  const [rule, got, remedy] =
    targets.length === 0
      ? ['a target', 'none', 'Name its column, or write task: autoencoding']
      : ['one target', String(targets.length), 'Name one column, or write task: regression'];
  throw new DataError('DATA_TARGETS', `data.target: a ${task} must have ${rule}, got ${got}. ${remedy}.`, {
    where,
  });
}

function refuseOther(columns: readonly Column[], used: ReadonlySet<string>, where: string): void {
  const other = columns.find(({ name, type }) => type === 'other' && used.has(name));
  if (other === undefined) return;
  const name = printable(other.name);
  throw columnError(
    `${where}: column "${name}"`,
    'a column must hold numbers, text, truth values or lists of numbers',
    printable(other.described ?? 'something else'),
    `Write exclude: [${name}], or save it as numbers.`,
  );
}
