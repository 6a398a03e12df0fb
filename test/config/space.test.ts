/** The space of a sweep: what the entries of `parameters` mean, conditions, and lists that advance together. */
import { describe, expect, test } from 'vitest';
import { loadSweepConfig, parseSweepConfig } from '../../src/config/load.ts';
import type { SweepConfig } from '../../src/config/schema.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';
import { writeTemporary } from './temporary-file.ts';

/** The sample file with these parameters, and with lines of the sweep section above them. */
function sweeping(parameters: string, section = 'method: random, run_cap: 5'): string {
  return sweepFile({
    sweep: '',
    seeds: '',
    parameters: `sweep: {seeds: 1, ${section}, parameters: {${parameters}}}`,
  });
}

function parse(text: string): SweepConfig {
  return parseSweepConfig(text, 'sweep.yaml');
}

function expectProblem(marked: string, problem: string): void {
  const { text, place } = unmark(marked);
  expect(problemsOf(text)).toEqual([`${place} ${problem}`]);
}

/** What is said about a file that is valid. */
async function notesOn(text: string): Promise<readonly string[]> {
  const { notes } = await loadSweepConfig(await writeTemporary(text));
  return notes.map((note) => note.replace(/^.*?sweep\.yaml:/, ''));
}

describe('an entry', () => {
  test.each([
    ['values', '{values: [1, 2]}', { values: [1, 2] }],
    ['values with their distribution', '{distribution: categorical, values: [1]}', { values: [1] }],
    ['a value', '{value: 3}', { values: [3] }],
    ['a constant', '{distribution: constant, value: 3}', { values: [3] }],
    [
      'probabilities',
      '{values: [1, 2], probabilities: [0.25, 0.75]}',
      { values: [1, 2], probabilities: [0.25, 0.75] },
    ],
    ['whole bounds', '{min: 1, max: 3}', { distribution: 'int_uniform', min: 1, max: 3 }],
    ['a bound with a fraction', '{min: 1, max: 2.5}', { distribution: 'uniform', min: 1, max: 2.5 }],
    [
      'a whole bound that is written as a fraction',
      '{min: 1, max: 3.0}',
      { distribution: 'uniform', min: 1, max: 3 },
    ],
    ['an exponent', '{min: 1, max: 1e1}', { distribution: 'uniform', min: 1, max: 10 }],
    ['a normal without more', '{distribution: log_normal}', { distribution: 'log_normal', mu: 0, sigma: 1 }],
    [
      'a q of its own',
      '{distribution: q_uniform, min: 0, max: 9}',
      { distribution: 'q_uniform', min: 0, max: 9, q: 1 },
    ],
    ['a beta without more', '{distribution: q_beta}', { distribution: 'q_beta', a: 1, b: 1, q: 1 }],
  ])('of %s', (_claim, entry, meant) => {
    expect(parse(sweeping(`penalty.weight: ${entry}`)).sweep.parameters).toEqual({ 'penalty.weight': meant });
  });

  test.each([
    [
      'an unknown distribution',
      '{distribution: «loguniform, min: 1, max: 2}',
      '.distribution: must be one of constant, ',
    ],
    [
      'a key of another distribution',
      '{distribution: uniform, min: 0.1, max: 1, sigma: «2}',
      '.sigma: uniform must have no keys but min, max, got sigma. Remove it, or say another distribution',
    ],
    ['a bound too few', '«{distribution: uniform, min: 0.1}', ': uniform must have max, got none. Add it'],
    ['bounds the wrong way round', '{min: 2, max: «1}', '.max: max must not be below min, got 1 below 2'],
    [
      'a logarithm of nothing',
      '{distribution: log_uniform_values, min: «0, max: 1}',
      '.min: min of log_uniform_values must be above 0, got 0',
    ],
    [
      'a whole distribution with a fraction',
      '{distribution: int_uniform, min: «0.5, max: 1}',
      '.min: min of int_uniform must be a whole number, got 0.5',
    ],
    [
      'a spread below zero',
      '{distribution: normal, sigma: «-1}',
      '.sigma: sigma of normal must be at least 0, got -1',
    ],
    ['a q of zero', '{distribution: q_normal, q: «0}', '.q: q of q_normal must be above 0, got 0'],
    [
      'a value and values',
      '{values: [1], value: «1}',
      '.value: categorical must have no keys but values, probabilities, got value. Did you mean "values"?',
    ],
    [
      'too few probabilities',
      '{values: [1, 2], probabilities: «[1]}',
      '.probabilities: must have one probability a value, got 1 for 2 values',
    ],
    [
      'probabilities that miss 1',
      '{values: [1, 2], probabilities: «[0.5, 0.6]}',
      '.probabilities: must add up to 1, got 1.1',
    ],
    ['no values', '{values: «[]}', '.values: must have at least one value, got a list of 0'],
    ['a misspelt key', '{«valeus: [1]}', '.valeus: unknown key "valeus". Did you mean "value"?'],
    ['a list alone', '«[0.1, 1]', ': must be a mapping such as {values: [0.1, 1]}, got a list of 2'],
    [
      'a condition without values',
      '{values: [1], when: {penalty.type: «[]}}',
      '.when.penalty.type: must have at least one value, got a list of 0',
    ],
    [
      'parameters beside values',
      '«{values: [1], parameters: {}}',
      ': parameters must stand alone, got values beside it',
    ],
  ])('with %s is refused at its place', (_claim, entry, problem) => {
    const { text, place } = unmark(sweeping(`penalty.weight: ${entry}`));
    const [first, ...others] = problemsOf(text);
    expect(others).toEqual([]);
    const expected = `${place} sweep.parameters.penalty.weight${problem}`;
    expect(first?.slice(0, expected.length)).toBe(expected);
  });

  test('is the same whether nested or dotted', () => {
    const dotted = sweeping('penalty.weight: {min: 0.5, max: 1}, penalty.type: {values: [mean]}');
    const nested = sweeping('penalty: {parameters: {weight: {min: 0.5, max: 1}, type: {values: [mean]}}}');
    expect(parse(nested)).toEqual(parse(dotted));
  });

  test('by the last key alone is told its path', () => {
    expectProblem(
      sweeping('«learning_rate: {min: 0.1, max: 1}'),
      'sweep.parameters.learning_rate: a path must start with one of data, model, training, penalty, got "learning_rate". Write training.optimizer.learning_rate',
    );
  });

  test('beyond whose ends the experiment allows nothing is refused', () => {
    expectProblem(
      sweeping('training.optimizer.learning_rate: «{min: -0.5, max: 1}'),
      'sweep.parameters.training.optimizer.learning_rate: must be a number above 0, got -0.5',
    );
  });

  test('that draws fractions for a whole number is refused', () => {
    expect(problemsOf(sweeping('training.epochs: {distribution: uniform, min: 1, max: 5}'))[0]).toMatch(
      /must be a whole number from 1 to 100000, got 2\.528$/,
    );
  });
});

