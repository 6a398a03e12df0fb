/** Words of other frameworks in a sweep file: the hint names what is meant, and does what was wanted once it is followed. */
import { describe, expect, test } from 'vitest';
import { homesOf } from '../../src/config/homes.ts';
import { loadSweepConfig, parseSweepConfig } from '../../src/config/load.ts';
import { meanings } from '../../src/synonyms.ts';
import { problemsOf, refusal, sweepFile } from './sweep-file.ts';
import { writeTemporary } from './temporary-file.ts';

const sweeping = (parameters: string): string => sweepFile({ parameters: `  parameters: {${parameters}}` });

describe('a swept parameter by its name elsewhere is told its path', () => {
  test.each([
    ['lr: {values: [1]}', 'Write training.optimizer.learning_rate'],
    ['optimizer.lr: {values: [1]}', 'Write training.optimizer.learning_rate'],
    ['wd: {values: [1]}', 'Write training.optimizer.weight_decay'],
    ['patience: {values: [1]}', 'Write training.early_stopping.patience'],
    ['label_smoothing: {values: [0.1]}', 'Write training.label_smoothing'],
    ['optimizer: {values: [adam, sgd]}', 'Write training.optimizer.type'],
    ['num_epochs: {values: [1]}', 'Write training.epochs'],
    ['batchSize: {values: [32]}', 'Write training.batch_size'],
    ['hidden_units: {values: [8]}', 'Write model.0.dense'],
    ['"model[0].dense": {values: [8]}', 'Write model.0.dense'],
    ['model/0/dense: {values: [8]}', 'Write model.0.dense'],
    ['lambda: {values: [1]}', 'Write penalty.weight or penalty.lambda'],
    ['regularizer: {values: [decov]}', 'Write penalty.type'],
    [
      'seed: {values: [1, 2, 3]}',
      'Every point is trained with each seed: write seeds: [1, 2, 3] beside parameters',
    ],
    [
      'random_state: {min: 1, max: 3}',
      'Every point is trained with each seed: write seeds: 3, or a list of them, beside parameters',
    ],
    ['n_trials: {value: 20}', 'It is a setting of the sweep: write run_cap beside parameters'],
  ])('%s', (parameter, remedy) => {
    expect(problemsOf(sweeping(parameter))[0]).toContain(`. ${remedy}`);
  });

  test('and the seeds of its list are those that are trained', () => {
    const [, advised = ''] =
      /write (seeds: .*) beside/.exec(problemsOf(sweeping('seed: {values: [4, 7]}'))[0] ?? '') ?? [];
    expect(parseSweepConfig(sweepFile({ seeds: `  ${advised}` }), 'sweep.yaml').sweep.seeds).toEqual([4, 7]);
  });
});

describe('a key by its name elsewhere is told its own, and where it belongs', () => {
  test.each([
    [
      { training: '  training: {num_epochs: 3, optimizer: {type: sgd, lr: 0.1}}' },
      'unknown key "num_epochs". Did you mean "epochs"?',
    ],
    [
      { training: '  training: {optimizer: {type: sgd, lr: 0.1}}' },
      'unknown key "lr". Did you mean "learning_rate"?',
    ],
    [
      { training: '  training: {lr: 0.1, optimizer: {type: sgd, learning_rate: 1}}' },
      'unknown key "lr", it belongs into experiment.training.optimizer as learning_rate. Move it there',
    ],
    [
      { training: '  training: {seed: 1, optimizer: {type: sgd, learning_rate: 1}}' },
      'unknown key "seed", it belongs into sweep as seeds. Move it there',
    ],
    [
      { model: '  model: [{hidden_units: 8, penalized: true}]' },
      'unknown key "hidden_units". Did you mean "dense"?',
    ],
    [
      { penalty: '  penalty: {type: decov, lambda: 1}' },
      'Remove it, or sweep the type of penalty too, or write weight for what it is elsewhere',
    ],
    [
      { experiment: 'experiment:\n  early_stopping: {patience: 3}' },
      'unknown key "early_stopping", it belongs into experiment.training. Move it there',
    ],
    [
      { training: '  training: {lr_scheduler: cosine, optimizer: {type: sgd, learning_rate: 1}}' },
      'unknown key "lr_scheduler", it belongs into experiment.training.optimizer.learning_rate as schedule or experiment.penalty.weight as schedule',
    ],
    [
      { training: '  training: {optimizer: {type: sgd, learning_rate: 1, warmup: 2}}' },
      'unknown key "warmup", it belongs into experiment.training.optimizer.learning_rate as warmup_epochs or',
    ],
    [
      { training: '  training: {max_grad_norm: 1, optimizer: {type: sgd, learning_rate: 1}}' },
      'unknown key "max_grad_norm", it belongs into experiment.training.optimizer as clip_norm. Move it there',
    ],
    [
      { training: '  training: {mixup: 0.2, optimizer: {type: sgd, learning_rate: 1}}' },
      'unknown key "mixup", it belongs into experiment.training.augmentation. Move it there',
    ],
    [{ seeds: '  n_trials: 20' }, 'unknown key "n_trials". Did you mean "run_cap"?'],
    [
      { seeds: '  direction: minimize' },
      'unknown key "direction", it belongs into sweep.metric as goal. Move it there',
    ],
    [{ seeds: '  search_space: {}' }, 'unknown key "search_space". Did you mean "parameters"?'],
    [
      { parameters: '  parameters: {penalty.weight: {low: 0.1, high: 1}}' },
      'unknown key "low". Did you mean "min"?',
    ],
    [
      { parameters: '  parameters: {penalty.weight: {choices: [0.1, 1]}}' },
      'unknown key "choices". Did you mean "values"?',
    ],
  ])('%o', (replaced, problem) => {
    expect(problemsOf(sweepFile(replaced)).some((each) => each.includes(problem))).toBe(true);
  });
});

