import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type CompareArguments, compareOutput } from '../../src/cli/compare.ts';
import type { Comparison } from '../../src/compare/compare.ts';
import { compareRuns, type RunInput } from '../../src/compare/compare.ts';
import { comparisonToCsv } from '../../src/compare/export.ts';
import { ConfigError, StoreError } from '../../src/errors.ts';
import { createRun } from '../../src/store/run.ts';
import { exampleRun, handMadeRun } from '../compare/hand-made-run.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

const PIPE = { isTerminal: false, columns: undefined, environment: {} };
const TERMINAL = { isTerminal: true, columns: 80, environment: {} };

/** Stores a run as a sweep would and gives its directory. */
function stored({ manifest, records }: RunInput, parent: string = temporaryDirectory()): string {
  const directory = join(parent, manifest.name);
  const run = createRun(directory, manifest, 'name: by-hand\n');
  for (const record of records) {
    run.append(record);
  }
  run.close();
  return directory;
}

function args(runs: readonly string[], options: Partial<CompareArguments> = {}): CompareArguments {
  const formats = { json: false, csv: false, md: false };
  return {
    sort: 'mean-abs-correlation',
    margin: 0.5,
    'free-baseline': false,
    ...formats,
    ...options,
    runs,
  };
}

describe('covgrad compare', () => {
  test('shows a stored run as a table in a terminal', () => {
    const text = compareOutput(args([stored(exampleRun())]), TERMINAL);
    expect(stripVTControlCharacters(text)).toMatch(
      /^› decov +0\.1 +97\.80 ± 1\.27 +−0\.10 ± 0\.00 +0\.061 ± 0\.013$/m,
    );
    expect(text.endsWith('\n')).toBe(true);
    expect(text.endsWith('\n\n')).toBe(false);
  });

  test('writes tab-separated lines into a pipe', () => {
    const text = compareOutput(args([stored(exampleRun())]), PIPE);
    expect(text).toContain('\tdecov\t0.1\t97.80 ± 1.27\t-0.10 ± 0.00\t0.061 ± 0.013\t');
  });

  test('--json and --csv are the comparison in full precision, whatever the terminal', () => {
    const directory = stored(exampleRun());
    const expected = compareRuns([exampleRun()]);
    expect(JSON.parse(compareOutput(args([directory], { json: true }), TERMINAL))).toEqual(expected);
    expect(compareOutput(args([directory], { csv: true }), TERMINAL)).toBe(comparisonToCsv(expected));
  });

  test('--md is a table for a page', () => {
    expect(compareOutput(args([stored(exampleRun())], { md: true }), TERMINAL)).toContain(
      '| **97.97 ± 0.95** |',
    );
  });

  test('without --sort the rows follow the metric that the sweep aims at, the way it understands it', () => {
    const run = exampleRun();
    const aim = (metric: { name: string; goal: 'minimize' | 'maximize' }): string[] => {
      const { config } = run.manifest;
      const manifest = { ...run.manifest, config: { ...config, sweep: { ...config.sweep, metric } } };
      const given = args([stored({ ...run, manifest })], { sort: undefined, json: true });
      const { rows } = JSON.parse(compareOutput(given, PIPE)) as Comparison;
      const finished = rows.filter(({ baseline, trials }) => !baseline && trials.complete === trials.planned);
      return finished.map(({ point }) => point);
    };
    const rising = aim({ name: 'mean-abs-correlation', goal: 'minimize' });
    expect(rising.length).toBeGreaterThan(1);
    expect(aim({ name: 'mean-abs-correlation', goal: 'maximize' })).toEqual([...rising].reverse());
    expect(aim({ name: 'test.accuracy', goal: 'maximize' })).not.toEqual(rising);
  });

  test('--sort and --top choose the rows of every format', () => {
    const given = args([stored(exampleRun())], { sort: 'test.accuracy', top: 1 });
    const { rows } = JSON.parse(compareOutput({ ...given, json: true }, PIPE));
    expect(rows.map((row: { penalty: { type: string } | null }) => row.penalty?.type)).toEqual([
      undefined,
      'squared-correlation',
    ]);
    const text = compareOutput(given, TERMINAL);
    expect(stripVTControlCharacters(text)).toContain('Left out by --top: 7 more points.');
    expect(text).toContain('decov at 0.1');
  });

  test('--by strength lines penalties up in the format that is asked for', () => {
    const trial = (correlation: number) => ({ accuracy: 0.9, correlation, strength: 0.1 });
    const directory = stored(
      handMadeRun([
        { penalty: ['decov', 1], trials: [trial(0.1), trial(0.11)] },
        { penalty: ['mean', 5], trials: [trial(0.2), trial(0.21)] },
      ]),
    );
    const by = { by: 'strength', sort: undefined } as const;
    expect(compareOutput(args([directory], by), PIPE)).toMatch(/^strength\tpenalty\tweight\t/);
    expect(compareOutput(args([directory], by), TERMINAL)).toContain('strength  penalty');
    expect(compareOutput(args([directory], { ...by, md: true }), TERMINAL)).toMatch(/^\| strength \|/);
    const { entries } = JSON.parse(compareOutput(args([directory], { ...by, json: true }), PIPE));
    expect(entries.map(({ standing }: { standing: string }) => standing)).toEqual(['best', 'none']);
    const slow = compareOutput(args([directory], { by: 'strength', sort: 'seconds' }), PIPE);
    expect(slow).toMatch(/^strength\t.*\ttime \(s\)\tstanding/);
    expect(() => compareOutput(args([directory], { ...by, top: 1, csv: true }), PIPE)).toThrow(
      '--by strength: has a table of its own, got --csv, --top beside it.',
    );
  });

  test('--free-baseline tells what decorrelation costs nothing, where it was measured', () => {
    const measured = stored(
      handMadeRun([{ penalty: null, trials: [{ accuracy: 0.97, correlation: 0.2, whitened: 0.012 }] }]),
    );
    const asked = { 'free-baseline': true };
    const sentence =
      'Free of charge: the baseline with dense1 whitened, the inverse absorbed by the next layer, keeps its outputs (accuracy 97.00 %) and has mean |ρ| 0.012 on held-out samples.';
    expect(compareOutput(args([measured], asked), PIPE)).toContain(`# ${sentence}`);
    expect(compareOutput(args([measured]), PIPE)).not.toContain('Free of charge');
    expect(() => compareOutput(args([stored(exampleRun())], asked), PIPE)).toThrow(
      'experiment.evaluation.free_baseline: true',
    );
  });

  test('--margin moves the line between a price and too high a price', () => {
    const text = compareOutput(args([stored(exampleRun())], { margin: 2 }), PIPE);
    expect(text).toContain('# decov at 1 lowers mean |ρ| from 0.211 to 0.021');
    expect(text).toContain("within 2 points of the baseline's mean accuracy");
  });

  test('--columns takes names separated by commas', () => {
    const text = compareOutput(args([stored(exampleRun())], { columns: 'penalty.type, test.loss' }), PIPE);
    expect(text).toContain('\npenalty\ttest.loss (nats)\n');
  });

  test('--layer looks at one layer', () => {
    const trials = [{ accuracy: 0.9, correlation: 0.2, further: [0.4] }];
    const directory = stored(handMadeRun([{ penalty: null, trials }]));
    const correlationOf = (layer?: string): number =>
      JSON.parse(compareOutput(args([directory], { json: true, layer }), PIPE)).rows[0].metrics[
        'mean-abs-correlation'
      ].mean;
    expect([correlationOf('dense1'), correlationOf('dense2')]).toEqual([0.2, 0.4]);
  });

  test('runs that share a name are called by their directories, and one given twice is one', () => {
    const [first, second] = [stored(exampleRun()), stored(exampleRun())];
    const names = (runs: readonly string[]): string[] =>
      JSON.parse(compareOutput(args(runs, { json: true }), PIPE)).runs.map(
        ({ name }: { name: string }) => name,
      );
    expect(names([first, second])).toEqual([first, second]);
    expect(names([first, `${first}/`])).toEqual(['mnist-decorrelation']);
  });
});

