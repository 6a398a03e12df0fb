/** What is in a file of data, whatever its format: its arrays or columns with types, shapes, ranges and missing values. */
import { stat } from 'node:fs/promises';
import { formatOf, listArrays, openArray } from '../codec/arrays/array-file.ts';
import { type CifarFile, openCifar } from '../codec/arrays/cifar.ts';
import { ELEMENT_BYTES } from '../codec/arrays/element-type.ts';
import type { Member } from '../codec/arrays/members.ts';
import { elementCount, readTensor, type Tensor } from '../codec/arrays/tensor.ts';
import { openCsv } from '../codec/tables/csv.ts';
import { openParquet } from '../codec/tables/parquet.ts';
import type { Column, Table } from '../codec/tables/table.ts';
import { isMissing, numberIn, textIn } from '../data/tables/cells.ts';
import { DataError } from '../errors.ts';
import { fileOf, kindOf } from './file-kind.ts';
import { imageAxes, type Picture, pictureAt } from './images.ts';
import { summariseBytes, summariseNumbers, type ValueFacts, ValueSummary } from './value-summary.ts';

/** An array of a file, or why it cannot be read. */
export interface ArrayFacts {
  /** Key in the file; empty where it has but one array. */
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** Null where the elements cannot be read; `refusal` then says why. */
  readonly values: ValueFacts | null;
  readonly refusal?: string;
}

/** A column of a table. */
export interface ColumnFacts {
  readonly name: string;
  /** `number`, `text`, `boolean`, `list of 3`, or what the format calls a type that is not read. */
  readonly type: string;
  /** Null for a type that is not read. */
  readonly values: ValueFacts | null;
}

/** What is in a file. */
export interface FileFacts {
  readonly file: string;
  /** `csv`, `npy`, `cifar-10` and so on. */
  readonly format: string;
  readonly sizeBytes: number;
  /** Of a file of arrays. */
  readonly arrays?: readonly ArrayFacts[];
  /** Of a table. */
  readonly table?: TableFacts;
}

/** What is in a table. */
export interface TableFacts {
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  /** What a CSV file was taken to be. */
  readonly delimiter?: string;
  readonly header?: boolean;
}

/** A file and the first of its images. */
export interface InspectedFile {
  readonly facts: FileFacts;
  readonly pictures: readonly Picture[];
}

/** Images that are kept to be shown. */
const MOST_PICTURES = 12;

/**
 * Reads a file once or twice and says what is in it; of `file.npz#key` only that array.
 *
 * Errors: DataError, those of the format.
 */
export async function inspectFile(reference: string): Promise<InspectedFile> {
  const kind = await kindOf(reference);
  const file = await fileOf(reference);
  const { size: sizeBytes } = await stat(file);
  switch (kind) {
    case 'csv': {
      const table = await openCsv(file);
      const { delimiter, header } = table;
      const facts = await tableFacts(table);
      return {
        facts: { file, format: 'csv', sizeBytes, table: { ...facts, delimiter, header } },
        pictures: [],
      };
    }
    case 'parquet': {
      const table = await tableFacts(await openParquet(file));
      return { facts: { file, format: 'parquet', sizeBytes, table }, pictures: [] };
    }
    case 'cifar':
      return inspectCifar(file, sizeBytes);
    case 'module':
      throw new DataError(
        'DATA_FORMAT',
        `${file}: a module is read by a sweep file, got the module itself. Write data: {source: module, module: ./data.mjs} into one, and name that.`,
        { file },
      );
    case 'arrays': {
      const format = await formatOf(file);
      const members: readonly Member[] =
        file === reference
          ? await listArrays(file)
          : [{ key: reference.slice(file.length + 1), tensor: await openArray(reference) }];
      return inspectArrays(file, format, sizeBytes, members);
    }
  }
}

async function inspectCifar(file: string, sizeBytes: number): Promise<InspectedFile> {
  const ten = await openCifar(file, 'cifar10').catch((error) => error as Error);
  // A file that is neither is told as what it is most often.
  const opened =
    ten instanceof Error ? await openCifar(file, 'cifar100').catch(() => Promise.reject(ten)) : ten;
  const { images, labels } = opened as CifarFile;
  const format = ten instanceof Error ? 'cifar-100' : 'cifar-10';
  const members = Object.entries({ images, ...labels }).map(([key, tensor]) => ({ key, tensor }));
  return inspectArrays(file, format, sizeBytes, members);
}

