import { expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { seldom } from '../../src/plan/progress.ts';
import { sweepFile } from '../config/sweep-file.ts';

test('a planning that takes long is told of every two seconds, a short one never', () => {
  let time = 0;
  const told: [number, number][] = [];
  const report = seldom(
    (points, most) => told.push([points, most]),
    () => time,
  );
  for (let points = 0; points < 50; points += 1) {
    report(points, 50);
    time += 100;
  }
  expect(told).toEqual([
    [20, 50],
    [40, 50],
  ]);
});

test.each(['grid', 'random', 'sobol'])('the planning of a %s tells how far it is', (method) => {
  const values =
    method === 'grid'
      ? `values: [${Array.from({ length: 2500 }, (_, i) => i + 1).join(', ')}]`
      : 'distribution: log_uniform_values, min: 1.0e-6, max: 1.0';
  const config = parseSweepConfig(
    sweepFile({
      seeds: `  {method: ${method}, seeds: 1, run_cap: 2500, parameters: {penalty.weight: {${values}}}}`,
      parameters: '',
    }),
    'sweep.yaml',
  );
  const told: [number, number][] = [];
  const plan = planSweep(config, (points, most) => told.push([points, most]));
  expect(plan.points).toBe(2501);
  expect(told[0]).toEqual([0, 2500]);
  expect(told.length).toBeGreaterThan(2);
  for (const [index, [points, most]] of told.entries()) {
    expect(most).toBe(2500);
    expect(points).toBeGreaterThanOrEqual(told[index - 1]?.[0] ?? 0);
  }
});