describe('wrong input', () => {
  test.each<[string, Partial<CompareArguments>, string]>([
    ['a column that is not there', { sort: 'acuracy' }, '--sort: must name a column'],
    ['a column to show that is not there', { columns: 'penalty.type,nonsense' }, 'got "nonsense"'],
    ['no rows', { top: 0 }, '--top: must be a whole number from 1, got 0'],
    ['a word where a number belongs', { top: 'all' }, '--top: must be a whole number from 1, got "all"'],
    ['a width too small to hold anything', { width: 3 }, '--width: must be a whole number from 20, got 3'],
    ['a negative margin', { margin: -1 }, '--margin: must be percentage points'],
    ['two formats', { json: true, md: true }, 'got --json and --md'],
    ['a width for JSON', { json: true, width: 80 }, '--width: is for the table'],
    ['columns for CSV', { csv: true, columns: 'run' }, '--columns: is for tables'],
    ['a layer that is not there', { layer: 'dense9' }, '--layer: must name a penalized layer'],
  ])('%s is a usage error with a remedy', (_case, options, message) => {
    const attempt = (): string => compareOutput(args([stored(exampleRun())], options), TERMINAL);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(message);
  });

  test('a directory that is missing, or that holds no run, is refused with its path', () => {
    const directory = join(temporaryDirectory(), 'nowhere');
    expect(() => compareOutput(args([directory]), PIPE)).toThrow(StoreError);
    mkdirSync(directory);
    expect(() => compareOutput(args([directory]), PIPE)).toThrow(`${directory}: there must be a run here`);
  });
});

describe('the command as a user runs it', () => {
  test('ends with 0 and the comparison on stdout, nothing on stderr', () => {
    const directory = stored(exampleRun());
    const { code, stdout, stderr } = covgrad(directory, 'compare', directory);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(compareOutput(args([directory]), PIPE));
  });

  test('options reach it under their documented names', () => {
    const directory = stored(exampleRun());
    const words = ['--sort', 'seconds', '--top', '2', '--width', '100', '--margin', '1'];
    const { code, stdout } = covgrad(directory, 'compare', directory, ...words);
    expect(code).toBe(0);
    expect(stdout).toBe(
      compareOutput(args([directory], { sort: 'seconds', top: 2, width: 100, margin: 1 }), PIPE),
    );
  });

  test('wrong usage ends with 2, and so does a missing run, each in one message without a stack trace', () => {
    const directory = temporaryDirectory();
    const usage = covgrad(directory, 'compare', directory, '--json', '--csv');
    expect([usage.code, usage.stdout]).toEqual([2, '']);
    const missing = covgrad(directory, 'compare', 'nowhere');
    expect([missing.code, missing.stdout]).toEqual([2, '']);
    for (const { stderr } of [usage, missing]) {
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).not.toMatch(/ at .*:\d+:\d+/);
    }
  });

  test('an option given twice is refused', () => {
    const directory = stored(exampleRun());
    expect(covgrad(directory, 'compare', directory, '--top', '1', '--top', '2').code).toBe(2);
  });
});
