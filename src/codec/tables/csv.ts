/**
 * Reader of CSV files: fields between commas, semicolons, tabs or bars, in quotes where they hold one of these, with a
 * header or without. Papa Parse takes the records apart, a block at a time.
 *
 * Source: RFC 4180.
 */
import Papa from 'papaparse';
import { DataError } from '../../errors.ts';
import { withDataFile } from '../bytes/file.ts';
import { rangeReader } from '../bytes/reader.ts';
import { type Block, countLines, csvBlocks, csvError, newlines, normalized } from './csv-blocks.ts';
import { type Column, positions, refuseAmbiguous, type Table, type Visit } from './table.ts';

/** In the order in which they are tried: a comma may be part of a number, the others hardly. */
export const DELIMITERS = ['\t', ';', '|', ','] as const;

export type Delimiter = (typeof DELIMITERS)[number];

export interface CsvOptions {
  /** What stands between fields. Default: the one that cuts the first records into equally many fields, above one. */
  readonly delimiter?: Delimiter;
  /**
   * Whether the first record names the columns. Default: yes, unless one of its fields is a number or empty; the first may
   * be empty, as pandas and R leave it above the names of the rows.
   */
  readonly header?: boolean;
}

export interface CsvTable extends Table {
  readonly delimiter: Delimiter;
  readonly header: boolean;
}

/** Records that decide about the delimiter. */
const PREVIEW = 50;

/**
 * Opens a CSV file: the delimiter and the names of the columns are taken from its first records. Columns without a header
 * are `column_1`, `column_2`, and so on. Every cell is text. Lines without anything are no rows, unless there is but one
 * column.
 *
 * Errors: DataError DATA_CSV (no records; and on reading: a record with more or fewer fields than the first, quotes that
 * enclose no whole field), DATA_ENCODING, each with its line; DATA_COLUMN (two columns of one name, an empty name); those
 * of {@link withDataFile}.
 */
export async function openCsv(path: string, options: CsvOptions = {}): Promise<CsvTable> {
  const { stamp, records, delimiter } = await withDataFile(path, async (file) => {
    const reader = rangeReader(file, 0, file.stamp.sizeBytes);
    const blocks = csvBlocks(reader, path);
    const { value } = await blocks.next();
    await blocks.return(undefined);
    const block = value ?? { text: '', line: 1 };
    const chosen = options.delimiter ?? detectDelimiter(block, path);
    return { stamp: file.stamp, records: [...recordsOf(block, chosen, path)], delimiter: chosen };
  });
  const first = records.find(({ fields }) => !isBlank(fields));
  if (first === undefined) {
    throw new DataError(
      'DATA_CSV',
      `${path}: a CSV file has at least one record, got none. Name a file with data.`,
      {
        where: path,
      },
    );
  }
  const header = options.header ?? isHeader(first.fields);
  const names = first.fields.map((name, position) =>
    header && (name.trim() !== '' || position > 0) ? name.trim() : `column_${position + 1}`,
  );
  if (header) refuseAmbiguous(names, `${path}:${first.line}`);
  const columns = names.map((name): Column => ({ name, type: 'text' }));

  return {
    where: path,
    columns,
    counts: 'line',
    rows: null,
    delimiter,
    header,
    mostRows: () =>
      withDataFile(path, (file) => countLines(rangeReader(file, 0, file.stamp.sizeBytes)), stamp),
    async each(visit, asked) {
      const taken = asked === undefined ? undefined : positions(columns, asked, path);
      await withDataFile(
        path,
        async (file) => {
          const reader = rangeReader(file, 0, file.stamp.sizeBytes);
          let namesAreNext = header;
          for await (const block of csvBlocks(reader, path)) {
            for (const { fields, line } of recordsOf(block, delimiter, path)) {
              if (isBlank(fields) && (columns.length > 1 || namesAreNext)) continue;
              if (namesAreNext) namesAreNext = false;
              else if (hand(fields, line) === false) return;
            }
          }
        },
        stamp,
      );

      function hand(fields: string[], line: number): ReturnType<Visit> {
        if (fields.length !== columns.length) {
          const rule = `every record has the ${columns.length} fields of the first`;
          throw csvError(path, line, rule, `${fields.length}`, 'Mend the line, or check the delimiter.');
        }
        const cells = taken === undefined ? fields : taken.map((position) => fields[position] as string);
        return visit({ place: line, cells });
      }
    },
  };
}

function isHeader(fields: readonly string[]): boolean {
  const [, ...named] = fields;
  const names = named.length > 0 && fields[0]?.trim() === '' ? named : fields;
  return names.every((field) => field.trim() !== '' && !isNumber(field));
}

function isBlank(fields: readonly string[]): boolean {
  return fields.length === 1 && fields[0] === '';
}

/** Whether text is a number, with a point or a comma. */
function isNumber(field: string): boolean {
  return /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(field.trim());
}

interface Parsed {
  readonly fields: string[];
  readonly line: number;
}

function* recordsOf(block: Block, delimiter: string, where: string): Generator<Parsed> {
  const text = normalized(block, delimiter, where);
  const quoted = text.includes('"');
  let { line } = block;
  for (const fields of split(text, delimiter)) {
    yield { fields, line };
    line += 1 + (quoted ? fields.reduce((lines, field) => lines + newlines(field), 0) : 0);
  }
}

function split(text: string, delimiter: string, preview = 0): string[][] {
  // The library makes no record of no text, where there is a line.
  if (text === '') return [['']];
  return Papa.parse<string[]>(text, { delimiter, newline: '\n', quoteChar: '"', preview }).data;
}

/** The first delimiter that cuts all of the first records alike; where none does, the one that the first has most of. */
function detectDelimiter(block: Block, where: string): Delimiter {
  const counts = DELIMITERS.map((delimiter) => {
    let text = block.text;
    try {
      text = normalized(block, delimiter, where);
    } catch {
      return { delimiter, fields: 1, alike: false };
    }
    const records = split(text, delimiter, PREVIEW).filter((fields) => !isBlank(fields));
    const fields = records[0]?.length ?? 1;
    return { delimiter, fields, alike: records.every((record) => record.length === fields) };
  });
  const alike = counts.find((one) => one.alike && one.fields > 1);
  if (alike !== undefined) return alike.delimiter;
  const most = counts.reduce((best, one) => (one.fields > best.fields ? one : best));
  return most.fields > 1 ? most.delimiter : ',';
}
