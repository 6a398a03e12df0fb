/** The programs in the README and in docs/: each runs as it stands, in a project that has the package. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../src/config/load.ts';
import { planSweep } from '../src/plan/plan.ts';
import { needsTensorFlow, PROGRAMS, programWith, run } from './documented-programs.ts';
import { SMALL_SWEEP, SMALL_TRIALS } from './execute/small-sweep.ts';
import { TOLERANCES } from './tolerances.ts';

describe('it runs:', () => {
  test.each(PROGRAMS.filter((program) => !needsTensorFlow(program)))('%s', (_, program) => {
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
