import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { type Comparison, compareRuns, type RunInput } from '../../src/compare/compare.ts';
import { learningCurves } from '../../src/compare/curves.ts';
import { correlationBlocks } from '../../src/metrics/correlation-blocks.ts';
import type { MetricInfo } from '../../src/record/measures.ts';
import { drawCorrelation } from '../../src/render/correlation.ts';
import { drawCurves } from '../../src/render/curves.ts';
import { drawHeatmap } from '../../src/render/heatmap.ts';
import { drawImportance } from '../../src/render/importance.ts';
import { drawPareto } from '../../src/render/pareto.ts';
import { widthOf } from '../../src/render/text.ts';
import { handMadeRun } from '../compare/hand-made-run.ts';
import { pictured, picturedRun } from './pictured-run.ts';

const run = picturedRun();
const comparison = compareRuns([run]);

function metric(name: string, { metrics }: Comparison = comparison): MetricInfo {
  return metrics.find((each) => each.name === name) as MetricInfo;
}

const CORRELATION = metric('mean-abs-correlation');
const ACCURACY = metric('test.accuracy');

function recordOf(point: string): RunInput['records'][number] {
  return run.records.find(
    (record) => record.point === point && record.seed === 0,
  ) as RunInput['records'][number];
}

/** Every picture below the other. */
function allPictures(width: number, color: boolean): string[] {
  const style = { width, colors: picocolors.createColors(color) };
  const curves = { metric: ACCURACY, curves: learningCurves([run], ACCURACY.name) };
  const baseline = { name: 'baseline', record: recordOf('p0') };
  return [
    drawPareto(comparison, [ACCURACY, CORRELATION], style),
    drawHeatmap(comparison, CORRELATION, style),
    drawCorrelation({ name: 'decov at 0.1', record: recordOf('p1') }, baseline, undefined, style),
    drawCurves(comparison, curves, style),
    drawImportance(comparison, CORRELATION, style),
  ].flatMap((lines) => [...lines, '']);
}

describe('the pictures of a comparison', () => {
  test.each([60, 80, 120])('%i columns wide they look as they were approved', async (width) => {
    const text = (color: boolean): string => `${allPictures(width, color).join('\n')}\n`;
    await expect(text(false)).toMatchFileSnapshot(`golden/pictures-${width}.txt`);
    await expect(text(true)).toMatchFileSnapshot(`golden/pictures-${width}-colour.txt`);
  });

  test('are never wider than asked, from 60 columns on', () => {
    for (const color of [true, false]) {
      for (let width = 60; width <= 130; width += 7) {
        const lines = allPictures(width, color).map(stripVTControlCharacters);
        expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
      }
    }
  });
});

describe('the front', () => {
  test('names every point on it with its numbers, and counts the others', () => {
    const text = drawPareto(comparison, [ACCURACY, CORRELATION], {
      width: 100,
      colors: picocolors.createColors(false),
    });
    // p2 (decov 1), p1 (decov 0.1) and p3 (squared-correlation 0.1), by rising correlation.
    expect(text).toContain('a decov at 1: accuracy 95.95, mean |ρ| 0.021');
    expect(text).toContain('b decov at 0.1: accuracy 97.80, mean |ρ| 0.061');
    expect(text).toContain('c squared-correlation at 0.1: accuracy 97.97, mean |ρ| 0.071');
    expect(text.at(-1)).toBe('• 3 points that another one beats');
  });

  test('of no finished point says so', () => {
    const empty = compareRuns([handMadeRun([{ penalty: ['decov', 1], trials: [null] }])]);
    const lines = drawPareto(empty, [ACCURACY, CORRELATION], {
      width: 60,
      colors: picocolors.createColors(false),
    });
    expect(lines.at(-1)).toMatch(/^No point has all its trials complete/);
  });
});

