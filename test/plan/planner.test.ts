/** The planner of a bayes sweep: what it proposes depends on the results it may know, and on nothing else. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import type { SweepConfig } from '../../src/config/schema.ts';
import { planSweep, STARTUP_POINTS } from '../../src/plan/plan.ts';
import { createPlanner, type Planner, WINDOW } from '../../src/plan/planner.ts';
import type { TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { sweepFile } from '../config/sweep-file.ts';
import { finishedTrial } from './finished-trial.ts';

const SPACE =
  'penalty.type: {values: [decov, huber, vicreg]}, penalty.weight: {distribution: log_uniform_values, min: 0.001, max: 10}, penalty.delta: {min: 0.1, max: 1.0}';

function bayes(parameters = SPACE, section = 'run_cap: 25, sampler_seed: 3'): SweepConfig {
  const metric = 'metric: {name: test.loss}';
  return parseSweepConfig(
    sweepFile({
      sweep: '',
      seeds: '',
      parameters: `sweep: {method: bayes, seeds: 2, ${metric}, ${section}, parameters: {${parameters}}}`,
    }),
    'sweep.yaml',
  );
}

/** Best for huber near a weight of 0.1. */
function lossOf({ settings, seed }: TrialSpec): number {
  const weight = Math.log10(Number(settings['penalty.weight'] ?? 1)) + 1;
  return (settings['penalty.type'] === 'huber' ? 0 : 1) + weight ** 2 + 0.01 * seed;
}

/** Runs a planner to its end; `delay` results at most are missing whenever it is asked. */
function runToEnd(planner: Planner, delay = 0, records: TrialRecord[] = []): TrialSpec[] {
  const proposed: TrialSpec[] = [];
  const waiting: TrialSpec[] = [];
  for (let next = planner.propose(records); next !== undefined; next = planner.propose(records)) {
    if (next === 'wait') {
      if (waiting.length === 0) throw new Error('waits for nothing');
    } else {
      proposed.push(...next);
      waiting.push(...next);
    }
    while (waiting.length > (next === 'wait' ? 0 : delay)) {
      const done = waiting.shift() as TrialSpec;
      records.push(finishedTrial(done, lossOf(done)));
    }
  }
  return proposed;
}

function ids(trials: readonly TrialSpec[]): string[] {
  return trials.map(({ id }) => id);
}

