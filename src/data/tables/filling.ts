/** Rows of a table as arrays: numbers as they are, text as one feature a value, classes as labels. */
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import type { Cell, Row, Table } from '../../codec/tables/table.ts';
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { MissingPolicy } from '../preparation/missing.ts';
import { type ImageOptions, imagePositions } from '../reading/images.ts';
import type { Labels } from '../reading/labels.ts';
import type { ReadSplit, ReadTargets } from '../reading/source-splits.ts';
import { columnError, isMissing, numberIn, placeIn, textIn } from './cells.ts';
import type { ColumnFacts } from './column-facts.ts';

/** What rows are turned into arrays by. */
export interface Filling {
  readonly features: readonly ColumnFacts[];
  readonly targets: readonly ColumnFacts[];
  /** Names of the classes in the order of their labels; undefined where the targets are numbers. */
  readonly classes: readonly string[] | undefined;
  readonly missing: MissingPolicy;
  readonly image: ImageOptions;
}

/** Largest number of classes whose labels are bytes. */
const MOST_IN_BYTES = 256;

/** Numbers that a column of inputs gives a sample. */
export function widthOf({ kind, width, values }: ColumnFacts): number {
  return kind === 'text' ? (values?.length ?? 0) : width;
}

/**
 * Reads the rows of a table, of which there are `rows`. Without `classes` or targets the split has none.
 *
 * Errors: DataError DATA_MISSING, DATA_NOT_FINITE and DATA_COLUMN with the place of the cell, DATA_MEMORY.
 */
export async function fillSplit(table: Table, rows: number, filling: Filling): Promise<ReadSplit> {
  const { features, targets, image } = filling;
  const asked = [...features, ...targets].map(({ name }) => name);
  const inputs = new InputRows(table, rows, filling);
  const answers = targets.length === 0 ? null : new TargetRows(table, rows, filling);
  let samples = 0;
  await table.each((row) => {
    if (samples === rows) return false;
    if (answers !== null && !answers.put(samples, row)) return true;
    inputs.put(samples, row);
    samples++;
    return true;
  }, asked);
  return {
    samples,
    shape: image.shape ?? [inputs.width],
    values: inputs.values.subarray(0, samples * inputs.width),
    targets: answers === null ? null : answers.upTo(samples),
    file: table.where,
  };
}

