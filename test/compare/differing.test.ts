import { describe, expect, test } from 'vitest';
import type { RunInput } from '../../src/compare/compare.ts';
import { differingSettings } from '../../src/compare/differing.ts';
import { handMadeRun } from './hand-made-run.ts';

type Settings = Readonly<Record<string, unknown>>;

/** A run with one penalty besides its baseline, of these settings of the experiment and of the penalty. */
function configured(experiment: Settings, penalty: Settings, swept: readonly string[] = []): RunInput {
  const trials = [{ accuracy: 0.9, correlation: 0.2 }];
  const run = handMadeRun([
    { penalty: null, trials },
    { penalty: ['huber', 1], trials },
  ]);
  const parameters = Object.fromEntries(swept.map((path) => [path, { values: [] }]));
  const config = { experiment, sweep: { ...run.manifest.config.sweep, parameters } };
  const planned = run.manifest.trials.map((spec) => ({
    ...spec,
    settings: { ...spec.settings, ...Object.fromEntries(swept.map((path) => [path, 1])) },
    experiment: { ...spec.experiment, penalty: { ...spec.experiment.penalty, ...penalty } },
  }));
  return {
    ...run,
    manifest: {
      ...run.manifest,
      trials: planned,
      config: config as unknown as RunInput['manifest']['config'],
    },
  };
}

describe('settings that differ between runs', () => {
  test('are told with the value of each run, and those that all share are not', () => {
    const one = configured({ training: { epochs: 3, batch_size: 32 } }, {});
    const two = configured({ training: { epochs: 5, batch_size: 32 } }, {});
    expect(differingSettings([one, two])).toEqual([{ path: 'training.epochs', values: [3, 5] }]);
    expect(differingSettings([one, one])).toEqual([]);
  });

  test('of one penalty are told, although its type and weight are the same: two points of one name are two', () => {
    const [sharp, blunt] = [configured({}, { delta: 0.1 }), configured({}, { delta: 0.5 })];
    expect(differingSettings([sharp, blunt])).toEqual([
      { path: 'penalty.delta', penalty: 'huber', values: [0.1, 0.5] },
    ]);
  });

  test('have no value in a run that sweeps them, where they are a column', () => {
    const fixed = configured({ training: { epochs: 3 } }, { delta: 0.1 });
    const swept = configured({ training: { epochs: 3 } }, { delta: 0.1 }, [
      'training.epochs',
      'penalty.delta',
    ]);
    expect(differingSettings([fixed, swept]).map(({ path, values }) => [path, values])).toEqual([
      ['training.epochs', [3, null]],
      ['penalty.delta', [0.1, null]],
    ]);
    expect(differingSettings([swept, swept])).toEqual([]);
  });
});
