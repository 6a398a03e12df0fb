import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareRuns } from '../../../src/compare/compare.ts';
import { renderReport } from '../../../src/render/report/report.ts';
import { evenShare } from '../../../src/render/report/share.ts';
import { handMadeRun } from '../../compare/hand-made-run.ts';

describe('an even share', () => {
  test('has the first and the last, each value once, in order', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index);
    for (const most of [2, 3, 7, 999]) {
      const share = evenShare(values, most);
      expect(share).toHaveLength(most);
      expect([share[0], share.at(-1)]).toEqual([0, 999]);
      expect(share).toEqual([...new Set(share)].sort((a, b) => a - b));
    }
  });

  test('of few values is all of them', () => {
    expect(evenShare([3, 1, 2], 3)).toEqual([3, 1, 2]);
  });
});

describe('a report on more points than a page can show', () => {
  const POINTS = 3000;
  let document: Document;
  let text: string;

  beforeAll(async () => {
    const points = Array.from({ length: POINTS }, (_, index) => ({
      penalty: ['decov', (index + 1) / 100] as const,
      trials: [{ accuracy: ((index * 7919) % 1000) / 1000, correlation: ((index * 104_729) % 997) / 997 }],
    }));
    const runs = [handMadeRun([{ penalty: null, trials: [{ accuracy: 0.5, correlation: 0.5 }] }, ...points])];
    text = await renderReport({ runs, comparison: compareRuns(runs) });
    document = parseHTML(text).document as unknown as Document;
  });

  test('has the baseline, the front and the first of the others in its table, and says how many are left out', () => {
    expect(document.querySelectorAll('tbody tr')).toHaveLength(1000);
    expect(document.querySelectorAll('tbody tr.baseline')).toHaveLength(1);
    expect(document.body.textContent).toContain('The table has 1,000 of 3,001 points');
  });

  test('draws a share of the points and of the curves, and says so beside the picture', () => {
    const notes = [...document.querySelectorAll('.note')].map(({ textContent }) => textContent);
    expect(notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Drawn are 600 of 3,001 points: the front, the baselines/),
        expect.stringMatching(/^Drawn are 200 of 3,000 points: an even share along its weight\.$/),
        expect.stringMatching(/^Drawn are 41 of 3,001 curves/),
      ]),
    );
    const [wide] = document.querySelectorAll('.wide svg');
    expect(wide?.querySelectorAll('g[aria-label="dot"] path, g[aria-label="dot"] circle')).toHaveLength(600);
  });

  test('is no longer than one on a third of them', () => {
    expect(text.length).toBeLessThan(2_000_000);
  });
});
