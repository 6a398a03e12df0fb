/** CSV: files that Python's csv module wrote, what is detected, and what is refused with its line. */
import { describe, expect, test } from 'vitest';
import { type CsvOptions, openCsv } from '../../../src/codec/tables/csv.ts';
import type { Row } from '../../../src/codec/tables/table.ts';
import { dataRefusal, EXPECTED, fixture, scratch } from '../files.ts';

const { write } = scratch();

async function read(path: string, options: CsvOptions = {}, columns?: readonly string[]) {
  const table = await openCsv(path, options);
  const rows: Row[] = [];
  await table.each((row) => rows.push(row), columns);
  return { table, rows, names: table.columns.map(({ name }) => name), cells: rows.map(({ cells }) => cells) };
}

describe("Python's csv module", () => {
  test.each([
    ['excel.csv', ','],
    ['unix.csv', ','],
    ['semicolon.csv', ';'],
    ['tab.csv', '\t'],
    ['pipe.csv', '|'],
  ])(
    'what it wrote into %s is read back: quotes, CRLF, a byte-order mark, lines within fields',
    async (name, delimiter) => {
      const [header, ...told] = EXPECTED.csv;
      const { table, names, cells, rows } = await read(fixture(name));
      expect(table.delimiter).toBe(delimiter);
      expect(names).toEqual(header);
      expect(cells).toEqual(told);
      // The third record has a line end within a field.
      expect(rows.map(({ place }) => place)).toEqual([2, 3, 5, 6]);
    },
  );
});

describe('what is detected', () => {
  test.each<[string, string, string, boolean, string[]]>([
    ['commas', 'a,b\n1,2\n', ',', true, ['a', 'b']],
    ['semicolons around decimal commas', '1,5;2,5\n3,5;4,5\n', ';', false, ['column_1', 'column_2']],
    ['a single column', 'a\n1\n2\n', ',', true, ['a']],
    ['no header where a field is a number', '5.1,setosa\n4.9,setosa\n', ',', false, ['column_1', 'column_2']],
    ['no header where a field is empty', 'a,\n1,2\n', ',', false, ['column_1', 'column_2']],
    ['a header of pandas or R, above unnamed rows', ',a,b\n0,1,2\n', ',', true, ['column_1', 'a', 'b']],
    ['delimiters within quotes do not count', '"a;b;c",d\n"1;2;3",4\n', ',', true, ['a;b;c', 'd']],
  ])('%s', async (_, text, delimiter, header, names) => {
    const found = await read(write('detect.csv', text));
    expect([found.table.delimiter, found.table.header, found.names]).toEqual([delimiter, header, names]);
  });

  test('in time, also where a field is a million digits and then none', async () => {
    const { table } = await read(write('digits.csv', `${'1'.repeat(1_000_000)}x,b\n1,2\n`));
    expect(table.header).toBe(true);
  });

  test('and can be given instead', async () => {
    const { names, cells } = await read(write('given.csv', 'a,b\n1,2\n'), { delimiter: ';', header: false });
    expect(names).toEqual(['column_1']);
    expect(cells).toEqual([['a,b'], ['1,2']]);
  });
});

describe('records', () => {
  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('end with %s, the last with it or without', async (_, end) => {
    for (const last of ['', end]) {
      const { cells, rows } = await read(write('ends.csv', `a,b${end}1,2${end}3,"4"${last}`));
      expect(cells).toEqual([
        ['1', '2'],
        ['3', '4'],
      ]);
      expect(rows.map(({ place }) => place)).toEqual([2, 3]);
    }
  });

  test('keep line ends within quotes', async () => {
    const { cells } = await read(write('within.csv', 'a,b\r\n"1\r\n2",3\r\n'));
    expect(cells).toEqual([['1\r\n2', '3']]);
  });

  test('that are empty are left out, but in a table of one column they are missing values', async () => {
    const { cells, rows } = await read(write('blank.csv', '\na,b\n\n1,2\n\n3,4\n\n'));
    expect(cells).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(rows.map(({ place }) => place)).toEqual([4, 6]);
    expect((await read(write('one.csv', 'a\n1\n\n3\n'))).cells).toEqual([['1'], [''], ['3']]);
  });

  test('are streamed over the blocks that a file is read in, with their lines', async () => {
    const told = Array.from({ length: 40_000 }, (_, i) => [`${i}`, i % 3 === 0 ? `x\n"${i}"` : 'y']);
    const text = told.map(([number, word]) => `${number},"${word!.replaceAll('"', '""')}"`).join('\n');
    const { cells, rows } = await read(write('long.csv', `number,word\n${text}\n`));
    expect(cells).toEqual(told);
    expect(rows.at(-1)?.place).toBe(1 + 40_000 + Math.ceil(39_999 / 3));
  });

  test('end when the visitor has enough', async () => {
    const table = await openCsv(write('enough.csv', 'a\n1\n2\n3\n'));
    let seen = 0;
    await table.each(() => ++seen < 2);
    expect(seen).toBe(2);
  });

  test('give the columns that are asked for, in that order', async () => {
    expect((await read(write('columns.csv', 'a,b,c\n1,2,3\n'), {}, ['c', 'a'])).cells).toEqual([['3', '1']]);
  });
});

