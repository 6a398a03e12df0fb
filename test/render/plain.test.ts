import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { renderMarkdown, renderTabSeparated } from '../../src/render/plain.ts';
import { exampleRun, handMadeRun } from '../compare/hand-made-run.ts';

const example = compareRuns([exampleRun()]);

describe('in a pipe', () => {
  const lines = renderTabSeparated(example).split('\n');
  const table = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));

  test('it looks as it was approved', async () => {
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/pipe.tsv');
  });

  test('every line of the table has every column', () => {
    expect(table).toHaveLength(10);
    expect(new Set(table.map((cells) => cells.length))).toEqual(new Set([16]));
  });

  test('all else is a comment', () => {
    expect(lines[0]).toMatch(/^# mnist-decorrelation · 16 of 18 trials complete/);
    expect(lines.at(-1)).toMatch(/^# Shrinking instead/);
  });

  test('there is no colour, no cut and no padding, and a minus is one that programs read', () => {
    const text = table.flat();
    expect(text.join('')).not.toMatch(/[\p{Cc}…−]/u);
    expect(text.filter((cell) => cell !== cell.trim() || cell.includes('  '))).toEqual([]);
    expect(text).toContain('-1.95 ± 0.635310236803293');
  });

  test('a tab or a line break in a name cannot add a cell or a row', () => {
    const run = handMadeRun([{ penalty: ['a\tb\nc', 1], trials: [{ accuracy: 1, correlation: 0 }] }], {
      name: 'x\ty',
    });
    const rows = renderTabSeparated(compareRuns([run]))
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    expect(rows.map((line) => line.split('\t').length)).toEqual([14, 14]);
  });

  test('chosen columns and rows left out are respected', () => {
    const text = renderTabSeparated(
      { ...example, rows: example.rows.slice(0, 2) },
      {
        columns: ['penalty.type', 'seconds'],
        hiddenRows: { where: 0, top: 7 },
      },
    );
    expect(text).toContain('\npenalty\ttime (s)\nnone\t12 ± 1.2706204736065807\n');
    expect(text).toContain('# Left out by --top: 7 more points.');
  });
});

describe('Markdown', () => {
  const text = renderMarkdown(example);
  const rows = text.split('\n').filter((line) => line.startsWith('|'));

  test('it looks as it was approved', async () => {
    await expect(`${text}\n`).toMatchFileSnapshot('golden/markdown.txt');
  });

  test('every row has the cells of the head', () => {
    const bars = rows.map((line) => line.replaceAll('\\|', '').split('|').length);
    expect(rows).toHaveLength(11);
    expect(new Set(bars).size).toBe(1);
  });

  test('the best values are bold', () => {
    expect(text).toContain('| **97.97 ± 0.95** |');
    expect(text).toContain('| **0.021 ± 0.006** |');
  });

  test('every sign of the table is explained, and none that does not occur', () => {
    expect(text).toContain(
      '± 95 % interval over seeds · bold: best · ≈ not told apart from the best · Δ to the baseline, paired by seed',
    );
    const one = handMadeRun([{ penalty: ['decov', 1], trials: [{ accuracy: 1, correlation: 0 }] }]);
    expect(renderMarkdown(compareRuns([one]), { columns: ['penalty.type', 'seconds'] })).not.toMatch(
      /±|≈|Δ|bold/,
    );
  });

  test('markup in a name stays text', () => {
    const run = handMadeRun(
      [{ penalty: ['a|b*c*<script>`d`[e](f)', 1], trials: [{ accuracy: 1, correlation: 0 }] }],
      { name: '<b>_x_</b>' },
    );
    const marked = renderMarkdown(compareRuns([run]));
    expect(marked).toContain('a\\|b\\*c\\*\\<script\\>\\`d\\`\\[e\\](f)');
    expect(marked).toContain('\\<b\\>\\_x\\_\\</b\\>');
  });
});
