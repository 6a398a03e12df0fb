/** Conditions on the rows of a comparison: `penalty.type=decov|mean, penalty.weight>=0.1`. */
import { ConfigError } from '../errors.ts';
import { largestOf, smallestOf } from '../extremes.ts';
import { describeValue, printable } from '../printable.ts';
import { closestName } from '../suggestion.ts';
import { columnValue, type Heads, referenceRows, requireColumn } from './order.ts';
import type { PointSummary } from './point.ts';

const CONDITION = /^\s*([^=!<>≤≥≠]+?)\s*([=!<>≤≥≠]+)\s*(.*?)\s*$/s;
/** What stands between conditions; a comma or a word inside of quotes does not. */
const BETWEEN = /\s*(?:,|&&)\s*|\s+and\s+/i;
const QUOTED = /("[^"]*"|'[^']*')/;
const OR = /\|\||\s+or\s+/i;

/** Other ways to write an operator. */
const SPELLINGS: Readonly<Record<string, string>> = {
  '==': '=',
  '===': '=',
  '=>': '>=',
  '=<': '<=',
  '<>': '!=',
  '!==': '!=',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
};
const OPERATORS: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];

/** Values of a column that an error lists before it counts the rest. */
const LISTED = 8;

type Test = (row: PointSummary) => boolean;
type Value = ReturnType<typeof columnValue>;

/**
 * Reads conditions, separated by commas, `and` or `&&`; a row must fulfil all of them. `|` separates values of which any
 * will do. A value may stand in quotes.
 *
 * Errors: ConfigError `WHERE_INVALID` for what is no condition, for a value that no row has and for conditions that no row
 * fulfils; UNKNOWN_COLUMN for a name that is neither in `known` nor in `heads`.
 */
export function parseWhere(
  text: string,
  rows: readonly PointSummary[],
  known: readonly string[],
  heads?: Heads,
): Test {
  const tests = conditionsOf(text).map((part) => parseCondition(part, { rows, known, heads }));
  const fulfilled = (row: PointSummary): boolean => tests.every((test) => test(row));
  if (!rows.some(fulfilled)) {
    throw invalid('conditions that a point fulfils together', text, 'Each of them holds for some.');
  }
  return fulfilled;
}

/** Rows that pass, and those that the others are measured against. */
export function filterRows<Row extends PointSummary>(rows: readonly Row[], test: Test): Row[] {
  const references = referenceRows(rows);
  return rows.filter((row) => references.has(row) || test(row));
}

/** The conditions of a text; what stands in quotes is kept whole. */
function conditionsOf(text: string): string[] {
  const conditions = [''];
  for (const piece of text.split(QUOTED)) {
    const [first = '', ...others] = QUOTED.test(piece) ? [piece] : piece.split(BETWEEN);
    conditions[conditions.length - 1] += first;
    for (const other of others) conditions.push(other);
  }
  return conditions;
}

/** What conditions are about. */
interface Subject {
  readonly rows: readonly PointSummary[];
  readonly known: readonly string[];
  readonly heads: Heads | undefined;
}

function parseCondition(text: string, { rows, known, heads }: Subject): Test {
  const [, column, written = '', operand] = CONDITION.exec(text) ?? [];
  if (column === undefined || operand === undefined || operand === '') {
    throw invalid('conditions such as penalty.weight>=0.1, separated by commas', text);
  }
  const operator = SPELLINGS[written] ?? written;
  if (!OPERATORS.includes(operator)) throw invalid('conditions with one operator each', text);
  if (OR.test(operand)) {
    throw invalid(
      'conditions that must all hold',
      text,
      'Write penalty=decov|mean for one of several values.',
    );
  }
  const name = requireColumn('--where', column, known, heads);
  const present = rows.map((row) => columnValue(row, name));
  if (operator === '=' || operator === '!=') {
    const values = operand.split('|').map((value) => unquoted(value.trim()));
    for (const value of values) requireValue(column, value, present);
    const among = (row: PointSummary): boolean =>
      values.some((value) => equals(columnValue(row, name), value));
    return operator === '=' ? among : (row) => !among(row);
  }
  const limit = Number(unquoted(operand));
  if (!Number.isFinite(limit)) throw invalid(`a number behind ${operator}`, operand);
  if (rows.some((row) => !row.baseline && typeof columnValue(row, name) === 'string')) {
    throw invalid(`a column of numbers before ${operator}`, column);
  }
  const holds = ORDERS[operator as keyof typeof ORDERS];
  const numbers = present.filter((value) => typeof value === 'number');
  if (!numbers.some((value) => holds(value, limit))) {
    throw invalid('conditions that a point fulfils', text.trim(), whatThereIs(column, present));
  }
  return (row) => {
    const value = columnValue(row, name);
    return typeof value === 'number' && holds(value, limit);
  };
}

const ORDERS = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
};

/** A value that no point has would select nothing, silently: it is a slip, and is told what there is. */
function requireValue(column: string, value: string, present: readonly Value[]): void {
  if (present.some((each) => equals(each, value))) return;
  const texts = [...new Set(present.flatMap((each) => (typeof each === 'string' ? [each] : [])))];
  const nearest = closestName(value, texts);
  const hint = nearest === undefined ? '' : `Did you mean ${printable(nearest)}? `;
  const rule =
    texts.length === 0 && Number.isNaN(Number(value))
      ? `a number behind ${printable(column)}`
      : `a value of ${printable(column)} that a point has`;
  throw invalid(rule, value, hint + whatThereIs(column, present));
}

/** `weight is 0, 0.1, 1.`, or of many numbers the range. */
function whatThereIs(column: string, present: readonly Value[]): string {
  const distinct = [...new Set(present.filter((value) => value !== null))];
  const numbers = distinct.filter((value) => typeof value === 'number');
  const name = printable(column);
  if (distinct.length === 0) return `${name} has no values.`;
  if (numbers.length === distinct.length && numbers.length > LISTED) {
    return `${name} goes from ${smallestOf(numbers)} to ${largestOf(numbers)}.`;
  }
  const sorted = [...numbers.sort((a, b) => a - b), ...distinct.filter((value) => typeof value !== 'number')];
  const more = sorted.length > LISTED ? ` and ${sorted.length - LISTED} more` : '';
  return `${name} is ${sorted
    .slice(0, LISTED)
    .map((each) => printable(String(each)))
    .join(', ')}${more}.`;
}

function unquoted(text: string): string {
  return new RegExp(`^${QUOTED.source}$`).test(text) ? text.slice(1, -1) : text;
}

function equals(value: Value, text: string): boolean {
  if (typeof value === 'number') return text !== '' && value === Number(text);
  return value !== null && String(value) === text;
}

function invalid(rule: string, found: string, remedy = ''): ConfigError {
  const way = remedy === '' ? 'Operators are =, !=, <, <=, > and >=; | separates values.' : remedy;
  return new ConfigError('WHERE_INVALID', `--where: must be ${rule}, got ${describeValue(found)}. ${way}`);
}
