/** Commands that are suggested: what is pasted into a shell arrives as it was meant. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellPath, shellWord } from '../../src/cli/suggested-command.ts';
import { SMALL_SWEEP } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

const bash = hasBash();

function hasBash(): boolean {
  try {
    return execFileSync('bash', ['-c', 'echo yes'], { encoding: 'utf8' }) === 'yes\n';
  } catch {
    return false;
  }
}

describe('a word', () => {
  test.each([
    ['runs/mnist', 'runs/mnist'],
    ['my runs/small', "'my runs/small'"],
    ["it's", "'it'\\''s'"],
    ['~/runs', "'~/runs'"],
    ['$HOME', "'$HOME'"],
    ['', "''"],
    ['größer', "'größer'"],
    ["a'\u001b[2J\u202e", "$'a\\'\\033[2J\\342\\200\\256'"],
  ])('%s is quoted for a POSIX shell', (word, quoted) => expect(shellWord(word, 'linux')).toBe(quoted));

  test.each([
    ['runs\\mnist', 'runs\\mnist'],
    ['C:\\my runs\\', '"C:\\my runs\\\\"'],
    ['a"b', '"a\\"b"'],
    ['a,b', '"a,b"'],
  ])('%s is quoted for the shells of Windows', (word, quoted) =>
    expect(shellWord(word, 'win32')).toBe(quoted),
  );

  test('that begins with a dash is a path all the same', () => {
    expect(shellPath('-x y', 'linux')).toBe("'./-x y'");
    expect(shellPath('-', 'linux')).toBe('./-');
  });

  test.skipIf(!bash)('of any characters is what bash reads back', () => {
    const words = fc.sample(
      fc
        .array(
          fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom("'", '\\', '\n', '\u0007', '!', '$')),
        )
        .map((parts) => parts.join('').replaceAll('\0', '')),
      { numRuns: 300, seed: 1 },
    );
    const script = words.map((word) => `printf '%s\\0' ${shellWord(word, 'linux')}`).join('\n');
    const read = execFileSync('bash', [], { input: script, encoding: 'utf8' });
    expect(read.split('\0').slice(0, -1)).toEqual(words);
  });
});

test.skipIf(!bash)('every command that is suggested can be pasted, whatever is in its paths', () => {
  const directory = temporaryDirectory();
  const sub = "it's a $(dir)";
  mkdirSync(join(directory, sub));
  writeFileSync(join(directory, sub, 'a sweep.yaml'), SMALL_SWEEP);
  const run = join('my runs', 'small');
  const swept = covgrad(directory, 'sweep', join(sub, 'a sweep.yaml'), '--directory', 'my runs');
  const stopped = covgrad(
    ...([
      directory,
      'sweep',
      join(sub, 'a sweep.yaml'),
      '--name',
      'stopped',
      '--max-time',
      '0.001s',
    ] as const),
    ...['--set', 'experiment.penalty={type: decov, weight: 0.1}'],
  );
  const suggestions: [string, readonly string[]][] = [
    [swept.stderr, ['covgrad', 'compare', run]],
    [
      stopped.stderr,
      [
        ...['covgrad', 'sweep', join(sub, 'a sweep.yaml'), '--resume', '--set'],
        ...['experiment.penalty={type: decov, weight: 0.1}', '--name', 'stopped', '--max-time', '0.001s'],
      ],
    ],
    [
      covgrad(directory, 'export', run, '--to', 'tensorboard', '-o', 'my board').stderr,
      ['tensorboard', '--logdir', 'my board'],
    ],
    [
      covgrad(directory, 'export', run, '--to', 'optuna', '-o', 'my log').stderr,
      ['optuna-dashboard', 'my log'],
    ],
    [covgrad(directory, 'init', 'my sweep.yaml').stderr, ['covgrad', 'plan', 'my sweep.yaml']],
    [covgrad(directory, 'init', '--', './-x.yaml').stderr, ['covgrad', 'plan', './-x.yaml']],
  ];
  for (const [said, words] of suggestions) {
    const [, command = ''] = /: ((?:covgrad|tensorboard|optuna-dashboard) .*)\n$/.exec(said) ?? [];
    const read = execFileSync('bash', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
    expect(read.split('\0').slice(0, -1), said).toEqual(words);
  }
});

test('an editor finds the schema of a new file in another directory, also where a path has blanks', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'a', 'b'), { recursive: true });
  covgrad(directory, 'init', 'a/b/new.yaml');
  const text = readFileSync(join(directory, 'a', 'b', 'new.yaml'), 'utf8');
  const [, schema = ''] = /\$schema=(\S+)\n/.exec(text) ?? [];
  expect(JSON.parse(readFileSync(join(directory, 'a', 'b', schema), 'utf8'))).toHaveProperty('properties');
});
