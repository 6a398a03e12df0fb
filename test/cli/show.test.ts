import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runsOutput } from '../../src/cli/runs.ts';
import { showOutput } from '../../src/cli/show.ts';
import { ConfigError } from '../../src/errors.ts';
import { exampleRun } from '../compare/hand-made-run.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';
import { stored } from './stored-run.ts';

const PIPE = { isTerminal: false, columns: undefined, environment: {} };
const TERMINAL = { isTerminal: true, columns: 80, environment: {} };

describe('covgrad show', () => {
  test('of a run lists every trial; in a pipe nothing is cut or coloured', () => {
    const text = showOutput({ run: stored(exampleRun()) }, PIPE);
    expect(text.match(/^ {2}p\d-s[01] /gm)).toHaveLength(18);
    expect(text).not.toContain('Left out to fit');
    expect(text).not.toContain('\u001b');
    expect(showOutput({ run: stored(exampleRun()) }, TERMINAL)).toContain('\u001b[1m');
  });

  test('of a point, by its penalty or its name, shows its trials and metrics; of a trial its epochs', () => {
    const run = stored(exampleRun());
    const point = showOutput({ run, trial: 'decov:0.1' }, PIPE);
    expect(point).toBe(showOutput({ run, trial: 'p1' }, PIPE));
    expect(point).toMatch(
      /^ {2}mean \|ρ\| \(floor 0\.008\) +0\.061 ± 0\.013 +−0\.150 ± 0\.000 +0\.211 ± 0\.013$/m,
    );
    const trial = showOutput({ run, trial: 'p1-s0' }, PIPE);
    expect(trial).toMatch(/^ {2}mean \|ρ\| \(floor 0\.008\) +0\.06 +0\.21 +−0\.15$/m);
  });

  test('--json is what is stored, in full precision', () => {
    const run = stored(exampleRun());
    const { records } = JSON.parse(showOutput({ run, json: true }, TERMINAL));
    expect(records).toEqual(JSON.parse(JSON.stringify(exampleRun().records)));
    const [trial] = JSON.parse(showOutput({ run, trial: 'p1-s1', json: true }, TERMINAL));
    expect(trial.record.epochs[1].test.accuracy).toBe(0.979);
  });

  test('--ascii writes nothing else', () => {
    expect(showOutput({ run: stored(exampleRun()), trial: 'decov:0.1', ascii: true }, PIPE)).toMatch(
      /^[\0-\x7f]*$/,
    );
  });

  test('a name that is not there is refused with those that are, in one line and exit code 2', () => {
    const run = stored(exampleRun());
    expect(() => showOutput({ run, trial: 'p1-s7' }, PIPE)).toThrow(ConfigError);
    const { code, stderr, stdout } = covgrad(temporaryDirectory(), 'show', run, 'decof:1');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^trial: must name a point of the run, got "decof:1"\. There are baseline, decov:0\.1.*\n$/,
    );
  });
});

describe('covgrad runs', () => {
  test('lists the runs of a directory with their state, and one that is damaged beside the others', () => {
    const run = stored(exampleRun());
    const parent = dirname(run);
    mkdirSync(join(parent, 'broken'));
    writeFileSync(join(parent, 'broken', 'manifest.json'), '{}');
    mkdirSync(join(parent, 'no-run'));
    mkdirSync(join(parent, 'headless'));
    writeFileSync(join(parent, 'headless', 'journal.jsonl'), '{}\n');
    // What a start that was cut short leaves is no run.
    mkdirSync(join(parent, 'unborn'));
    writeFileSync(join(parent, 'unborn', 'journal.jsonl'), '');
    const lines = runsOutput({ directory: parent }, PIPE).trimEnd().split('\n');
    const problems = lines.splice(4);
    expect(lines.map((line) => line.split('\t').slice(0, 4))).toEqual([
      ['run', 'state', 'ended', 'planned'],
      [join(parent, 'broken'), 'damaged', '', ''],
      [join(parent, 'headless'), 'damaged', '', ''],
      [run, 'unfinished', '17', '18'],
    ]);
    expect(problems).toEqual([
      expect.stringContaining('name must be what this version of covgrad writes'),
      expect.stringMatching(/^# .*headless: there must be a run here, got a directory without a manifest/),
    ]);
    expect(runsOutput({ directory: parent }, { ...TERMINAL, columns: 200 })).toContain(
      'name must be what this version of covgrad writes',
    );
    expect(JSON.parse(runsOutput({ directory: run, json: true }, PIPE))).toMatchObject([
      { directory: run, state: 'unfinished', best: { point: 'p2' } },
    ]);
  });

  test('a directory without runs, or that is not there, is refused', () => {
    const directory = temporaryDirectory();
    expect(() => runsOutput({ directory }, PIPE)).toThrow('must hold runs, got none');
    expect(() => runsOutput({ directory: join(directory, 'nowhere') }, PIPE)).toThrow(
      'nowhere: must be a directory that holds runs, got no such directory. Start a run by covgrad sweep',
    );
    writeFileSync(join(directory, 'file'), '');
    expect(() => runsOutput({ directory: join(directory, 'file') }, PIPE)).toThrow('got a file');
  });
});
