/** CSV files as a source: one row a sample, a column of targets. */
import { z } from 'zod';
import { type CsvOptions, DELIMITERS, type Delimiter, openCsv } from '../../codec/tables/csv.ts';
import { truthValue } from '../../schema/rules.ts';
import type { Source } from '../source.ts';
import { tableSource } from '../tables/table-source.ts';

/** By their names, and as they are. */
const DELIMITER_NAMES: Readonly<Record<string, Delimiter>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  bar: '|',
  ...Object.fromEntries(DELIMITERS.map((delimiter) => [delimiter, delimiter])),
};

export const csv: Source = tableSource({
  name: 'csv',
  summary: 'tables as text, one row a sample',
  keys: {
    delimiter: z
      .literal(Object.keys(DELIMITER_NAMES), {
        error: 'must be comma, semicolon, tab or bar, or the character itself',
      })
      .exactOptional()
      .describe(
        'What stands between fields: comma, semicolon, tab or bar, or the character; found out unless given',
      ),
    header: truthValue()
      .exactOptional()
      .describe(
        'Whether the first row names the columns; found out unless given. Without one they are column_1, column_2 …',
      ),
  },
  open: (path, { delimiter, header }) =>
    openCsv(path, {
      ...(delimiter !== undefined && {
        delimiter: DELIMITER_NAMES[delimiter as string] as Delimiter,
      }),
      ...(header !== undefined && { header: header as boolean }),
    } satisfies CsvOptions),
});
