/** Columns of a Parquet file as this project knows them, from the schema in its footer. */
import type { SchemaTree } from 'hyparquet';
import type { Column, ColumnType } from './table.ts';

/** A column, and the path in the schema to where its values are. */
export interface ParquetColumn extends Column {
  /** The elements from the root to the leaf, for the levels; empty where the column is not read. */
  readonly path: readonly SchemaTree[];
}

/** What values of a leaf are, or null where there is no number, text or boolean in them. */
function leafType({ element, children }: SchemaTree): ColumnType | null {
  if (children.length > 0) return null;
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL')
    return converted === 'DECIMAL' ? 'number' : null;
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'FLOAT' || type === 'DOUBLE' || logical?.type === 'FLOAT16') return 'number';
  if (type === 'INT32' || type === 'INT64') {
    const isPlain = logical === undefined || logical.type === 'INTEGER';
    return isPlain && (converted === undefined || /^U?INT_/.test(converted)) ? 'integer' : null;
  }
  if (type !== 'BYTE_ARRAY') return null;
  const isText = logical === undefined || logical.type === 'STRING' || logical.type === 'ENUM';
  return isText && (converted === undefined || converted === 'UTF8' || converted === 'ENUM') ? 'text' : null;
}

/**
 * The columns of a schema, in order.
 *
 * Errors: RangeError for a column without a name.
 */
export function parquetColumns(root: SchemaTree): readonly ParquetColumn[] {
  return root.children.map((column) => {
    const { name, repetition_type: repetition } = column.element;
    // hyparquet takes what it does not find in a footer for undefined.
    if (typeof name !== 'string') throw new RangeError('a column without a name');
    const type = leafType(column);
    if (type !== null && repetition !== 'REPEATED') return { name, type, path: [root, column] };
    const list = listPath(column);
    if (list !== null) return { name, type: 'numbers', path: [root, ...list] };
    return { name, type: 'other', path: [], described: describe(column) };
  });
}

/** A list of numbers: a group LIST with one repeated group with one leaf, as all writers of today have it. */
function listPath(column: SchemaTree): readonly SchemaTree[] | null {
  const isList = column.element.converted_type === 'LIST' || column.element.logical_type?.type === 'LIST';
  const [repeated] = column.children;
  const [leaf] = repeated?.children ?? [];
  if (!isList || repeated?.element.repetition_type !== 'REPEATED' || repeated.children.length !== 1)
    return null;
  if (leaf === undefined || leaf.element.repetition_type === 'REPEATED') return null;
  const type = leafType(leaf);
  return type === 'number' || type === 'integer' ? [column, repeated, leaf] : null;
}

function describe({ element, children }: SchemaTree): string {
  const kind = element.logical_type?.type ?? element.converted_type ?? element.type;
  return kind === undefined ? `a group of ${children.length} columns` : kind;
}
