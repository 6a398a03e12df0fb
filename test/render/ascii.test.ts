import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { describeProgress } from '../../src/compare/progress.ts';
import type { RankedPoint } from '../../src/compare/standing.ts';
import { alignByStrength } from '../../src/compare/strength.ts';
import type { MetricInfo } from '../../src/record/measures.ts';
import { toAscii } from '../../src/render/ascii.ts';
import { renderComparison } from '../../src/render/comparison.ts';
import { drawHeatmap } from '../../src/render/heatmap.ts';
import { renderPoint } from '../../src/render/point.ts';
import { renderWatched } from '../../src/render/progress.ts';
import { renderRun } from '../../src/render/run.ts';
import { renderStrength } from '../../src/render/strength.ts';
import { widthOf } from '../../src/render/text.ts';
import { exampleRun, handMadeRun } from '../compare/hand-made-run.ts';

const NOT_ASCII = /[^\0-\u007f]/;

describe('text in ASCII', () => {
  test('says the same in other signs', () => {
    expect(toAscii('97.8 ± 1.2 · mean |ρ| → −0.1…')).toBe('97.8 +- 1.2, mean |r| > -0.1~');
    expect(toAscii('\u001b[1m░▒▓█▁█⠀⣿\u001b[22m')).toBe('\u001b[1m:+*#_# #\u001b[22m');
  });

  test('names what it has no sign for by its code point', () => {
    expect(toAscii('größe 実')).toBe('gr\\u{f6}\\u{df}e \\u{5b9f}');
  });

  test.each([60, 80, 120])(
    'makes whole tables of %i columns, with the columns under their heads',
    (width) => {
      const text = renderComparison(compareRuns([exampleRun()]), { width, color: false, ascii: true });
      expect(text).not.toMatch(NOT_ASCII);
      expect(text.split('\n').filter((line) => widthOf(line) > width)).toEqual([]);
      const [head, rows] = [text.split('\n').find((line) => line.includes('mean |r|')), text.split('\n')];
      const right = (head?.indexOf('mean |r|') ?? 0) + 'mean |r|'.length;
      expect(rows.find((line) => line.startsWith('> decov'))?.slice(0, right)).toMatch(/0\.006$/);
    },
  );

  test('explains every sign as the table in other characters does', () => {
    const text = renderComparison(compareRuns([exampleRun()]), { width: 100, color: false, ascii: true });
    for (const meaning of [
      '+- 95 % interval over seeds',
      '* best',
      '~ not told apart',
      '> no point has',
      'v the activations shrank',
      'd to the baseline, paired by seed',
      '^ the gradient is, on purpose',
    ]) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(meaning);
    }
  });

  test('stays within its width in listings and at equal strength, where a sign takes more room', () => {
    const run = exampleRun();
    const comparison = compareRuns([run]);
    const style = { width: 60, color: false, colors: picocolors.createColors(false), ascii: true };
    const row = comparison.rows.find(({ point }) => point === 'p1') as RankedPoint;
    const trials = [false, true].map((strong) => ({
      accuracy: 0.9,
      correlation: strong ? 0.2 : 0.1,
      strength: 1,
    }));
    const strong = compareRuns([
      handMadeRun([
        { penalty: null, trials },
        { penalty: ['squared-correlation', 1], trials },
        { penalty: ['a-penalty-with-quite-a-long-name', 1], trials },
      ]),
    ]);
    const lines = [
      ...renderRun(run, comparison, style),
      ...renderPoint({ comparison, row, trials: [] }, style),
      ...renderWatched(describeProgress(run, true), comparison, run.records, { ...style, height: 40 }),
      ...renderStrength(alignByStrength(strong.rows, strong.metrics), style).split('\n'),
    ];
    expect(lines.filter((line) => toAscii(line).length > 60)).toEqual([]);
    expect(lines.join()).toContain('0.061 +- 0.013');
  });

  test('keeps the cells of a map below each other, each shade another character', () => {
    const comparison = compareRuns([exampleRun()]);
    const [metric] = comparison.metrics.filter(({ name }) => name === 'mean-abs-correlation');
    const lines = drawHeatmap(comparison, metric as MetricInfo, {
      width: 80,
      colors: picocolors.createColors(false),
    });
    expect(lines.map((line) => toAscii(line).length)).toEqual(lines.map(widthOf));
    expect(toAscii(lines.at(-1) ?? '')).toBe('scale 0.021 ..::++**## 0.305');
  });

  test('reaches names from outside', () => {
    const run = handMadeRun([{ penalty: ['実験', 1], trials: [{ accuracy: 1, correlation: 0 }] }], {
      name: 'größe',
    });
    expect(renderComparison(compareRuns([run]), { width: 80, color: false, ascii: true })).not.toMatch(
      NOT_ASCII,
    );
  });
});