describe('the map', () => {
  test('marks the best cell and leaves empty what was not trained', () => {
    const lines = drawHeatmap(comparison, CORRELATION, {
      width: 100,
      colors: picocolors.createColors(false),
    });
    const row = lines.find((line) => line.startsWith('decov'));
    expect(row?.split(/\s{2,}/)[0]).toMatch(/^decov/);
    expect(row).toMatch(/0\.061 . +\*0\.021 \. +—$/);
  });

  test('says over how many points a cell is averaged', () => {
    const trials = [{ accuracy: 0.9, correlation: 0.2 }];
    const swept = compareRuns([
      handMadeRun([
        { penalty: ['decov', 1], settings: { 'training.epochs': 1 }, trials },
        { penalty: ['decov', 1], settings: { 'training.epochs': 2 }, trials },
      ]),
    ]);
    const lines = drawHeatmap(swept, CORRELATION, { width: 100, colors: picocolors.createColors(false) });
    expect(lines).toContain('Each cell is a mean over up to 2 points that differ in training.epochs.');
  });

  test('of several runs says that a cell may be a mean over runs', () => {
    const points = [{ penalty: ['decov', 1] as const, trials: [{ accuracy: 0.9, correlation: 0.2 }] }];
    const runs = ['a', 'b'].map((name) => handMadeRun(points, { name }));
    const lines = drawHeatmap(compareRuns(runs), CORRELATION, {
      width: 100,
      colors: picocolors.createColors(false),
    });
    expect(lines).toContain('Each cell is a mean over up to 2 points that differ in run.');
    // Equal values have no best one.
    expect(lines.join()).not.toContain('*');
  });

  test('stands by strength where that sets the weights', () => {
    const strong = (strength: number, correlation: number) => ({
      penalty: ['decov', 1] as const,
      settings: { 'penalty.strength': strength },
      trials: [{ accuracy: 0.9, correlation }],
    });
    const made = compareRuns([handMadeRun([strong(0.1, 0.3), strong(1, 0.2)])]);
    const rows = made.rows.map((row) => ({
      ...row,
      penalty: row.penalty && {
        ...row.penalty,
        weight: row.index * 1.23456789,
        strength: row.settings['penalty.strength'] as number,
      },
    }));
    const [title, head, ...lines] = drawHeatmap({ ...made, rows }, CORRELATION, {
      width: 100,
      colors: picocolors.createColors(false),
    });
    expect(title).toContain('by penalty and strength');
    expect(head?.split(/ +/)).toEqual(['penalty', '0.1', '1']);
    expect(lines[0]).toMatch(/^decov +0\.300 █ +\*0\.200 \.$/);
  });

  test('breaks into bands where the weights do not fit side by side', () => {
    const many = compareRuns([
      handMadeRun(
        Array.from({ length: 12 }, (_, index) => ({
          penalty: ['decov', index + 1] as const,
          trials: [{ accuracy: 0.9, correlation: 0.01 * index }],
        })),
      ),
    ]);
    const lines = drawHeatmap(many, CORRELATION, { width: 60, colors: picocolors.createColors(false) });
    expect(lines.filter((line) => line.startsWith('decov'))).toHaveLength(3);
  });
});

describe('the importance', () => {
  const style = { width: 60, colors: picocolors.createColors(false) };

  test('has its shares beside those of chance, and says which of them may be chance', () => {
    const point = (type: string, weight: number, correlation: number) =>
      ({ penalty: [type, weight], trials: [{ accuracy: 0.9, correlation }] }) as const;
    // Types: means 1.5 and 4.5 about 3, 9 of 10; weights 1 of 10. With 2 groups of 4 points chance stays below 0.95².
    const made = compareRuns([
      handMadeRun([point('mean', 1, 1), point('mean', 2, 2), point('decov', 1, 4), point('decov', 2, 5)]),
    ]);
    const lines = drawImportance(made, CORRELATION, style);
    const cells = lines.map((line) => line.trim().split(/ {2,}/));
    expect(cells).toContainEqual([
      'penalty.type',
      expect.stringMatching(/^█+░+$/),
      '90 %',
      '≤ 90 %',
      '2 values',
    ]);
    expect(cells).toContainEqual([
      'penalty.weight',
      expect.stringMatching(/^█+░+$/),
      '10 %',
      '≤ 90 %',
      '2 values',
    ]);
    expect(lines).toContain('No more than chance may give: penalty.type, penalty.weight.');
  });

  test('keeps its room with the longest of names', () => {
    const trials = [{ accuracy: 0.9, correlation: 0.2 }];
    const path = 'training.optimizer.a_setting_with_a_long_name';
    const made = compareRuns([
      handMadeRun([
        ...[1, 1, 2].map((value) => ({
          penalty: ['decov', 1] as const,
          settings: { [path]: value },
          trials,
        })),
        { penalty: ['mean', 1], trials },
      ]),
    ]);
    for (let width = 60; width <= 130; width += 7) {
      const lines = drawImportance(made, CORRELATION, { ...style, width });
      expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
      expect(lines.join()).not.toContain('Left out');
    }
  });

  test('that cannot be told is not shown as all of it', () => {
    const trials = (correlation: number) => [{ accuracy: 0.9, correlation }];
    const made = compareRuns([
      handMadeRun([
        { penalty: ['decov', 1], trials: trials(0.1) },
        { penalty: ['decov', 2], trials: trials(0.2) },
      ]),
    ]);
    const [, ...lines] = drawImportance(made, CORRELATION, style);
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toBe(
      'Not to be told, since no two points share a value: penalty.weight.',
    );
    const none = compareRuns([handMadeRun([{ penalty: ['decov', 1], trials: trials(0.1) }])]);
    expect(drawImportance(none, CORRELATION, style).at(-1)).toBe(
      'No two penalised points are complete and differ in a parameter.',
    );
  });
});