describe('a note tells', () => {
  test('what the bounds of the old log_uniform mean', async () => {
    const text = sweeping('penalty.weight: {distribution: log_uniform, min: 0.001, max: 0.1}');
    expect(await notesOn(text)).toEqual([
      '9:60: sweep.parameters.penalty.weight: the bounds of log_uniform are exponents of e: min 0.001 and max 0.1 stand for values from 1 to 1.11. Write log_uniform_values with the values themselves.',
    ]);
    expect(parse(text).sweep.parameters['penalty.weight']).toEqual({
      distribution: 'log_uniform_values',
      min: Math.exp(0.001),
      max: Math.exp(0.1),
    });
    const inverse = parse(sweeping('penalty.weight: {distribution: inv_log_uniform, min: 0, max: 2}'));
    expect(inverse.sweep.parameters['penalty.weight']).toMatchObject({ min: Math.exp(-2), max: 1 });
  });

  test('which keys of a W&B sweep mean nothing here', async () => {
    const foreign =
      'program: train.py, project: p, entity: e, command: [a], metric: {name: test.loss, impute: worst}';
    const notes = await notesOn(sweeping('penalty.weight: {values: [1]}', foreign));
    expect(notes.map((note) => note.split(': ')[1])).toEqual([
      'sweep.program',
      'sweep.command',
      'sweep.project',
      'sweep.entity',
      'sweep.metric.impute',
    ]);
  });

  test('that whole bounds draw whole numbers, where others could be meant', async () => {
    const [note, ...others] = await notesOn(
      sweeping('penalty.weight: {min: 1, max: 3}, training.epochs: {min: 1, max: 3}'),
    );
    expect(others).toEqual([]);
    expect(note).toContain(
      'penalty.weight: min and max are whole, so only whole numbers are drawn. Write 1.0',
    );
  });

  test('that no trial can end early which has no epoch left by then', async () => {
    const asha = (first: number): Promise<readonly string[]> =>
      notesOn(sweeping('penalty.weight: {values: [1]}', `early_terminate: {type: asha, min_iter: ${first}}`));
    expect(await asha(4)).toEqual([]);
    expect(await asha(5)).toEqual([
      expect.stringContaining(
        'sweep.early_terminate: ends no trial, since these have 5 epochs and min_iter is 5. Write a smaller min_iter.',
      ),
    ]);
  });

  test('that draws would never end, and that a grid has no use for probabilities', async () => {
    expect(await notesOn(sweeping('penalty.weight: {values: [1, 2]}', 'method: sobol'))).toEqual([
      expect.stringContaining(
        'sobol would never end by itself, so it ends after 20 points. Say how many by run_cap.',
      ),
    ]);
    const weighted = 'penalty.weight: {values: [1, 2], probabilities: [0.5, 0.5]}';
    expect(await notesOn(sweeping(weighted, 'method: grid'))).toEqual([
      expect.stringContaining('a grid tries every value once and has no use for probabilities.'),
    ]);
  });
});

