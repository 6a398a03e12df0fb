/** Swept values: every one is checked as if it stood in the experiment, and so is every combination. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';

/** The problems of a text that is marked where its only problem is. */
function expectProblem(marked: string, problem: string): void {
  const { text, place } = unmark(marked);
  expect(problemsOf(text)).toEqual([`${place} ${problem}`]);
}

/** The ids of the penalties that have a parameter, as a message lists them. */
function penaltiesWith(parameter: string): string {
  const having = PENALTIES.filter(({ parameters }) => parameters.some(({ name }) => name === parameter));
  return having.map(({ id }) => id).join(', ');
}

/** The sample file with these parameters. */
function sweeping(parameters: string, replaced: Parameters<typeof sweepFile>[0] = {}): string {
  return sweepFile({ ...replaced, parameters: `  parameters: {${parameters}}` });
}

const SGD_AND_ADAM = 'training.optimizer.type: {values: [sgd, adam]}';

describe('a swept value is refused at its own place', () => {
  test.each([
    [
      'of the wrong type',
      'training.epochs: {values: [1, «two]}',
      'training.epochs.values.1: must be a whole number from 1 to 100000, got "two" (text)',
    ],
    [
      'out of its range',
      'penalty.weight: {values: [1, «-1, 2]}',
      'penalty.weight.values.1: must be a number of at least 0, got -1',
    ],
    [
      'that is empty',
      'penalty.weight: {values: [1, «null]}',
      'penalty.weight.values.1: must be a number of at least 0, or a schedule such as {schedule: cosine, initial: 0.1}, got nothing',
    ],
    [
      'that is misspelt',
      'model.0.activation: {values: [tanh, «sigmiod]}',
      'model.0.activation.values.1: must be one of identity, relu, leaky-relu, tanh, sigmoid, elu, gelu, silu, softplus, got "sigmiod". Did you mean "sigmoid"?',
    ],
    [
      'given alone',
      'model.0.dense: {value: «0}',
      'model.0.dense.value: must be a whole number from 1 to 65536, got 0',
    ],
    [
      'in nested parameters',
      'penalty: {parameters: {weight: {values: [«-1]}}}',
      'penalty.parameters.weight.values.0: must be a number of at least 0, got -1',
    ],
    [
      'inside a section that is swept as a whole',
      'training.optimizer: {values: [{type: sgd, learning_rate: 1}, {type: adam, learning_rate: «0}]}',
      'training.optimizer.values.1.learning_rate: must be a number above 0, got 0',
    ],
    [
      'for the key it lacks inside such a section',
      'penalty: {values: [{type: mean, weight: 1}, «{type: mean}]}',
      'penalty.values.1.weight: is missing, must be a number of at least 0. Give it, or a strength',
    ],
    [
      'for the key too many inside such a section',
      'penalty: {values: [{type: mean, weight: 1, «wieght: 1}]}',
      'penalty.values.0.wieght: unknown key "wieght". Did you mean "weight"?',
    ],
    [
      'inside a model that is swept as a whole',
      'model: {values: [[{dense: 4, penalized: true}], [{dense: 4, «penalised: true}]]}',
      'model.values.1.0.penalised: unknown key "penalised". Did you mean "penalized"?',
    ],
  ])('%s', (_claim, parameters, problem) => {
    expectProblem(sweeping(parameters), `sweep.parameters.${problem}`);
  });

  test('even if the experiment is wrong in the same way', () => {
    const text = sweeping('penalty.weight: {values: [-1]}', {
      penalty: '  penalty: {type: decov, weight: -1}',
    });
    expect(problemsOf(text).map((problem) => problem.split(' ')[0])).toEqual(['6:34', '9:42']);
  });

  test('once, however many points it is in', () => {
    const text = sweeping('penalty.weight: {values: [-1, 1]}, training.epochs: {values: [1, 2, 3]}');
    expect(problemsOf(text)).toHaveLength(1);
  });
});

