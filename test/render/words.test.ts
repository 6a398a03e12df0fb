import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { renderComparison } from '../../src/render/comparison.ts';
import { verdictInWords } from '../../src/render/words.ts';
import { exampleRun, type HandMadePoint, handMadeRun } from '../compare/hand-made-run.ts';

function wordsOn(points: readonly HandMadePoint[], margin?: number): string[] {
  return verdictInWords(compareRuns([handMadeRun(points)], { margin }));
}

describe('the verdict in words', () => {
  test('names the winner, its effect, the floor and the price, then what ties, what is stronger and what shrinks', () => {
    expect(verdictInWords(compareRuns([exampleRun()]))).toEqual([
      "decov at 0.1 lowers mean |ρ| from 0.211 to 0.061 (floor 0.008) for −0.10 ± 0.00 points of accuracy: the least correlated point within 0.5 points of the baseline's mean accuracy. Over 2 seeds the difference in mean |ρ| is always the same, so that no t-test says how sure it is (sign-flip test, p = 0.500, the least that 2 seeds can give).",
      'Stronger but dearer: decov at 1 lowers mean |ρ| from 0.211 to 0.021 (floor 0.008) for −1.95 ± 0.64 points of accuracy.',
      'Shrinking instead of decorrelating: mean-abs-signed at 0.1 (activation scale 0.62 to 0.30, mean |ρ| 0.211 to 0.255), mean-abs at 1 (activation scale 0.62 to 0.13, mean |ρ| 0.211 to 0.305).',
    ]);
  });

  test('with one seed it warns that chance may have chosen', () => {
    const [winner] = wordsOn([
      { penalty: null, trials: [{ accuracy: 0.98, correlation: 0.2 }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.981, correlation: 0.1 }] },
    ]);
    expect(winner).toContain('from 0.200 to 0.100 (floor 0.008) with +0.10 points of accuracy');
    expect(winner).toContain('One seed: there is no interval');
  });

  test('a difference that its interval does not tell from zero is called so', () => {
    const [winner] = wordsOn([
      {
        penalty: null,
        trials: [
          { accuracy: 0.98, correlation: 0.2 },
          { accuracy: 0.98, correlation: 0.22 },
        ],
      },
      {
        penalty: ['decov', 1],
        trials: [
          { accuracy: 0.98, correlation: 0.19 },
          { accuracy: 0.98, correlation: 0.2 },
        ],
      },
    ]);
    // −0.01 and −0.02: −0.015 ± 12.706 · 0.005.
    expect(winner).toBe(
      "The least correlated point within 0.5 points of the baseline's mean accuracy, decov at 1, is not shown to lower mean |ρ|: from 0.210 to 0.195 (floor 0.008) with 0.00 ± 0.00 points of accuracy, a difference in mean |ρ| of −0.015 ± 0.064 over 2 seeds, not distinguishable from none.",
    );
  });

  test('no point is both stronger and shrinking, and what is not shown to fall is not called so nor the contrary', () => {
    const trials = (accuracy: number, scale: number, ...correlations: readonly number[]) =>
      correlations.map((correlation) => ({ accuracy, correlation, scale }));
    const points: HandMadePoint[] = [
      { penalty: null, trials: trials(0.98, 1, 0.25, 0.26) },
      // Within the margin, smaller by 0.04 on average, which two seeds do not show; and shrunk.
      { penalty: ['decov', 0.1], trials: trials(0.98, 0.7, 0.22, 0.21) },
      // Lower still, dearer, and shrunk.
      { penalty: ['decov', 3], trials: trials(0.9, 0.4, 0.12, 0.18) },
      // Dearer, lower beyond doubt, and not smaller.
      { penalty: ['decov', 1], trials: trials(0.9, 0.99, 0.19, 0.2) },
    ];
    const comparison = compareRuns([handMadeRun(points)]);
    const [verdict] = comparison.verdicts;
    const shrinking = verdict?.shrinking.map(({ penalty }) => penalty.weight);
    expect(shrinking).toEqual([3, 0.1]);
    expect(shrinking).not.toContain(verdict?.strongest?.penalty.weight);
    const words = wordsOn(points);
    expect(words[0]).toContain('decov at 0.1, is not shown to lower mean |ρ|: from 0.255 to 0.215');
    expect(words).toContainEqual(
      expect.stringMatching(/^Stronger but dearer: decov at 1 lowers mean \|ρ\| from 0\.255 to 0\.195/),
    );
    expect(words.at(-1)).toMatch(/^Shrank, and not shown to decorrelate: decov at 3 .*, decov at 0\.1 /);
    expect(words.join(' ')).not.toMatch(/did not fall|instead of decorrelating|decov at 3 lowers/);
    const text = renderComparison(comparison, { width: 120, color: false });
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      '↓ the activations shrank and mean |ρ| is not shown to fall',
    );
  });

  test('a winner that does not decorrelate is not praised', () => {
    const [winner] = wordsOn([
      { penalty: null, trials: [{ accuracy: 0.98, correlation: 0.2 }] },
      { penalty: ['mean', 1], trials: [{ accuracy: 0.98, correlation: 0.25 }] },
    ]);
    expect(winner).toMatch(
      /^The least correlated point within 0\.5 points of the baseline's mean accuracy, mean at 1, does not lower mean \|ρ\|: 0\.250 where the baseline has 0\.200\./,
    );
  });

  test('a winner that its baseline undercuts says nothing of points under another baseline, which may do better', () => {
    const [narrow, wide] = [{ 'model.0.dense': 64 }, { 'model.0.dense': 256 }];
    const [winner] = wordsOn([
      { penalty: null, settings: narrow, trials: [{ accuracy: 0.98, correlation: 0.05 }] },
      { penalty: null, settings: wide, trials: [{ accuracy: 0.98, correlation: 0.2 }] },
      { penalty: ['decov', 1], settings: narrow, trials: [{ accuracy: 0.98, correlation: 0.06 }] },
      { penalty: ['decov', 1], settings: wide, trials: [{ accuracy: 0.98, correlation: 0.1 }] },
    ]);
    expect(winner).toContain('decov at 1 (model.0.dense 64), does not lower mean |ρ|: 0.060');
    expect(winner).not.toContain('No penalty');
  });

  test('a decorrelation that rests on dead units is told', () => {
    const [winner] = wordsOn([
      { penalty: null, trials: [{ accuracy: 0.98, correlation: 0.2, dead: 0.01 }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.98, correlation: 0.1, dead: 0.4 }] },
    ]);
    expect(winner).toContain('40 % of its units are dead (baseline 1 %) and take no part in mean |ρ|.');
  });

  test('a winner with a claimed gradient is told to be inexact', () => {
    const [winner] = wordsOn([
      { penalty: null, trials: [{ accuracy: 0.98, correlation: 0.2 }] },
      { penalty: ['mean-abs-signed', 1], trials: [{ accuracy: 0.98, correlation: 0.1 }] },
    ]);
    expect(winner).toContain('Its gradient is, on purpose, not that of its value.');
  });

  test('when every penalty costs too much it says so and names the strongest', () => {
    const points: HandMadePoint[] = [
      { penalty: null, trials: [{ accuracy: 0.98, correlation: 0.2 }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.95, correlation: 0.1 }] },
    ];
    expect(wordsOn(points, 0.01)).toEqual([
      "No penalty is within 1 point of the baseline's mean accuracy.",
      'The strongest: decov at 1 lowers mean |ρ| from 0.200 to 0.100 (floor 0.008) for −3.00 points of accuracy.',
    ]);
  });

  test('what does not complete by going on is not to be mended by it', () => {
    const diverged = { status: 'diverged', epoch: 1, step: 1, reason: 'the loss is NaN' } as const;
    const failed = { status: 'failed', code: 'X', message: 'y' } as const;
    const baseline: HandMadePoint = { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] };
    const adviceFor = (outcome: HandMadePoint['trials'][number]): string =>
      wordsOn([baseline, { penalty: ['decov', 1], trials: [outcome] }]).join();
    const start = 'No penalty has all its trials complete, so none is recommended';
    expect(adviceFor(diverged)).toBe(
      `${start}: train with smaller weights or a smaller learning rate where it diverged.`,
    );
    expect(adviceFor(null)).toBe(`${start}: go on with --resume.`);
    expect(adviceFor(failed)).toBe(`${start}: mend what failed.`);
  });

  test('of several baselines that are free of charge each is named, with its interval', () => {
    const baseline = (epochs: number, whitened: number): HandMadePoint => ({
      penalty: null,
      settings: { 'training.epochs': epochs },
      trials: [
        { accuracy: 0.9, correlation: 0.2, whitened },
        { accuracy: 0.92, correlation: 0.2, whitened },
      ],
    });
    // Half of 2 points, times 12.706.
    expect(wordsOn([baseline(1, 0.01), baseline(2, 0.02)]).slice(1)).toEqual(
      [
        [1, '0.010'],
        [2, '0.020'],
      ].map(
        ([epochs, correlation]) =>
          `Free of charge: the baseline (training.epochs ${epochs}) with dense1 whitened, the inverse absorbed by the next layer, ` +
          `keeps its outputs (accuracy 91.00 ± 12.71 %) and has mean |ρ| ${correlation} ± 0.000 on held-out samples.`,
      ),
    );
  });

  test('of a free baseline that a seed lacks the number of seeds is told', () => {
    const trials = [{ accuracy: 0.9, correlation: 0.2, whitened: 0.01 }, null];
    expect(wordsOn([{ penalty: null, trials }]).at(-1)).toMatch(
      /0\.010 on held-out samples, over 1 of 2 seeds\.$/,
    );
  });

  test('long lists are counted, not recited', () => {
    const points: HandMadePoint[] = [1, 2, 3, 4, 5].map((weight) => ({
      penalty: ['mean', weight],
      trials: [{ accuracy: 0.98, correlation: 0.3, scale: 0.1 }],
    }));
    const words = wordsOn([{ penalty: null, trials: [{ accuracy: 0.98, correlation: 0.2 }] }, ...points]);
    expect(words.at(-1)).toMatch(/mean at 3 \([^)]*\) and 2 more\.$/);
  });

  test('the other settings are named where points differ in them', () => {
    const [winner] = wordsOn([
      { penalty: null, settings: { 'training.epochs': 1 }, trials: [{ accuracy: 0.9, correlation: 0.2 }] },
      { penalty: null, settings: { 'training.epochs': 2 }, trials: [{ accuracy: 0.9, correlation: 0.2 }] },
      {
        penalty: ['decov', 1],
        settings: { 'training.epochs': 2 },
        trials: [{ accuracy: 0.9, correlation: 0.1 }],
      },
    ]);
    expect(winner).toMatch(/^decov at 1 \(training\.epochs 2\) lowers/);
  });

  test('of several runs each sentence says of which it speaks', () => {
    const run = (name: string): ReturnType<typeof handMadeRun> =>
      handMadeRun([{ penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] }], { name });
    expect(verdictInWords(compareRuns([run('a'), run('b')]))).toEqual([
      'a: There is nothing but the baseline to compare: sweep penalty.type or penalty.weight.',
      'b: There is nothing but the baseline to compare: sweep penalty.type or penalty.weight.',
    ]);
  });
});
