/** The names of points: they tie the trials of a stored run to its file, so that no faster planning may change them. */
import { expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { sweepFile } from '../config/sweep-file.ts';

const GRID =
  'penalty.type: {values: [decov, mean]}, penalty.weight: {values: [0.1, 1]}, training.epochs: {values: [1, 2], when: {penalty.type: mean}}';
const DRAWN =
  'penalty.weight: {distribution: log_uniform_values, min: 1.0e-6, max: 1.0}, model.0.dense: {distribution: int_uniform, min: 2, max: 64}';

test.each([
  [
    'grid',
    GRID,
    ['cc30998e5b74', 'e4967773ec74', '56e2938f31f1', 'e705638cc5a3', 'cac3adc4a11b', '80c50ae46216'],
  ],
  [
    'random',
    DRAWN,
    ['2cfe451c91a0', '3aa88fc2d1f2', 'c2d41636b249', '2b59c00c85a3', '3079b2cb2dc9', 'abcfa0e144a5'],
  ],
  [
    'sobol',
    DRAWN,
    ['64c4eba1c382', 'a15d49ac1cf6', '5986b5709228', '26edc190ecc9', '7b071e9add2d', 'f7b3f67599e0'],
  ],
])('the points of a %s have the names that they always had', (method, parameters, names) => {
  const text = sweepFile({
    seeds: `  {method: ${method}, seeds: 1, run_cap: 6, parameters: {${parameters}}}`,
    parameters: '',
  });
  const { trials } = planSweep(parseSweepConfig(text, 'sweep.yaml'));
  expect(trials.filter(({ baseline }) => !baseline).map(({ point }) => point)).toEqual(names);
});
