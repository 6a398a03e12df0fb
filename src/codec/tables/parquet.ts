/**
 * Reader of Parquet files over hyparquet: numbers, text, booleans, lists of numbers, with nulls, in every compression but
 * LZO. Rows are decoded some ten thousand at a time. What hyparquet would trust is checked before it sees it; the file is as long
 * as these checks are many.
 *
 * Source: the format's specification, apache/parquet-format.
 */
import {
  type AsyncBuffer,
  type ColumnMetaData,
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type RowGroup,
} from 'hyparquet';
import { CovgradError, DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type DataFile, withDataFile } from '../bytes/file.ts';
import { truncated } from '../bytes/reader.ts';
import { readThriftStruct } from './compact-thrift.ts';
import { type Decompress, decompression } from './parquet-compression.ts';
import { type ColumnClaims, checkValues, type Page, walkPages } from './parquet-pages.ts';
import { type ParquetColumn, parquetColumns } from './parquet-schema.ts';
import { type Cell, positions, refuseAmbiguous, type Table, type Visit } from './table.ts';

const MAGIC = 'PAR1';
const TAIL_BYTES = 8;
const LARGEST_FOOTER_BYTES = 2 ** 26;
/** Cells that are decoded at a time: some ten megabytes. */
const CELLS = 2 ** 21;
const FEWEST_ROWS = 2 ** 12;
const MOST_ROWS = 2 ** 17;

/**
 * Opens a Parquet file: its footer is read, and what it says of columns and row groups is held against the length of the
 * file. Integers past 2^53 stay bigint, lists of numbers are Float64Array.
 *
 * Errors: DataError DATA_PARQUET (no Parquet file, a damaged one, what is not read of the format), DATA_TRUNCATED,
 * DATA_COLUMN (a name twice), DATA_MEMORY, and those of {@link withDataFile}. Reading: DATA_TYPE for columns of other kinds
 * (dates, structs, lists of text), DATA_PARQUET with column and row group.
 * Memory: one column of a row group, compressed, and two million cells; a page, where it has more.
 */
export function openParquet(path: string): Promise<Table> {
  return withDataFile(path, async (file) => {
    const metadata = await guard(path, '', () => readFooter(file));
    const columns = await guard(path, '', async () => parquetColumns(parquetSchema(metadata)));
    refuseAmbiguous(
      columns.map(({ name }) => name),
      path,
    );
    const groups = await guard(path, '', async () => checkGroups(metadata, columns, file));
    const { stamp } = file;
    const rows = groups.reduce((sum, group) => sum + group.rows, 0);
    return {
      where: path,
      columns,
      counts: 'row',
      rows,
      mostRows: async () => rows,
      async each(visit, asked) {
        const taken = positions(columns, asked, path).map((position) => columns[position] as ParquetColumn);
        for (const column of taken) refuseOther(column, path);
        await withDataFile(path, (again) => readGroups(again, metadata, groups, taken, visit), stamp);
      },
    };
  });
}

/** A row group whose columns lie within the file. */
interface Group {
  readonly group: RowGroup;
  readonly rows: number;
}

async function readFooter(file: DataFile): Promise<FileMetaData> {
  const { path, stamp } = file;
  const shortest = MAGIC.length + TAIL_BYTES;
  if (stamp.sizeBytes < shortest) {
    throw truncated(path, `a Parquet file takes ${shortest} bytes at least`, stamp.sizeBytes);
  }
  const tail = Buffer.alloc(TAIL_BYTES);
  await file.read(tail, stamp.sizeBytes - TAIL_BYTES);
  const magic = tail.toString('latin1', 4);
  if (magic === 'PARE') throw new RangeError('an encrypted footer');
  if (magic !== MAGIC)
    throw new RangeError(`0x${tail.toString('hex', 4)} in place of its last four bytes, PAR1`);
  const length = tail.readUInt32LE(0);
  if (length > Math.min(LARGEST_FOOTER_BYTES, stamp.sizeBytes - shortest)) {
    throw new RangeError(`a footer of ${length} bytes in a file of ${stamp.sizeBytes}`);
  }
  const footer = new Uint8Array(length + TAIL_BYTES);
  await file.read(footer, stamp.sizeBytes - footer.length);
  readThriftStruct(footer.subarray(0, length), 0);
  return parquetMetadata(footer.buffer, { geoparquet: false });
}

