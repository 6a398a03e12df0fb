/** The layers of a sweep file: what is refused, where and with which remedy, and how their settings are swept. */
import { expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';

/** A sweep file over images of 28 x 28. */
function file(model: string, parameters = ''): string {
  const text = sweepFile({ model: `  model: [${model}]`, parameters: `  parameters: {${parameters}}` });
  return text.replace(/^ {2}data: .*$/m, '  data: {source: mnist}');
}

const CONV = '{conv2d: 8, kernel_size: 3, penalized: true}';

test.each([
  [
    'a layer whose input is an image where it takes features',
    `${CONV}, «{dense: 3}`,
    'experiment.model.1: dense1 (input 26 x 26 x 8, output 3): must have features as its input, got 26 x 26 x 8. Put {flatten: true} before it',
  ],
  [
    'a layer whose input has no positions any more',
    `{dense: 8, penalized: true}, «${CONV}`,
    'experiment.model.1: conv2d1 (input 8): must have an image as its input, height x width x channels, got 8. Put it before flatten and dense, or use data with images',
  ],
  [
    'a window larger than its image',
    '«{conv2d: 8, kernel_size: [3, 30], penalized: true}',
    'experiment.model.0: conv2d1 (input 28 x 28 x 1, output 26 x 0): its window must fit into the image under padding: valid, got a window of 3 x 30. Write padding: same, or a smaller window',
  ],
  [
    'a block whose layers answer another shape',
    '{dense: 8, penalized: true}, «{residual: [{dense: 9}]}',
    'experiment.model.1: residual1 (input 8, output 9): its layers must answer the shape of its input, 8, got 9. Add a shortcut that has their shape',
  ],
  [
    'a layer inside a block, at its own place',
    '{residual: [«{dense: 784}, {conv2d: 2, kernel_size: 1}], shortcut: [{flatten: true}], penalized: true}',
    'experiment.model.0.residual.0: dense1 (input 28 x 28 x 1, output 784): must have features as its input, got 28 x 28 x 1. Put {flatten: true} before it',
  ],
  [
    'a penalty on a single channel that only the data tell',
    '«{max_pooling2d: 2, penalized: true}',
    'experiment.model.0: a penalized layer must have at least 2 units to correlate, got 1 in max_pooling2d1',
  ],
  [
    'a layer written into another',
    '{dense: 8, penalized: true, «dropout: 0.3}',
    'experiment.model.0.dropout: unknown key "dropout". It is a layer of its own. Write it as the next entry of the list: - {dropout: …}',
  ],
  [
    'a setting of other kinds',
    '{dense: 8, penalized: true, «kernel_size: 3}',
    'experiment.model.0.kernel_size: unknown key "kernel_size". It belongs to conv2d. Remove it',
  ],
  [
    'a name that two layers have',
    '{dense: 8, penalized: true}, {dense: 8, name: «dense1}',
    'experiment.model.1.name: must be the name of one layer alone, got "dense1" twice. Choose another',
  ],
  [
    'a name that means something else',
    '{dense: 8, penalized: true, name: «output}',
    'experiment.model.0.name: must not be labels or output, which stand for the labels and the output, got "output". Choose another',
  ],
  [
    'a size of a window that is none',
    '{conv2d: 8, penalized: true, kernel_size: «[3]}',
    'experiment.model.0.kernel_size: must be a whole number from 1 to 65536, or two of them: [height, width], got a list of 1',
  ],
])('%s is refused', (_, marked, problem) => {
  const { text, place } = unmark(file(marked));
  expect(problemsOf(text)).toEqual([`${place} ${problem}`]);
});

test.each([
  ['{Conv2D: 8, kernel_size: 3, penalized: true}', 'unknown key "Conv2D". Did you mean "conv2d"?'],
  [
    '{dense: 8, penalized: true}, {batchnorm: true}',
    'unknown key "batchnorm". Did you mean "batch_normalization"?',
  ],
  ['{dense: 8, penalized: true}, {MaxPool2d: 2}', 'unknown key "MaxPool2d". Did you mean "max_pooling2d"?'],
  ['{conv2d: 8, kernel: 3, penalized: true}', 'unknown key "kernel". Did you mean "kernel_size"?'],
  [
    '{conv2d: 8, kernel_size: 3, stride: 2, penalized: true}',
    'unknown key "stride". Did you mean "strides"?',
  ],
  ['{type: Conv2D, filters: 8, kernel_size: 3}', 'unknown key "filters". Did you mean "conv2d"?'],
  [
    '{type: dense, units: 8}',
    'unknown key "type". Write the kind of the layer as a key, such as {dense: 64}',
  ],
])('the words of other frameworks are understood: %s', (model, hint) => {
  expect(problemsOf(file(model)).some((problem) => problem.includes(hint))).toBe(true);
});

/** The settings of the points that are no baseline. */
function pointsOf(text: string): unknown[] {
  const { trials } = planSweep(parseSweepConfig(text, 'sweep.yaml'));
  return trials.filter(({ seed, baseline }) => seed === 0 && !baseline).map(({ settings }) => settings);
}

test('any setting of any layer can be swept, inside a block as well', () => {
  const model = `{residual: [${CONV.replace('3,', '3, padding: same,')}], shortcut: [{conv2d: 8, kernel_size: 1}]}, {dropout: 0.1}`;
  const parameters = [
    'model.0.residual.0.on_positions: {values: [all, mean]}',
    'model.1.dropout: {values: [0.2]}',
    'penalty.weight: {value: 1}',
  ];
  expect(pointsOf(file(model, parameters.join(', ')))).toMatchObject([
    { 'model.0.residual.0.on_positions': 'all', 'model.1.dropout': 0.2 },
    { 'model.0.residual.0.on_positions': 'mean', 'model.1.dropout': 0.2 },
  ]);
});

test('whole models can be swept, each with its own baseline', () => {
  const values = `[[{dense: 8, penalized: true}], [${CONV}, {global_average_pooling2d: true}]]`;
  const { trials } = planSweep(
    parseSweepConfig(
      file('{dense: 4, penalized: true}', `model: {values: ${values}}, penalty.weight: {value: 1}`),
      'sweep.yaml',
    ),
  );
  const first = trials.filter(({ seed }) => seed === trials[0]?.seed);
  expect(first.filter(({ baseline }) => baseline)).toHaveLength(2);
  expect(first.filter(({ baseline }) => !baseline)).toHaveLength(2);
});

test('a value that does not fit is refused at its place in the list', () => {
  const { text, place } = unmark(file(CONV, 'model.0.kernel_size: {values: [3, «29]}'));
  expect(problemsOf(text)).toEqual([
    expect.stringContaining(
      `${place} sweep.parameters.model.0.kernel_size.values.1: at this point model.0: conv2d1 (input 28 x 28 x 1, output 0 x 0): its window must fit`,
    ),
  ]);
});

test('a penalty against labels needs rows of samples, not of positions', () => {
  const text = file(CONV).replace(/^ {2}penalty: .*$/m, '  penalty: {type: cross-covariance, weight: 1}');
  expect(problemsOf(text)).toEqual([
    expect.stringContaining(
      'experiment.penalty.against: must have as many rows of each sample as each penalized layer, got 1 in labels and 676 in conv2d1. Write on_positions: mean or flatten on the layers with images',
    ),
  ]);
  const pooled = text.replace('kernel_size: 3', 'kernel_size: 3, on_positions: mean');
  expect(() => parseSweepConfig(pooled, 'sweep.yaml')).not.toThrow();
});

test('a name stands for its layer wherever one is named', () => {
  const text = file('{dense: 8, penalized: true}, {dense: 8, name: code}').replace(
    /^ {2}penalty: .*$/m,
    '  penalty: {type: barlow-twins, weight: 1, against: code}',
  );
  expect(parseSweepConfig(text, 'sweep.yaml').experiment.penalty).toMatchObject({ against: 'code' });
});
