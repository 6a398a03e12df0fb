import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import {
  drawTable,
  fitColumns,
  type TableColumn,
  tableWidth,
  truncateColumns,
} from '../../src/render/table.ts';
import { widthOf } from '../../src/render/text.ts';

const plain = picocolors.createColors(false);

function column(
  label: string,
  rank: number,
  texts: readonly string[],
  align: 'left' | 'right' = 'right',
): TableColumn {
  return { label, unit: '', align, rank, cells: texts.map((text) => ({ text, mark: '' })) };
}

const name = column('name', 0, ['decov', '実験'], 'left');
const value = column('value', 0, ['1.5', '10.25']);
const extra = column('extra', 1, ['aaaaaaaaaa', 'b']);
const least = column('least', 2, ['c', 'dddd']);

describe('drawing', () => {
  test('names stand left, numbers right, wide characters keep the columns straight', () => {
    const signs = [
      { text: '›', tone: 'good' },
      { text: '', tone: 'none' },
    ] as const;
    expect(drawTable([name, value], signs, plain)).toEqual([
      '  name   value',
      '──────────────',
      '› decov    1.5',
      '  実験   10.25',
    ]);
  });

  test('a marked cell has a star right before it, in the gap', () => {
    const marked: TableColumn = {
      ...value,
      cells: [
        { text: '1.5', mark: '*' },
        { text: '10.25', mark: '*' },
      ],
    };
    const signs = [
      { text: '', tone: 'none' },
      { text: '', tone: 'none' },
    ] as const;
    expect(drawTable([name, marked], signs, plain).slice(2)).toEqual(['  decov   *1.5', '  実験  *10.25']);
  });

  test('units fill a second line of the head where there are any', () => {
    const lines = drawTable([name, { ...value, unit: '%' }], [], plain);
    expect(lines.slice(0, 2)).toEqual(['  name   value', '             %']);
  });

  test('no line ends in spaces', () => {
    const lines = drawTable(
      [value, name],
      [
        { text: '', tone: 'none' },
        { text: '', tone: 'none' },
      ],
      plain,
    );
    expect(lines.filter((line) => line.endsWith(' '))).toEqual([]);
  });
});

describe('fitting', () => {
  const all = [name, extra, value, least];

  test('the least important column goes first, and what is dropped is told in the order of the table', () => {
    const labels = (columns: readonly TableColumn[]): string[] => columns.map(({ label }) => label);
    const full = tableWidth(all);
    expect(labels(fitColumns(all, full).dropped)).toEqual([]);
    expect(labels(fitColumns(all, full - 1).shown)).toEqual(['name', 'extra', 'value']);
    expect(labels(fitColumns(all, 15).shown)).toEqual(['name', 'value']);
    expect(labels(fitColumns(all, 15).dropped)).toEqual(['extra', 'least']);
  });

  test('a column of rank 0 is never dropped', () => {
    expect(fitColumns(all, 1).shown).toEqual([name, value]);
  });

  test('names are cut to fit, numbers never', () => {
    const long = column('name', 0, ['a-very-long-name-of-a-penalty'], 'left');
    const cut = truncateColumns([long, value], 20);
    expect(tableWidth(cut)).toBe(20);
    expect(cut[1]).toEqual(value);
    const lines = drawTable(cut, [{ text: '', tone: 'none' }], plain);
    expect(lines.map(widthOf).every((width) => width <= 20)).toBe(true);
  });
});
