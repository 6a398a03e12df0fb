/** CSV files as a source: one row a sample, a column of targets. */
import { type CsvOptions, type DELIMITERS, openCsv } from '../../codec/tables/csv.ts';
import { choice, truthValue } from '../../schema/rules.ts';
import type { Source } from '../source.ts';
import { tableSource } from '../tables/table-source.ts';

const DELIMITER_NAMES = { comma: ',', semicolon: ';', tab: '\t', bar: '|' } as const satisfies Record<
  string,
  (typeof DELIMITERS)[number]
>;

export const csv: Source = tableSource({
  name: 'csv',
  summary: 'tables as text, one row a sample',
  keys: {
    delimiter: choice(Object.keys(DELIMITER_NAMES))
      .exactOptional()
      .describe('What stands between fields: comma, semicolon, tab or bar; found out unless given'),
    header: truthValue()
      .exactOptional()
      .describe(
        'Whether the first row names the columns; found out unless given. Without one they are column_1, column_2 …',
      ),
  },
  open: (path, { delimiter, header }) =>
    openCsv(path, {
      ...(delimiter !== undefined && {
        delimiter: DELIMITER_NAMES[delimiter as keyof typeof DELIMITER_NAMES],
      }),
      ...(header !== undefined && { header: header as boolean }),
    } satisfies CsvOptions),
});
