/** What is in a file of data: its arrays or columns as a table, and a few of its images. */
import type { ArrayFacts, FileFacts, InspectedFile, TableFacts } from '../inspect/file-facts.ts';
import { printable } from '../printable.ts';
import { drawListing } from './listing.ts';
import { formatBytes, formatCount } from './number.ts';
import type { PictureStyle } from './style.ts';
import { plainColumn } from './table.ts';
import { wrap } from './text.ts';
import { drawThumbnails } from './thumbnail.ts';
import { valueColumns } from './value-facts.ts';

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
};

/** The lines about one file. */
export function renderDataFile({ facts, pictures }: InspectedFile, style: PictureStyle): string[] {
  const { colors, width } = style;
  const { file, arrays, table } = facts;
  const thumbnails = drawThumbnails(pictures, style);
  const lines = [
    ...wrap(colors.bold(printable(file)), width),
    ...wrap(describeFile(facts), width),
    '',
    ...(table === undefined ? drawArrays(arrays ?? [], style) : drawColumns(table, style)),
    ...(thumbnails.length === 0 ? [] : ['', ...thumbnails]),
  ];
  return lines;
}

function describeFile({ format, sizeBytes, arrays, table }: FileFacts): string {
  const size = formatBytes(sizeBytes);
  const contents = table?.columns ?? arrays ?? [];
  const complete = contents.every(({ values }) => (values?.missing ?? 0) === 0) ? ', nothing missing' : '';
  if (table === undefined) return `${format} · ${count(contents.length, 'array')}${complete} · ${size}`;
  const { rows, columns, delimiter, header } = table;
  const form =
    delimiter === undefined
      ? ''
      : `, between ${DELIMITERS[delimiter] ?? delimiter}, ${header ? 'with' : 'without'} a header`;
  return `${format}${form} · ${count(rows, 'row')}, ${count(columns.length, 'column')}${complete} · ${size}`;
}

function count(number: number, what: string): string {
  return `${formatCount(number)} ${what}${number === 1 ? '' : 's'}`;
}

function drawColumns({ columns }: TableFacts, style: PictureStyle): string[] {
  const [distribution, ...rest] = valueColumns(columns.map(({ values }) => values));
  return drawListing(
    [
      plainColumn(
        'column',
        columns.map(({ name }) => printable(name)),
      ),
      plainColumn(
        'type',
        columns.map(({ type }) => printable(type)),
      ),
      ...(distribution === undefined ? [] : [distribution]),
      ...rest,
    ],
    style,
  );
}

function drawArrays(arrays: readonly ArrayFacts[], style: PictureStyle): string[] {
  const named = arrays.some(({ name }) => name !== '');
  const read = arrays.filter(({ refusal }) => refusal === undefined);
  const table = drawListing(
    [
      ...(named
        ? [
            plainColumn(
              'array',
              read.map(({ name }) => printable(name)),
            ),
          ]
        : []),
      plainColumn(
        'shape',
        read.map(({ shape }) => `[${shape.join(', ')}]`),
      ),
      plainColumn(
        'type',
        read.map(({ type }) => type),
      ),
      ...valueColumns(read.map(({ values }) => values)),
    ],
    style,
    named ? 3 : 2,
  );
  const refused = arrays.flatMap(({ refusal }) =>
    refusal === undefined ? [] : wrap(printable(refusal), style.width, '  '),
  );
  return [...(read.length > 0 ? table : []), ...refused];
}
