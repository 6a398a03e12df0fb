/** Stored points: what is read back is what was planned, whatever the experiments are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { storedPoints, trialsOfPoint } from '../../src/record/points.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { sweepFile } from '../config/sweep-file.ts';

type Experiment = TrialSpec['experiment'];

function readBack(trials: readonly TrialSpec[], base: Experiment): TrialSpec[] {
  const stored = JSON.parse(JSON.stringify([...storedPoints(trials, base)])) as ReturnType<
    typeof storedPoints
  > extends Generator<infer Point>
    ? Point[]
    : never;
  return stored.reduce<TrialSpec[]>(
    (before, point) => before.concat(trialsOfPoint(point, base, before.length)),
    [],
  );
}

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.string({ maxLength: 4 }),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c.d', '0'), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const experiment = fc.dictionary(fc.constantFrom('data', 'model', 'penalty', 'evaluation'), value);
const setting = fc.oneof(fc.integer(), fc.string({ maxLength: 4 }), fc.boolean());
const settings = fc.dictionary(
  fc.constantFrom('penalty.a', 'model.0.a', 'data', 'model.b.0', 'x.y'),
  setting,
);

describe('stored points', () => {
  test('give back any trials, relative to any experiment', () => {
    const points = fc.array(
      fc.record({
        experiment,
        settings,
        baseline: fc.boolean(),
        seeds: fc.array(fc.nat(), { minLength: 1 }),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(experiment, points, (base, given) => {
        const trials = given.flatMap(({ seeds, ...point }, index) =>
          seeds.map((seed) => ({ ...point, point: `p${index}`, seed, id: `p${index}-s${seed}` })),
        );
        const specs = trials.map((trial, index) => ({ ...trial, index })) as unknown as TrialSpec[];
        // Values without a prototype are equal to those that JSON brings back.
        const expected = JSON.parse(JSON.stringify(specs));
        expect(readBack(specs, base as unknown as Experiment)).toEqual(expected);
      }),
    );
  });

  test('keep ids of their own', () => {
    const base = { penalty: { type: 'decov', weight: 1 } } as unknown as Experiment;
    const trial = {
      id: 'own',
      index: 0,
      point: 'p',
      baseline: false,
      seed: 3,
      settings: {},
      experiment: base,
    };
    expect(readBack([trial], base)).toEqual([trial]);
  });

  test('hold what a point has of its own, once for all of its seeds', () => {
    const config = parseSweepConfig(sweepFile({ seeds: '  seeds: 3' }), 'sweep.yaml');
    const { trials } = planSweep(config);
    const points = [...storedPoints(trials, config.experiment)];
    expect(points).toHaveLength(3);
    expect(points[1]).toEqual({
      point: trials[3]?.point,
      baseline: false,
      seeds: [0, 1, 2],
      settings: { 'penalty.weight': 0.1 },
      set: [
        [['penalty', 'centered'], true],
        [['penalty', 'ddof'], 0],
      ],
    });
    const read = readBack(trials, config.experiment);
    expect(read).toEqual(trials);
    // As JSON too: readers tell points apart by it.
    const texts = (specs: readonly TrialSpec[]): Set<string> =>
      new Set(specs.map((spec) => JSON.stringify(spec.experiment)));
    expect(texts(read).size).toBe(texts(trials).size);
    expect(read[0]?.experiment).toBe(read[1]?.experiment);
  });
});