describe('a condition', () => {
  const TYPES = 'penalty.type: {values: [decov, huber, smooth-abs]}';

  test('makes a parameter exist only where it holds, and multiplies no other points', () => {
    const config = parse(
      sweeping(
        `training.epochs: {values: [1, 2], when: {penalty.type: [decov, huber]}}, ${TYPES}`,
        'method: grid',
      ),
    );
    const { trials, duplicates } = planSweep(config);
    expect(trials.filter(({ baseline }) => !baseline).map(({ settings }) => settings)).toEqual([
      { 'penalty.type': 'decov', 'training.epochs': 1 },
      { 'penalty.type': 'decov', 'training.epochs': 2 },
      { 'penalty.type': 'huber', 'training.epochs': 1 },
      { 'penalty.type': 'huber', 'training.epochs': 2 },
      { 'penalty.type': 'smooth-abs' },
    ]);
    expect(duplicates).toBe(0);
    // Elsewhere the experiment is as it is without the sweep.
    expect(trials.at(-1)?.experiment.training.epochs).toBe(5);
  });

  test('may look at what is not swept', () => {
    const config = parse(
      sweeping('penalty.weight: {values: [2, 3], when: {model.0.dense: 8}}', 'method: grid'),
    );
    expect(planSweep(config).points).toBe(3);
  });

  test.each([
    [
      'never holds',
      `${TYPES}, penalty.delta: {values: [1], «when: {penalty.type: mean}}`,
      'penalty.delta.when: a condition must hold for some points, got one that never does. Check its values',
    ],
    [
      'holds only for kinds without the key',
      `${TYPES}, penalty.delta: {values: [1], «when: {penalty.type: decov}}`,
      'penalty.delta.when: a condition must hold for some points, got one that never does. Check its values',
    ],
  ])('that %s is refused', (_claim, parameters, problem) => {
    for (const method of ['method: grid', 'method: random, run_cap: 3']) {
      expectProblem(sweeping(parameters, method), `sweep.parameters.${problem}`);
    }
  });

  test('with a misspelt path is refused with the path that is near', () => {
    expectProblem(
      sweeping('penalty.weight: {values: [1], «when: {penalty.typ: decov}}', 'method: grid'),
      'sweep.parameters.penalty.weight.when: a condition must look at a value of the experiment, got "penalty.typ". Did you mean "penalty.type"?',
    );
  });

  test('that depends on itself by way of another is refused', () => {
    const text = sweeping(
      'training.epochs: {values: [1], when: {penalty.type: mean}}, penalty.type: {values: [mean], when: {training.epochs: 1}}',
    );
    expect(problemsOf(text)[0]).toContain(
      'conditions must not go in circles, got training.epochs depending on itself',
    );
  });

  test('keeps the size of a grid small that would be too large without', () => {
    const ids = ['huber', 'smooth-abs', 'vicreg', 'log-det', 'coding-rate', 'mean', 'decov', 'whitening'];
    const weights = ids.map(
      (id, index) => `model.${index}.dense: {values: [2, 3, 4, 5, 6], when: {penalty.type: ${id}}}`,
    );
    const text = sweeping(`penalty.type: {values: [${ids}]}, ${weights.join(', ')}`, 'method: grid').replace(
      /model: .*/,
      `model: [${ids.map(() => '{dense: 8, penalized: true}').join(', ')}]`,
    );
    expect(planSweep(parse(text)).trials.filter(({ baseline }) => !baseline)).toHaveLength(40);
  });
});

