/** What points of a sweep share: the same values, and the same JSON, as when each is made by itself. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { experimentSchema } from '../../src/config/schema.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { Sections, sortedJson } from '../../src/plan/sections.ts';
import { sweepFile } from '../config/sweep-file.ts';

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('sorted JSON', () => {
  test('is that of JSON.stringify with the keys of every mapping in order', () => {
    const keys = fc.stringMatching(/^[a-z_]{1,6}$/);
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.double(),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.constant(undefined),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(keys, values), (experiment) => {
        const expected = JSON.stringify(experiment, sorted);
        expect(sortedJson(experiment)).toBe(expected);
        const sections = new Sections();
        expect(sections.jsonOf(experiment)).toBe(expected);
        expect(sections.jsonOf(experiment)).toBe(expected);
      }),
    );
  });
});

describe('the points of a plan', () => {
  const { trials } = planSweep(
    parseSweepConfig(
      sweepFile({
        parameters:
          '  parameters: {penalty.weight: {values: [0, 0.1, 1]}, training.batch_size: {values: [16, 32]}, training.optimizer.type: {values: [sgd, adam]}, training.optimizer.momentum: {values: [0, 0.5]}}',
      }),
      'sweep.yaml',
    ),
  );

  test('are what the schema makes of each by itself', () => {
    for (const { experiment, baseline } of trials) {
      expect(experimentSchema.parse(structuredClone(experiment))).toEqual(experiment);
      expect(experiment.penalty.weight === 0).toBe(baseline);
    }
    expect(new Set(trials.map(({ experiment }) => sortedJson(experiment.training))).size).toBe(6);
  });

  test('share the sections that are not swept', () => {
    expect(new Set(trials.map(({ experiment }) => experiment.data)).size).toBe(1);
    expect(new Set(trials.map(({ experiment }) => experiment.model)).size).toBe(1);
  });
});
