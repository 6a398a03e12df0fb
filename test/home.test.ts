/** Paths in the home directory that no shell has expanded. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import { expandHome } from '../src/home.ts';
import { sweepFile } from './config/sweep-file.ts';
import { MAIN } from './execute/built.ts';
import { refusal } from './refusal.ts';
import { temporaryDirectory } from './store/samples.ts';

test.each([
  ['~/runs', '/home/me/runs'],
  ['~', '/home/me'],
  ['--directory=~/my runs', '--directory=/home/me/my runs'],
  ['-o=~/a.html', '-o=/home/me/a.html'],
  ['./~/runs', './~/runs'],
  ['runs~', 'runs~'],
  ['a~/b', 'a~/b'],
  ['name=~/x', 'name=~/x'],
  ['--set=name=~/x', '--set=name=~/x'],
])('"%s" means "%s"', (word, meant) => {
  expect(expandHome(word, '/home/me')).toBe(meant);
});

test.each([
  [
    '~you/runs',
    '~you/runs: a path must begin with ~/ or be written out, got "~you/runs". Write ./~you/runs for a file of that name.',
  ],
  [
    '--directory=~you',
    '--directory: a path must begin with ~/ or be written out, got "~you". Write ./~you for a file of that name.',
  ],
])('the home directory of somebody else is refused: %s', (word, message) => {
  expect(refusal(ConfigError, () => expandHome(word)).message).toBe(message);
});

test('every command reads paths so, wherever they stand', () => {
  const home = temporaryDirectory();
  mkdirSync(join(home, 'runs'));
  writeFileSync(join(home, 'a.yaml'), sweepFile());
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [MAIN, ...words], {
      cwd: temporaryDirectory(),
      env: { ...process.env, HOME: home },
      encoding: 'utf8',
    });
  expect(run('plan', '~/a.yaml').status).toBe(0);
  expect(run('runs', '~/runs').stderr).not.toContain('~');
});
