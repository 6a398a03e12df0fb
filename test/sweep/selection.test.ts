/** A sweep selects by validation: crafted runs whose test numbers say the opposite. */
import { expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import type { SweepConfig } from '../../src/config/schema.ts';
import { createPlanner, type Planner } from '../../src/plan/planner.ts';
import { createPruner } from '../../src/plan/pruner.ts';
import { orderPoints } from '../../src/plan/ranking.ts';
import type { EpochRecord, LayerRecord, TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { Referee } from '../../src/sweep/referee.ts';
import { TargetWatch } from '../../src/sweep/target.ts';
import { sweepFile } from '../config/sweep-file.ts';
import { finishedTrial } from '../plan/finished-trial.ts';
import { sampleManifest } from '../store/samples.ts';

const LOSS = { name: 'validation.loss', goal: 'minimize' } as const;
const CORRELATION = { name: 'mean-abs-correlation', goal: 'minimize' } as const;
const [SPEC] = sampleManifest().trials as [TrialSpec];

function layers(correlation: number): LayerRecord[] {
  const metrics = { 'mean-abs-correlation': correlation };
  return [{ layer: 0, name: 'dense1', units: 3, samples: 32, metrics }];
}

/** An epoch in which the test says the opposite of the validation. */
function opposed(epoch: number, value: number, test = -value): EpochRecord {
  return {
    epoch,
    train: { loss: 0, penalty: 0 },
    validation: { loss: value },
    test: { loss: test },
    layers: layers(value),
    testLayers: layers(test),
  };
}

function trial(value: number, spec: TrialSpec = SPEC, testValue = -value): TrialRecord {
  return { ...finishedTrial(spec, 0), epochs: [opposed(1, value, testValue)] };
}

test.each([LOSS, CORRELATION])('points are ranked by $name of the validation split', (goal) => {
  expect(orderPoints([[trial(3)], [trial(1)], [trial(2)]], [goal])).toEqual([1, 2, 0]);
});

test.each([LOSS, CORRELATION])('trials are ended early by $name of the validation split', (goal) => {
  const referee = new Referee(createPruner({ type: 'asha', min_iter: 1, eta: 2 }, goal), goal);
  const { training } = SPEC.experiment;
  const experiment = { ...SPEC.experiment, training: { ...training, epochs: 4 } };
  const specs = [0, 1].map((index) => ({ ...SPEC, id: `t${index}`, index, seed: 0, experiment }));
  for (const spec of specs) referee.begin(spec);
  expect(referee.judge(specs[0] as TrialSpec, opposed(1, 1))).toBeUndefined();
  expect(referee.judge(specs[1] as TrialSpec, opposed(1, 2))).toMatchObject({ status: 'pruned', value: 2 });
});

test.each([LOSS, CORRELATION])('the target is reached by $name of the validation split', (goal) => {
  const watch = new TargetWatch({ ...goal, target: 1 }, 1);
  expect(watch.note(trial(5, SPEC, 0))).toBeUndefined();
  expect(watch.note(trial(0.5, SPEC, 5))).toBe(0.5);
});

test('a target of seconds is the time of the trial', () => {
  const watch = new TargetWatch({ name: 'seconds', goal: 'minimize', target: 2 }, 1);
  expect(watch.note(finishedTrial(SPEC, 0))).toBe(1);
});

function search(): SweepConfig {
  return parseSweepConfig(
    sweepFile({
      data: '  data: {source: synthetic, validation: 0.2}',
      seeds: '  method: bayes\n  seeds: 1\n  run_cap: 24\n  metric: {name: validation.loss}',
      parameters:
        '  parameters: {penalty.weight: {distribution: log_uniform_values, min: 0.001, max: 10}, training.epochs: {min: 1, max: 50}}',
    }),
    'sweep.yaml',
  );
}

/** The points that a search proposes, each finished at once. */
function proposals(planner: Planner, finish: (spec: TrialSpec) => TrialRecord): string[] {
  const records: TrialRecord[] = [];
  const points: string[] = [];
  for (let next = planner.propose(records); next !== undefined; next = planner.propose(records)) {
    if (next === 'wait') throw new Error('waits for nothing');
    points.push(...next.map(({ id }) => id));
    records.push(...next.map(finish));
  }
  return points;
}

test('a search learns from the validation split alone', () => {
  const lossOf = ({ settings }: TrialSpec): number =>
    Math.abs(Math.log10(Number(settings['penalty.weight'] ?? 1)));
  const agreeing = proposals(createPlanner(search()), (spec) => trial(lossOf(spec), spec, lossOf(spec)));
  const opposing = proposals(createPlanner(search()), (spec) => trial(lossOf(spec), spec, -lossOf(spec)));
  const turned = proposals(createPlanner(search()), (spec) => trial(-lossOf(spec), spec, lossOf(spec)));
  expect(opposing).toEqual(agreeing);
  expect(turned).not.toEqual(agreeing);
});
