/** Augmentation in a sweep file: what is refused, at its place, and how it is swept. */
import { expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';

const training = (steps: string): string =>
  `  training: {optimizer: {type: sgd, learning_rate: 0.1}, augmentation: ${steps}}`;
const data = '  data: {source: mnist, train_samples: 100, test_samples: 50}';
const where = 'experiment.training.augmentation';

test.each([
  [
    '«random_flip',
    `${where}: must be a list such as [{type: random_crop, padding: 4}, {type: random_flip}], got "random_flip"`,
  ],
  [
    '[{type: «RandomHorizontalFlip}]',
    `${where}.0.type: must be one of random_crop, random_flip, random_shift, random_rotation, random_erasing, gaussian_noise, mixup, got "RandomHorizontalFlip". Did you mean "random_flip"?`,
  ],
  ['[{type: random_crop, padding: «0}]', `${where}.0.padding: must be a whole number from 1 to 10000, got 0`],
  ['[{type: random_crop, padding: 2, «pad: 1}]', `${where}.0.pad: unknown key "pad"`],
  [
    '[{type: «random_crop, padding: 28}]',
    `${where}.0.type: random_crop must have a padding below the sides of the images, 28 x 28, got 28`,
  ],
  ['[{type: mixup, alpha: «5}]', `${where}.0.alpha: must be a number above 0 and of at most 4, got 5`],
  [
    '[{type: random_flip}, {type: «random_flip}]',
    `${where}.1.type: must be given once, got random_flip a second time. Put its settings into one`,
  ],
])('%s', (steps, problem) => {
  const { text, place } = unmark(sweepFile({ data, training: training(steps) }));
  const problems = problemsOf(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.slice(0, place.length + 1 + problem.length)).toBe(`${place} ${problem}`);
});

test('data without images are refused where images are needed', () => {
  const { text, place } = unmark(sweepFile({ training: training('[{type: mixup}, {type: «random_flip}]') }));
  expect(problemsOf(text)).toEqual([
    `${place} ${where}.1.type: random_flip must have images of the shape [height, width, channels], got samples of 20 features. Use data of images, or remove it`,
  ]);
});

test('settings, and whole lists, can be swept; without the key points keep their names', () => {
  const plain = planSweep(parseSweepConfig(sweepFile({ data }), 'sweep.yaml')).trials.map(
    ({ point }) => point,
  );
  const lists =
    '  parameters: {penalty.weight: {values: [0.1, 1]}, training.augmentation: {values: [[], [{type: random_flip}]]}}';
  const swept = planSweep(parseSweepConfig(sweepFile({ data, parameters: lists }), 'sweep.yaml'));
  expect(swept.points).toBe(6);
  const padding = '  parameters: {training.augmentation.0.padding: {values: [1, 2]}}';
  const config = parseSweepConfig(
    sweepFile({ data, training: training('[{type: random_crop, padding: 1}]'), parameters: padding }),
    'sweep.yaml',
  );
  expect(planSweep(config).points).toBe(4);
  expect(new Set(plain).size).toBe(3);
});