function checkGroups(
  metadata: FileMetaData,
  columns: readonly ParquetColumn[],
  { stamp }: DataFile,
): readonly Group[] {
  const groups = metadata.row_groups.map((group, position) => {
    const rows = count(group.num_rows, 'rows');
    if (group.columns.length < columns.length) {
      throw new RangeError(`${group.columns.length} of ${columns.length} columns in row group ${position}`);
    }
    for (const { meta_data: chunk, file_path: elsewhere } of group.columns) {
      if (chunk === undefined || elsewhere !== undefined) throw new RangeError('columns in another file');
      const start = count(chunk.dictionary_page_offset || chunk.data_page_offset, 'bytes before a column');
      const bytes = count(chunk.total_compressed_size, 'bytes of a column');
      if (start < MAGIC.length || start + bytes > stamp.sizeBytes) {
        throw new RangeError(
          `a column from byte ${start} to ${start + bytes} in a file of ${stamp.sizeBytes}`,
        );
      }
    }
    return { group, rows };
  });
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== count(metadata.num_rows, 'rows')) {
    throw new RangeError(`${rows} rows in its groups and ${metadata.num_rows} in all`);
  }
  return groups;
}

function count(value: unknown, what: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new RangeError(`${String(value)} ${what}`);
}

function refuseOther({ name, type, described }: ParquetColumn, path: string): void {
  if (type !== 'other') return;
  throw new DataError(
    'DATA_TYPE',
    `${path}: a column must hold numbers, text, booleans or lists of numbers, got ${printable(described ?? '')} in "${printable(name)}". ` +
      'Leave it out, or save it as numbers.',
    { file: path, column: name, found: described ?? '' },
  );
}

async function readGroups(
  file: DataFile,
  metadata: FileMetaData,
  groups: readonly Group[],
  columns: readonly ParquetColumn[],
  visit: Visit,
): Promise<void> {
  const sliceRows = Math.max(
    FEWEST_ROWS,
    Math.min(MOST_ROWS, Math.floor(CELLS / Math.max(1, columns.length))),
  );
  let before = 0;
  for (const [position, { group, rows }] of groups.entries()) {
    for (let start = 0; start < rows; start += sliceRows) {
      const end = Math.min(rows, start + sliceRows);
      const slice: Cell[][] = [];
      for (const column of columns) {
        const where = ` in column "${printable(column.name)}" of row group ${position}`;
        const cells = await guard(file.path, where, () =>
          readCells(file, metadata, group, column, start, end),
        );
        slice.push(cells);
      }
      for (let row = 0; row < end - start; row++) {
        const cells = slice.map((column) => column[row] as Cell);
        if (visit({ place: before + start + row + 1, cells }) === false) return;
      }
    }
    before += rows;
  }
}

