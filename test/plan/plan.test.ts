/** Plans: which trials a sweep stands for, in which order, under which names. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import type { SweepConfig } from '../../src/config/schema.ts';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { type Plan, planSweep } from '../../src/plan/plan.ts';
import { LINES, sweepFile } from '../config/sweep-file.ts';
import { TOLERANCES } from '../tolerances.ts';

function config(parameters: string, replaced: Parameters<typeof sweepFile>[0] = {}): SweepConfig {
  return parseSweepConfig(
    sweepFile({ ...replaced, parameters: `  parameters: {${parameters}}` }),
    'sweep.yaml',
  );
}

function plan(parameters: string, replaced: Parameters<typeof sweepFile>[0] = {}): Plan {
  return planSweep(config(parameters, replaced));
}

/** The points in order, each once, as text. */
function points({ trials }: Plan): string[] {
  const labels = trials.map(
    ({ settings, baseline }) => `${baseline ? 'baseline' : ''}${JSON.stringify(settings)}`,
  );
  return labels.filter((label, index) => label !== labels[index - 1]);
}

const TYPES = 'penalty.type: {values: [decov, mean]}';
const WEIGHTS = 'penalty.weight: {values: [0.1, 1]}';

describe('the order of a plan', () => {
  test('is baselines first, then the grid with the last parameter fastest', () => {
    expect(points(plan(`${TYPES}, ${WEIGHTS}`))).toEqual([
      'baseline{}',
      '{"penalty.type":"decov","penalty.weight":0.1}',
      '{"penalty.type":"decov","penalty.weight":1}',
      '{"penalty.type":"mean","penalty.weight":0.1}',
      '{"penalty.type":"mean","penalty.weight":1}',
    ]);
  });

  test('keeps the seeds of a point side by side, in their own order', () => {
    const { trials } = plan(TYPES, { seeds: '  seeds: [7, 3]' });
    expect(trials.map(({ seed }) => seed)).toEqual([7, 3, 7, 3, 7, 3]);
    expect(trials.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(trials.map(({ id, point, seed }) => id === `${point}-s${seed}`)).not.toContain(false);
    expect(new Set(trials.map(({ id }) => id)).size).toBe(6);
  });

  test('is the same each time', () => {
    const sweep = config(`${TYPES}, ${WEIGHTS}`);
    expect(JSON.stringify(planSweep(sweep))).toBe(JSON.stringify(planSweep(structuredClone(sweep))));
  });
});

describe('a file without a sweep', () => {
  const text = sweepFile({ sweep: '', seeds: '', parameters: '' });

  test('is one point and its baseline, with the default seeds', () => {
    const sweep = planSweep(parseSweepConfig(text, 'sweep.yaml'));
    expect(points(sweep)).toEqual(['baseline{}', '{}']);
    expect(sweep).toMatchObject({ points: 2, duplicates: 0 });
    expect(sweep.trials).toHaveLength(6);
  });

  test('is a baseline alone when its weight is 0', () => {
    const sweep = planSweep(parseSweepConfig(text.replace('weight: 1', 'weight: 0'), 'sweep.yaml'));
    expect(points(sweep)).toEqual(['baseline{}']);
  });
});

describe('the baseline', () => {
  test('is trained once for all penalties and weights', () => {
    const { trials, points: count } = plan(`${TYPES}, ${WEIGHTS}`);
    expect(trials.filter(({ baseline }) => baseline)).toHaveLength(2);
    expect(count).toBe(5);
    for (const { baseline, experiment } of trials) expect(experiment.penalty.weight === 0).toBe(baseline);
  });

  test('is trained once for each combination of everything else', () => {
    const sweep = plan(`training.epochs: {values: [1, 2]}, ${TYPES}, model.0.dense: {values: [4, 8]}`);
    expect(points(sweep).slice(0, 4)).toEqual([
      'baseline{"training.epochs":1,"model.0.dense":4}',
      'baseline{"training.epochs":1,"model.0.dense":8}',
      'baseline{"training.epochs":2,"model.0.dense":4}',
      'baseline{"training.epochs":2,"model.0.dense":8}',
    ]);
    expect(sweep.points).toBe(4 + 8);
  });

  test('takes the place of every point of weight 0', () => {
    const sweep = plan(`${TYPES}, penalty.weight: {values: [0, 1, 0.0]}`);
    expect(points(sweep)).toEqual([
      'baseline{}',
      '{"penalty.type":"decov","penalty.weight":1}',
      '{"penalty.type":"mean","penalty.weight":1}',
    ]);
    expect(sweep.duplicates).toBe(4);
  });

  test('bears one name whatever the penalty is', () => {
    const names = [...PENALTIES, ...CROSS_PENALTIES.filter(({ paired }) => !paired)].map(
      ({ id }) => plan('', { penalty: `  penalty: {type: ${id}, weight: 2}` }).trials[0]?.point,
    );
    expect(new Set(names).size).toBe(1);
  });
});

describe('the name of a point', () => {
  const name = (replaced: Parameters<typeof sweepFile>[0]) =>
    planSweep(parseSweepConfig(sweepFile({ parameters: '', ...replaced }), 'sweep.yaml')).trials.at(-1)
      ?.point;

  test('is twelve hexadecimal digits that do not depend on what is left to a default', () => {
    const plain = name({ penalty: '  penalty: {type: smooth-abs, weight: 1}' });
    expect(plain).toMatch(/^[0-9a-f]{12}$/);
    expect(
      name({ penalty: '  penalty: {epsilon: 1e-3, ddof: 1, weight: 1.0, centered: true, type: smooth-abs}' }),
    ).toBe(plain);
    expect(
      name({
        penalty: '  penalty: {type: smooth-abs, weight: 1}',
        model: '  model: [{penalized: true, on: activation, activation: relu, dense: 8}]',
      }),
    ).toBe(plain);
  });

  test.each([
    ['the weight', { penalty: '  penalty: {type: decov, weight: 2}' }],
    ['the divisor', { penalty: '  penalty: {type: decov, weight: 1, ddof: 1}' }],
    ['the data', { data: '  data: {source: synthetic, seed: 1}' }],
    ['the model', { model: '  model: [{dense: 9, penalized: true}]' }],
    ['the training', { training: '  training: {epochs: 6, optimizer: {type: sgd, learning_rate: 0.1}}' }],
  ])('changes with %s', (_claim, replaced) => {
    expect(name(replaced)).not.toBe(name({}));
  });

  test('does not change with the seeds, the name or the other points', () => {
    const alone = name({});
    const among = plan('penalty.weight: {values: [1, 2]}', { name: 'name: other', seeds: '  seeds: 1' });
    expect(among.trials.map(({ point }) => point)).toContain(alone);
  });
});

describe('points that are the same', () => {
  test('are planned once and counted', () => {
    const sweep = plan('penalty.weight: {values: [1, 1.0, 2, 1e0]}');
    expect(points(sweep)).toEqual(['baseline{}', '{"penalty.weight":1}', '{"penalty.weight":2}']);
    expect(sweep.duplicates).toBe(2);
  });

  test('are the same when one spells out a default', () => {
    const sweep = plan(
      'penalty: {values: [{type: decov, weight: 1}, {type: decov, weight: 1, centered: true, ddof: 0}]}',
    );
    expect(sweep).toMatchObject({ points: 2, duplicates: 1 });
  });
});

describe('a cap', () => {
  test('keeps the first points of a grid, and the baselines of those', () => {
    const grid = `training.epochs: {values: [1, 2]}, ${TYPES}`;
    const whole = points(plan(grid));
    expect(points(plan(grid, { seeds: '  run_cap: 2' }))).toEqual([whole[0], ...whole.slice(2, 4)]);
    expect(points(plan(grid, { seeds: '  run_cap: 3' }))).toEqual(whole.slice(0, 5));
    expect(points(plan(grid, { seeds: '  run_cap: 9' }))).toEqual(whole);
  });
});

describe.each(['random', 'sobol'])('points of method %s', (method) => {
  const SPACE = `${TYPES}, penalty.weight: {distribution: log_uniform_values, min: 0.01, max: 1}`;

  function draw(section: string, space = SPACE): Plan {
    return plan(space, { seeds: `  method: ${method}\n  ${section}` });
  }

  test('are as many as the cap says, besides the baseline', () => {
    const drawn = draw('run_cap: 12');
    expect(drawn.points).toBe(13);
    expect(points(drawn)[0]).toBe('baseline{}');
  });

  test('are the first of more points, whatever the number of seeds', () => {
    const twelve = points(draw('run_cap: 12'));
    expect(points(draw('run_cap: 30')).slice(0, 13)).toEqual(twelve);
    expect(points(draw('run_cap: 12\n  seeds: 5'))).toEqual(twelve);
  });

  test('are others for another sampler seed', () => {
    expect(points(draw('sampler_seed: 1'))).not.toEqual(points(draw('sampler_seed: 0')));
    expect(points(draw('sampler_seed: 0'))).toEqual(points(draw('run_cap: 20')));
  });

  test('are never the same twice, and what repeats is counted', () => {
    const drawn = draw('run_cap: 6', `${TYPES}, penalty.weight: {values: [0, 1, 2, 3]}`);
    expect(points(drawn)).toHaveLength(7);
    expect(new Set(points(drawn)).size).toBe(7);
    expect(drawn.duplicates).toBeGreaterThan(0);
  });

  test('end where the space has no more', () => {
    expect(draw('run_cap: 100', `${TYPES}, ${WEIGHTS}`).points).toBe(5);
  });
});

test('random points follow the probabilities and the distribution', () => {
  const text =
    'penalty.type: {values: [decov, mean, huber], probabilities: [0.7, 0.3, 0]}, penalty.weight: {distribution: uniform, min: 1, max: 3}';
  const count = 400;
  const drawn = plan(text, { seeds: `  method: random\n  seeds: 1\n  run_cap: ${count}` });
  const penalized = drawn.trials.filter(({ baseline }) => !baseline);
  const share = penalized.filter(({ settings }) => settings['penalty.type'] === 'decov').length / count;
  const mean = penalized.reduce((sum, { settings }) => sum + Number(settings['penalty.weight']), 0) / count;
  expect(Math.abs(share - 0.7) / Math.sqrt((0.7 * 0.3) / count)).toBeLessThan(TOLERANCES.standardErrors);
  expect(Math.abs(mean - 2) / Math.sqrt(4 / 12 / count)).toBeLessThan(TOLERANCES.standardErrors);
  expect(penalized.map(({ settings }) => settings['penalty.type'])).not.toContain('huber');
});

describe('a trial', () => {
  test('carries the whole of its experiment, with the defaults of its penalty', () => {
    const [, , trial] = plan('penalty.type: {values: [squared-correlation]}').trials;
    expect(trial?.experiment.penalty).toEqual({
      type: 'squared-correlation',
      weight: 1,
      centered: true,
      ddof: 1,
      epsilon: 1e-8,
    });
  });

  test('lists the single values of a section that is swept as a whole', () => {
    const sweep = plan(
      'penalty: {values: [{type: mean, weight: 10}]}, model: {values: [[{dense: 4, penalized: true}]]}',
    );
    expect(points(sweep)).toEqual([
      'baseline{"model.0.dense":4,"model.0.penalized":true}',
      '{"penalty.type":"mean","penalty.weight":10,"model.0.dense":4,"model.0.penalized":true}',
    ]);
  });
});

describe('a configuration that was not checked', () => {
  test.each([
    [
      'a path that leads nowhere',
      { 'model.3.dense': { values: [1] } },
      'sweep.parameters.model.3.dense: after model must',
    ],
    [
      'a value out of its range',
      { 'penalty.weight': { values: [-1] } },
      'experiment.penalty.weight: must be a number of',
    ],
    [
      'too many points',
      { 'penalty.weight': { values: Array.from({ length: 50_001 }, (_, weight) => weight) } },
      'sweep.parameters: a sweep must have at most 100000 trials, got 100002 (50001 points x 2 seeds)',
    ],
  ])('is refused for %s', (_claim, parameters, message) => {
    const { sweep, ...rest } = parseSweepConfig(sweepFile({ parameters: '' }), 'sweep.yaml');
    const plan = () => planSweep({ ...rest, sweep: { ...sweep, parameters } });
    expect(plan).toThrow(message);
    expect(plan).toThrow(expect.objectContaining({ name: 'ConfigError', code: 'PLAN_INVALID' }));
  });

  test('is refused in every line of the sample file that is missing', () => {
    for (const line of [LINES.name, LINES.data, LINES.model, LINES.training, LINES.penalty]) {
      expect(() => parseSweepConfig(sweepFile().replace(`${line}\n`, ''), 'sweep.yaml')).toThrow(
        'is missing',
      );
    }
  });
});

describe('a strength in place of a weight', () => {
  const base = { penalty: '  penalty: {type: decov}' };
  const swept = 'penalty.strength: {values: [0.1, 1]}';

  test('makes points of its own, beside the baseline that weights have', () => {
    const byStrength = plan(swept, base);
    expect(points(byStrength)).toEqual(['baseline{}', '{"penalty.strength":0.1}', '{"penalty.strength":1}']);
    const [baseline, , first] = byStrength.trials;
    expect(first?.experiment.penalty).toEqual({ type: 'decov', centered: true, ddof: 0, strength: 0.1 });
    expect(baseline?.experiment.penalty).toEqual({ type: 'decov', centered: true, ddof: 0, weight: 0 });
    expect(baseline?.point).toBe(plan(WEIGHTS).trials[0]?.point);
  });

  test('of 0 is the baseline', () => {
    expect(points(plan('penalty.strength: {values: [0, 1]}', base))).toEqual([
      'baseline{}',
      '{"penalty.strength":1}',
    ]);
  });
});

describe('what is measured besides', () => {
  test('makes no other points: they keep their names, and each trial is told', () => {
    const asked = plan(WEIGHTS, { model: `${LINES.model}\n  evaluation: {permutations: 3}` });
    const plain = plan(WEIGHTS);
    expect(asked.trials.map(({ id }) => id)).toEqual(plain.trials.map(({ id }) => id));
    expect(asked.trials[0]?.experiment.evaluation).toEqual({ permutations: 3, free_baseline: false });
    expect(plain.trials[0]?.experiment).not.toHaveProperty('evaluation');
  });
});
