/** What a shell completes, and what `--version` and `help` say. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { completionScript } from '../../src/cli/completion.ts';
import { completions } from '../../src/cli/completions.ts';
import { MODULES } from '../../src/kernel/modules.generated.ts';
import { exampleRun } from '../compare/hand-made-run.ts';
import { MAIN } from '../execute/built.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';
import { stored } from './stored-run.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

describe('what may stand next:', () => {
  test.each([
    [['co'], ['compare', 'convert', 'completion']],
    [['--v'], ['--version']],
    [['sweep', '--th'], ['--threads']],
    [['sweep', '--kernel', 's'], ['simd']],
    [['sweep', '--kernel=s'], ['--kernel=simd']],
    // As bash hands it over.
    [['sweep', '--kernel', '=', 's'], ['simd']],
    [['compare', '--metric', 'mean'], ['mean-abs-correlation']],
    [['compare', '--pareto', 'accuracy,mean'], ['accuracy,mean-abs-correlation']],
    [['export', '--to', 't'], ['tensorboard']],
    [['gradcheck', 'decov', 'vicreg-'], ['vicreg-covariance']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    // Names of files are the shell's affair.
    [['plan', ''], []],
    [['sweep', '--directory', ''], []],
    [['telephone', ''], []],
    [['__proto__', ''], []],
    [['compare', '--constructor', ''], []],
  ])('%j', async (words, found) => expect(await completions(words, COMMANDS)).toEqual(found));

  test('every command, and every option of each but its arguments', async () => {
    const names = await completions([''], COMMANDS);
    expect(names).toHaveLength(COMMANDS.length);
    for (const name of names) {
      const options = await completions([name, '--'], COMMANDS);
      expect(options).toContain('--help');
      expect(options.filter((option) => /^--(?:run|runs|file|version|ids|shell)$/.test(option))).toEqual([]);
    }
  });

  test('runs in runs/, and in a directory that is typed', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'my runs'));
    mkdirSync(join(directory, 'runs'));
    stored(exampleRun(), join(directory, 'my runs'));
    stored(exampleRun(), join(directory, 'runs'));
    const found = (begun: string) =>
      covgrad(directory, '--get-yargs-completions', 'compare', '--json', begun).stdout;
    expect(found('')).toBe('runs/mnist-decorrelation\n');
    expect(found('my runs/')).toBe('my runs/mnist-decorrelation\n');
  });
});

describe('covgrad completion', () => {
  test('prints the script of the shell that is named, or that of the user', () => {
    for (const shell of SHELLS) {
      expect(completionScript(shell, {})).toContain('covgrad --get-yargs-completions');
      expect(completionScript(undefined, { SHELL: `/usr/bin/${shell}` })).toBe(completionScript(shell, {}));
    }
    const { code, stdout, stderr } = covgrad(temporaryDirectory(), 'completion', 'tcsh');
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      'shell: must be one of bash, zsh, fish, got "tcsh". Write covgrad completion bash.\n',
    ]);
  });

  test.skipIf(!existsSync('/bin/bash'))('in bash it quotes what has blanks', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'my runs'));
    stored(exampleRun(), join(directory, 'my runs'));
    const program = join(directory, 'covgrad');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    chmodSync(program, 0o755);
    const script = `${completionScript('bash', {})}
COMP_WORDS=(covgrad compare 'my runs/'); COMP_CWORD=2; _covgrad_completion; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync('/bin/bash', ['-c', script], {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: `${directory}:/bin:/usr/bin` },
    });
    expect(stdout).toBe('my\\ runs/mnist-decorrelation\n');
  });
});

test('--version, wherever it stands, names covgrad, the host and the kernel', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  for (const words of [['--version'], ['-v'], ['sweep', 'absent.yaml', '--version']]) {
    const { code, stdout } = covgrad(temporaryDirectory(), ...words);
    const [first, second, third] = stdout.split('\n');
    expect([code, first]).toEqual([0, `covgrad ${version}`]);
    expect(second).toContain(process.versions.node);
    expect(Object.values(MODULES).some(({ sha256 }) => third?.endsWith(sha256))).toBe(true);
  }
});

test('help stands in front of a command as --help stands behind it', () => {
  const directory = temporaryDirectory();
  expect(covgrad(directory, 'help', 'plan')).toEqual(covgrad(directory, 'plan', '--help'));
});

test.each([
  [
    ['plan', 'x.yaml', '-threads', '2'],
    '-threads: an option must have two dashes, got one. Write --threads.\n',
  ],
  [['report', 'x', '-output', 'y'], '-output: an option must have two dashes, got one. Write --output.\n'],
  [
    ['sweep', 'x.yaml', '--no-directory'],
    '--directory: must have a value, got --no-directory. Leave it out.\n',
  ],
  [['plan', 'x.yaml', '--threads='], '--threads: must have a value, got "". Give one, or leave it out.\n'],
])('%j is not read as something else', (words, message) => {
  expect(covgrad(temporaryDirectory(), ...words)).toEqual({ code: 2, stdout: '', stderr: message });
});
