import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { compareRuns, type RunInput } from '../../src/compare/compare.ts';
import { learningCurves } from '../../src/compare/curves.ts';
import { renderComparison } from '../../src/render/comparison.ts';
import { renderLatex } from '../../src/render/latex.ts';
import { renderMarkdown, renderTabSeparated } from '../../src/render/plain.ts';
import { widthOf } from '../../src/render/text.ts';
import { exampleRun, type HandMadePoint, handMadeRun } from '../compare/hand-made-run.ts';

const example = compareRuns([exampleRun()]);

function render(width: number, points?: readonly HandMadePoint[]): string {
  const comparison = points === undefined ? example : compareRuns([handMadeRun(points)]);
  return renderComparison(comparison, { width, color: false });
}

describe('a comparison in a terminal', () => {
  test.each([60, 80, 120])('%i columns wide it looks as it was approved', async (width) => {
    await expect(`${render(width)}\n`).toMatchFileSnapshot(`golden/width-${width}.txt`);
  });

  test('no line is wider than the terminal', () => {
    for (let width = 48; width <= 140; width += 1) {
      const widest = Math.max(...render(width).split('\n').map(widthOf));
      expect(widest).toBeLessThanOrEqual(width);
    }
  });

  test('no line ends in spaces', () => {
    expect(
      render(80)
        .split('\n')
        .filter((line) => line.endsWith(' ')),
    ).toEqual([]);
  });

  test('each number of the table is that of the hand-made run, rounded', () => {
    const line = (start: string): string =>
      render(140)
        .split('\n')
        .find((each) => each.includes(start)) ?? '';
    // accuracy 0.977, 0.979; |ρ| 0.060, 0.062; participation 61, 62; scale 0.42, 0.44; seconds 15.0, 15.2;
    // each interval is 12.706 times half the difference.
    expect(line('decov                   0.1').split(/ {2,}(?!±)| (?=≈)/)).toEqual([
      '› decov',
      '0.1',
      // With two seeds it cannot be told from 97.97.
      '≈97.80 ± 1.27',
      '−0.10 ± 0.00',
      '0.061 ± 0.013',
      '61.5  ± 6.4',
      '0.430  ± 0.127',
      '15.1 ± 1.3',
      '2 of 2',
    ]);
    expect(line('decov                    10')).toMatch(
      /11\.00 +−86\.80 +0\.010 +2\.00 +0\.0100 +15\.0 +1 of 2 diverged$/,
    );
  });

  test('the columns that were left out are named', () => {
    expect(render(80)).toContain(
      'Left out to fit 80 columns: trials, part. ratio, scale, time (s), gap (points).',
    );
    expect(render(160)).not.toContain('Left out');
  });

  test('without room for intervals they go and it says so', () => {
    const text = render(48);
    expect(text).toContain('Left out to fit 48 columns: ± 95 %');
    expect(text).not.toMatch(/\d ± \d+\.\d+ +\d/);
    expect(text).toContain('*97.97');
  });
});

