import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { compareRuns, type RunInput } from '../../../src/compare/compare.ts';
import type { Lever } from '../../../src/compare/weight-paths.ts';
import { CORRELATION } from '../../../src/record/measures.ts';
import { html } from '../../../src/render/report/html.ts';
import { loadPlotter } from '../../../src/render/report/plotting.ts';
import { seriesOf } from '../../../src/render/report/series.ts';
import { drawWeightPlots } from '../../../src/render/report/weight-plots.ts';
import { type HandMadePoint, handMadeRun } from '../../compare/hand-made-run.ts';

const METRICS = [{ name: CORRELATION, unit: '', goal: 'minimize' }] as const;
const MEASURED = { accuracy: 0.9, correlation: 0.1 };

async function draw(run: RunInput, lever: Lever = 'weight'): Promise<Document> {
  const comparison = compareRuns([run]);
  const series = seriesOf(comparison.rows);
  const drawn = drawWeightPlots(await loadPlotter(), comparison, METRICS, { series, lever });
  return parseHTML(html`<body>${drawn}</body>`.text).document as unknown as Document;
}

function textsOf(document: Document, selector: string): string[] {
  return [...document.querySelectorAll(selector)].map(({ textContent }) => textContent?.trim() ?? '');
}

function decov(weight: number, more: Partial<HandMadePoint> = {}): HandMadePoint {
  return { penalty: ['decov', weight], trials: [MEASURED], ...more };
}

test('every weight of a grid has its label, also what is no power of ten', async () => {
  const document = await draw(handMadeRun([0.001, 0.03, 1, 100].map((weight) => decov(weight))));
  expect(textsOf(document, '[aria-label="x-axis tick label"] text')).toEqual(['0.001', '0.03', '1', '100']);
});

test('what was swept by its strength is drawn along it, and not along the weights that this gave', async () => {
  const measured = { ...MEASURED, strength: 0.5 };
  const run = handMadeRun([0.03, 0.3].map((strength) => decov(0, { strength, trials: [measured] })));
  const document = await draw(run, 'strength');
  expect(textsOf(document, '[aria-label="x-axis tick label"] text')).toEqual(['0.03', '0.3']);
  expect(textsOf(document, '[aria-label="x-axis label"]').join()).toContain('strength');
  expect((await draw(run, 'weight')).querySelectorAll('svg')).toHaveLength(0);
});

test('a point that is not finished is a cross at its weight, with what became of its trials', async () => {
  const diverged = { status: 'diverged', epoch: 1, step: 3, reason: 'the loss is NaN' } as const;
  const document = await draw(handMadeRun([decov(1), decov(10, { trials: [diverged] })]));
  const crosses = [...document.querySelectorAll('text')].filter(({ textContent }) =>
    textContent?.includes('×'),
  );
  expect(crosses.map((cross) => cross.querySelector('title')?.textContent)).toEqual([
    'decov at 10: 1 of 1 diverged',
  ]);
  expect(textsOf(document, '[aria-label="x-axis tick label"] text')).toEqual(['1', '10']);
  expect(textsOf(document, '.legend li')).toContain('× not all trials are complete');
  expect(textsOf(await draw(handMadeRun([decov(1)])), '.legend li').join()).not.toContain('×');
});

test('lines that differ in another setting have dashes of their own, and the legend names it', async () => {
  const at = (weight: number, rate: number) => decov(weight, { settings: { 'training.rate': rate } });
  const document = await draw(handMadeRun([at(1, 0.1), at(10, 0.1), at(1, 0.2), at(10, 0.2)]));
  const entries = [...document.querySelectorAll('.card .legend li')];
  expect(entries.map(({ textContent }) => textContent?.trim())).toEqual([
    'training.rate 0.1',
    'training.rate 0.2',
  ]);
  const dashes = entries.map((entry) => entry.querySelector('path')?.getAttribute('stroke-dasharray'));
  const drawn = [...document.querySelectorAll('[aria-label="line"]')].map(
    (line) => line.getAttribute('stroke-dasharray') ?? 'none',
  );
  expect(new Set(dashes).size).toBe(2);
  expect(drawn).toEqual(dashes);
});