describe('zipped lists', () => {
  const LISTS =
    'penalty.type: {values: [mean, decov, huber]}, training.epochs: {values: [1, 2]}, penalty.weight: {values: [1, 2, 3]}';

  test('advance together', () => {
    const config = parse(sweeping(LISTS, 'method: grid, zip: [[penalty.type, penalty.weight]]'));
    const points = planSweep(config).trials.filter(({ baseline }) => !baseline);
    expect(points.map(({ settings }) => Object.values(settings).join(' '))).toEqual([
      'mean 1 1',
      'mean 1 2',
      'decov 2 1',
      'decov 2 2',
      'huber 3 1',
      'huber 3 2',
    ]);
  });

  test('may be a single group, and are drawn together too', () => {
    const config = parse(sweeping(LISTS, 'method: random, run_cap: 6, zip: [penalty.type, penalty.weight]'));
    expect(config.sweep.zip).toEqual([['penalty.type', 'penalty.weight']]);
    const pairs = planSweep(config).trials.filter(({ baseline }) => !baseline);
    expect(
      new Set(pairs.map(({ settings }) => `${settings['penalty.type']} ${settings['penalty.weight']}`)),
    ).toEqual(new Set(['mean 1', 'decov 2', 'huber 3']));
  });

  test.each([
    [
      'of different lengths',
      '[[penalty.type, training.epochs]]',
      '.0: zipped lists must be equally long, got 3 values of penalty.type and 2 values of training.epochs',
    ],
    [
      'that are not swept',
      '[[penalty.type, penalty.wieght]]',
      '.0: must name swept parameters by their dotted paths, got "penalty.wieght". Sweep it, or remove it',
    ],
    [
      'in two groups',
      '[[penalty.type, penalty.weight], [penalty.weight, penalty.type]]',
      '.1: a parameter must be zipped once, got penalty.weight twice',
    ],
    ['alone', '[[penalty.type]]', '.0: must name at least two parameters'],
  ])('%s are refused', (_claim, zip, problem) => {
    expect(problemsOf(sweeping(LISTS, `method: grid, zip: ${zip}`))[0]).toContain(`sweep.zip${problem}`);
  });
});

describe('a combination that cannot be trained', () => {
  const parameters =
    'training.optimizer.momentum: {values: [0, 0.9]}, training.optimizer.nesterov: {values: [false, true]}';

  test('is passed over where points are drawn, and counted', () => {
    const { trials, impossible } = planSweep(parse(sweeping(parameters, 'method: random, run_cap: 9')));
    expect(trials.filter(({ baseline }) => !baseline)).toHaveLength(3);
    expect(impossible).toBeGreaterThan(0);
  });

  test('is refused when no other one saves its value', () => {
    expectProblem(
      sweeping('training.optimizer.nesterov: {values: [false, «true]}'),
      'sweep.parameters.training.optimizer.nesterov.values.1: nesterov must go with a momentum above 0, got momentum 0',
    );
  });
});