describe('a path that leads nowhere is refused at its key', () => {
  test.each([
    [
      'a misspelt section',
      'modle.0.dense',
      'a path must start with one of data, model, training, penalty, got "modle". Did you mean "model"?',
    ],
    ['a misspelt key', 'penalty.wight', 'unknown key "wight". Did you mean "weight"?'],
    [
      'a path from the top of the file',
      'experiment.penalty.ddof',
      'a path must start inside the experiment, got "experiment". Write penalty.ddof',
    ],
    [
      'a layer that there is not',
      'model.1.dense',
      'after model must come the position of an entry, got "1". Here model has the entries 0 to 0',
    ],
    [
      'a layer by name',
      'model.first.dense',
      'after model must come the position of an entry, got "first". Here model has the entries 0 to 0',
    ],
    [
      'a key inside a number',
      'penalty.weight.x',
      'penalty.weight must be a mapping or a list to have the key "x", got a single value. Sweep penalty.weight itself',
    ],
    [
      'an empty key',
      'penalty..weight',
      'a path must be keys joined by single dots, got an empty key. Write it like penalty.weight',
    ],
    [
      'the source of the data alone',
      'data.source',
      'the source must be swept together with what belongs to it, got the source alone. Sweep data as a whole: data: {values: [{source: mnist}, {source: synthetic}]}',
    ],
    [
      'a key of another penalty',
      'penalty.epsilon',
      `unknown key "epsilon", it belongs to ${penaltiesWith('epsilon')}. Remove it, or sweep the type of penalty too`,
    ],
  ])('%s', (_claim, path, message) => {
    expectProblem(sweeping(`«${path}: {values: [1]}`), `sweep.parameters.${path}: ${message}`);
  });

  test('a parameter that is given twice, nested and dotted', () => {
    const text = sweeping('penalty: {parameters: {weight: {value: 1}}}, «penalty.weight: {value: 2}');
    expectProblem(
      text,
      'sweep.parameters.penalty.weight: a parameter must be given once, got it a second time. Put all its values into one list',
    );
  });

  test('a parameter inside another one', () => {
    const text = sweeping('penalty: {value: {type: mean, weight: 1}}, «penalty.weight: {value: 2}');
    expectProblem(
      text,
      'sweep.parameters.penalty.weight: a parameter must not lie inside another one, got penalty.weight beside penalty. Sweep one of the two',
    );
  });

  test('an entry without values', () => {
    expect(problemsOf(sweeping('penalty.weight: {q: 1}'))).toEqual([
      '9:32 sweep.parameters.penalty.weight: must have values, a value, min and max, a distribution or parameters',
    ]);
  });

  test('a distribution without end', () => {
    expectProblem(
      sweeping('«penalty.weight: {min: 0.5, max: 1}'),
      'sweep.parameters.penalty.weight: a grid must have lists or whole numbers, got uniform. Give values, or use method random, sobol or bayes',
    );
  });
});

describe('beside a parameter that a grid cannot have', () => {
  const NORMAL = 'training.optimizer.learning_rate: {distribution: normal, mu: 1}';
  const TOO_MANY = 'a grid must have lists or whole numbers, got normal.';

  test('the values of the others are checked too', () => {
    const text = sweeping(`${NORMAL}, training.epochs: {values: [1, 0]}`);
    expect(problemsOf(text)).toEqual([
      expect.stringContaining(TOO_MANY),
      expect.stringContaining('training.epochs.values.1: must be a whole number from 1 to 100000, got 0'),
    ]);
  });

  test('a condition that looks at it is not blamed', () => {
    const text = sweeping(
      `${NORMAL}, training.epochs: {values: [2], when: {training.optimizer.learning_rate: 0.5}}`,
    );
    expect(problemsOf(text)).toEqual([expect.stringContaining(TOO_MANY)]);
  });
});