async function inspectArrays(
  file: string,
  format: string,
  sizeBytes: number,
  members: readonly Member[],
): Promise<InspectedFile> {
  const arrays: ArrayFacts[] = [];
  const pictures: Picture[] = [];
  for (const member of members) {
    if ('refusal' in member) {
      const { message } = member.refusal;
      arrays.push({ name: member.key, type: '', shape: [], values: null, refusal: message });
      continue;
    }
    const { type, shape } = member.tensor.info;
    const numbers = await readNumbers(member.tensor);
    arrays.push({ name: member.key, type, shape, values: numbers.facts });
    const axes = imageAxes(shape);
    for (let at = 0; axes !== undefined && at < (shape[0] ?? 0) && pictures.length < MOST_PICTURES; at++) {
      pictures.push(pictureAt(numbers.data, at, axes));
    }
  }
  return { facts: { file, format, sizeBytes, arrays }, pictures };
}

async function readNumbers(tensor: Tensor): Promise<{ facts: ValueFacts; data: ArrayLike<number> }> {
  const { type, shape } = tensor.info;
  if (elementCount(shape) === 0) return { facts: summariseNumbers(0, () => 0), data: [] };
  if (type === 'u8' || type === 'bool') {
    const { data } = await readTensor(tensor, 'bytes');
    return { facts: summariseBytes(data), data };
  }
  const wide = ELEMENT_BYTES[type] > 2 && type !== 'f32';
  const { data } = await readTensor(tensor, wide ? 'f64' : 'f32', { allowNonFinite: true });
  return { facts: summariseNumbers(data.length, (position) => data[position]!), data };
}

async function tableFacts(table: Table): Promise<{ rows: number; columns: readonly ColumnFacts[] }> {
  const read = table.columns.filter(({ type }) => type !== 'other');
  const names = read.map(({ name }) => name);
  const scans = read.map((column) => new TypedSummary(column));
  let rows = 0;
  await table.each(({ cells }) => {
    rows++;
    for (let at = 0; at < scans.length; at++) scans[at]!.add(cells[at]);
  }, names);
  const bars = scans.map((scan) => scan.numbers.bars());
  await table.each(({ cells }) => {
    for (let at = 0; at < scans.length; at++) {
      const own = bars[at];
      if (own) scans[at]!.each(cells[at], (number) => own.add(number));
    }
  }, names);
  const known = new Map(
    scans.map((scan, at) => [scan.column.name, { type: scan.type, values: scan.facts(bars[at] ?? null) }]),
  );
  const columns = table.columns.map(({ name, described }) => ({
    name,
    ...(known.get(name) ?? { type: described ?? 'other', values: null }),
  }));
  return { rows, columns };
}

/** A column whose type is known once all its cells have been seen: text as soon as one of them is. */
class TypedSummary {
  readonly column: Column;
  readonly numbers: ValueSummary = new ValueSummary();
  readonly #texts = new ValueSummary();
  #isText = false;
  #width = 0;

  constructor(column: Column) {
    this.column = column;
    this.#isText = column.type === 'boolean';
  }

  add(cell: Parameters<typeof isMissing>[0]): void {
    if (isMissing(cell)) {
      this.numbers.addMissing();
      this.#texts.addMissing();
      return;
    }
    if (cell instanceof Float64Array) {
      this.#width = cell.length;
      for (const number of cell) this.numbers.addNumber(number);
      return;
    }
    const number = numberIn(cell);
    if (number === undefined) this.#isText = true;
    else if (!this.#isText) this.numbers.addNumber(number);
    this.#texts.addText(textIn(cell));
  }

  /** The finite numbers of a cell. */
  each(cell: Parameters<typeof isMissing>[0], visit: (number: number) => void): void {
    if (this.#isText || isMissing(cell)) return;
    const numbers = cell instanceof Float64Array ? cell : [numberIn(cell) ?? Number.NaN];
    for (const number of numbers) if (Number.isFinite(number)) visit(number);
  }

  get type(): string {
    if (this.column.type === 'boolean') return 'boolean';
    if (this.#isText) return 'text';
    return this.#width > 0 ? `list of ${this.#width}` : 'number';
  }

  facts(bars: ReturnType<ValueSummary['bars']>): ValueFacts {
    return this.#isText ? this.#texts.facts(null) : this.numbers.facts(bars);
  }
}
