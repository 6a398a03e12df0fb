import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Tally } from '../../src/cli/tally.ts';
import { trialLabel } from '../../src/cli/wording.ts';
import type { Outcome } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { sampleManifest, sampleRecord } from '../store/samples.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const [spec] = sampleManifest().trials as [TrialSpec];
const trials = Array.from({ length: 10 }, (_, seed) => ({ ...spec, id: `p-s${seed}`, index: seed, seed }));

function plannedTally(finished = 0): Tally {
  const tally = new Tally();
  tally.show({
    type: 'planned',
    manifest: sampleManifest({ trials }),
    concurrency: 1,
    finished: trials.slice(0, finished).map(({ seed }) => sampleRecord(seed)),
    trials: trials.length,
  });
  return tally;
}

function end(tally: Tally, seed: number, outcome: Outcome, accuracy = 0.5): void {
  const [epoch] = sampleRecord(seed).epochs;
  const epochs = epoch === undefined ? [] : [{ ...epoch, test: { loss: 1, accuracy } }];
  const record = sampleRecord(seed, { outcome, epochs });
  tally.show({ type: 'trialStarted', spec: trials[seed] as TrialSpec, attempt: 1 });
  tally.show({ type: 'trialFinished', spec: trials[seed] as TrialSpec, record });
}

const COMPLETE: Outcome = { status: 'complete' };
const PRUNED: Outcome = {
  status: 'pruned',
  epoch: 1,
  value: 1,
  threshold: 0,
  lostTo: 'p-s0',
  pruner: 'asha',
};
const FAILED: Outcome = { status: 'failed', code: 'X', message: '' };

test('pruned, diverged and failed trials are counted, an interrupted one is not done', () => {
  const tally = plannedTally(2);
  end(tally, 2, COMPLETE);
  end(tally, 3, PRUNED);
  end(tally, 4, FAILED);
  end(tally, 5, { status: 'timeout', epoch: 0, seconds: 1 });
  end(tally, 6, { status: 'interrupted', epoch: 1 });
  end(tally, 7, { status: 'diverged', epoch: 1, step: 4, reason: 'the loss is NaN' });
  expect(tally.counts).toBe('7/10 trials · 1 pruned · 1 diverged · 2 failed');
  expect(tally.share).toBe(0.7);
});

test('the best is that of the complete trials by the metric of the sweep, those of earlier sittings among them', () => {
  const tally = plannedTally();
  expect(tally.best).toBe('');
  end(tally, 0, COMPLETE, 0.5);
  end(tally, 1, COMPLETE, 0.75);
  end(tally, 2, COMPLETE, 0.25);
  end(tally, 3, PRUNED, 1);
  expect(tally.best).toBe('best test.accuracy 0.75: seed 1');
  expect(plannedTally(1).best).toBe('best test.accuracy 0.75: seed 0');
});

test('the time left follows the trials that have ended, and the part that is done of the running one', () => {
  const tally = plannedTally();
  // 1.5 s each.
  end(tally, 0, COMPLETE);
  end(tally, 1, COMPLETE);
  tally.show({ type: 'trialStarted', spec: trials[2] as TrialSpec, attempt: 1 });
  expect(tally.counts).toBe('2/10 trials · 12 s left');
  const progress = {
    epoch: 1,
    epochs: 1,
    step: 2,
    steps: 3,
    loss: 1,
    quality: { name: 'accuracy', value: 0 },
  };
  tally.show({ type: 'trialProgress', spec: trials[2] as TrialSpec, progress });
  expect(tally.counts).toBe('2/10 trials · 11 s left');
});

test('all trials that a search may propose are counted from the start', () => {
  const { config } = sampleManifest();
  const sweep = { ...config.sweep, method: 'bayes', run_cap: 3 } as const;
  const known = trials.slice(0, 2).map((trial) => ({ ...trial, baseline: true }));
  const tally = new Tally();
  const manifest = sampleManifest({ trials: known, config: { ...config, sweep } });
  tally.show({ type: 'planned', manifest, concurrency: 1, finished: [], trials: 2 });
  expect(tally.counts).toBe('0/8 trials');
  tally.show({
    type: 'trialsProposed',
    trials: known.map((trial) => ({ ...trial, baseline: false, point: 'q', id: `q-s${trial.seed}` })),
  });
  expect(tally.counts).toBe('0/8 trials');
});

test('a trial whose weight varies is called by its penalty too, unless it is a baseline', () => {
  const weighted = { ...spec, settings: { 'penalty.weight': 0.5 }, baseline: false };
  const { type } = spec.experiment.penalty;
  expect(trialLabel(weighted)).toBe(`${type} 0.5 seed 0`);
  expect(trialLabel({ ...spec, settings: {}, baseline: true })).toBe('baseline seed 0');
});

test('trials that are proposed beyond the plan are counted from then on', () => {
  const tally = plannedTally();
  tally.show({ type: 'trialsProposed', trials: [{ ...spec, id: 'new', seed: 77 }] });
  expect(tally.counts).toBe('0/11 trials');
  expect(tally.labels.get('new')).toBe('seed 77');
});