describe('where the kind of a section is swept', () => {
  test('a swept key applies to the kinds that have it, and the others are planned once', () => {
    const text = sweeping(
      'penalty.type: {values: [decov, smooth-abs]}, penalty.epsilon: {values: [0.1, 0.2]}',
    );
    const { trials, duplicates } = planSweep(parseSweepConfig(text, 'sweep.yaml'));
    expect(
      trials.filter(({ seed, baseline }) => seed === 0 && !baseline).map(({ settings }) => settings),
    ).toEqual([
      { 'penalty.type': 'decov' },
      { 'penalty.type': 'smooth-abs', 'penalty.epsilon': 0.1 },
      { 'penalty.type': 'smooth-abs', 'penalty.epsilon': 0.2 },
    ]);
    expect(duplicates).toBe(1);
  });

  test("the experiment's keys of another kind are dropped", () => {
    const training = '  training: {optimizer: {type: sgd, learning_rate: 0.1, momentum: 0.9}}';
    const { trials } = planSweep(parseSweepConfig(sweeping(SGD_AND_ADAM, { training }), 'sweep.yaml'));
    const optimizers = trials
      .filter(({ seed }) => seed === 0)
      .map(({ experiment }) => experiment.training.optimizer);
    expect(optimizers.slice(0, 2)).toEqual([
      { type: 'sgd', learning_rate: 0.1, momentum: 0.9, nesterov: false, weight_decay: 0 },
      { type: 'adam', learning_rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0 },
    ]);
  });

  test('a key that none of the kinds has is refused', () => {
    const text = sweeping('penalty.type: {values: [decov, mean]}, «penalty.epsilon: {values: [1]}');
    expectProblem(
      text,
      'sweep.parameters.penalty.epsilon: a swept key must belong to one of the swept kinds, got "epsilon", which none has. Remove it',
    );
  });

  test('a key of another kind in the experiment is still a mistake', () => {
    const text = sweeping('penalty.type: {values: [decov, smooth-abs]}', {
      penalty: '  penalty: {type: decov, weight: 1, «epsilon: 1}',
    });
    expectProblem(
      text,
      `experiment.penalty.epsilon: unknown key "epsilon", it belongs to ${penaltiesWith('epsilon')}. Remove it, or sweep the type of penalty too`,
    );
  });
});

describe('a combination that cannot be trained is refused', () => {
  test('at the value of the key whose rule it breaks', () => {
    const text = sweeping(
      'training.optimizer.momentum: {values: [0, 0.9]}, training.optimizer.nesterov: {values: [false, «true]}',
    );
    expectProblem(
      text,
      'sweep.parameters.training.optimizer.nesterov.values.1: nesterov must go with a momentum above 0, got momentum 0',
    );
  });

  test('at the swept value nearest to a key that is not swept', () => {
    const text = sweeping(
      'training.epochs: {values: [1, 2]}, training.optimizer.momentum: {values: [0.9, «0]}',
      {
        training: '  training: {optimizer: {type: sgd, learning_rate: 0.1, momentum: 0.9, nesterov: true}}',
      },
    );
    expectProblem(
      text,
      'sweep.parameters.training.optimizer.momentum.values.1: at this point training.optimizer.nesterov: nesterov must go with a momentum above 0, got momentum 0',
    );
  });

  test('when it makes a layer too wide for its covariance', () => {
    expectProblem(
      sweeping('model.0.dense: {values: [8, «30000]}'),
      'sweep.parameters.model.0.dense.values.1: at this point model: a training must fit into the 4 GiB of a kernel, got at least 6.9 GiB. Use fewer units or samples, or a smaller batch',
    );
  });

  test('when the penalty has no layer left to act on', () => {
    expectProblem(
      sweeping('model.0.penalized: {values: [true, «false]}'),
      'sweep.parameters.model.0.penalized.values.1: at this point model: at least one layer must be penalized, got none. Add "penalized: true" to a layer',
    );
  });
});

