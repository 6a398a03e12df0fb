import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRun } from '../../src/store/run.ts';
import { MAIN } from '../execute/built.ts';
import { SMALL_SWEEP, SMALL_TRIALS, smallSweep, withoutTimes } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad, startCovgrad } from './command-line.ts';

/** A directory with sweep files in it. */
function workspace(files: Readonly<Record<string, string>> = { 'small.yaml': SMALL_SWEEP }): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

/** Every trial takes a noticeable part of a second. */
const LONGER = smallSweep(['epochs: 2', 'epochs: 40'], ['train_samples: 256', 'train_samples: 4096']);

/** One step takes seconds, on the reference kernel. */
const ENDLESS = smallSweep(
  ['train_samples: 256', 'train_samples: 4096'],
  ['batch_size: 32', 'batch_size: 4096'],
  ['dense: 8', 'dense: 512'],
);

describe('covgrad sweep', () => {
  test('prints the run directory on stdout, and a plain line for each trial on stderr', () => {
    const directory = workspace();
    const { code, stdout, stderr } = covgrad(directory, 'sweep', 'small.yaml', '--threads', '2');
    expect(code).toBe(0);
    expect(stdout).toBe(`${join('runs', 'small')}\n`);
    expect(stderr.match(/^\[ ?\d+\/10\] .* seed [01]: test accuracy .*$/gm)).toHaveLength(SMALL_TRIALS);
    expect(stderr).toContain('covgrad compare runs/small');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(openRun(join(directory, 'runs', 'small')).records).toHaveLength(SMALL_TRIALS);
  });

  test('--resume starts a run that has not begun, and does nothing to one that is complete', () => {
    const directory = workspace();
    expect(covgrad(directory, 'sweep', 'small.yaml', '--resume').code).toBe(0);
    const run = join(directory, 'runs', 'small');
    const journal = readFileSync(join(run, 'journal.jsonl'));
    expect(openRun(run).records).toHaveLength(SMALL_TRIALS);
    const again = covgrad(directory, 'sweep', 'small.yaml', '--resume');
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/^small: 10 trials, all of them done before\n/);
    expect(readFileSync(join(run, 'journal.jsonl')).equals(journal)).toBe(true);
  });

  test('keeps runs apart by name and directory', () => {
    const directory = workspace();
    const words = ['sweep', 'small.yaml', '--directory', 'elsewhere', '--name', 'second', '--kernel', 'simd'];
    expect(covgrad(directory, ...words)).toMatchObject({
      code: 0,
      stdout: `${join('elsewhere', 'second')}\n`,
    });
    const { manifest } = openRun(join(directory, 'elsewhere', 'second'));
    expect(manifest).toMatchObject({
      name: 'second',
      config: { name: 'small' },
      kernel: { variant: 'simd' },
    });
  });

  test('stops on Ctrl-C with exit code 130 and the command to go on, and the rest equals an undisturbed run', async () => {
    const directory = workspace({ 'longer.yaml': LONGER });
    const { child, waitFor, ended } = startCovgrad(directory, 'sweep', 'longer.yaml', '--threads', '2');
    await waitFor('[ 1/10]');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    const run = join(directory, 'runs', 'small');
    expect(openRun(run).records.length).toBeLessThan(SMALL_TRIALS);
    expect(existsSync(join(run, 'comparison.json'))).toBe(false);

    const command = /^Go on with: covgrad (.*)$/m.exec(stderr)?.[1] ?? '';
    expect(covgrad(directory, ...command.split(' ')).code).toBe(0);
    expect(covgrad(directory, 'sweep', 'longer.yaml', '--name', 'undisturbed').code).toBe(0);
    const [resumed, undisturbed] = [run, join(directory, 'runs', 'undisturbed')].map(openRun);
    expect(resumed?.records).toHaveLength(SMALL_TRIALS);
    expect(withoutTimes(resumed?.records ?? [])).toEqual(withoutTimes(undisturbed?.records ?? []));
  });

  test('leaves at once on a second Ctrl-C, and the run can still be resumed', async () => {
    const directory = workspace({ 'endless.yaml': ENDLESS, 'small.yaml': SMALL_SWEEP });
    const words = ['sweep', 'endless.yaml', '--kernel', 'reference', '--threads', '1'];
    const { child, waitFor, ended } = startCovgrad(directory, ...words);
    await waitFor('10 trials');
    child.kill('SIGINT');
    await waitFor('Stopping');
    child.kill('SIGINT');
    const { code: left, stdout, stderr: last } = await ended;
    expect([left, stdout]).toEqual([130, '']);
    expect(last).toContain(
      'Go on with: covgrad sweep endless.yaml --resume --threads 1 --kernel reference\n',
    );
    expect(openRun(join(directory, 'runs', 'small')).records).toEqual([]);
    // The lock of the process that is gone is no obstacle; another configuration is.
    const { code, stderr } = covgrad(directory, 'sweep', 'small.yaml', '--kernel', 'reference', '--resume');
    expect(code).toBe(2);
    expect(stderr).toContain('config.experiment.training.batch_size: 4096 -> 32');
  });

  test('--json tells everything as JSON lines on stdout, and nothing on stderr', () => {
    const { code, stdout, stderr } = covgrad(workspace(), 'sweep', 'small.yaml', '--json', '--threads', '2');
    expect([code, stderr]).toEqual([0, '']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ type: 'planned', name: 'small', trials: SMALL_TRIALS, finished: 0 });
    const finished = events.filter(({ type }) => type === 'trialFinished');
    expect(finished).toHaveLength(SMALL_TRIALS);
    const started = new Set(events.filter(({ type }) => type === 'trialStarted').map(({ trial }) => trial));
    for (const { trial, record } of finished) expect([started.has(trial), record.id]).toEqual([true, trial]);
    expect(events.at(-1)).toMatchObject({
      type: 'finished',
      result: { directory: join('runs', 'small'), trials: { complete: SMALL_TRIALS } },
    });
  });

  test('--quiet says nothing but the run directory', () => {
    expect(covgrad(workspace(), 'sweep', 'small.yaml', '--quiet')).toEqual({
      code: 0,
      stdout: `${join('runs', 'small')}\n`,
      stderr: '',
    });
  });

  test('--max-time stops with exit code 0, the reason, and the command to go on', () => {
    const directory = workspace({ 'longer.yaml': LONGER });
    const words = ['sweep', 'longer.yaml', '--threads', '1', '--max-time', '0.001s', '--retries', '2'];
    const { code, stderr } = covgrad(directory, ...words);
    expect(code).toBe(0);
    expect(stderr).toContain('Stopping after the current epoch: --max-time of 1 ms is over.\n');
    expect(stderr).toContain(
      'Stopped because --max-time is over.\n' +
        'Go on with: covgrad sweep longer.yaml --resume --threads 1 --max-time 0.001s --retries 2\n',
    );
  });

  test('a trial that loses to another says to which, and the exit code is 0', () => {
    const text = smallSweep(['seeds: 2', 'seeds: 2\n  early_terminate: {type: asha}']);
    const { code, stderr } = covgrad(workspace({ 'pruned.yaml': text }), 'sweep', 'pruned.yaml');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /mean-abs .* seed [01]: pruned after epoch 1 with 0\.\d+, lost to decov 1 seed [01] with 0\.\d+\n/,
    );
    expect(stderr).toMatch(/Trials: \d complete, \d pruned\.\n/);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'a full disk behind stdout is named, and not taken for a defect',
    () => {
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [MAIN, '--help'], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^standard output: could not write it, got ENOSPC.*\n$/);
    },
  );

  test('names may follow --, and a directory that would steer the terminal is shown harmless', () => {
    const parent = '\u001b[2Jruns';
    const { code, stdout, stderr } = covgrad(workspace(), 'sweep', '--directory', parent, '--', 'small.yaml');
    expect([code, stdout]).toEqual([0, `${join(parent, 'small')}\n`]);
    expect(stderr).toContain("Compare with: covgrad compare $'\\033[2Jruns/small'");
    expect(stderr).not.toContain('\u001b');
  });

  test('an existing run is refused without being touched', () => {
    const directory = workspace();
    expect(covgrad(directory, 'sweep', 'small.yaml').code).toBe(0);
    const { code, stdout, stderr } = covgrad(directory, 'sweep', 'small.yaml');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^runs\/small: .*--resume.*--name.*\n$/);
  });
});

