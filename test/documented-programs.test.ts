/** The programs in the README and in docs/: each runs as it stands, in a project that has the package. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../src/config/load.ts';
import { planSweep } from '../src/plan/plan.ts';
import { SMALL_SWEEP, SMALL_TRIALS } from './execute/small-sweep.ts';
import { temporaryDirectory } from './store/samples.ts';
import { TOLERANCES } from './tolerances.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const PROGRAMS = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(
    ([, program = ''], i) => [`${page}, program ${i + 1}`, program] as const,
  ),
);

/** What a file prints in a project that depends on the package and on TensorFlow.js, and has a sweep. Errors: where it fails. */
function run(program: string, file = 'program.mjs'): string {
  const project = temporaryDirectory();
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(ROOT, join(project, 'node_modules/covgrad'), 'junction');
  symlinkSync(join(ROOT, 'node_modules/@tensorflow'), join(project, 'node_modules/@tensorflow'), 'junction');
  writeFileSync(join(project, 'my-sweep.yaml'), SMALL_SWEEP);
  writeFileSync(join(project, file), program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: project, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the program ended with ${status}: ${stderr}`);
  return stdout;
}

/** The program of a page that has these words. */
function programWith(words: string, page = 'docs/kernel.md'): string {
  return PROGRAMS.find(([name, program]) => name.startsWith(page) && program.includes(words))![1];
}

describe('it runs:', () => {
  test.each(PROGRAMS)('%s', (_, program) => {
    run(program);
  });

  test('and the README has one', () => {
    expect(PROGRAMS.map(([name]) => name)).toContain('README.md, program 1');
  });
});

test('the training loop of docs/kernel.md lowers its penalty', () => {
  const values = run(programWith('prepare('))
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]));
  expect(values).toHaveLength(4);
  expect(values).toEqual(values.toSorted((a, b) => b - a));
  expect(values.at(-1)).toBeLessThan(values[0]! / 2);
});

test('the worker of docs/kernel.md answers', () => {
  const value = Number(run(programWith('worker_threads')));
  // The covariance of (1, 4, 5) and (2, 3, 5) with divisor 3, squared.
  expect(Math.abs(value / (17 / 9) ** 2 - 1)).toBeLessThan(TOLERANCES.penalty.f32);
});

test('the sweep of docs/sweeps.md is trained and compared', () => {
  const program = programWith('runSweep', 'docs/sweeps.md');
  const print = 'console.log(JSON.stringify([trials, rows.length, verdicts.length]));';
  const [trials, rows, verdicts] = JSON.parse(run(`${program}\n${print}`));
  expect(trials).toMatchObject({ complete: SMALL_TRIALS, missing: 0 });
  expect([rows, verdicts]).toEqual([planSweep(parseSweepConfig(SMALL_SWEEP, 'small')).points, 1]);
});

test('CommonJS can require the kernel', () => {
  const program = "console.log(typeof require('covgrad/kernel').loadKernel);";
  expect(run(program, 'program.cjs')).toBe('function\n');
});