/** Decodes rows of one column of one group. */
async function readCells(
  file: DataFile,
  metadata: FileMetaData,
  group: RowGroup,
  column: ParquetColumn,
  rowStart: number,
  rowEnd: number,
): Promise<Cell[]> {
  const leaf = column.path.slice(1).map(({ element }) => element.name);
  const path = leaf.join('.');
  const found = group.columns.find(
    ({ meta_data: chunk }) => chunk?.path_in_schema.join('.') === path,
  )?.meta_data;
  if (found === undefined) throw new RangeError('no values');
  const claims = claimsOf(found, column, group);
  const start = count(found.dictionary_page_offset || found.data_page_offset, 'bytes');
  const chunk = new Uint8Array(count(found.total_compressed_size, 'bytes'));
  await file.read(chunk, start);
  const pages = walkPages(chunk, claims);

  // Under a name that hyparquet does not know every page passes through the decompressor here, and is checked.
  const checked = { ...found, codec: 'CHECKED' as ColumnMetaData['codec'] };
  const one: RowGroup = { ...group, columns: [{ file_offset: 0n, meta_data: checked }] };
  const { buffer } = chunk;
  const source: AsyncBuffer = {
    byteLength: file.stamp.sizeBytes,
    slice: (from, to = file.stamp.sizeBytes) =>
      from === start && to === start + chunk.length ? buffer : buffer.slice(from - start, to - start),
  };
  const decompress = decompressor(found.codec, pages, claims);
  let cells: Cell[] = [];
  await parquetRead({
    file: source,
    metadata: { ...metadata, num_rows: group.num_rows, row_groups: [one] },
    columns: [column.name],
    rowStart,
    rowEnd,
    compressors: { CHECKED: decompress } as Compressors,
    useOffsetIndex: false,
    rowFormat: 'array',
    onComplete: (rows) => {
      cells = rows.map(([value]) => cellOf(value, column));
    },
  });
  if (cells.length !== rowEnd - rowStart) {
    throw new RangeError(`${cells.length} of ${rowEnd - rowStart} rows`);
  }
  return cells;
}

function claimsOf(chunk: ColumnMetaData, { path }: ParquetColumn, group: RowGroup): ColumnClaims {
  const values = count(chunk.num_values, 'values');
  const below = path.slice(1).map(({ element }) => element.repetition_type);
  const deepestRepetition = below.filter((type) => type === 'REPEATED').length;
  if (deepestRepetition === 0 && values !== count(group.num_rows, 'rows')) {
    throw new RangeError(`${values} values in ${group.num_rows} rows`);
  }
  const element = path.at(-1)?.element;
  if (element?.type !== chunk.type) throw new RangeError(`${chunk.type} in place of ${element?.type}`);
  const deepestDefinition = below.filter((type) => type !== 'REQUIRED').length;
  return { type: chunk.type, values, deepestRepetition, deepestDefinition };
}

/** Decompresses a page and checks what comes out. A page is known by where it begins. */
function decompressor(codec: string, pages: readonly Page[], claims: ColumnClaims): Decompress {
  const byStart = new Map(pages.map((page) => [page.start, page]));
  const inflate = decompression(codec);
  return (input, length) => {
    const page = byStart.get(input.byteOffset);
    if (page === undefined) throw new RangeError(`a page at byte ${input.byteOffset}`);
    const output = inflate(input, length);
    if (output.length !== length) throw new RangeError(`${output.length} of ${length} bytes in a page`);
    checkValues(output, page, claims);
    return output;
  };
}

/** A value of hyparquet as a cell; `undefined` is what it makes of an index past the end of a dictionary. */
function cellOf(value: unknown, column: ParquetColumn): Cell {
  if (value === null) return null;
  if (column.type === 'numbers' && (Array.isArray(value) || ArrayBuffer.isView(value))) {
    return Float64Array.from(value as ArrayLike<unknown>, (item) => Number(numberOf(item ?? Number.NaN)));
  }
  if (column.type === 'text' && typeof value === 'string') return value;
  if (column.type === 'boolean' && typeof value === 'boolean') return value;
  if (column.type === 'number' || column.type === 'integer') return numberOf(value);
  throw new RangeError(`a value that is no ${column.type}`);
}

function numberOf(value: unknown): number | bigint {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') throw new RangeError('a value that is no number');
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** Turns whatever the libraries throw at damaged bytes into an error that names the file. */
async function guard<Result>(path: string, place: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof CovgradError) throw cause;
    if (cause instanceof Error && 'syscall' in cause) throw cause;
    const reason = printable(cause instanceof Error ? cause.message : String(cause));
    throw new DataError(
      'DATA_PARQUET',
      `${path}: a Parquet file must be intact, got ${reason}${place}. Fetch it again, or save it anew with another program.`,
      { file: path, reason },
      { cause },
    );
  }
}
