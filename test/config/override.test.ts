/** Values that are set on the command line: where they go, what is refused, and what is kept of them. */
import { describe, expect, test } from 'vitest';
import { loadSweepConfig, parseSweepConfig } from '../../src/config/load.ts';
import { LINES, sweepFile } from './sweep-file.ts';
import { writeTemporary } from './temporary-file.ts';

async function load(settings: string[], text = sweepFile()) {
  return loadSweepConfig(await writeTemporary(text), settings);
}

/** The message of the error for settings that are refused. */
async function refusalOf(settings: string[], text?: string): Promise<string> {
  try {
    await load(settings, text);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigError' });
    return (error as Error).message;
  }
  throw new Error(`not refused: ${settings.join(' ')}`);
}

describe('a value that is set', () => {
  test.each<[string, string[], object]>([
    ['in the experiment', ['experiment.training.epochs=3'], { experiment: { training: { epochs: 3 } } }],
    ['in a list', ['experiment.model.0.dense=4'], { experiment: { model: [{ dense: 4, penalized: true }] } }],
    [
      'as a section',
      ['experiment.penalty={type: mean, weight: 2}'],
      { experiment: { penalty: { type: 'mean', weight: 2 } } },
    ],
    ['at the top', ['name=other'], { name: 'other' }],
    ['for the seeds', ['sweep.seeds=[4, 5]'], { sweep: { seeds: [4, 5] } }],
    [
      'for a swept list',
      ['sweep.parameters.penalty.weight.values=[2,3]'],
      { sweep: { parameters: { 'penalty.weight': { values: [2, 3] } } } },
    ],
    [
      'for one value of a swept list',
      ['sweep.parameters.penalty.weight.values.1=7'],
      { sweep: { parameters: { 'penalty.weight': { values: [0.1, 7] } } } },
    ],
    [
      'for a parameter that the file does not sweep',
      ['sweep.parameters.training.epochs.values=[1, 2]'],
      {
        sweep: {
          parameters: { 'penalty.weight': { values: [0.1, 1] }, 'training.epochs': { values: [1, 2] } },
        },
      },
    ],
    [
      'several times, the last one holding',
      ['sweep.seeds=1', 'sweep.method=random', 'sweep.seeds=2'],
      { sweep: { method: 'random', seeds: [0, 1] } },
    ],
    [
      'for a whole entry',
      ['sweep.parameters.penalty.weight={min: 0.5, max: 1.0}', 'sweep.method=random'],
      { sweep: { parameters: { 'penalty.weight': { distribution: 'uniform', min: 0.5, max: 1 } } } },
    ],
  ])('%s takes the place of what the file says', async (_claim, settings, expected) => {
    expect((await load(settings)).config).toMatchObject(expected);
  });

  test('reaches nested parameters by their dotted path, and a list replaces a distribution', async () => {
    const nested = sweepFile({
      seeds: '  method: random',
      parameters:
        '  parameters: {penalty: {parameters: {weight: {distribution: log_uniform_values, min: 1, max: 2}}}}',
    });
    const { config } = await load(['sweep.parameters.penalty.weight.values=[5]'], nested);
    expect(config.sweep.parameters).toEqual({ 'penalty.weight': { values: [5] } });
    const { config: wider } = await load(['sweep.parameters.penalty.weight.max=9'], nested);
    expect(wider.sweep.parameters['penalty.weight']).toMatchObject({ min: 1, max: 9 });
  });

  test('is set at one use of an anchor and at no other', async () => {
    const text = sweepFile({ model: '  model: [&layer {dense: 8, penalized: true}, *layer]' });
    const { config } = await load(['experiment.model.1.dense=4'], text);
    expect(config.experiment.model.map(({ dense }) => dense)).toEqual([8, 4]);
  });

  test('in a mapping that is merged is set there alone, and the text that is kept can be read again', async () => {
    const merging = sweepFile({
      name: 'name: small\nx-training: &t {epochs: 2, optimizer: &o {type: sgd, learning_rate: 0.1}}',
      training: '  training: {<<: *t}',
    });
    const file = await writeTemporary(merging);
    const rate = 'experiment.training.optimizer.learning_rate';
    const { config, text } = await loadSweepConfig(file, [`${rate}=0.5`, 'experiment.training.batch_size=4']);
    expect(config.experiment.training).toMatchObject({
      epochs: 2,
      batch_size: 4,
      optimizer: { type: 'sgd', learning_rate: 0.5 },
    });
    expect(parseSweepConfig(text, 'kept.yaml')).toEqual(config);
    expect(text).toContain('learning_rate: 0.1');
  });

  test('stands in the text that is kept, which says by itself what was trained', async () => {
    const { config, text } = await load(
      ['experiment.training.epochs=3', 'sweep.parameters.penalty.weight.values=[2]'],
      `# what it shows\n${sweepFile()}`,
    );
    expect(text.split('\n').slice(0, 4)).toEqual([
      '# Set on the command line: --set experiment.training.epochs=3',
      '# Set on the command line: --set sweep.parameters.penalty.weight.values=[2]',
      '',
      '# what it shows',
    ]);
    expect((await load([], text)).config).toEqual(config);
  });

  test('leaves the text as it is where nothing is set', async () => {
    expect((await load([])).text).toBe(sweepFile());
  });
});