describe('a word of another framework is told the one that is meant', () => {
  test.each([
    ['method: bayesian', 'bayes'],
    ['method: tpe', 'bayes'],
    ['method: hyperopt', 'bayes'],
    ['method: grid_search', 'grid'],
    ['method: qmc', 'sobol'],
    ['metric: {name: val_loss}', 'test.loss'],
    ['metric: {name: val/loss}', 'test.loss'],
    ['metric: {name: val_accuracy}', 'test.accuracy'],
    ['metric: {name: acc, goal: maximum}', 'test.accuracy'],
    ['metric: {name: runtime}', 'seconds'],
    ['metric: {name: test.loss, goal: min}', 'minimize'],
    ['early_terminate: {type: successive_halving}', 'asha'],
    ['early_terminate: {type: median_stopping}', 'median'],
  ])('%s', (line, meant) => {
    expect(problemsOf(sweepFile({ seeds: `  ${line}` }))[0]).toContain(`Did you mean "${meant}"?`);
  });

  test('in the distribution of a parameter', () => {
    for (const [given, meant] of [
      ['loguniform', 'log_uniform_values'],
      ['randint', 'int_uniform'],
      ['choice', 'categorical'],
    ]) {
      const text = sweeping(`penalty.weight: {distribution: ${given}, min: 1, max: 2}`);
      expect(problemsOf(text)[0]).toContain(`Did you mean "${meant}"?`);
    }
  });
});

describe('on the command line', () => {
  test.each([
    ['lr=0.1', '--set experiment.training.optimizer.learning_rate=0.1'],
    ['optimizer.lr=0.1', '--set experiment.training.optimizer.learning_rate=0.1'],
    ['model[0].dense=3', '--set experiment.model.0.dense=3'],
    ['experiment.model[0].dense=3', '--set experiment.model.0.dense=3'],
    ['seed=4', '--set sweep.seeds=[4]'],
    ['n_trials=9', '--set sweep.run_cap=9'],
  ])('--set %s is told the whole path, which can be used', async (setting, advised) => {
    const file = await writeTemporary(sweepFile());
    const message = await loadSweepConfig(file, [setting]).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).toContain(advised);
    await expect(loadSweepConfig(file, [advised.replace('--set ', '')])).resolves.toBeDefined();
  });
});

test('every word has a meaning that a file, a swept parameter or an option knows, whatever its spelling', () => {
  expect(meanings('batchSize')).toEqual(['batch_size']);
  expect(meanings('no such word')).toEqual([]);
  expect(meanings('Num_Epochs')).toEqual(['epochs']);
  expect(homesOf('lr')).toEqual([{ section: 'experiment.training.optimizer', key: 'learning_rate' }]);
  expect(homesOf('no such word')).toEqual([]);
});

describe('many problems', () => {
  const text = sweeping(`penalty.weight: {values: [${Array(26_200).fill(-1).join(', ')}]}`);

  test('are counted, and the first twenty are shown; a program gets all', () => {
    const { message, problems } = refusal(text);
    const lines = message.split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.slice(-2)).toEqual(['and 26180 more.', '26200 problems in sweep.yaml.']);
    expect(problems).toHaveLength(26_200);
  });

  test('of keys that no kind of a section has are found once each, whichever kind is meant', () => {
    const keys = Array.from({ length: 3000 }, (_, at) => `k${at}: 1`).join(', ');
    expect(problemsOf(sweepFile({ penalty: `  penalty: {type: dec, weight: 1, ${keys}}` }))).toHaveLength(
      3001,
    );
  });

  test('with names without end are shown with an end', () => {
    const key = 'd'.repeat(100_000);
    expect(refusal(sweepFile({ seeds: `  ${key}: 1` })).message.length).toBeLessThan(1000);
    expect(
      refusal(sweepFile({ penalty: `  penalty: {type: ${key}, weight: 1}` })).message.length,
    ).toBeLessThan(1000);
  });

  test('of more parameters than any experiment has are one', () => {
    const parameters = Array.from({ length: 1001 }, (_, at) => `k${at}: {values: [1]}`).join(', ');
    expect(problemsOf(sweeping(parameters))).toEqual([
      '9:3 sweep.parameters: a sweep must have at most 1000 parameters, got 1001. Sweep whole sections, or fewer keys',
    ]);
  });
});