describe('wrong input gets one clear message, exit code 2 and no stack trace', () => {
  test.each([
    ['no command', [], 'covgrad: a command is missing'],
    ['a misspelt command', ['swep', 'small.yaml'], 'covgrad: unknown command "swep". Did you mean "sweep"?'],
    [
      'an unknown command',
      ['telephone', 'home'],
      'covgrad: unknown command "telephone". See covgrad --help.',
    ],
    [
      'a misspelt option',
      ['sweep', 'small.yaml', '--threds', '2'],
      'unknown option --threds. Did you mean --threads?',
    ],
    [
      'an unknown option',
      ['sweep', 'small.yaml', '--colour=a=1'],
      'covgrad sweep: unknown option --colour. See covgrad sweep',
    ],
    [
      'a time that is none',
      ['sweep', 'small.yaml', '--max-time', 'soon'],
      '--max-time: must be a length of time such as 90s, 30m, 8h, 1:30:00 or 2-12:00:00, got "soon"',
    ],
    [
      'a time that has passed',
      ['sweep', 'small.yaml', '--max-time=-5'],
      '--max-time: must be a length of time such as 90s, 30m, 8h, 1:30:00 or 2-12:00:00, got -5',
    ],
    [
      'a number of retries that is none',
      ['sweep', 'small.yaml', '--retries', 'often'],
      '--retries: must be a whole number from 0 to 100, got "often"',
    ],
    ['a missing file name', ['sweep'], 'covgrad sweep: an argument is missing. Write covgrad sweep <file>.'],
    [
      'an option that is missing',
      ['convert', '--to', 'mean'],
      'covgrad convert: must have --from, got none.',
    ],
    ['a short option without its value', ['report', 'runs/x', '-o'], '-o: must have a value, got none'],
    [
      'a misspelt choice',
      ['export', 'runs/x', '--to', 'tensorbord'],
      '--to: must be one of tensorboard, wandb, optuna, mlflow, got "tensorbord". Did you mean "tensorboard"?',
    ],
    [
      'nothing for a directory, as a variable that is not set gives',
      ['sweep', 'small.yaml', '--directory', ''],
      'directory: must have a value, got ""',
    ],
    ['nothing for a file', ['plan', ''], 'file: must have a value, got ""'],
    ['a second file', ['sweep', 'small.yaml', 'other.yaml'], 'covgrad sweep: unknown argument "other.yaml"'],
    ['a command after --', ['--', 'plan', '--json'], '--: a name must not begin with a dash, got "--json"'],
    [
      'a value for a flag',
      ['plan', 'small.yaml', '--json=out.json'],
      '--json: must stand without a value, got "out.json"',
    ],
    ['a file that is not there', ['sweep', 'absent.yaml'], 'absent.yaml'],
    ['a directory for a file', ['sweep', '.'], '.'],
    [
      'an option without its value',
      ['sweep', 'small.yaml', '--threads'],
      '--threads: must have a value, got none',
    ],
    [
      'no threads',
      ['sweep', 'small.yaml', '--threads', '0'],
      '--threads: must be a whole number from 1 to 256',
    ],
    ['too many threads', ['sweep', 'small.yaml', '--threads', '257'], 'got 257'],
    ['half a thread', ['plan', 'small.yaml', '--threads', '1.5'], 'got 1.5'],
    [
      'a word for a number',
      ['sweep', 'small.yaml', '--threads', 'all'],
      '--threads: must be a whole number from 1 to 256, got "all"',
    ],
    ['nothing for a number', ['sweep', 'small.yaml', '--threads='], 'got ""'],
    [
      'an option given twice',
      ['sweep', 'small.yaml', '--name', 'a', '--name', 'b'],
      '--name: must be given once',
    ],
    [
      'an unknown kernel',
      ['sweep', 'small.yaml', '--kernel', 'gpu'],
      '--kernel: must be one of auto, simd, fma, reference, got "gpu"',
    ],
    ['a name that is a path', ['sweep', 'small.yaml', '--name', '../up'], '--name'],
    ['an empty name', ['sweep', 'small.yaml', '--name='], 'name: must have a value, got ""'],
    ['a directory in use', ['sweep', 'small.yaml', '--directory', '.', '--name', 'taken'], 'Choose another'],
    ['text that is not YAML', ['sweep', 'broken.yaml'], 'broken.yaml:'],
    ['an empty file', ['sweep', 'empty.yaml'], 'empty.yaml:'],
    ['a misspelt key', ['sweep', 'misspelt.yaml'], 'Did you mean "epochs"?'],
    ['a misspelt key, to plan', ['plan', 'misspelt.yaml'], 'Did you mean "epochs"?'],
    ['a text for a number', ['sweep', 'text.yaml'], 'batch_size'],
    ['an impossible value', ['sweep', 'impossible.yaml'], 'momentum'],
    ['an unknown penalty', ['sweep', 'unknown.yaml'], 'Did you mean "decov"?'],
    ['a comparison of nothing', ['compare', 'absent'], 'absent'],
    ['a comparison of a file', ['compare', 'small.yaml'], 'small.yaml: there must be a run here, got a file'],
    [
      'a word for a number of points',
      ['compare', 'absent', '--top', 'all'],
      '--top: must be a whole number from 1, got "all"',
    ],
  ])('%s', (_, words, message) => {
    const directory = workspace({
      'small.yaml': SMALL_SWEEP,
      'broken.yaml': 'name: [small\nexperiment: }',
      'empty.yaml': '',
      'misspelt.yaml': smallSweep(['epochs:', 'epocs:']),
      'text.yaml': smallSweep(['batch_size: 32', 'batch_size: many']),
      'impossible.yaml': smallSweep(['learning_rate: 0.1', 'learning_rate: 0.1, momentum: 2']),
      'unknown.yaml': smallSweep(['[decov, mean-abs]', '[decof]']),
    });
    mkdirSync(join(directory, 'taken'));
    writeFileSync(join(directory, 'taken', 'letter.txt'), 'dear');
    const { code, stdout, stderr } = covgrad(directory, ...words);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).not.toContain('unexpected');
    expect(readdirSync(directory)).not.toContain('runs');
  });

  test('a file name that would steer the terminal is shown harmless', () => {
    const { stderr } = covgrad(workspace(), 'compare', '\u001b[2Jabsent');
    expect(stderr).toContain('absent');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('covgrad', () => {
  test.each([
    [['--help']],
    [['sweep', '--help']],
    [['plan', '--help']],
    [['compare', '--help']],
    [['gradcheck', '-h']],
  ])('%s explains itself on stdout', (words) => {
    const { code, stdout, stderr } = covgrad(workspace(), ...words);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^covgrad/);
    expect(stdout).toContain('Options:');
    // Defaults stand in the descriptions; what yargs adds by itself is noise.
    expect(stdout).not.toMatch(/\[(?:boolean|string|array|default|required|choices)/);
  });

  test('--help lists the commands from the first that a newcomer needs, each in one line', () => {
    const lines = covgrad(workspace(), '--help').stdout.split('\n');
    const listed = lines.filter((line) => line.startsWith('  covgrad ')).map((line) => line.split(/\s+/)[2]);
    expect(listed.slice(0, 5)).toEqual(['init', 'data', 'plan', 'sweep', 'watch']);
    const commands = lines.slice(lines.indexOf('Commands:') + 1, lines.indexOf('Options:') - 1);
    for (const line of commands) expect(line).toMatch(/^ {2}covgrad .{1,69}$/);
  });

  test('the help of a command groups its options, after the arguments', () => {
    const { stdout } = covgrad(workspace(), 'sweep', '--help');
    const heads = stdout.split('\n').filter((line) => /^[A-Z].*:$/.test(line));
    expect(heads).toEqual(['Positionals:', 'The run:', 'Training:', 'Output:', 'Options:', 'Examples:']);
    expect(stdout).not.toContain('--version');
    // In one piece, to be copied.
    expect(stdout).toContain(
      '\n  # with one epoch\n  covgrad sweep configs/mnist.yaml --set experiment.training.epochs=1\n',
    );
  });

  test('--version is that of the package, with what a problem report needs', async () => {
    const { VERSION } = await import('../../src/version.ts');
    const { code, stdout, stderr } = covgrad(workspace(), '--version');
    expect([code, stderr]).toEqual([0, '']);
    const [version, node, kernel] = stdout.split('\n');
    expect(version).toBe(`covgrad ${VERSION}`);
    expect(node).toContain(process.versions.node);
    expect(kernel).toMatch(/^kernel (fma|simd), SHA-256 [0-9a-f]{64}$/);
  });
});
