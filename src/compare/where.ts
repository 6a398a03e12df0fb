/** Conditions on the rows of a comparison: `penalty.type=decov|mean, penalty.weight>=0.1`. */
import { ConfigError } from '../errors.ts';
import { describeValue } from '../printable.ts';
import { columnValue, referenceRows, requireColumn } from './order.ts';
import type { PointSummary } from './point.ts';

const CONDITION = /^\s*([^=!<>~\s]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*$/s;

type Test = (row: PointSummary) => boolean;

/**
 * Reads conditions, separated by commas; a row must fulfil all of them. `|` separates values of which any will do.
 *
 * Errors: ConfigError `WHERE_INVALID` for what is no condition, UNKNOWN_COLUMN for a name that is not in `known`.
 */
export function parseWhere(text: string, rows: readonly PointSummary[], known: readonly string[]): Test {
  const tests = text.split(',').map((part) => parseCondition(part, rows, known));
  return (row) => tests.every((test) => test(row));
}

/** Rows that pass, and those that the others are measured against. */
export function filterRows<Row extends PointSummary>(rows: readonly Row[], test: Test): Row[] {
  const references = referenceRows(rows);
  return rows.filter((row) => references.has(row) || test(row));
}

function parseCondition(text: string, rows: readonly PointSummary[], known: readonly string[]): Test {
  const [, column, operator, operand] = CONDITION.exec(text) ?? [];
  if (column === undefined || operator === undefined || operand === undefined || operand === '') {
    throw invalid('conditions such as penalty.weight>=0.1, separated by commas', text);
  }
  const name = requireColumn('--where', column, known);
  const values = operand.split('|').map((value) => value.trim());
  if (operator === '=') return (row) => values.some((value) => equals(columnValue(row, name), value));
  if (operator === '!=') return (row) => !values.some((value) => equals(columnValue(row, name), value));
  const limit = Number(operand);
  if (!Number.isFinite(limit)) throw invalid(`a number behind ${operator}`, operand);
  if (rows.some((row) => !row.baseline && typeof columnValue(row, name) === 'string')) {
    throw invalid(`a column of numbers before ${operator}`, column);
  }
  return (row) => {
    const value = columnValue(row, name);
    return typeof value === 'number' && ORDERS[operator as keyof typeof ORDERS](value, limit);
  };
}

const ORDERS = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
};

function equals(value: ReturnType<typeof columnValue>, text: string): boolean {
  if (typeof value === 'number') return text !== '' && value === Number(text);
  return value !== null && String(value) === text;
}

function invalid(rule: string, found: string): ConfigError {
  return new ConfigError(
    'WHERE_INVALID',
    `--where: must be ${rule}, got ${describeValue(found)}. Operators are =, !=, <, <=, > and >=; | separates values.`,
  );
}
