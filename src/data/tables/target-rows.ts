/** Targets of a table, row by row: classes as labels, or numbers. */
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import type { Cell, Row, Table } from '../../codec/tables/table.ts';
import { printable } from '../../printable.ts';
import type { MissingPolicy } from '../preparation/missing.ts';
import { labelsOf } from '../reading/labels.ts';
import type { ReadTargets } from '../reading/source-splits.ts';
import { columnError, isMissing, missingError, notFinite, numberIn, placeIn, textIn } from './cells.ts';
import type { ColumnFacts } from './column-facts.ts';

/** Targets that are put in one after another. */
export interface TargetRows {
  /**
   * False where the row is to be left out because a target is missing.
   *
   * Errors: DataError DATA_MISSING, DATA_NOT_FINITE, DATA_COLUMN with the place of the cell.
   */
  put(sample: number, row: Row): boolean;
  /** The targets of the first samples; `classes` are the names of the classes in the order of their labels. */
  upTo(samples: number, classes: readonly string[] | undefined): ReadTargets;
}

/** What targets are made by. */
export interface TargetOptions {
  readonly targets: readonly ColumnFacts[];
  /** Position of the first target among the cells of a row. */
  readonly first: number;
  readonly missing: MissingPolicy;
  /** Whether they are classes. */
  readonly classes: boolean;
}

/** Targets of at most `rows` samples; null where there are none. */
export function targetRows(table: Table, rows: number, options: TargetOptions): TargetRows | null {
  if (options.targets.length === 0) return null;
  return options.classes ? new ClassRows(table, rows, options) : new NumberRows(table, rows, options);
}

/** Name of the class that a text stands for: numbers are one class however they are written, where all classes are numbers. */
function classNamed(classes: ReadonlyMap<string, number>, text: string): number {
  return classes.get(text) ?? (classes.get(String(numberIn(text))) as number);
}

/** Labels, numbered as they come until all classes are known. */
class ClassRows implements TargetRows {
  readonly #table: Table;
  readonly #name: string;
  readonly #first: number;
  readonly #missing: MissingPolicy;
  readonly #codes: Int32Array;
  readonly #codeOf = new Map<string, number>();

  constructor(table: Table, rows: number, { targets, first, missing }: TargetOptions) {
    this.#table = table;
    this.#name = (targets[0] as ColumnFacts).name;
    this.#first = first;
    this.#missing = missing;
    this.#codes = new Int32Array(rows);
  }

  put(sample: number, row: Row): boolean {
    const cell = row.cells[this.#first];
    if (isMissing(cell)) return leaveOut(this.#table, row, this.#name, this.#missing);
    const text = textIn(cell);
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#codeOf.size;
      this.#codeOf.set(text, code);
    }
    this.#codes[sample] = code;
    return true;
  }

  upTo(samples: number, classes: readonly string[] = []): ReadTargets {
    const positions = new Map(classes.map((name, label) => [name, label]));
    const labelOf = Array.from(this.#codeOf.keys(), (text) => classNamed(positions, text));
    const labels = this.#codes.subarray(0, samples);
    for (let row = 0; row < samples; row++) labels[row] = labelOf[labels[row] as number] as number;
    return { kind: 'labels', labels: labelsOf(labels, this.#table.where) };
  }
}

/** Numbers, one or more a sample. */
class NumberRows implements TargetRows {
  readonly #table: Table;
  readonly #targets: readonly ColumnFacts[];
  readonly #first: number;
  readonly #missing: MissingPolicy;
  readonly #width: number;
  readonly #numbers: Float32Array<SharedArrayBuffer>;

  constructor(table: Table, rows: number, { targets, first, missing }: TargetOptions) {
    this.#table = table;
    this.#targets = targets;
    this.#first = first;
    this.#missing = missing;
    this.#width = targets.reduce((sum, { width }) => sum + width, 0);
    this.#numbers = new Float32Array(allocateShared(rows * this.#width * 4, table.where).buffer);
  }

  put(sample: number, row: Row): boolean {
    let at = sample * this.#width;
    for (const [index, { name, width }] of this.#targets.entries()) {
      const cell = row.cells[this.#first + index];
      if (isMissing(cell)) return leaveOut(this.#table, row, name, this.#missing);
      for (let i = 0; i < width; i++) {
        const number = cell instanceof Float64Array ? cell[i] : this.#numberIn(row, name, cell);
        if (!Number.isFinite(Math.fround(number as number))) {
          throw notFinite(this.#table, row, name, number as number);
        }
        this.#numbers[at + i] = number as number;
      }
      at += width;
    }
    return true;
  }

  upTo(samples: number): ReadTargets {
    return { kind: 'numbers', width: this.#width, numbers: this.#numbers.subarray(0, samples * this.#width) };
  }

  #numberIn(row: Row, name: string, cell: Cell | undefined): number {
    const number = numberIn(cell);
    if (number !== undefined) return number;
    throw columnError(
      placeIn(this.#table, row, name),
      'the target of a regression must be a number',
      `"${printable(textIn(cell))}"`,
      'Write task: classification to learn classes.',
    );
  }
}

function leaveOut(table: Table, row: Row, name: string, missing: MissingPolicy): false {
  if (missing === 'drop') return false;
  throw missingError(table, row, name, 'Write missing: drop, or mend the file.');
}