describe('a value that cannot be set is refused by its flag', () => {
  test.each([
    ['experiment.training.epochs=many', 'must be a whole number from 1 to 100000, got "many" (text).'],
    ['experiment.training.epcohs=3', 'unknown key "epcohs". Did you mean "epochs"?'],
    [
      'experiment.model.3.dense=3',
      'after experiment.model must come the position of an entry, got "3". Here it has the entries 0 to 0.',
    ],
    ['name.first=3', 'name must be a mapping to have the key "first", got a single value. Set name itself.'],
    ['sweep.parameters.penalty.weight.values=[1, -2]', 'must be a number of at least 0, got -2.'],
    ['sweep.parameters.penalty.wieght.values=[1]', 'unknown key "wieght". Did you mean "weight"?'],
    [
      'experiment.training.epochs',
      'must be a path and a value. Write it like --set experiment.training.epochs=3.',
    ],
    ['experiment.training.epochs=', 'must be a path and a value.'],
    ['=3', 'must be a path and a value.'],
    [
      'training.epochs=3',
      'a path must start with one of name, experiment, sweep, got "training". Write --set experiment.training.epochs=3.',
    ],
    [
      'seeds=1',
      'a path must start with one of name, experiment, sweep, got "seeds". Write --set sweep.seeds=1.',
    ],
    ['experiment..epochs=3', 'a path must be keys joined by single dots, got an empty key.'],
    ['__proto__.polluted=1', 'a path must not hold __proto__. Remove it.'],
    ['experiment.constructor.prototype.polluted=1', 'a path must not hold constructor. Remove it.'],
    ['experiment={__proto__: {polluted: 1}}', 'a key must not be __proto__. Rename it.'],
    ['name=[1', 'Flow sequence must end with a ]'],
    ['name=#a', 'must be a value, got a comment. Put it into quotes.'],
    [
      'experiment.penalty.weight=null',
      'must be a number of at least 0, or a schedule such as {schedule: cosine, initial: 0.1}, got nothing.',
    ],
    ['name=*a', 'an alias must follow its anchor, got *a without &a.'],
  ])('%s', async (setting, problem) => {
    const message = await refusalOf([setting]);
    expect(message.split('\n')[0]?.startsWith(`--set ${setting}: `)).toBe(true);
    expect(message).toContain(problem);
    expect('polluted' in {}).toBe(false);
  });

  test('beside problems of the file, which keep their lines', async () => {
    const message = await refusalOf(['experiment.training.epochs=0'], sweepFile({ name: 'name: a/b' }));
    expect(message).toMatch(/^.*sweep\.yaml:1:7: name: /);
    expect(message).toContain(
      '\n--set experiment.training.epochs=0: must be a whole number from 1 to 100000, got 0.\n',
    );
  });

  test('without a character that steers a terminal', async () => {
    expect(await refusalOf(['name=\u001b[31m'])).not.toMatch(/[^\P{C}\n]/u);
  });
});

test('every number of the sample file can be set', async () => {
  const numbers = [
    'experiment.model.0.dense',
    'experiment.training.optimizer.learning_rate',
    'experiment.penalty.weight',
    'sweep.seeds',
  ];
  const settings = numbers.map((path) => `${path}=2`);
  const { config } = await load(settings);
  expect(config.experiment).toMatchObject({
    model: [{ dense: 2 }],
    training: { optimizer: { learning_rate: 2 } },
    penalty: { weight: 2 },
  });
  expect(config.sweep.seeds).toEqual([0, 1]);
  expect(LINES.model).toContain('dense: 8');
});
