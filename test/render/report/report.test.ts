import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareRuns, type RunInput } from '../../../src/compare/compare.ts';
import { renderReport } from '../../../src/render/report/report.ts';
import { exampleRun, handMadeRun } from '../../compare/hand-made-run.ts';
import { picturedRun } from '../pictured-run.ts';

function report(...runs: readonly RunInput[]): Promise<string> {
  return renderReport({ runs, comparison: compareRuns(runs) });
}

function idsOf(text: string): string[] {
  return [...parseHTML(text).document.querySelectorAll('h2')].map(({ id }) => id);
}

describe('a report', () => {
  let text: string;
  let document: Document;

  beforeAll(async () => {
    text = await report(picturedRun());
    document = parseHTML(text).document as unknown as Document;
  });

  test('has the verdict, the table, all pictures, the configuration and the environment', () => {
    expect(idsOf(text)).toEqual([
      'verdict',
      'points',
      'trade-off',
      'matrices',
      'weights',
      'curves',
      'circumstances',
    ]);
    expect(document.querySelector('.verdict')?.textContent).toContain('decov at 0.1 lowers mean |ρ|');
    expect(document.querySelectorAll('tbody tr')).toHaveLength(9);
    const facts = [...document.querySelectorAll('dd')].map(({ textContent }) => textContent);
    expect(facts).toEqual(expect.arrayContaining(['v20.19.0', 'test', 'ab', 'cd', '0.1.0']));
    expect(document.querySelector('pre')?.textContent).toContain('goal: minimize');
  });

  test('links lead to what is there', () => {
    const targets = [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'));
    expect(targets).toHaveLength(6);
    for (const target of targets) expect(document.querySelector(`[id="${target?.slice(1)}"]`)).not.toBeNull();
  });

  test('refers to no address, and its policy admits only its own script and style sheet', () => {
    const withoutNames = text.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '');
    expect(withoutNames.match(/(https?:)?\/\/\w|@import|url\((?!#)/)).toBeNull();
    const policy = document
      .querySelector('meta[http-equiv="Content-Security-Policy"]')
      ?.getAttribute('content');
    const [script, ...scripts] = document.querySelectorAll('script');
    const [style, ...styles] = document.querySelectorAll('style');
    expect([...scripts, ...styles]).toEqual([]);
    for (const [name, element] of [
      ['script-src', script],
      ['style-src', style],
    ] as const) {
      const digest = createHash('sha256')
        .update(element?.textContent ?? '')
        .digest('base64');
      expect(policy).toContain(`${name} 'sha256-${digest}'`);
    }
    expect(policy).toMatch(/^default-src 'none';/);
    expect(document.querySelectorAll('[style], [onclick], [onload], iframe, object, embed')).toHaveLength(0);
  });

  test('describes every picture or hides it from those who cannot see it', () => {
    const pictures = [...document.querySelectorAll('svg')];
    expect(pictures.length).toBeGreaterThan(10);
    const silent = pictures.filter(
      (picture) =>
        picture.getAttribute('aria-hidden') !== 'true' &&
        !picture.hasAttribute('aria-label') &&
        (picture.querySelector('title') === null || picture.querySelector('desc') === null),
    );
    expect(silent).toEqual([]);
  });

  test('of the same runs is the same', async () => {
    expect((await report(picturedRun())) === text).toBe(true);
  });

  test('tells nothing to sort by where a point has no value', () => {
    const rows = [...document.querySelectorAll('tbody tr')];
    const unfinished = rows.find((row) => row.textContent?.includes('1 of 2 missing'));
    expect(unfinished?.querySelector('.sign')?.textContent).toBe('!');
    const [baseline] = rows;
    expect(baseline?.className).toBe('baseline');
    expect([...(baseline?.children ?? [])].map((cell) => cell.getAttribute('data-value'))).toContain('');
  });
});

test('names that hold markup or steer the reader do no harm', async () => {
  const evil =
    '</script></title></style><script>alert(1)</script><img src=x onerror=alert(1)>"\'\u202e\u001b[2J';
  const run = handMadeRun(
    [
      { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.5 }] },
      {
        penalty: [evil, 0.1],
        settings: { [evil]: evil },
        trials: [{ accuracy: 0.9, correlation: 0.1 }],
      },
      { penalty: [evil, 1], settings: { [evil]: 'b' }, trials: [{ accuracy: 0.91, correlation: 0.2 }] },
    ],
    {
      name: evil,
      cpu: evil,
      node: evil,
      kernel: { variant: 'fma', sha256: evil },
      data: {
        name: evil,
        fingerprint: evil,
        train: 1,
        test: 1,
        features: 1,
        shape: [1],
        target: { kind: 'classes', classes: 1 },
      },
      config: {
        name: evil,
        experiment: { [evil]: evil },
        sweep: { metric: { name: 'mean-abs-correlation', goal: 'minimize' }, parameters: { [evil]: {} } },
      } as never,
    },
  );
  const layers = run.records.map((record) => ({
    ...record,
    epochs: record.epochs.map((epoch) => ({
      ...epoch,
      layers: epoch.layers.map((layer) => ({
        ...layer,
        name: evil,
        correlation: { blocks: 2, values: 'f39/' },
      })),
    })),
  }));
  const whitened = { [evil]: { whitened: { samples: 1, metrics: { 'mean-abs-correlation': 0.1 } } } };
  const records = layers.map((record) => (record.baseline ? { ...record, final: whitened } : record));
  const text = await report({ ...run, records });
  expect(text).toContain('free baseline');
  const { document } = parseHTML(text);
  expect(document.querySelectorAll('script')).toHaveLength(1);
  expect(document.querySelectorAll('style')).toHaveLength(1);
  expect(document.querySelectorAll('img, [onerror]')).toHaveLength(0);
  expect(document.querySelector('h1')?.textContent).toContain('<script>alert(1)</script>');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
  expect(text.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)).toBeNull();
});

test('a run with nothing but its baseline has no pictures of penalties', async () => {
  const text = await report(handMadeRun([{ penalty: null, trials: [{ accuracy: 0.9, correlation: 0.5 }] }]));
  expect(idsOf(text)).toEqual(['verdict', 'points', 'circumstances']);
});

test('a run without a single finished trial is told about', async () => {
  const run = handMadeRun([
    { penalty: null, trials: [null] },
    { penalty: ['decov', 1], trials: [null] },
    { penalty: ['decov', 2], trials: [{ status: 'diverged', epoch: 1, step: 3, reason: 'the loss is NaN' }] },
  ]);
  const text = await report(run);
  expect(text).toContain('No penalty has all its trials complete');
  expect(text).toContain('No point has all its trials complete with both metrics.');
});

test('a sweep of strengths has them in place of the weights, in the contents too', async () => {
  const measured = { accuracy: 0.9, correlation: 0.1, strength: 0.5 };
  const text = await report(
    handMadeRun([
      { penalty: null, trials: [measured] },
      { penalty: ['decov', 0], strength: 0.03, trials: [measured] },
      { penalty: ['decov', 0], strength: 0.3, trials: [measured] },
    ]),
  );
  expect(idsOf(text)).toEqual(['verdict', 'points', 'trade-off', 'strengths', 'curves', 'circumstances']);
  const { document } = parseHTML(text);
  expect([...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'))).toEqual([
    '#points',
    '#trade-off',
    '#strengths',
    '#curves',
    '#circumstances',
  ]);
  const legend = document.querySelector('#curves ~ .cards .legend')?.textContent;
  expect(legend?.replaceAll(/\s+/g, ' ').trim()).toBe('strength 0.03 0.3 baseline');
});

test('intervals are spoken of only where there are any, and so are baselines', async () => {
  const text = await report(
    handMadeRun([
      { penalty: null, trials: [null] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.9, correlation: 0.1 }] },
    ]),
  );
  expect(text).toContain('One seed: there are no intervals.');
  expect(text).not.toContain('95 % intervals over the seeds');
  const entries = [...parseHTML(text).document.querySelectorAll('#trade-off ~ figure .legend li')];
  expect(entries.map(({ textContent }) => textContent?.trim())).toEqual(['decov']);
});

test('what cannot be told from the best is marked in its cell, and needs no column', async () => {
  const text = await report(exampleRun());
  expect(text).toContain('<span class="mark">≈</span>');
  const heads = [...parseHTML(text).document.querySelectorAll('th')].map(({ textContent }) => textContent);
  expect(heads).not.toContain('tied');
});

test('runs on different data have a trade-off each, and those on the same share one', async () => {
  const again = { ...exampleRun(), name: 'again' };
  const other = handMadeRun([{ penalty: ['decov', 1], trials: [{ accuracy: 0.5, correlation: 0.1 }] }], {
    name: 'other',
    data: { ...exampleRun().manifest.data, fingerprint: 'ef' },
  });
  const headsOf = (text: string) =>
    [...parseHTML(text).document.querySelectorAll('#trade-off ~ h3')].map(({ textContent }) => textContent);
  expect(headsOf(await report(exampleRun(), again, other))).toEqual(['mnist-decorrelation, again', 'other']);
  expect(headsOf(await report(exampleRun(), again))).toEqual([]);
});
