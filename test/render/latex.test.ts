import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { renderLatex } from '../../src/render/latex.ts';
import { exampleRun, handMadeRun } from '../compare/hand-made-run.ts';

describe('a LaTeX table', () => {
  const text = renderLatex(compareRuns([exampleRun()]), {
    columns: ['penalty.type', 'penalty.weight', 'test.accuracy'],
  });

  test('has a row for each point, the best in bold', () => {
    expect(text).toContain('\\begin{tabular}{lrr}');
    expect(text).toContain('  decov & 0.1 & $\\approx$ 97.80 $\\pm$ 1.27 \\\\');
    expect(text).toContain('\\textbf{97.97 $\\pm$ 0.95}');
    expect(text.split('\n').filter((line) => line.endsWith('\\\\'))).toHaveLength(2 + 9);
  });

  test('says above it what was run, what its signs mean, and the verdict', () => {
    const comments = text.split('\n').filter((line) => line.startsWith('%'));
    expect(comments[0]).toMatch(/^% mnist-decorrelation · 16 of 18 trials complete/);
    expect(comments[1]).toBe(
      '% ± 95 % interval over seeds · bold: best · ≈ not told apart from the best · † the gradient is, on purpose, not that of the value',
    );
    expect(comments.at(-1)).toMatch(/^% Shrinking instead/);
  });

  test('takes nothing in a name for a command, and no note breaks out of its comment', () => {
    const run = handMadeRun([
      { penalty: ['a_b & 100%\\input{x}^~\n}', 1], trials: [{ accuracy: 1, correlation: 0 }] },
    ]);
    const evil = renderLatex(compareRuns([run]), { columns: ['penalty.type'] });
    expect(evil).toContain(
      'a\\_b \\& 100\\%\\textbackslash{}input\\{x\\}\\textasciicircum{}\\textasciitilde{}',
    );
    for (const line of evil.split('\n')) expect(line).toMatch(/^(%|\\| {2})/);
  });
});
