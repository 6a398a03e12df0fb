import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import type { MetricInfo } from '../../src/compare/measures.ts';
import { toAscii } from '../../src/render/ascii.ts';
import { renderComparison } from '../../src/render/comparison.ts';
import { drawHeatmap } from '../../src/render/heatmap.ts';
import { widthOf } from '../../src/render/text.ts';
import { exampleRun, handMadeRun } from '../compare/hand-made-run.ts';

const NOT_ASCII = /[^\0-\u007f]/;

describe('text in ASCII', () => {
  test('says the same in other signs', () => {
    expect(toAscii('97.8 ± 1.2 · mean |ρ| → −0.1…')).toBe('97.8 +- 1.2, mean |r| > -0.1...');
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