describe('a bound of a distribution', () => {
  const drawing = (parameters: string): string =>
    sweepFile({ seeds: '  method: random', parameters: `  parameters: {${parameters}}` });
  const adam = 'training.optimizer: {parameters: {type: {value: adam}, learning_rate: {value: 0.1}, ';

  test.each([
    'training.optimizer.learning_rate: {min: 0, max: 0.1}',
    'training.optimizer.learning_rate: {distribution: uniform, min: 0, max: 1}',
    'training.optimizer.momentum: {distribution: uniform, min: 0, max: 1}',
    `${adam}beta1: {min: 0.5, max: 1.0}}}`,
    `${adam}beta2: {min: 0.9, max: 1.0}}}`,
    `${adam}beta2: {distribution: log_uniform_values, min: 0.9, max: 1}}}`,
    `${adam}beta2: {distribution: inv_log_uniform_values, min: 0.9, max: 1}}}`,
    `${adam}epsilon: {min: 0.0, max: 0.1}}}`,
    'data.correlation: {min: 0.0, max: 1.0}',
  ])('that is never drawn may be one that the key does not allow: %s', (parameters) => {
    const { trials, impossible } = planSweep(parseSweepConfig(drawing(parameters), 'sweep.yaml'));
    expect(trials.length).toBeGreaterThan(20);
    expect(impossible).toBe(0);
  });

  test.each([
    [
      'beyond it numbers are drawn that it does not allow',
      'training.optimizer.momentum: {min: 0.5, max: 1.5}',
      'training.optimizer.momentum: must be a number of at least 0 and below 1, got 1.5',
    ],
    [
      'of whole numbers is drawn',
      'training.optimizer.momentum: {min: 0, max: 1}',
      'training.optimizer.momentum: must be a number of at least 0 and below 1, got 1. Whole bounds draw whole numbers alone; write 1.0, or distribution: uniform, for all between',
    ],
    [
      'is a multiple that is drawn',
      'training.optimizer.learning_rate: {distribution: q_uniform, min: 0, max: 1, q: 0.1}',
      'training.optimizer.learning_rate: must be a number above 0, got 0',
    ],
    [
      'is followed by a multiple that the key does not allow',
      'model.0.dense: {distribution: q_uniform, min: 2, max: 6, q: 0.5}',
      'model.0.dense: must be a whole number from 1 to 65536, got 2.5',
    ],
    [
      'leaves no multiple within',
      'penalty.weight: {distribution: q_log_uniform_values, min: 0.001, max: 0.1}',
      'penalty.weight: q_log_uniform_values must have a multiple of q within its bounds, got none of 1 from 0.001 to 0.1. Write a smaller q',
    ],
  ])('is refused where it %s', (_claim, parameters, problem) => {
    expect(
      problemsOf(drawing(parameters)).map((each) => each.replace(/^\S+ sweep\.parameters\./, '')),
    ).toEqual([problem]);
  });

  test('of a rounded distribution may lie where no multiple is allowed, since none is drawn there', () => {
    const text = drawing('model.0.dense: {distribution: q_uniform, min: 0, max: 64, q: 8}');
    expect(problemsOf(text)[0]).toContain('got 0');
    const within = drawing('model.0.dense: {distribution: q_uniform, min: 1, max: 64, q: 8}');
    for (const { settings } of planSweep(parseSweepConfig(within, 'sweep.yaml')).trials) {
      expect((settings['model.0.dense'] as number) % 8).toBe(0);
    }
  });
});

describe('the size of a grid', () => {
  const values = (count: number) => `{values: [${Array.from({ length: count }, (_, value) => value + 1)}]}`;

  test('is limited, and counted before anything is expanded', () => {
    const text = sweeping(
      `penalty.weight: ${values(4000)}, training.epochs: ${values(4000)}, model.0.dense: ${values(4000)}`,
    );
    expectProblem(
      text.replace('parameters:', '«parameters:'),
      'sweep.parameters: a sweep must have at most 100000 trials, got 128000000000 (64000000000 points x 2 seeds). Give fewer values or seeds',
    );
  });

  test('counts the seeds', () => {
    const parameters = `penalty.weight: ${values(101)}`;
    expect(problemsOf(sweeping(parameters, { seeds: '  seeds: 1000' }))).toHaveLength(1);
    expect(() =>
      parseSweepConfig(sweeping(parameters, { seeds: '  seeds: 990' }), 'sweep.yaml'),
    ).not.toThrow();
  });
});