describe('the curves', () => {
  test('are named with their first and last means over the seeds', () => {
    const curves = { metric: ACCURACY, curves: learningCurves([run], ACCURACY.name) };
    const lines = drawCurves(comparison, curves, { width: 100, colors: picocolors.createColors(false) });
    // Every trial begins at 0.5; the baseline ends at 0.978 and 0.98.
    expect(lines.find((line) => /^a baseline /.test(line))).toMatch(/50\.00 → 97\.90$/);
    expect(lines.find((line) => /^b decov at 1 /.test(line))).toMatch(/50\.00 → 95\.95$/);
  });
});

describe('the matrices', () => {
  const style = { width: 120, colors: picocolors.createColors(false) };

  test('without a stored one it says why', () => {
    const record = run.records.find(({ seed }) => seed === 1) as RunInput['records'][number];
    const lines = drawCorrelation({ name: 'decov', record }, undefined, undefined, style);
    expect(lines.join(' ')).toContain('No correlation matrix is stored with this trial');
  });

  test('of a small layer are magnified, one of many units is averaged down', () => {
    const small = recordOf('p1');
    const record = {
      ...small,
      epochs: small.epochs.map((epoch) => ({
        ...epoch,
        layers: epoch.layers.map((layer) => ({ ...layer, units: 4, correlation: pictured(0.5, 4) })),
      })),
    };
    const lines = drawCorrelation({ name: 'decov', record }, undefined, undefined, style);
    expect(lines).toContain('dense1: 4 units');
    // Four units of four columns, the last of them dead, and its diagonal is no pair.
    expect(lines.some((line) => /×{4}/.test(line))).toBe(true);
    expect(drawCorrelation({ name: 'decov', record: small }, undefined, undefined, style).join()).toMatch(
      /256 units, in 59 x 59 blocks/,
    );
  });

  test('of units that are all alike are as dark as their one correlation, whatever is averaged', () => {
    const units = 96;
    const covariance = Array.from({ length: units * units }, (_, index) =>
      index % (units + 1) === 0 ? 1 : 0.4,
    );
    const given = recordOf('p1');
    const record = {
      ...given,
      epochs: given.epochs.slice(-1).map((epoch) => ({
        ...epoch,
        layers: epoch.layers.map((layer) => ({
          ...layer,
          correlation: correlationBlocks(covariance, units),
        })),
      })),
    };
    for (const width of [60, 120]) {
      const lines = drawCorrelation({ name: 'decov', record }, undefined, undefined, { ...style, width });
      expect(lines.at(-1)).toContain('0.40 and above');
      const drawn = lines.filter((line) => /^[.░▒▓█]+$/.test(line));
      expect(drawn.length).toBeGreaterThan(10);
      // But for the diagonal, where a block of one unit has no pair.
      expect(drawn.filter((line) => !/^█*[▒.]?█*$/.test(line))).toEqual([]);
    }
  });

  test('of another layer than the one asked for are not drawn', () => {
    const lines = drawCorrelation({ name: 'decov', record: recordOf('p1') }, undefined, 'dense7', style);
    expect(lines.join(' ')).toContain('No correlation matrix');
  });
});
