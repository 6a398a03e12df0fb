/** From a sweep file's text to its configuration: what is filled in, and where and how everything wrong is reported. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { MOST_CHARACTERS } from '../../src/config/document.ts';
import { loadSweepConfig, parseSweepConfig } from '../../src/config/load.ts';
import { type LayerConfig, SWEEP_METRICS } from '../../src/config/schema.ts';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { ACTIVATIONS } from '../../src/kernel/operations.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { LINES, problemsOf, refusal, sweepFile } from './sweep-file.ts';
import { writeTemporary } from './temporary-file.ts';

describe('a valid file', () => {
  test('gets every default', () => {
    expect(parseSweepConfig(sweepFile({ sweep: '', seeds: '', parameters: '' }), 'sweep.yaml')).toEqual({
      name: 'small',
      experiment: {
        data: {
          source: 'synthetic',
          train_samples: 2000,
          test_samples: 1000,
          features: 20,
          classes: 4,
          correlation: 0.5,
          separation: 2,
          seed: 0,
        },
        model: [{ dense: 8, activation: 'relu', penalized: true, on: 'activation' }],
        training: {
          epochs: 5,
          batch_size: 128,
          optimizer: { type: 'sgd', learning_rate: 0.1, momentum: 0, nesterov: false, weight_decay: 0 },
        },
        penalty: { type: 'decov', weight: 1 },
      },
      sweep: {
        method: 'grid',
        metric: { name: 'mean-abs-correlation', goal: 'minimize' },
        seeds: [0, 1, 2],
        parameters: {},
      },
    });
  });

  test('reads 1e-3 as a number, as YAML 1.2 does', () => {
    const text = sweepFile({ penalty: '  penalty: {type: decov, weight: 1e-3}' });
    expect(parseSweepConfig(text, 'sweep.yaml').experiment.penalty.weight).toBe(0.001);
  });

  test('may be written with nested parameters, dotted paths or both', () => {
    const dotted = '  parameters: {penalty.type: {values: [decov, mean]}, training.epochs: {value: 3}}';
    const nested =
      '  parameters: {penalty: {parameters: {type: {values: [decov, mean]}}}, training: {parameters: {epochs: {value: 3}}}}';
    const [first, second] = [dotted, nested].map((parameters) =>
      parseSweepConfig(sweepFile({ parameters }), 'sweep.yaml'),
    );
    expect(second).toEqual(first);
    expect(Object.entries(first?.sweep.parameters ?? {})).toEqual([
      ['penalty.type', { values: ['decov', 'mean'] }],
      ['training.epochs', { values: [3] }],
    ]);
  });

  test('need not give what it sweeps: the experiment takes the first value', () => {
    const text = sweepFile({
      penalty: '',
      parameters: '  parameters: {penalty.type: {values: [mean, decov]}, penalty.weight: {values: [2, 3]}}',
    });
    expect(parseSweepConfig(text, 'sweep.yaml').experiment.penalty).toEqual({ type: 'mean', weight: 2 });
  });

  test('gives a metric the goal that it has by itself', () => {
    const text = sweepFile({ seeds: '  metric: {name: mean-abs-correlation}' });
    expect(parseSweepConfig(text, 'sweep.yaml').sweep.metric.goal).toBe('minimize');
  });

  test('may use anchors, and sweeping one use of an anchor leaves the others alone', () => {
    const text = sweepFile({
      model: '  model: [&layer {dense: 8, penalized: true}, *layer]',
      parameters: '  parameters: {model.0.dense: {values: [4]}}',
    });
    const [trial] = planSweep(parseSweepConfig(text, 'sweep.yaml')).trials;
    expect(trial?.experiment.model.map(({ dense }) => dense)).toEqual([4, 8]);
  });

  test.each(['random', 'sobol', 'bayes'])(
    'comes back unchanged with every kind of parameter: %s',
    (method) => {
      const parameters = `
    penalty.type: {values: [decov, huber], probabilities: [0.25, 0.75]}
    penalty.delta: {min: 0.1, max: 1, when: {penalty.type: huber}}
    penalty.weight: {distribution: log_uniform, min: -7, max: 0}
    training.batch_size: {distribution: q_log_uniform_values, min: 16, max: 64, q: 8}
    training.epochs: {values: [1, 2]}
    model.0.dense: {values: [8, 9]}`;
      const section = `
  method: ${method}
  zip: [training.epochs, model.0.dense]
  metrics: [{name: test.accuracy}, {name: test.loss}]
  metric: {name: test.loss, target: 0.1}
  trial_timeout: 60
  parameters: ${parameters}`;
      const config = parseSweepConfig(sweepFile({ seeds: section, parameters: '' }), 'sweep.yaml');
      expect(parseSweepConfig(stringify(config), 'sweep.yaml')).toEqual(config);
      expect(config.sweep).toMatchObject({ sampler_seed: 0, run_cap: 20 });
    },
  );

  test('comes back unchanged when its configuration is written as YAML', () => {
    fc.assert(
      fc.property(anyConfig(), (config) => {
        expect(parseSweepConfig(stringify(config), 'sweep.yaml')).toEqual(config);
      }),
      { numRuns: 150 },
    );
  });
});

describe('each wrong value is reported at its place', () => {
  const cases: [claim: string, text: string, problem: string][] = [
    [
      'a misspelt section',
      sweepFile({ sweep: 'sweeps:' }),
      '7:1 sweeps: unknown key "sweeps". Did you mean "sweep"?',
    ],
    [
      'a misspelt key, whatever its case',
      sweepFile({ model: '  model: [{dense: 8, penalized: true}, {dense: 8, Activation: relu}]' }),
      '4:51 experiment.model.1.Activation: unknown key "Activation". Did you mean "activation"?',
    ],
    [
      'a key like no other',
      sweepFile({ data: '  data: {source: mnist, colour: 1}' }),
      '3:25 experiment.data.colour: unknown key "colour". Known here are source, train_samples, test_samples',
    ],
    [
      'a key of another kind of optimizer',
      sweepFile({ training: '  training: {optimizer: {type: adam, learning_rate: 0.1, momentum: 0.9}}' }),
      '5:58 experiment.training.optimizer.momentum: unknown key "momentum", it belongs to sgd, rmsprop, lars. Remove it, or sweep the type of training.optimizer too',
    ],
    [
      'a missing section',
      sweepFile({ training: '' }),
      '3:3 experiment.training: is missing, must be a mapping with the keys epochs, batch_size, loss, huber_delta, optimizer, early_stopping, label_smoothing, class_weight, augmentation',
    ],
    [
      'a missing key',
      sweepFile({ penalty: '  penalty: {type: decov}' }).replace(LINES.parameters, ''),
      '6:12 experiment.penalty.weight: is missing, must be a number of at least 0. Give it, or a strength',
    ],
    [
      'a strength beside a weight',
      sweepFile({ penalty: '  penalty: {type: decov, weight: 1, strength: 0.1}' }),
      '6:37 experiment.penalty.strength: must not stand beside a weight, which it would set. Remove one of the two',
    ],
    [
      'a negative strength',
      sweepFile({ penalty: '  penalty: {type: decov, strength: -1}', parameters: '' }),
      '6:36 experiment.penalty.strength: must be a number of at least 0, got -1',
    ],
    [
      'permutations without end',
      sweepFile({ model: `${LINES.model}\n  evaluation: {permutations: 1e9}` }),
      '5:30 experiment.evaluation.permutations: must be a whole number from 0 to 1000, got 1000000000',
    ],
    [
      'a missing kind',
      sweepFile({ training: '  training: {optimizer: {learning_rate: 0.1}}' }),
      '5:25 experiment.training.optimizer.type: is missing, must be one of sgd, adam, adamw, rmsprop, lion, lars',
    ],
    [
      'an empty section',
      sweepFile({ training: '  training:' }),
      '5:12 experiment.training: must be a mapping with the keys epochs, batch_size, loss, huber_delta, optimizer, early_stopping, label_smoothing, class_weight, augmentation, got nothing',
    ],
    [
      'a misspelt penalty',
      sweepFile({ penalty: '  penalty: {type: decof, weight: 1}' }),
      `6:19 experiment.penalty.type: must be one of ${[...PENALTIES, ...CROSS_PENALTIES].map(({ id }) => id).join(', ')}, got "decof". Did you mean "decov"?`,
    ],
    [
      'half a bin',
      sweepFile({ penalty: '  penalty: {type: mutual-information, weight: 1, bins: 7.5}' }),
      '6:56 experiment.penalty.bins: must be a whole number of at least 2, got 7.5',
    ],
    [
      'a threshold of zero',
      sweepFile({ penalty: '  penalty: {type: huber, weight: 1, delta: 0}' }),
      '6:44 experiment.penalty.delta: must be a number above 0, got 0',
    ],
    [
      'a negative weight inside a penalty',
      sweepFile({ penalty: '  penalty: {type: vicreg, weight: 1, variance_weight: -1}' }),
      '6:55 experiment.penalty.variance_weight: must be a number of at least 0, got -1',
    ],
    [
      'a parameter of another penalty',
      sweepFile({ penalty: '  penalty: {type: huber, weight: 1, gamma: 1}' }),
      '6:37 experiment.penalty.gamma: unknown key "gamma", it belongs to vicreg. Remove it, or sweep the type of penalty too',
    ],
    [
      'a number in quotes',
      sweepFile({ model: '  model: [{dense: "8", penalized: true}]' }),
      '4:19 experiment.model.0.dense: must be a whole number from 1 to 65536, got "8" (text). Remove the quotes',
    ],
    [
      'weights that no kernel can hold',
      sweepFile({ model: '  model: [{dense: 65536, penalized: true}, {dense: 65536}]' }),
      '4:10 experiment.model: a training must fit into the 4 GiB of a kernel, got at least 64.4 GiB. Use fewer units or samples, or a smaller batch',
    ],
    [
      'a number with digit separators',
      sweepFile({ data: '  data: {source: synthetic, train_samples: 1_000}' }),
      '3:44 experiment.data.train_samples: must be a whole number from 2 to 10000000, got "1_000" (text). Write 1000: in YAML 1.2 1_000 is text',
    ],
    [
      'a yes that is text',
      sweepFile({ model: '  model: [{dense: 8, penalized: yes}]' }),
      '4:33 experiment.model.0.penalized: must be true or false, got "yes" (text). Write true: in YAML 1.2 yes is text',
    ],
    [
      'an off that is text',
      sweepFile({
        training: '  training: {optimizer: {type: sgd, learning_rate: 0.1, momentum: 0.5, nesterov: off}}',
      }),
      '5:82 experiment.training.optimizer.nesterov: must be true or false, got "off" (text). Write false: in YAML 1.2 off is text',
    ],
    [
      'a fraction in place of a whole number',
      sweepFile({ model: '  model: [{dense: 1.5, penalized: true}]' }),
      '4:19 experiment.model.0.dense: must be a whole number from 1 to 65536, got 1.5',
    ],
    [
      'a batch without a covariance',
      sweepFile({ training: '  training: {batch_size: 1, optimizer: {type: sgd, learning_rate: 0.1}}' }),
      '5:26 experiment.training.batch_size: must be a whole number from 2 to 1000000, got 1',
    ],
    [
      'no epochs',
      sweepFile({ training: '  training: {epochs: 0, optimizer: {type: sgd, learning_rate: 0.1}}' }),
      '5:22 experiment.training.epochs: must be a whole number from 1 to 100000, got 0',
    ],
    [
      'a learning rate of 0',
      sweepFile({ training: '  training: {optimizer: {type: sgd, learning_rate: 0}}' }),
      '5:52 experiment.training.optimizer.learning_rate: must be a number above 0, got 0',
    ],
    [
      'a number that is none',
      sweepFile({ training: '  training: {optimizer: {type: sgd, learning_rate: .nan}}' }),
      '5:52 experiment.training.optimizer.learning_rate: must be a number above 0, got .nan',
    ],
    [
      'an infinite weight',
      sweepFile({ penalty: '  penalty: {type: decov, weight: .inf}' }),
      '6:34 experiment.penalty.weight: must be a number of at least 0, got .inf',
    ],
    [
      'a negative weight',
      sweepFile({ penalty: '  penalty: {type: decov, weight: -1}' }),
      '6:34 experiment.penalty.weight: must be a number of at least 0, got -1',
    ],
    [
      'a momentum of 1',
      sweepFile({ training: '  training: {optimizer: {type: sgd, learning_rate: 0.1, momentum: 1}}' }),
      '5:67 experiment.training.optimizer.momentum: must be a number of at least 0 and below 1, got 1',
    ],
    [
      'nesterov without momentum',
      sweepFile({ training: '  training: {optimizer: {type: sgd, learning_rate: 0.1, nesterov: true}}' }),
      '5:67 experiment.training.optimizer.nesterov: nesterov must go with a momentum above 0, got momentum 0',
    ],
    [
      'a ddof that is neither 0 nor 1',
      sweepFile({ penalty: '  penalty: {type: decov, weight: 1, ddof: 2}' }),
      '6:43 experiment.penalty.ddof: must be one of 0, 1, got 2',
    ],
    [
      'an epsilon of 0',
      sweepFile({ penalty: '  penalty: {type: smooth-abs, weight: 1, epsilon: 0}' }),
      '6:51 experiment.penalty.epsilon: must be a number above 0, got 0',
    ],
    [
      'a model without layers',
      sweepFile({ model: '  model: []' }),
      '4:10 experiment.model: must have at least one layer, got a list of 0',
    ],
    [
      'a model without a penalized layer',
      sweepFile({ model: '  model: [{dense: 8}]' }),
      '4:10 experiment.model: at least one layer must be penalized, got none. Add "penalized: true" to a layer',
    ],
    [
      'a single unit to correlate',
      sweepFile({ model: '  model: [{dense: 1, penalized: true}]' }),
      '4:19 experiment.model.0.dense: a penalized layer must have at least 2 units to correlate, got 1',
    ],
    [
      'a name that leaves its directory',
      sweepFile({ name: 'name: ../runs' }),
      '1:7 name: must be up to 100 letters, digits, dots, dashes and underscores, starting with a letter or digit, without "..", got "../runs"',
    ],
    [
      'a name that is a number',
      sweepFile({ name: 'name: 3' }),
      '1:7 name: must be up to 100 letters, digits, dots, dashes and underscores, starting with a letter or digit, without "..", got 3. Write it in quotes: "3"',
    ],
    [
      'a method that there is not',
      sweepFile({ seeds: '  method: sobel' }),
      '8:11 sweep.method: must be one of grid, random, bayes, sobol, got "sobel". Did you mean "sobol"?',
    ],
    [
      'a misspelt metric',
      sweepFile({ seeds: '  metric: {name: test.acuracy}' }),
      '8:18 sweep.metric.name: must be one of ',
    ],
    [
      'a metric without a better way',
      sweepFile({ seeds: '  metric: {name: activation-scale}' }),
      '8:11 sweep.metric.goal: this metric has no better way of its own. Say minimize or maximize',
    ],
    [
      'no seeds',
      sweepFile({ seeds: '  seeds: 0' }),
      '8:10 sweep.seeds: must be a whole number from 1 to 1000, got 0',
    ],
    [
      'seeds that are neither a number nor a list',
      sweepFile({ seeds: '  seeds: few' }),
      '8:10 sweep.seeds: must be a number of seeds from 1 to 1000 or a list of distinct seeds, got "few" (text)',
    ],
    [
      'a number of seeds in quotes',
      sweepFile({ seeds: '  seeds: "3"' }),
      '8:10 sweep.seeds: must be a number of seeds from 1 to 1000 or a list of distinct seeds, got "3" (text). Remove the quotes',
    ],
    [
      'a key of the experiment at the top',
      sweepFile({ name: 'name: small\nmodel: []' }),
      '2:1 model: unknown key "model", it belongs into experiment. Move it there',
    ],
    [
      'a key of the optimizer beside it',
      sweepFile({
        training: '  training: {learning_rate: 0.1, optimizer: {type: sgd, learning_rate: 0.1}}',
      }),
      '5:14 experiment.training.learning_rate: unknown key "learning_rate", it belongs into experiment.training.optimizer. Move it there',
    ],
    [
      'units without a mapping around them',
      sweepFile({ model: '  model: [{dense: 8, penalized: true}, 8]' }),
      '4:40 experiment.model.1: must be a mapping such as {dense: 256, activation: relu}, got 8',
    ],
    [
      'a metric by its last word',
      sweepFile({ seeds: '  metric: {name: accuracy}' }),
      `8:18 sweep.metric.name: must be one of ${[...SWEEP_METRICS.keys()].join(', ')}, got "accuracy". Did you mean "test.accuracy"?`,
    ],
    [
      'a seed twice',
      sweepFile({ seeds: '  seeds: [1, 2, 1]' }),
      '8:10 sweep.seeds: must be distinct, got a seed twice. Remove the repeated one',
    ],
    [
      'a seed that is text',
      sweepFile({ seeds: '  seeds: [1, two]' }),
      '8:14 sweep.seeds.1: must be a whole number of at least 0, got "two" (text)',
    ],
    [
      'a file without a mapping',
      '- 1\n',
      '1:1 : must be a mapping with the keys name, experiment, sweep, got a list of 1',
    ],
    [
      'an empty file',
      '# nothing\n',
      '1:1 : must be a mapping with the keys name, experiment, sweep, got nothing',
    ],
  ];

  test.each(cases)('%s', (_claim, text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, problem.endsWith('of ') ? problem.length : undefined)).toBe(problem);
  });
});

describe('a section whose kind is misspelt or missing', () => {
  const training = (optimizer: string): string => `  training: {optimizer: {${optimizer}}}`;

  test('is still checked for what is wrong whichever kind was meant', () => {
    const problems = refusal(
      sweepFile({ training: training('type: sdg, learning_rate: -1, momentun: 2'), parameters: '' }),
    ).problems.map(({ path }) => path);
    expect(problems).toEqual([
      'experiment.training.optimizer.type',
      'experiment.training.optimizer.learning_rate',
      'experiment.training.optimizer.momentun',
    ]);
  });

  test('is not blamed for what only some kinds refuse', () => {
    const problems = refusal(
      sweepFile({ training: training('type: sdg, learning_rate: 0.1, momentum: 2'), parameters: '' }),
    ).problems.map(({ path }) => path);
    expect(problems).toEqual(['experiment.training.optimizer.type']);
  });

  test('names the key that is missing in every kind', () => {
    const problems = refusal(sweepFile({ training: training('learning_rate: -1'), parameters: '' })).problems;
    expect(problems.map(({ path }) => path)).toEqual([
      'experiment.training.optimizer.type',
      'experiment.training.optimizer.learning_rate',
    ]);
  });
});

describe('the error', () => {
  const wrong = sweepFile({
    name: 'name: a/b',
    model: '  model: [{dense: 0, penalised: true}]',
    training: '  training: {epochs: many, optimizer: {type: sgd, learning_rate: 0.1}}',
    seeds: '  seeds: -1',
    parameters: '  parameters: {penalty.weight: {values: [0.1, x]}}',
  });

  test('lists all problems at once, in the order of the text', () => {
    expect(refusal(wrong).problems.map(({ line, column, path }) => [line, column, path])).toEqual([
      [1, 7, 'name'],
      [4, 19, 'experiment.model.0.dense'],
      [4, 22, 'experiment.model.0.penalised'],
      [5, 22, 'experiment.training.epochs'],
      [8, 10, 'sweep.seeds'],
      [9, 47, 'sweep.parameters.penalty.weight.values.1'],
    ]);
  });

  test('lists what depends on several values beside what is wrong with others', () => {
    const text = sweepFile({
      penalty: '  penalty: {type: cross-covariance, weight: -1, against: dnse2}',
      seeds: '  seeds: 0\n  metrics: [{name: test.loss}, {name: seconds}]\n  early_terminate: {type: asha}',
      parameters:
        '  zip: [penalty.weight, penalty.ddof]\n  parameters: {penalty.weight: {values: [1, -2]}, penalty.wieght: {value: 1}}',
    });
    expect(refusal(text).problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '6 experiment.penalty.weight',
      '6 experiment.penalty.against',
      '8 sweep.seeds',
      '10 sweep.early_terminate',
      '11 sweep.zip.0',
      '12 sweep.parameters.penalty.weight.values.1',
      '12 sweep.parameters.penalty.wieght',
    ]);
  });

  test('does not ask the experiment for what a malformed entry was to sweep', () => {
    const text = sweepFile({
      penalty: '  penalty: {type: decov}',
      parameters: '  parameters: {penalty.weight: [0.1, 1]}',
    });
    expect(refusal(text).problems.map(({ path }) => path)).toEqual(['sweep.parameters.penalty.weight']);
  });

  test('is ready to print: a line for each problem and their number', () => {
    const lines = refusal(wrong).message.split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[4]).toBe('sweep.yaml:8:10: sweep.seeds: must be a whole number from 1 to 1000, got -1.');
    expect(lines[6]).toBe('6 problems in sweep.yaml.');
  });

  test('does not count a single problem', () => {
    expect(refusal(sweepFile({ seeds: '  seeds: 0' })).message.split('\n')).toHaveLength(1);
  });

  test('carries no character that steers a terminal', () => {
    const { message } = refusal(sweepFile({ name: 'name: "\\e[31m\\u202e"', seeds: '  "\\a": 1' }));
    expect(message).toContain('\\u{1b}[31m\\u{202e}');
    expect(message).toContain('sweep.\\u{7}: unknown key "\\u{7}"');
    expect(message).not.toMatch(/[^\P{C}\n]/u);
  });

  test('comes for any text whatever, and nothing else does', () => {
    const lines = Object.values(LINES);
    const edits = fc.array(fc.tuple(fc.nat(sweepFile().length), fc.nat(4), fc.string({ maxLength: 4 })));
    fc.assert(
      fc.property(edits, fc.shuffledSubarray(lines, { minLength: 6 }), (changes, subset) => {
        let text = `${(changes.length % 2 === 0 ? lines : subset).join('\n')}\n`;
        for (const [start, removed, added] of changes) {
          text = text.slice(0, start) + added + text.slice(start + removed);
        }
        try {
          planSweep(parseSweepConfig(text, 'sweep.yaml'));
        } catch (error) {
          expect(error).toMatchObject({ name: 'ConfigError', code: 'CONFIG_INVALID' });
          for (const { line, column } of (error as { problems: { line: number; column: number }[] })
            .problems) {
            expect(Math.min(line, column)).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a file on disk', () => {
  test('is returned with its text', async () => {
    const { config, text } = await loadSweepConfig(await writeTemporary(sweepFile()));
    expect(text).toBe(sweepFile());
    expect(config).toEqual(parseSweepConfig(text, 'sweep.yaml'));
  });

  test('may begin with a byte order mark and end its lines as Windows does', async () => {
    const { config } = await loadSweepConfig(
      await writeTemporary(`\ufeff${sweepFile().replaceAll('\n', '\r\n')}`),
    );
    expect(config).toEqual(parseSweepConfig(sweepFile(), 'sweep.yaml'));
  });

  test.each([
    [
      'that is not there',
      'none.yaml',
      /none\.yaml: a sweep file must exist, got no such file\. Check the path\.$/,
    ],
    [
      'that is a directory',
      '.',
      /: a sweep file must be a regular file, got a directory\. Name a YAML file\.$/,
    ],
    ['below a file', 'sweep.yaml/x', /: a sweep file must exist, got no such file\. Check the path\.$/],
    [
      'with a zero byte in its name',
      'a\0b',
      /: the name of a file must not hold a zero byte, got one\. Check the path\.$/,
    ],
  ])('%s is refused', async (_claim, name, message) => {
    const directory = dirname(await writeTemporary(''));
    await expect(loadSweepConfig(`${directory}/${name}`)).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'CONFIG_UNREADABLE',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['Latin-1', Uint8Array.of(0x6e, 0x61, 0xe9)],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x6e, 0x00)],
  ])('in %s is refused', async (_encoding, bytes) => {
    const file = await writeTemporary(bytes);
    await expect(loadSweepConfig(file)).rejects.toThrow(
      `${file}: a sweep file must be text in UTF-8, got other bytes. Save it as UTF-8.`,
    );
  });

  test('that is too large is refused before it is parsed', async () => {
    await expect(loadSweepConfig(await writeTemporary('#'.repeat(3 * MOST_CHARACTERS + 1)))).rejects.toThrow(
      `a sweep file must have at most ${3 * MOST_CHARACTERS} bytes`,
    );
    await expect(loadSweepConfig(await writeTemporary('#'.repeat(MOST_CHARACTERS + 1)))).rejects.toThrow(
      `must have at most ${MOST_CHARACTERS} characters, got ${MOST_CHARACTERS + 1}`,
    );
  });
});

describe('the shipped sweeps', async () => {
  const directory = new URL('../../configs/', import.meta.url).pathname;
  const files = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));

  test('are there', () => {
    expect(files).toEqual(expect.arrayContaining(['mnist.yaml', 'question.yaml', 'smoke.yaml']));
  });

  test.each(files)('%s is valid, says what it shows and bears the name of its file', async (name) => {
    const { config, text } = await loadSweepConfig(join(directory, name));
    expect(`${config.name}.yaml`).toBe(name);
    expect(text).toMatch(/^# /);
    expect(planSweep(config).trials.length).toBeGreaterThan(1);
  });

  test('the main job compares at least five penalties at four weights on the whole of MNIST', async () => {
    const { experiment, sweep } = parseSweepConfig(
      await readFile(join(directory, 'mnist.yaml'), 'utf8'),
      'mnist.yaml',
    );
    expect(experiment.data).toEqual({ source: 'mnist', validation: 0.1 });
    expect(experiment.model.map(({ dense }) => dense)).toEqual([256, 128]);
    const lengthOf = (path: string) => {
      const parameter = sweep.parameters[path];
      return parameter !== undefined && 'values' in parameter ? parameter.values.length : 0;
    };
    expect(lengthOf('penalty.type')).toBeGreaterThanOrEqual(5);
    expect(lengthOf('penalty.weight')).toBe(4);
    expect(sweep.seeds.length).toBeGreaterThanOrEqual(2);
  });

  test('the question is asked without centring', async () => {
    const { config } = await loadSweepConfig(join(directory, 'question.yaml'));
    for (const { experiment } of planSweep(config).trials) expect(experiment.penalty.centered).toBe(false);
  });
});

/** Any configuration that a file can give, with all its defaults written out. */
function anyConfig(): fc.Arbitrary<unknown> {
  const positive = fc.double({ min: 1e-9, max: 1e6, noNaN: true });
  const rate = fc.double({ min: 0, max: 0.999, noNaN: true });
  const weight = fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs);
  const data = fc.oneof(
    fc.record(
      {
        source: fc.constant('mnist'),
        train_samples: fc.integer({ min: 2, max: 60_000 }),
        test_samples: fc.integer({ min: 2, max: 10_000 }),
      },
      { requiredKeys: ['source'] },
    ),
    fc.record({
      source: fc.constant('synthetic'),
      train_samples: fc.integer({ min: 2, max: 1e7 }),
      test_samples: fc.integer({ min: 2, max: 10_000 }),
      features: fc.integer({ min: 1, max: 65_536 }),
      classes: fc.integer({ min: 2, max: 256 }),
      correlation: rate,
      separation: weight,
      seed: fc.maxSafeNat(),
    }),
  );
  const layer: fc.Arbitrary<LayerConfig> = fc.record({
    // With these, the largest of everything together still fits into a kernel.
    dense: fc.integer({ min: 2, max: 2048 }),
    activation: fc.constantFrom(...ACTIVATIONS),
    penalized: fc.boolean(),
    on: fc.constantFrom('activation', 'preactivation'),
  });
  const model = fc
    .array(layer, { minLength: 1, maxLength: 4 })
    .filter((layers) => layers.some(({ penalized }) => penalized));
  const optimizer = fc.oneof(
    fc
      .record({
        type: fc.constant('sgd'),
        learning_rate: positive,
        momentum: rate,
        nesterov: fc.boolean(),
        weight_decay: weight,
      })
      .filter(({ nesterov, momentum }) => !nesterov || momentum > 0),
    fc.record({
      type: fc.constantFrom('adam', 'adamw'),
      learning_rate: positive,
      beta1: rate,
      beta2: rate,
      epsilon: positive,
      weight_decay: weight,
    }),
  );
  const penalty = fc.constantFrom(...PENALTIES).chain(({ id, parameters }) =>
    fc.record(
      {
        type: fc.constant(id),
        weight,
        centered: fc.boolean(),
        ddof: fc.constantFrom(0, 1),
        ...Object.fromEntries(
          parameters.map(({ name, whole }) => [name, whole ? fc.integer({ min: 2, max: 64 }) : positive]),
        ),
      },
      { requiredKeys: ['type', 'weight'] },
    ),
  );
  const values = <Value>(value: fc.Arbitrary<Value>) =>
    fc.record({ values: fc.array(value, { minLength: 1, maxLength: 3 }) });
  return fc.record({
    name: fc
      .stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/)
      .filter((name) => !/^(true|false|null)$/i.test(name)),
    experiment: fc.record({
      data,
      model,
      training: fc.record({
        epochs: fc.integer({ min: 1, max: 1000 }),
        batch_size: fc.integer({ min: 2, max: 4096 }),
        optimizer,
      }),
      penalty,
    }),
    sweep: fc.record(
      {
        method: fc.constant('grid'),
        run_cap: fc.integer({ min: 1, max: 50 }),
        trial_timeout: positive,
        early_terminate: fc.constantFrom(
          { type: 'hyperband', min_iter: 2, eta: 3, strict: false },
          { type: 'asha', min_iter: 1, max_iter: 9, eta: 2 },
          { type: 'median', min_iter: 3, min_trials: 5 },
        ),
        metric: fc.record({
          name: fc.constantFrom('test.accuracy', 'mean-abs-correlation'),
          goal: fc.constantFrom('minimize', 'maximize'),
        }),
        seeds: fc.uniqueArray(fc.maxSafeNat(), { minLength: 1, maxLength: 4 }),
        parameters: fc.record(
          {
            'penalty.type': values(fc.constantFrom('cross-covariance', ...PENALTIES.map(({ id }) => id))),
            'penalty.weight': values(weight),
            'training.optimizer': values(optimizer),
            'model.0.dense': values(fc.integer({ min: 2, max: 512 })),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['method', 'metric', 'seeds', 'parameters'] },
    ),
  });
}