/** The inputs, a row after the other. */
class InputRows {
  readonly width: number;
  readonly values: Float32Array<SharedArrayBuffer>;
  readonly #table: Table;
  readonly #missing: MissingPolicy;
  readonly #columns: readonly {
    facts: ColumnFacts;
    width: number;
    categories: ReadonlyMap<string, number>;
  }[];
  /** Where each number goes within a sample. */
  readonly #positions: Uint32Array;

  constructor(table: Table, rows: number, { features, missing, image }: Filling) {
    this.#table = table;
    this.#missing = missing;
    this.#columns = features.map((facts) => ({
      facts,
      width: widthOf(facts),
      categories: facts.kind === 'text' ? positionsOf(facts.values ?? []) : new Map(),
    }));
    this.width = this.#columns.reduce((sum, { width }) => sum + width, 0);
    this.#positions = imagePositions(image, this.width);
    this.values = new Float32Array(allocateShared(rows * this.width * 4, table.where).buffer);
  }

  put(sample: number, row: Row): void {
    const first = sample * this.width;
    let at = 0;
    for (const [index, { facts, width, categories }] of this.#columns.entries()) {
      const cell = row.cells[index];
      if (facts.kind === 'number') this.#set(first, at, this.#number(row, facts.name, numberIn(cell), 0));
      else if (isMissing(cell)) {
        this.#refuseMissing(row, facts.name);
        for (let i = 0; i < width; i++) this.#set(first, at + i, Number.NaN);
      } else if (cell instanceof Float64Array) {
        for (let i = 0; i < width; i++) this.#set(first, at + i, this.#number(row, facts.name, cell[i], i));
      } else this.#set(first, at + (categories.get(textIn(cell)) as number), 1);
      at += width;
    }
  }

  #set(first: number, at: number, value: number): void {
    this.values[first + (this.#positions[at] as number)] = value;
  }

  #number(row: Row, name: string, value: number | undefined, entry: number): number {
    const number = value as number;
    if (Number.isFinite(Math.fround(number))) return number;
    if (Number.isNaN(number) && entry === 0) this.#refuseMissing(row, name);
    if (this.#missing === 'error') throw notFinite(this.#table, row, name, number);
    return Number.NaN;
  }

  #refuseMissing(row: Row, name: string): void {
    if (this.#missing !== 'error') return;
    throw missingError(this.#table, row, name, 'Write missing: drop, or missing: mean, or mend the file.');
  }
}

/** The targets, a row after the other. */
class TargetRows {
  readonly #table: Table;
  readonly #targets: readonly ColumnFacts[];
  readonly #missing: MissingPolicy;
  /** Position of the first target among the columns. */
  readonly #first: number;
  readonly #classes: ReadonlyMap<string, number> | undefined;
  readonly #width: number;
  readonly #labels: Labels | undefined;
  readonly #numbers: Float32Array<SharedArrayBuffer> | undefined;

  constructor(table: Table, rows: number, { features, targets, classes, missing }: Filling) {
    this.#table = table;
    this.#targets = targets;
    this.#missing = missing;
    this.#first = features.length;
    this.#width = targets.reduce((sum, { width }) => sum + width, 0);
    if (classes === undefined) {
      this.#numbers = new Float32Array(allocateShared(rows * this.#width * 4, table.where).buffer);
      return;
    }
    this.#classes = positionsOf(classes);
    const bytes = classes.length <= MOST_IN_BYTES;
    const { buffer } = allocateShared(rows * (bytes ? 1 : 4), table.where);
    this.#labels = bytes ? new Uint8Array(buffer) : new Int32Array(buffer);
  }

  /** False where the row is to be left out because a target is missing. */
  put(sample: number, row: Row): boolean {
    let at = sample * this.#width;
    for (const [index, { name, kind, width }] of this.#targets.entries()) {
      const cell = row.cells[this.#first + index];
      if (isMissing(cell)) {
        if (this.#missing === 'drop') return false;
        throw missingError(this.#table, row, name, 'Write missing: drop, or mend the file.');
      }
      if (this.#labels !== undefined) this.#labels[sample] = this.#labelOf(kind, cell);
      else if (cell instanceof Float64Array) {
        for (let i = 0; i < width; i++) this.#setNumber(at + i, row, name, cell[i] as number);
      } else this.#setNumber(at, row, name, numberIn(cell), cell);
      at += width;
    }
    return true;
  }

  /** The targets of the first samples. */
  upTo(samples: number): ReadTargets {
    if (this.#labels !== undefined) {
      return { kind: 'labels', labels: this.#labels.subarray(0, samples) as Labels };
    }
    const numbers = (this.#numbers as Float32Array<SharedArrayBuffer>).subarray(0, samples * this.#width);
    return { kind: 'numbers', width: this.#width, numbers };
  }

  #labelOf(kind: ColumnFacts['kind'], cell: Cell | undefined): number {
    return this.#classes?.get(kind === 'number' ? String(numberIn(cell)) : textIn(cell)) as number;
  }

  #setNumber(at: number, row: Row, name: string, number: number | undefined, cell?: Cell): void {
    if (number === undefined) {
      throw columnError(
        placeIn(this.#table, row, name),
        'the target of a regression must be a number',
        `"${printable(textIn(cell))}"`,
        'Write task: classification to learn classes.',
      );
    }
    if (!Number.isFinite(Math.fround(number))) throw notFinite(this.#table, row, name, number);
    (this.#numbers as Float32Array)[at] = number;
  }
}

function notFinite(table: Table, row: Row, name: string, value: number): DataError {
  return new DataError(
    'DATA_NOT_FINITE',
    `${placeIn(table, row, name)}: a number must be finite in float32, got ${value}. Write missing: drop, or mend the file.`,
    { where: table.where, place: row.place, column: name },
  );
}

function missingError(table: Table, row: Row, name: string, remedy: string): DataError {
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

function positionsOf(values: readonly string[]): ReadonlyMap<string, number> {
  return new Map(values.map((value, position) => [value, position]));
}
