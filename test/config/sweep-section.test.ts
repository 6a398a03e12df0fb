/** The goals, limits and early ending of a sweep: what is filled in and what is refused. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';

function withSection(section: string): string {
  return sweepFile({ seeds: `  ${section}` });
}

function parse(section: string): unknown {
  return parseSweepConfig(withSection(section), 'sweep.yaml').sweep;
}

describe('goals', () => {
  test('are several, of which the first ranks the points unless another is named', () => {
    const metrics = [
      { name: 'test.accuracy', goal: 'maximize' },
      { name: 'mean-abs-correlation', goal: 'minimize' },
    ];
    const given = 'metrics: [{name: test.accuracy}, {name: mean-abs-correlation}]';
    expect(parse(given)).toMatchObject({ metrics, metric: metrics[0] });
    expect(parse(`${given}\n  metric: {name: mean-abs-correlation}`)).toMatchObject({
      metrics,
      metric: metrics[1],
    });
  });

  test('may have a target', () => {
    expect(parse('metric: {name: test.accuracy, target: 0.99}')).toMatchObject({
      metric: { name: 'test.accuracy', goal: 'maximize', target: 0.99 },
    });
  });

  test.each([
    [
      'one in a list',
      'metrics: «[{name: test.loss}]',
      'metrics: must be at least two. Write metric for a single one, got a list of 1',
    ],
    [
      'one twice',
      'metrics: «[{name: test.loss}, {name: test.loss}]',
      'metrics: must be distinct, got a metric twice. Remove the repeated one',
    ],
    [
      'another one beside them',
      'metrics: [{name: test.loss}, {name: seconds}]\n  metric: «{name: train.loss}',
      'metric: must be one of metrics, got another. Add it there',
    ],
    [
      'a target that is text',
      'metric: {name: test.loss, target: «low}',
      'metric.target: must be a number, got "low" (text)',
    ],
  ])('%s is refused', (_claim, marked, problem) => {
    const { text, place } = unmark(withSection(marked));
    expect(problemsOf(text)).toEqual([`${place} sweep.${problem}`]);
  });
});

describe('ending early', () => {
  test.each([
    ['{type: hyperband, min_iter: 3}', { type: 'hyperband', min_iter: 3, eta: 3, strict: false }],
    [
      '{type: hyperband, max_iter: 27, s: 2, eta: 2}',
      { type: 'hyperband', max_iter: 27, s: 2, eta: 2, strict: false },
    ],
    ['{type: asha}', { type: 'asha', min_iter: 1, eta: 3 }],
    ['{type: median}', { type: 'median', min_iter: 1, min_trials: 5 }],
  ])('as %s has its defaults', (given, expected) => {
    expect(parse(`early_terminate: ${given}`)).toMatchObject({ early_terminate: expected });
  });

  test.each([
    [
      'without a first bracket',
      'early_terminate: «{type: hyperband}',
      'early_terminate: must have min_iter, or max_iter and s, got neither. Write min_iter: 1',
    ],
    [
      'of a misspelt kind',
      'early_terminate: {type: «hyperbound}',
      'early_terminate.type: must be one of hyperband, asha, median, got "hyperbound". Did you mean "hyperband"?',
    ],
    [
      'with brackets that do not grow',
      'early_terminate: {type: asha, eta: «1}',
      'early_terminate.eta: must be a number above 1, got 1',
    ],
    [
      'that ends before it begins',
      'early_terminate: {type: asha, min_iter: 5, max_iter: «3}',
      'early_terminate.max_iter: must not be below min_iter, got 3 below 5',
    ],
    [
      'by a metric of the whole trial',
      'metric: {name: seconds}\n  early_terminate: «{type: asha}',
      'early_terminate: must judge by a metric that every epoch measures, got seconds. Use another metric',
    ],
    [
      'by several metrics',
      'metrics: [{name: test.loss}, {name: test.accuracy}]\n  early_terminate: «{type: asha}',
      'early_terminate: must have one metric to judge by, got several. Say which of metrics by metric',
    ],
  ])('%s is refused', (_claim, marked, problem) => {
    const { text, place } = unmark(withSection(marked));
    expect(problemsOf(text)).toEqual([`${place} sweep.${problem}`]);
  });
});

describe('limits', () => {
  test('are seconds and points', () => {
    expect(parse('trial_timeout: 90.5\n  run_cap: 2')).toMatchObject({ trial_timeout: 90.5, run_cap: 2 });
  });

  test.each([
    ['no points', 'run_cap: «0', 'run_cap: must be a whole number of at least 1, got 0'],
    ['no time', 'trial_timeout: «0', 'trial_timeout: must be a number of seconds above 0, got 0'],
    [
      'a sampler seed below zero',
      'sampler_seed: «-1',
      'sampler_seed: must be a whole number of at least 0, got -1',
    ],
  ])('of %s are refused', (_claim, marked, problem) => {
    const { text, place } = unmark(withSection(marked));
    expect(problemsOf(text)).toEqual([`${place} sweep.${problem}`]);
  });

  test('of all trials hold for points that are drawn', () => {
    const text = withSection('method: random\n  seeds: 1000\n  run_cap: 101');
    expect(problemsOf(text)[0]).toContain(
      'a sweep must have at most 100000 trials, got 101000 (101 points x 1000 seeds)',
    );
  });

  test('of sobol hold for its dimensions', () => {
    const layers = Array.from({ length: 41 }, () => '{dense: 8, penalized: true}');
    const parameters = layers.map((_, index) => `model.${index}.dense: {min: 2, max: 9}`);
    const text = sweepFile({
      model: `  model: [${layers.join(', ')}]`,
      seeds: '  method: sobol',
      parameters: `  parameters: {${parameters.join(', ')}}`,
    });
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('sobol must have at most 40 parameters, got 41. Use method random'),
    ]);
  });
});