describe('colour', () => {
  const colored = renderComparison(example, { width: 80, color: true });

  test.each([60, 80, 120])('adds nothing but escapes at %i columns: the text is the same', (width) => {
    const text = renderComparison(example, { width, color: true });
    expect(text).not.toBe(render(width));
    expect(stripVTControlCharacters(text)).toBe(render(width));
  });

  test.each([60, 80, 120])('%i columns wide it looks as it was approved, in colour', async (width) => {
    const text = renderComparison(example, { width, color: true });
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/width-${width}-colour.txt`);
  });

  test('sets the best values in bold green', () => {
    const [open, close] = ['\u001b[32m\u001b[1m', '\u001b[22m\u001b[39m'];
    expect(colored).toContain(`${open}*97.97 ± 0.95${close}`);
    expect(colored).toContain(`${open}*0.021 ± 0.006${close}`);
    expect(colored.split(open)).toHaveLength(3);
  });

  test('is absent to the last escape where it is not wanted', () => {
    expect(render(80)).not.toContain('\u001b');
  });
});

describe('what is shown', () => {
  test('of the many settings of a search is as much as fits, and a name counts those that it leaves out', () => {
    const settings = (value: number) =>
      Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`data.knob${index}`, value + index / 8]));
    const measured = (correlation: number) => [{ accuracy: 0.9, correlation }];
    const points: HandMadePoint[] = [0.5, 0.25].flatMap((value) => [
      { penalty: null, settings: settings(value), trials: measured(0.4) },
      { penalty: ['decov', 1], settings: settings(value), trials: measured(value / 2) },
    ]);
    const shown = renderComparison(compareRuns([handMadeRun(points)]), { width: 100, color: false });
    for (const line of shown.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(100);
    expect(shown).toMatch(/knob0 .*knob1 .*knob2 .*accuracy .*mean \|ρ\|/);
    expect(shown.replaceAll(/\s+/g, ' ')).toContain('knob10, knob11.');
    expect(shown.replaceAll(/\s+/g, ' ')).toContain('data.knob2 0.5 and 9 more)');
  });

  test('settings of several runs go last of all, and only as many as must', () => {
    const points = [0.125, 0.25].flatMap((value): HandMadePoint[] => [
      {
        penalty: ['squared-correlation', 0.01],
        settings: { 'data.kept': value, 'data.gone': value },
        trials: [{ accuracy: 0.9, correlation: value }],
      },
    ]);
    const runs = ['first-run', 'second-run'].map((name) => handMadeRun(points, { name }));
    for (const ascii of [false, true]) {
      const text = renderComparison(compareRuns(runs), { width: 60, color: false, ascii });
      expect(text.split('\n').filter((line) => widthOf(line) > 60)).toEqual([]);
      expect(text).toMatch(/kept +accuracy/);
      expect(text).toContain('Left out to fit 60 columns: gone, ');
    }
  });

  test('columns can be chosen, in any order', () => {
    const columns = ['test.loss', 'penalty.type', 'mean-abs-correlation.difference', 'trade-off', 'best'];
    const text = renderComparison(example, { width: 200, color: false, columns });
    expect(text).toMatch(/^ +test\.loss +penalty +Δ mean \|ρ\| +trade-off +best$/m);
    expect(text).toMatch(
      /0\.300 ± 0\.000 {2}decov +−0\.191 ± 0\.006 +yes +mean-abs-correlation participation-ratio$/m,
    );
  });

  test('of chosen columns the last are left out first', () => {
    const columns = ['penalty.type', 'seconds', 'test.accuracy'];
    const text = renderComparison(example, { width: 40, color: false, columns });
    expect(text).toMatch(/^ +penalty +time$/m);
    expect(text).toMatch(/Left out to fit 40 columns: accuracy\s+\(%\)\./);
  });

  test('what cannot be told from the best has a mark that is explained', () => {
    const rows = example.rows.map((row) => ({
      ...row,
      tied: row.penalty?.weight === 0.1 ? ['mean-abs-correlation'] : [],
    }));
    const text = renderComparison({ ...example, rows }, { width: 80, color: false });
    expect(text).toMatch(/^› decov +0\.1 .*≈0\.061 ± 0\.013$/m);
    expect(text).toContain('≈ not told apart from the best');
    const none = example.rows.map((row) => ({ ...row, tied: [] }));
    expect(renderComparison({ ...example, rows: none }, { width: 80, color: false })).not.toContain('≈');
  });

  test('a learning curve a row stands on one scale, and is left out where there is one epoch', () => {
    const run = exampleRun();
    const metric = { name: 'test.accuracy', unit: 'fraction', goal: 'maximize' } as const;
    const curves = learningCurves([run], metric.name);
    const text = renderComparison(example, { width: 100, color: false, curves: { metric, curves } });
    // Every trial begins at 0.5; the one complete trial of decov at 10 ends lowest, at 0.11.
    expect(text).toMatch(/^› squared-correlation .* ▄█ /m);
    expect(text).toMatch(/^! decov +10 .* ▄▁ /m);
    expect(text).toMatch(/^ +penalty .* curve/m);
    const short = curves.map((curve) => ({ ...curve, values: curve.values.slice(0, 1) }));
    const without = renderComparison(example, {
      width: 100,
      color: false,
      curves: { metric, curves: short },
    });
    expect(without).not.toContain('curve');
  });

  test('settings that differ between runs are told, with the value of each', () => {
    const configured = (name: string, epochs: number): RunInput => {
      const run = handMadeRun([{ penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] }], { name });
      const config = { ...run.manifest.config, experiment: { training: { epochs, batch_size: 32 } } };
      return {
        ...run,
        manifest: { ...run.manifest, config: config as unknown as typeof run.manifest.config },
      };
    };
    const comparison = compareRuns([configured('one', 3), configured('two', 5)]);
    const text = renderComparison(comparison, { width: 140, color: false });
    expect(text).toContain('Settings that differ between the runs: training.epochs (3 in one, 5 in two).');
  });

  test('a metric that only some runs have measured is not compared', () => {
    const measured = handMadeRun([{ penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] }]);
    const lacking = handMadeRun([{ penalty: null, trials: [{ accuracy: 0.9, correlation: null }] }], {
      name: 'old',
    });
    const names = compareRuns([measured, lacking]).metrics.map(({ name }) => name);
    expect(names).not.toContain('mean-abs-correlation');
    expect(names).toContain('test.accuracy');
    const text = renderComparison(compareRuns([measured, lacking]), { width: 140, color: false });
    expect(text.split('\n').find((line) => line.includes('penalty'))).not.toContain('|ρ|');
  });

  test('decimals can be chosen', () => {
    const text = renderComparison(example, { width: 140, color: false, precision: 1 });
    expect(text).toMatch(/97\.8 ± 1\.3 +−0\.1 ± 0\.0 +0\.1 ± 0\.0 /);
  });

  test('a line parts the groups', () => {
    const text = renderComparison(example, { width: 80, color: false, breaks: [1, 3] });
    expect(text.split('\n').filter((line) => /^─+$/.test(line))).toHaveLength(3);
  });

  test('hidden rows are counted', () => {
    const comparison = { ...example, rows: example.rows.slice(0, 3) };
    expect(
      renderComparison(comparison, { width: 80, color: false, hiddenRows: { where: 0, top: 6 } }),
    ).toContain('Left out by --top: 6 more points.');
  });

  test('with one seed it says that there is no interval, and shows none', () => {
    const text = render(80, [
      { penalty: null, trials: [{ accuracy: 0.98, correlation: 0.2 }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.97, correlation: 0.1 }] },
    ]);
    expect(text).toContain('n = 1: no interval.');
    expect(text).not.toContain('±');
  });

  test('a mean over fewer seeds than are complete is pointed out, and that it is not ranked', () => {
    const text = render(80, [
      {
        penalty: null,
        trials: [
          { accuracy: 0.98, correlation: 0.2 },
          { accuracy: 0.98, correlation: 0.2 },
        ],
      },
      {
        penalty: ['mean', 1],
        trials: [
          { accuracy: 0.97, correlation: null },
          { accuracy: 0.97, correlation: 0.3 },
        ],
      },
    ]);
    expect(text).toContain('mean |ρ| is over fewer seeds than are complete, and so not ranked: mean at 1.');
  });

  test('a setting that all points share stands above the table, one that differs has a column', () => {
    const trials = [{ accuracy: 0.98, correlation: 0.2 }];
    const text = render(120, [
      { penalty: null, settings: { 'training.epochs': 5, 'training.optimizer.momentum': 0 }, trials },
      { penalty: null, settings: { 'training.epochs': 5, 'training.optimizer.momentum': 0.9 }, trials },
    ]);
    expect(text).toContain('training.epochs 5');
    expect(text).toMatch(/^ +penalty +weight +momentum +accuracy/m);
  });

  test('several runs have a column of their own, and differences between them are told', () => {
    const other = handMadeRun([{ penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] }], {
      name: 'other',
      kernel: { variant: 'simd', sha256: null },
    });
    const text = renderComparison(compareRuns([exampleRun(), other]), { width: 140, color: false });
    expect(text).toMatch(/^ +run +penalty/m);
    expect(text).toMatch(/^ +other +none/m);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'The runs differ in kernel and seeds; best values are marked among points on the same data, and ties where two seeds are shared.',
    );
  });

  test('what the points are set against is named where the user chose it, for each run', () => {
    const points: HandMadePoint[] = [
      { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.9, correlation: 0.1 }] },
    ];
    const legendOf = (...runs: RunInput[]): string =>
      renderComparison(compareRuns(runs, { baseline: 'p1' }), { width: 140, color: false }).replaceAll(
        /\s+/g,
        ' ',
      );
    const whole = handMadeRun(points, { name: 'a' });
    expect(legendOf(whole)).toContain('Δ to decov at 1, paired by seed');
    const lacking = handMadeRun(points.slice(0, 1), { name: 'b' });
    expect(legendOf(whole, lacking)).toContain('Δ to decov at 1 in a, the baseline in b, paired by seed');
  });

  test('runs that aim at different metrics say by which one the rows stand', () => {
    const points: HandMadePoint[] = [{ penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] }];
    const aiming = (name: string, sweep: object): RunInput =>
      handMadeRun(points, { name, config: { sweep } as RunInput['manifest']['config'] });
    const accuracy = { name: 'test.accuracy', goal: 'maximize' };
    const seconds = { name: 'seconds', goal: 'minimize' };
    const text = (...runs: RunInput[]): string =>
      renderComparison(compareRuns(runs), { width: 140, color: false }).replaceAll(/\s+/g, ' ');
    const one = aiming('one', { metric: accuracy });
    expect(text(one, aiming('two', { metrics: [accuracy, seconds] }))).toContain(
      'The runs aim at different metrics (maximize test.accuracy; maximize test.accuracy and minimize seconds): ' +
        'the front and, unless sorted, the order are those of one.',
    );
    expect(text(one, aiming('two', { metric: accuracy }))).not.toContain('aim at');
  });

  test('the metric that the sweep aims at has a column', () => {
    const points: HandMadePoint[] = [{ penalty: null, trials: [{ accuracy: 0.9, correlation: 0.2 }] }];
    const sweep = { metric: { name: 'test.loss', goal: 'minimize' } };
    const run = handMadeRun(points, { config: { sweep } as RunInput['manifest']['config'] });
    const text = (width: number, metric?: string): string =>
      renderComparison(compareRuns([run]), { width, color: false, metric });
    expect(text(80)).toMatch(/mean \|ρ\| +test\.loss/);
    expect(text(40)).toMatch(/Left out to fit 40 columns:[^:]* test\.loss/);
    expect(text(40, 'test.loss')).not.toMatch(/columns:[^:]* test\.loss/);
    // Those that every table has as well, the last of them too.
    expect(text(60)).toMatch(/columns:[^:]* gap/);
    expect(text(60, 'gap')).not.toMatch(/columns:[^:]* gap/);
    expect(renderComparison(example, { width: 120, color: false })).not.toContain('test.loss');
  });

  test('a metric that one run alone has measured is best in nothing', () => {
    const trials = [{ accuracy: 0.9, correlation: 0.2 }];
    const measured = handMadeRun([
      { penalty: null, trials },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.8, correlation: 0.1 }] },
    ]);
    const lacking = handMadeRun([{ penalty: null, trials: [{ accuracy: 0.9, correlation: null }] }], {
      name: 'old',
    });
    const bestOf = (...runs: RunInput[]) => compareRuns(runs).rows.flatMap(({ best }) => best);
    expect(bestOf(measured)).toContain('mean-abs-correlation');
    expect(bestOf(measured, lacking)).not.toContain('mean-abs-correlation');
  });

  test('a sweep over data says that there is more than the data it names', () => {
    const run = handMadeRun([{ penalty: null, trials: [null] }]);
    const manifest = { ...run.manifest, otherData: [{ ...run.manifest.data, fingerprint: 'ef' }] };
    const text = renderComparison(compareRuns([{ ...run, manifest }]), { width: 120, color: false });
    expect(text.replaceAll(/\s+/g, ' ')).toContain('mnist: 60,000 train, 10,000 test, and 1 more data set ·');
  });

  test('a run without a finished trial is shown as such', () => {
    const text = render(80, [
      { penalty: null, trials: [null] },
      { penalty: ['decov', 1], trials: [null] },
    ]);
    expect(text).toContain('0 of 2 trials complete (2 of 2 missing)');
    expect(text).toMatch(/^! decov +1 +— +— +—/m);
    expect(text).toContain('No penalty has all its trials complete');
  });

  test('a name with control characters cannot steer the terminal', () => {
    const run = handMadeRun(
      [
        {
          penalty: ['de\rcov\u001b[2J', 1],
          settings: { 'a\u202eb': 'x\ny' },
          trials: [{ accuracy: 1, correlation: 0 }],
        },
      ],
      { name: 'evil\u001b]0;title\u0007' },
    );
    const text = renderComparison(compareRuns([run, exampleRun()]), { width: 200, color: false });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('de\\u{d}cov\\u{1b}[2J');
    expect(text).toContain('evil\\u{1b}]0;title\\u{7}');
  });
});

describe('an outlier in a column', () => {
  const trials = (...values: readonly number[]) =>
    values.map((scale) => ({ accuracy: 0.9, correlation: 0.2, scale }));
  const outlying = compareRuns([
    handMadeRun([
      { penalty: null, trials: trials(0.898, 1.107) },
      { penalty: ['decov', 1], trials: trials(143, 326) },
      { penalty: ['decov', 2], trials: trials(0.00012, 0.00013) },
    ]),
  ]);

  test('takes no digit from the other rows of a table, of Markdown and of LaTeX', () => {
    const columns = ['penalty.weight', 'activation-scale'];
    const table = renderComparison(outlying, { width: 80, color: false, columns });
    const markdown = renderMarkdown(outlying, { columns });
    const latex = renderLatex(outlying, { columns }).replaceAll('$\\pm$', '±');
    for (const text of [table, markdown, latex]) {
      const plain = text.replaceAll(/ +/g, ' ');
      expect(plain).toContain('1.00 ± 1.33');
      expect(plain).toContain('235 ± 1163');
      expect(plain).toContain('1.25e-4 ± 6.4e-5');
    }
  });

  test('leaves a pipe every digit of every row, unless decimals are asked for', () => {
    const columns = ['activation-scale'];
    const written = (precision?: number): string[] =>
      renderTabSeparated(outlying, { columns, precision })
        .split('\n')
        .filter((line) => line.includes(' ± '))
        .filter((line) => !line.startsWith('#'));
    const exact = outlying.rows.map(({ metrics }) => metrics['activation-scale']);
    expect(written().map((line) => line.split(' ± ').map(Number))).toEqual(
      exact.map((summary) => [summary?.mean, summary?.halfWidth95]),
    );
    expect(written(1)[0]).toBe('1.0 ± 1.3');
  });
});
