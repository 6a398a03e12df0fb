import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { Canvas } from '../../src/render/canvas.ts';
import { drawPlot } from '../../src/render/plot.ts';
import { sparkline } from '../../src/render/sparkline.ts';

const colors = picocolors.createColors(false);

describe('braille dots', () => {
  test('stand where they are put: two columns and four rows in a character', () => {
    const canvas = new Canvas(2, 1);
    canvas.dot(0, 0);
    canvas.dot(1, 3);
    expect(canvas.at(0, 0)).toBe('⢁');
    expect(canvas.at(1, 0)).toBeUndefined();
    canvas.dot(2, 3);
    expect(canvas.at(1, 0)).toBe('⡀');
  });

  test('outside are left out', () => {
    const canvas = new Canvas(1, 1);
    canvas.dot(-1, 0);
    canvas.dot(0, 4);
    canvas.dot(2, 0);
    expect(canvas.at(0, 0)).toBeUndefined();
  });

  test('make lines without gaps, in either direction', () => {
    const [there, back] = [new Canvas(4, 2), new Canvas(4, 2)];
    there.line(0, 7, 7, 0);
    back.line(7, 0, 0, 7);
    const drawn = (canvas: Canvas): string =>
      [0, 1].map((row) => [0, 1, 2, 3].map((column) => canvas.at(column, row) ?? ' ').join('')).join('\n');
    expect(drawn(there)).toBe('  ⡠⠊\n⡠⠊  ');
    expect(drawn(back)).toBe(drawn(there));
  });
});

describe('a plot', () => {
  const plot = { width: 40, height: 5, xLabel: 'epoch', yLabel: 'loss', wholeX: true, lines: [] };

  test('puts a mark where its numbers are on the axes', () => {
    const lines = drawPlot(
      {
        ...plot,
        marks: [
          { x: 1, y: 0, text: 'a', paint: String },
          { x: 5, y: 10, text: 'b', paint: String },
        ],
      },
      colors,
    );
    expect(lines[1]).toMatch(/^10 ┤ +b$/);
    expect(lines[5]).toMatch(/^ 0 ┤a$/);
    expect(lines.at(-2)?.trim().split(/ +/)).toEqual(
      ['1', '2', '3', '4', '5'].filter((tick) => lines.at(-2)?.includes(tick)),
    );
    expect(lines.at(-1)).toMatch(/epoch$/);
  });

  test('moves a mark aside whose place is taken', () => {
    const mark = (text: string) => ({ x: 1, y: 1, text, paint: String });
    const lines = drawPlot({ ...plot, marks: [mark('a'), mark('b'), mark('c')] }, colors);
    expect(lines.join('')).toMatch(/cab/);
  });

  test('has an axis also around a single value, and around zero', () => {
    for (const y of [0, 5, -5, 1e-9]) {
      const lines = drawPlot({ ...plot, marks: [{ x: 1, y, text: 'a', paint: String }] }, colors);
      expect(lines.join('\n')).not.toMatch(/NaN|Infinity/);
      expect(lines.join('')).toContain('a');
    }
  });
});

describe('a sparkline', () => {
  test('rises from the lowest block to the highest, with a gap where there is no value', () => {
    expect(sparkline([0, 1, null, 3, 7], { low: 0, high: 7 }, 8)).toBe('▁▂ ▄█');
  });

  test('is thinned out to its width and keeps both ends', () => {
    const values = Array.from({ length: 100 }, (_, index) => index);
    const text = sparkline(values, { low: 0, high: 99 }, 8);
    expect(text).toBe('▁▂▃▄▅▆▇█');
  });

  test('of equal values lies in the middle', () => {
    expect(sparkline([2, 2], { low: 2, high: 2 }, 8)).toBe('▅▅');
  });
});
