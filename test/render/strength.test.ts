import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { alignByStrength } from '../../src/compare/strength.ts';
import {
  renderStrength,
  renderStrengthMarkdown,
  renderStrengthTabSeparated,
} from '../../src/render/strength.ts';
import { widthOf } from '../../src/render/text.ts';
import { type HandMadePoint, handMadeRun, type Measured } from '../compare/hand-made-run.ts';

function one(accuracy: number, correlation: number, strength?: number): Measured {
  return { accuracy, correlation, ...(strength !== undefined && { strength }) };
}

const POINTS: readonly HandMadePoint[] = [
  { penalty: null, trials: [one(0.98, 0.21), one(0.978, 0.212)] },
  { penalty: ['decov', 0.1], trials: [one(0.977, 0.09, 0.02), one(0.976, 0.094, 0.021)] },
  { penalty: ['decov', 10], trials: [one(0.95, 0.03, 2), one(0.955, 0.032, 2.1)] },
  { penalty: ['mean-abs-signed', 1], trials: [one(0.98, 0.12, 0.05), one(0.979, 0.13, 0.05)] },
  { penalty: ['mean-abs-signed', 10], trials: [one(0.97, 0.08, 0.5), one(0.971, 0.09, 0.5)] },
  { penalty: ['smooth-abs', 1], trials: [one(0.9, 0.1, 0.1), null] },
];
const { rows, metrics } = compareRuns([handMadeRun(POINTS)]);
const table = alignByStrength(rows, metrics);
const nothing = alignByStrength([], metrics);

describe('penalties at equal strength, as text', () => {
  for (const width of [60, 80]) {
    test(`${width} columns wide it looks as it was approved`, async () => {
      const text = renderStrength(table, { width, color: false });
      expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(width);
      await expect(`${text}\n`).toMatchFileSnapshot(`golden/strength-${width}.txt`);
    });
  }

  test('colour changes no character', () => {
    const colored = renderStrength(table, { width: 80, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for.
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderStrength(table, { width: 80, color: false }));
    expect(colored).not.toBe(renderStrength(table, { width: 80, color: false }));
  });

  test('in a pipe every line has every column, and all else is a comment', () => {
    const lines = renderStrengthTabSeparated(table).split('\n');
    const cells = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));
    expect(cells[0]).toEqual([
      'strength',
      'penalty',
      'weight',
      'Δ accuracy (points)',
      'mean |ρ|',
      'standing',
    ]);
    expect(cells).toHaveLength(table.entries.length + 1);
    expect(new Set(cells.map((line) => line.length))).toEqual(new Set([6]));
    expect(lines).toContain('# ~ interpolated between two weights');
    expect(lines.at(-1)).toMatch(/^# Left out: 1 point/);
  });

  test('in Markdown the best are bold', () => {
    expect(renderStrengthMarkdown(table)).toContain('bold: best at this strength · ');
    expect(renderStrengthMarkdown(table)).toContain('~ interpolated between two weights');
    expect(renderStrengthMarkdown(table)).toMatch(/\| \*\*0\.\d{3} ± 0\.\d{3}\*\* \| best \|/);
  });

  test('with nothing to line up it says so, and what would help', () => {
    expect(renderStrength(nothing, { width: 80, color: false })).toMatch(
      /^No two penalties can be lined up by their strength\. Train each at several\n {2}weights, /,
    );
  });

  test('penalties whose strengths lie apart are said to have none in common', () => {
    const apart = POINTS.slice(0, 2).concat(
      { penalty: ['decov', 1], trials: [one(0.97, 0.05, 0.2), one(0.97, 0.05, 0.21)] },
      { penalty: ['huber', 1], trials: [one(0.98, 0.2, 0.001), one(0.98, 0.2, 0.001)] },
      { penalty: ['huber', 10], trials: [one(0.98, 0.19, 0.01), one(0.98, 0.19, 0.01)] },
    );
    const compared = compareRuns([handMadeRun(apart)]);
    const alone = alignByStrength(compared.rows, compared.metrics);
    expect(alone.entries.length).toBeGreaterThan(1);
    const note = '# No two penalties have a strength in common. Train each at several weights, so that';
    expect(renderStrengthTabSeparated(alone)).toContain(note);
    expect(renderStrengthTabSeparated(table)).not.toContain('in common');
  });
});
