import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { compareParquet, compareOutput as outputParts } from '../../src/cli/compare.ts';
import type { CompareArguments } from '../../src/cli/compare-options.ts';
import type { Comparison } from '../../src/compare/compare.ts';
import { compareRuns } from '../../src/compare/compare.ts';
import { comparisonToCsv } from '../../src/compare/export.ts';
import { ConfigError, StoreError } from '../../src/errors.ts';
import { exampleRun, handMadeRun } from '../compare/hand-made-run.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';
import { stored } from './stored-run.ts';

/** The whole output as one text. */
function compareOutput(...given: Parameters<typeof outputParts>): string {
  return [...outputParts(...given)].join('');
}

const PIPE = { isTerminal: false, columns: undefined, environment: {} };
const TERMINAL = { isTerminal: true, columns: 80, environment: {} };

function args(runs: readonly string[], options: Partial<CompareArguments> = {}): CompareArguments {
  const formats = { json: false, csv: false, md: false };
  return {
    sort: 'mean-abs-correlation',
    margin: 0.5,
    ...formats,
    ...options,
    runs,
  };
}

describe('covgrad compare', () => {
  test('shows a stored run as a table in a terminal', () => {
    const text = compareOutput(args([stored(exampleRun())]), TERMINAL);
    expect(stripVTControlCharacters(text)).toMatch(
      /^› decov +0\.1 +≈97\.80 ± 1\.27 +−0\.10 ± 0\.00 +0\.061 ± 0\.013$/m,
    );
    expect(text.endsWith('\n')).toBe(true);
    expect(text.endsWith('\n\n')).toBe(false);
  });

  test('writes tab-separated lines into a pipe', () => {
    const text = compareOutput(args([stored(exampleRun())]), PIPE);
    expect(text).toContain('\tdecov\t0.1\t97.8 ± 1.27062047360659\t-0.1 ± 0\t0.061 ± 0.012706204736065865\t');
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
    const asked = { freeBaseline: true };
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

describe('which points, against what, and how drawn', () => {
  const run = (): string => stored(exampleRun());

  test('--where keeps the baseline and what passes, and says how many it left out', () => {
    const text = compareOutput(args([run()], { where: 'penalty.type=decov,penalty.weight<=1' }), PIPE);
    const rows = text.split('\n').filter((line) => line.startsWith('mnist-decorrelation\t'));
    expect(rows.map((line) => line.split('\t').slice(1, 3).join(':'))).toEqual([
      'none:0',
      'decov:1',
      'decov:0.1',
    ]);
    expect(text).toContain('# Left out by --where: 6 more points.');
  });

  test('--group-by with --top keeps the best of each group', () => {
    const given = args([run()], { groupBy: 'penalty.type', top: 1, json: true });
    const { rows } = JSON.parse(compareOutput(given, PIPE)) as Comparison;
    const types = rows.map(({ penalty }) => penalty?.type ?? 'none');
    expect(types).toEqual([...new Set(types)]);
    expect(rows.find(({ penalty }) => penalty?.type === 'decov')?.point).toBe('p2');
    const drawn = compareOutput({ ...given, json: false }, TERMINAL);
    expect(drawn.split('\n').filter((line) => /^─+$/.test(stripVTControlCharacters(line)))).toHaveLength(
      types.length,
    );
  });

  test('--baseline sets every point against another one', () => {
    const given = args([run()], { baseline: 'decov:0.1', json: true });
    const { rows } = JSON.parse(compareOutput(given, PIPE)) as Comparison;
    const accuracy = (point: string) =>
      rows.find((row) => row.point === point)?.metrics['test.accuracy']?.difference;
    // squared-correlation 0.979 and 0.9805, decov at 0.1 0.977 and 0.979: 0.002 and 0.0015.
    expect(accuracy('p3')?.mean).toBeCloseTo(0.00175, 12);
    expect(accuracy('p0')?.mean).toBeCloseTo(0.001, 12);
    expect(accuracy('p1')).toBeNull();
  });

  test('--metric sorts by it, draws it, and gives it a column', () => {
    const text = stripVTControlCharacters(
      compareOutput(args([run()], { sort: undefined, metric: 'loss', heatmap: true }), {
        ...TERMINAL,
        columns: 120,
      }),
    );
    expect(text).toMatch(/^ +penalty .*test\.loss/m);
    expect(text).toContain('test.loss (nats) by penalty and weight');
  });

  test('a picture is drawn into a pipe too, without colour, and stands before the verdict', () => {
    const text = compareOutput(
      args([run()], { pareto: 'accuracy,mean-abs-correlation', curves: true, importance: true }),
      PIPE,
    );
    expect(text).not.toContain('\u001b');
    const parts = [
      '  penalty ',
      'accuracy (%) against mean |ρ|',
      'by epoch',
      'What explains',
      'decov at 0.1 lowers',
    ];
    const positions = parts.map((part) => text.indexOf(part));
    expect(positions).not.toContain(-1);
    expect([...positions].sort((a, b) => a - b)).toEqual(positions);
  });

  test('runs on other data, and maps of other runs, are never drawn into one picture', () => {
    const trials = [{ accuracy: 0.9, correlation: 0.2 }];
    const other = (name: string, fingerprint: string): string => {
      const made = handMadeRun([{ penalty: ['decov', 0.1], trials }], { name });
      return stored({
        ...made,
        manifest: { ...made.manifest, data: { ...made.manifest.data, fingerprint } },
      });
    };
    const runs = [run(), other('same-data', 'cd'), other('other-data', 'ef')];
    const draw = (picture: Partial<CompareArguments>): string => compareOutput(args(runs, picture), PIPE);
    const maps = draw({ heatmap: true });
    expect(maps.match(/by penalty and weight$/gm)).toHaveLength(3);
    expect(maps).not.toContain('is a mean over');
    const fronts = draw({ pareto: 'accuracy,mean-abs-correlation' });
    expect(fronts.match(/against mean \|ρ\|$/gm)).toHaveLength(2);
    expect(fronts).toMatch(/^mnist-decorrelation, same-data$/m);
    expect(fronts).toMatch(/^a mnist-decorrelation: decov at 1: accuracy/m);
  });

  test('--ascii writes nothing else, whatever is drawn', () => {
    const pictures = {
      pareto: 'accuracy,mean-abs-correlation',
      curves: true,
      importance: true,
      heatmap: true,
    };
    for (const terminal of [PIPE, TERMINAL]) {
      const text = compareOutput(
        args([run()], { ...pictures, correlation: 'decov:1', ascii: true }),
        terminal,
      );
      expect(text).toMatch(/^[\0-\x7f]*$/);
    }
  });

  test('--jsonl is a line a point, --latex a table, --parquet a file that a terminal does not get', async () => {
    const given = args([run()]);
    expect(
      compareOutput({ ...given, jsonl: true }, PIPE)
        .trimEnd()
        .split('\n'),
    ).toHaveLength(9);
    expect(compareOutput({ ...given, latex: true }, TERMINAL)).toContain('\\begin{tabular}');
    const bytes = await compareParquet({ ...given, parquet: true }, PIPE);
    expect(Buffer.from(bytes).toString('latin1', 0, 4)).toBe('PAR1');
    await expect(compareParquet({ ...given, parquet: true }, TERMINAL)).rejects.toThrow('got a terminal');
  });

  test('the same run compared twice gives the same bytes', () => {
    const given = args([run()], { pareto: 'accuracy,mean-abs-correlation', heatmap: true, importance: true });
    expect(compareOutput(given, TERMINAL)).toBe(compareOutput(given, TERMINAL));
    for (const format of ['json', 'jsonl', 'csv', 'md', 'latex', 'ascii'] as const) {
      const formatted = args([run()], { [format]: true });
      expect(compareOutput(formatted, PIPE)).toBe(compareOutput(formatted, PIPE));
    }
  });

  test('and so does Parquet', async () => {
    const given = args([run()], { parquet: true });
    expect(await compareParquet(given, PIPE)).toEqual(await compareParquet(given, PIPE));
  });
});

describe('wrong input', () => {
  test.each<[string, Partial<CompareArguments>, string]>([
    ['a column that is not there', { sort: 'acuracy' }, '--sort: must name a column'],
    ['a column to show that is not there', { columns: 'penalty.type,nonsense' }, 'got "nonsense"'],
    ['no rows', { top: 0 }, '--top: must be a whole number from 1, got 0'],
    ['a word where a number belongs', { top: 'all' }, '--top: must be a whole number from 1, got "all"'],
    ['a width too small to hold anything', { width: 3 }, '--width: must be a whole number from 20, got 3'],
    ['a negative margin', { margin: -1 }, '--margin: must be points or percents'],
    ['two formats', { json: true, md: true }, 'got --json and --md'],
    ['a width for JSON', { json: true, width: 80 }, '--width: is for the table'],
    ['columns for CSV', { csv: true, columns: 'run' }, '--columns: is for tables'],
    ['a condition that is none', { where: 'penalty.weight' }, '--where: must be conditions'],
    ['a group that is not there', { groupBy: 'optimizer' }, '--group-by: must name a column'],
    ['a metric that is not there', { metric: 'correlation' }, '--metric: must name a column'],
    ['a baseline that is not there', { baseline: 'decov:3' }, '--baseline: must name a point'],
    ['a front of one metric', { pareto: 'accuracy' }, '--pareto: must name two metrics'],
    ['a front of a metric that is not there', { pareto: 'accuracy,speed' }, 'got "speed"'],
    ['matrices of a point that is not there', { correlation: 'mean:7' }, '--correlation: must name a point'],
    ['matrices of a point without an epoch', { correlation: 'smooth:1' }, '--correlation: must name a point'],
    ['too many decimals', { precision: 13 }, '--precision: must be a whole number from 0 to 12'],
    ['a picture in JSON', { json: true, heatmap: true }, '--heatmap: draws a picture for a reader'],
    ['ASCII for a page', { md: true, ascii: true }, '--ascii: is for the table in a terminal'],
    ['decimals for CSV', { csv: true, precision: 2 }, '--precision: is for tables'],
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