describe('a planner of a bayes sweep', () => {
  test('proposes as many points as the cap says, each once, with every seed', () => {
    const config = bayes();
    const { plan } = createPlanner(config);
    expect(plan).toEqual(planSweep(config));
    expect(plan.trials.every(({ baseline }) => baseline)).toBe(true);
    const proposed = runToEnd(createPlanner(config));
    expect(proposed).toHaveLength(50);
    expect(new Set(ids(proposed)).size).toBe(50);
    expect(proposed.map(({ index }) => index)).toEqual(proposed.map((_, at) => plan.trials.length + at));
  });

  test('proposes the same however many results are still on their way', () => {
    const expected = ids(runToEnd(createPlanner(bayes())));
    for (const delay of [1, 5, 2 * WINDOW - 1, 100]) {
      expect(ids(runToEnd(createPlanner(bayes()), delay))).toEqual(expected);
    }
  });

  test('proposes the first points without any result, then waits for those it depends on', () => {
    const planner = createPlanner(bayes());
    const proposed = Array.from({ length: STARTUP_POINTS }, () => planner.propose([])) as TrialSpec[][];
    expect(planner.propose([])).toBe('wait');
    const needed = proposed.slice(0, STARTUP_POINTS - WINDOW + 1).flat();
    const records = needed.map((spec) => finishedTrial(spec, lossOf(spec)));
    expect(planner.propose(records.slice(1))).toBe('wait');
    const [first] = needed as [TrialSpec];
    const interrupted = finishedTrial(first, 0, 0, { status: 'interrupted', epoch: 1 });
    expect(planner.propose([interrupted, ...records.slice(1)])).toBe('wait');
    expect(planner.propose(records)).toHaveLength(2);
  });

  test('never looks at results beyond its window', () => {
    const ask = (later: number) => {
      const planner = createPlanner(bayes());
      const proposed = Array.from({ length: STARTUP_POINTS }, () => planner.propose([])) as TrialSpec[][];
      const records = proposed.map((specs, at) =>
        specs.map((spec) => finishedTrial(spec, at > STARTUP_POINTS - WINDOW ? later : lossOf(spec))),
      );
      return ids(planner.propose(records.flat()) as TrialSpec[]);
    };
    expect(ask(-100)).toEqual(ask(100));
  });

  test('learns: the later points are better than those at random', () => {
    const points = runToEnd(createPlanner(bayes(SPACE, 'run_cap: 40'))).filter(({ seed }) => seed === 0);
    const mean = (trials: TrialSpec[]) => trials.reduce((sum, spec) => sum + lossOf(spec), 0) / trials.length;
    expect(mean(points.slice(25))).toBeLessThan(mean(points.slice(0, STARTUP_POINTS)) / 2);
  });

  test('goes on from what was proposed before, even if those results have changed', () => {
    const whole = runToEnd(createPlanner(bayes()));
    const before = whole.slice(0, 30);
    const rest = runToEnd(
      createPlanner(bayes(), before),
      0,
      before.map((spec) => finishedTrial(spec, lossOf(spec))),
    );
    expect([...ids(before), ...ids(rest)]).toEqual(ids(whole));
    const changed = before.map((spec) => finishedTrial(spec, -lossOf(spec)));
    const others = runToEnd(createPlanner(bayes(), before), 0, changed);
    expect(others).toHaveLength(20);
    expect(ids(others)).not.toEqual(ids(rest));
  });

  test('is not stopped by trials that diverge', () => {
    const planner = createPlanner(bayes());
    const records: TrialRecord[] = [];
    let count = 0;
    for (let next = planner.propose(records); Array.isArray(next); next = planner.propose(records)) {
      const outcome = { status: 'diverged', epoch: 1, step: 1, reason: 'the loss' } as const;
      for (const spec of next as TrialSpec[]) records.push(finishedTrial(spec, Number.NaN, 0, outcome));
      count += 1;
    }
    expect(count).toBe(25);
  });

  test('ends where the space has no more points', () => {
    const small = bayes(
      'penalty.type: {values: [decov, huber]}, penalty.weight: {values: [1, 2, 3, 4, 5, 6, 7, 8]}',
    );
    expect(runToEnd(createPlanner(small))).toHaveLength(2 * 16);
    const tiny = bayes('penalty.weight: {values: [0, 1, 2]}');
    expect(runToEnd(createPlanner(tiny))).toHaveLength(2 * 2);
  });

  test('brings the baseline of a point along, once, where more than the penalty varies', () => {
    const config = bayes(`${SPACE}, model.0.dense: {values: [4, 8, 16]}`);
    const { plan } = createPlanner(config);
    const trials = [...plan.trials, ...runToEnd(createPlanner(config))];
    const baselines = trials.filter(({ baseline }) => baseline);
    expect(new Set(ids(baselines)).size).toBe(baselines.length);
    for (const { experiment } of trials) {
      const [units] = experiment.model.map(({ dense }) => dense);
      expect(baselines.some((spec) => spec.experiment.model[0]?.dense === units)).toBe(true);
    }
  });

  test('plans with several goals', () => {
    const goals = 'metrics: [{name: test.loss}, {name: test.accuracy}], run_cap: 15';
    const text = sweepFile({
      sweep: '',
      seeds: '',
      parameters: `sweep: {method: bayes, seeds: 1, ${goals}, parameters: {${SPACE}}}`,
    });
    expect(runToEnd(createPlanner(parseSweepConfig(text, 'sweep.yaml')))).toHaveLength(15);
  });
});

test('a planner of any other sweep has nothing to add to the plan', () => {
  const config = parseSweepConfig(sweepFile(), 'sweep.yaml');
  expect(createPlanner(config).propose([])).toBeUndefined();
  expect(createPlanner(config).plan).toEqual(planSweep(config));
});
