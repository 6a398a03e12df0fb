import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { compareRuns, type RunInput } from '../../src/compare/compare.ts';
import { describeProgress } from '../../src/compare/progress.ts';
import type { TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { describeEnding } from '../../src/render/outcome.ts';
import { renderPoint } from '../../src/render/point.ts';
import { renderRuns, renderWatched, runsAsText } from '../../src/render/progress.ts';
import { renderRun } from '../../src/render/run.ts';
import { widthOf } from '../../src/render/text.ts';
import { renderTrial } from '../../src/render/trial.ts';
import { exampleRun, handMadeRun } from '../compare/hand-made-run.ts';
import { picturedRun } from './pictured-run.ts';

const run = picturedRun();
const comparison = compareRuns([run]);
const plain = (width: number) => ({ width, colors: picocolors.createColors(false) });
const style = (width: number, color: boolean) => ({ width, colors: picocolors.createColors(color) });

function trialsOf(point: string): { spec: TrialSpec; record: RunInput['records'][number] | undefined }[] {
  return run.manifest.trials
    .filter((spec) => spec.point === point)
    .map((spec) => ({ spec, record: run.records.find(({ id }) => id === spec.id) }));
}

function rowOf(point: string) {
  const row = comparison.rows.find((each) => each.point === point);
  if (row === undefined) throw new Error(`the run has no ${point}`);
  return row;
}

function allShown(width: number, color: boolean): string[] {
  const [first] = trialsOf('p1');
  const baseline = trialsOf('p0')[0]?.record;
  if (first === undefined) throw new Error('the run has a point p1');
  return [
    renderRun(run, comparison, style(width, color)),
    renderPoint({ comparison, row: rowOf('p1'), trials: trialsOf('p1') }, style(width, color)),
    renderTrial(
      { ...first, name: 'decov at 0.1', baseline, metrics: comparison.metrics },
      style(width, color),
    ),
  ].flatMap((lines) => [...lines, '']);
}

function allFollowed(width: number, color: boolean): string[] {
  const progress = describeProgress(run, true);
  const found = [
    { directory: 'runs/mnist', progress },
    { directory: 'runs/実験', progress: describeProgress(run, false) },
    { directory: 'runs/broken', problem: 'runs/broken/manifest.json: a manifest must be as it was written.' },
  ];
  return [
    ...renderRuns(found, style(width, color)),
    '',
    ...renderWatched(progress, comparison, run.records, { ...style(width, color), height: 30 }),
  ];
}

describe('what is stored', () => {
  test.each([60, 80, 120])('%i columns wide it looks as it was approved', async (width) => {
    for (const [name, lines] of [
      ['show', allShown],
      ['runs', allFollowed],
    ] as const) {
      const text = (color: boolean): string => `${lines(width, color).join('\n')}\n`;
      await expect(text(false)).toMatchFileSnapshot(`golden/${name}-${width}.txt`);
      await expect(text(true)).toMatchFileSnapshot(`golden/${name}-${width}-colour.txt`);
    }
  });

  test('is never wider than asked, from 60 columns on, except for the message of a problem', () => {
    for (let width = 60; width <= 130; width += 7) {
      const lines = [...allShown(width, false), ...allFollowed(width, false)];
      expect(lines.filter((line) => widthOf(line) > width && !line.includes('manifest'))).toEqual([]);
    }
  });
});

describe('a trial', () => {
  test('shows its epochs, and each measurement beside that of the baseline with the same seed', () => {
    const [first] = trialsOf('p1');
    const lines = renderTrial(
      {
        spec: first?.spec as TrialSpec,
        record: first?.record,
        name: 'decov at 0.1',
        baseline: trialsOf('p0')[0]?.record,
        metrics: comparison.metrics,
      },
      plain(100),
    );
    const cells = (name: string) =>
      lines
        .find((line) => line.trim().startsWith(name))
        ?.trim()
        .split(/ {2,}/);
    // In the units and under the titles of the comparison, the floor beside the correlation.
    expect(cells('mean |ρ| (')).toEqual(['mean |ρ| (floor 0.008)', '0.06', '0.21', '−0.15']);
    expect(cells('accuracy (%)')).toEqual(['accuracy (%)', '97.7', '97.8', '−0.1']);
    expect(lines.filter((line) => /^ +[12] +(50|97\.7) /.test(line))).toHaveLength(2);
  });

  test('shows what its penalty was like at the start, its gradients, and what was measured once at the end', () => {
    const [first] = trialsOf('p1');
    const gradient = { penalty: 0.5, cosine: 0.25, strength: 0.125 };
    const given = first?.record as TrialRecord;
    const record: TrialRecord = {
      ...given,
      epochs: given.epochs.map((epoch) => ({
        ...epoch,
        layers: epoch.layers.map((layer) => ({ ...layer, gradient })),
      })),
      penalty: { weight: 0.1, start: { dense1: gradient } },
      final: { dense1: { whitened: { samples: 8, metrics: { 'mean-abs-correlation': 0.01 } } } },
      peakKernelBytes: 3 * 2 ** 20,
    };
    const text = renderTrial(
      {
        spec: first?.spec as TrialSpec,
        record,
        name: 'decov at 0.1',
        baseline: undefined,
        metrics: comparison.metrics,
      },
      plain(100),
    ).join('\n');
    expect(text).toMatch(/^ +weight +0\.1$/m);
    expect(text).toMatch(/^ +dense1\.strength +0\.125$/m);
    expect(text).toMatch(/^ +gradient-cosine +0\.25$/m);
    expect(text).toMatch(/^ +dense1 whitened: mean \|ρ\| +0\.01$/m);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('at most 3 MiB of kernel memory');
  });

  test('that diverged says where and why, one without a record that it was not trained', () => {
    const [, diverged] = trialsOf('p7');
    const shown = (record: RunInput['records'][number] | undefined): string =>
      renderTrial(
        {
          spec: diverged?.spec as TrialSpec,
          record,
          name: 'decov at 10',
          baseline: undefined,
          metrics: comparison.metrics,
        },
        plain(100),
      ).join('\n');
    expect(shown(diverged?.record)).toContain('decov at 10, seed 1: diverged in epoch 2: the loss is NaN');
    expect(shown(undefined)).toContain('decov at 10, seed 1: not trained');
  });

  test('cannot steer the terminal by a name, a setting or a reason', () => {
    const evil = handMadeRun(
      [
        {
          penalty: ['de\u001b[2Jcov', 1],
          settings: { 'a\u202eb': 'x\ry\n' },
          trials: [{ status: 'failed', code: 'X', message: '\u001b]0;t\u0007' }],
        },
      ],
      { name: 'evil\u001b[2J' },
    );
    const [spec] = evil.manifest.trials;
    const compared = compareRuns([evil]);
    const lines = [
      ...renderRun(evil, compared, plain(200)),
      ...renderPoint(
        { comparison: compared, row: compared.rows[0]!, trials: [{ spec: spec!, record: evil.records[0] }] },
        plain(200),
      ),
      ...renderTrial(
        { spec: spec!, record: evil.records[0], name: 'x', baseline: undefined, metrics: comparison.metrics },
        plain(200),
      ),
      ...renderWatched(describeProgress(evil, true), compared, evil.records, { ...plain(200), height: 40 }),
    ];
    expect(lines.filter((line) => /[\p{Cc}\p{Cf}]/u.test(line))).toEqual([]);
  });
});

test('a point shows the floor beside what has one', () => {
  const lines = renderPoint({ comparison, row: rowOf('p1'), trials: trialsOf('p1') }, plain(120));
  // 0.060 and 0.062, less 0.210 and 0.212: always 0.150.
  const line = lines.find((each) => each.includes('mean |ρ|'))?.trim();
  expect(line?.split(/ {2,}/)).toEqual([
    'mean |ρ| (floor 0.008)',
    '0.061 ± 0.013',
    '−0.150 ± 0.000',
    '0.211 ± 0.013',
  ]);
});

describe('the progress of a run', () => {
  test('counts what has ended and says which state that is', () => {
    expect(describeProgress(run, true)).toMatchObject({
      state: 'running',
      planned: 18,
      ended: 17,
      diverged: 1,
      failed: 0,
    });
    expect(describeProgress(run, false).state).toBe('unfinished');
    const done = handMadeRun([{ penalty: null, trials: [{ accuracy: 1, correlation: 0 }] }]);
    expect(describeProgress(done, false)).toMatchObject({ state: 'complete', secondsLeft: null, best: null });
    const failed = handMadeRun([{ penalty: null, trials: [{ status: 'failed', code: 'X', message: 'y' }] }]);
    expect(describeProgress(failed, false).state).toBe('failed trials');
  });

  test('counts all that a search may still propose, until it has ended', () => {
    const example = exampleRun();
    const { config } = example.manifest;
    const search = (cap: number, trials = example.manifest.trials) => {
      const sweep = { ...config.sweep, method: 'bayes', run_cap: cap } as const;
      return { ...example, manifest: { ...example.manifest, config: { ...config, sweep }, trials } };
    };
    // 8 points and a baseline with 2 seeds are known, one trial of them without a record.
    expect(describeProgress(search(20), true)).toMatchObject({ state: 'running', planned: 42, ended: 17 });
    expect(describeProgress(search(20), false)).toMatchObject({ state: 'unfinished', planned: 42 });
    expect(describeProgress(search(8), true).planned).toBe(18);
    const ids = new Set(example.records.map(({ id }) => id));
    const ended = example.manifest.trials.filter(({ id }) => ids.has(id));
    expect(describeProgress(search(20, ended), false)).toMatchObject({ state: 'complete', planned: 17 });
  });

  test('counts pruned trials apart, and those that took too long as failed', () => {
    const example = exampleRun();
    const lost = { epoch: 1, value: 1, threshold: 0, lostTo: 'p1-s0', pruner: 'asha' };
    const outcomes = [
      { status: 'pruned', ...lost },
      { status: 'timeout', epoch: 1, seconds: 9 },
    ] as const;
    const records = example.records.map((record, index) => ({
      ...record,
      outcome: outcomes[index] ?? record.outcome,
    }));
    const progress = describeProgress({ ...example, records }, true);
    expect(progress).toMatchObject({ ended: 17, pruned: 1, failed: 1, diverged: 1 });
    const style = { ...plain(100), height: 40 };
    const lines = renderWatched(progress, compareRuns([{ ...example, records }]), records, style);
    expect(lines[1]).toContain('17/18 trials');
    expect(lines[1]).toContain('1 pruned, 1 diverged, 1 failed');
    expect(records.slice(0, 2).map(describeEnding)).toEqual([
      'pruned in epoch 1: 1, lost to p1-s0 with 0',
      'timeout in epoch 1: took 9.0 s',
    ]);
  });

  test('stays within its width in colour, whatever the names', () => {
    const [setting, value] = ['data.a_setting_of_many_characters', 'a-value-that-is-longer-than-the-others'];
    const named = handMadeRun(
      [1, 2].map((weight) => ({
        penalty: ['a-penalty-with-quite-a-name', weight],
        settings: { [setting]: value + weight },
        trials: [{ accuracy: 0.9, correlation: 0.2 }],
      })),
      { name: 'a run whose name is as long as a line of the terminal that it is shown in' },
    );
    for (const width of [60, 80]) {
      const lines = renderWatched(describeProgress(named, true), compareRuns([named]), named.records, {
        ...style(width, true),
        height: 30,
      });
      expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    }
  });

  test('estimates the time left from the trials so far and the threads', () => {
    const trials = [{ accuracy: 1, correlation: 0, seconds: 8 }, null, null];
    const half = handMadeRun([{ penalty: null, trials }], { threads: 2 });
    expect(describeProgress(half, true).secondsLeft).toBe(8);
  });

  test('calls no point the best that lacks the metric', () => {
    const point = (weight: number, correlation: number | null) =>
      ({ penalty: ['decov', weight], trials: [{ accuracy: 0.9, correlation }] }) as const;
    expect(describeProgress(handMadeRun([point(1, null)]), false).best).toBeNull();
    expect(describeProgress(handMadeRun([point(1, null), point(2, 0.3)]), false).best?.point).toBe('p1');
  });

  test('names the best point by the metric that the sweep aims at', () => {
    expect(describeProgress(run, true).best?.point).toBe('p2');
    expect(runsAsText([{ directory: 'a\tb', progress: describeProgress(run, true) }])[1]).toBe(
      'a\\u{9}b\trunning\t17\t18\tdecov at 1, mean |ρ| 0.021\t2025-01-01T00:00:00.000Z',
    );
  });
});