describe('refused with the line', () => {
  test.each<[string, string | Uint8Array, string, string]>([
    [
      'a record with more fields',
      'a,b\n1,2\n1,2,3\n',
      'DATA_CSV',
      ':3: in a CSV file every record has the 2 fields of the first, got 3. ',
    ],
    [
      'a record with fewer fields',
      'a,b\n"1\n",2\n1\n',
      'DATA_CSV',
      ':4: in a CSV file every record has the 2 fields of the first, got 1. ',
    ],
    [
      'a quote within a field',
      'a,b\n1,2\n1,5"x"\n',
      'DATA_CSV',
      ':3: in a CSV file quotes enclose a whole field',
    ],
    [
      'text after a quote',
      'a,b\n1,2\n"1"x,5\n',
      'DATA_CSV',
      ':3: in a CSV file quotes enclose a whole field, and a quote within them is doubled, got text after one that closes',
    ],
    [
      'a quote that is never closed',
      'a,b\n1,2\n"1,5\n2,3\n',
      'DATA_CSV',
      ':3: in a CSV file every quote is closed',
    ],
    [
      'bytes that are no UTF-8',
      Buffer.from('a,b\n1,2\n\xe9,3\n', 'latin1'),
      'DATA_ENCODING',
      ':3: a CSV file must be text in UTF-8, got other bytes. Save it as CSV UTF-8.',
    ],
    [
      'UTF-16',
      Buffer.from('\ufeffa,b\n', 'utf16le'),
      'DATA_ENCODING',
      ':1: a CSV file must be text in UTF-8, got the byte-order mark of UTF-16. ',
    ],
    ['zero bytes', 'a,b\n1,\0\n', 'DATA_ENCODING', ':2: a CSV file must be text in UTF-8, got a zero byte. '],
    ['no record', '\n\n', 'DATA_CSV', ': a CSV file has at least one record, got none. '],
    ['no bytes', '', 'DATA_CSV', ': a CSV file has at least one record, got none. '],
    [
      'two columns of one name',
      'a,b,a\n',
      'DATA_COLUMN',
      ':1: every column has a name of its own, got "a" for columns 1 and 3. ',
    ],
  ])('%s', async (_, content, code, message) => {
    const path = write('bad.csv', content);
    const error = await dataRefusal(read(path));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`${path}${message}`);
  });

  test('a column that is not there, with those that are', async () => {
    const error = await dataRefusal(read(write('names.csv', 'a,b\n1,2\n'), {}, ['c']));
    expect(error.message).toContain('a column must be in the table, got "c". There are: a, b.');
  });

  test('a header with an empty name, where it is said to be one', async () => {
    const error = await dataRefusal(read(write('empty.csv', 'a,\n1,2\n'), { header: true }));
    expect(error.message).toContain('got no name for column 2');
  });

  test('a record of more than 16 MiB, before the file fills the memory', async () => {
    const path = write('open.csv', `a,b\n1,"${'x'.repeat(2 ** 24 + 2 ** 19)}`);
    expect((await dataRefusal(read(path))).message).toContain(
      'a record takes at most 16777216 bytes, got more. ',
    );
  });
});
