/** Schedules in a sweep file: what is refused, at its place, and how they are swept. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { toldSettings } from '../../src/record/told-settings.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';

const training = (rate: string): string =>
  `  training: {epochs: 4, optimizer: {type: sgd, learning_rate: ${rate}}}`;

describe('a schedule that makes no sense is refused at its place', () => {
  const rate = 'experiment.training.optimizer.learning_rate';
  test.each([
    [
      '«fast',
      `${rate}: must be a number above 0, or a schedule such as {schedule: cosine, initial: 0.1}, got "fast"`,
    ],
    ['«0', `${rate}: must be a number above 0, got 0`],
    [
      '{schedule: «cosin, initial: 0.1}',
      `${rate}.schedule: must be one of constant, step, exponential, linear, cosine, one-cycle, got "cosin". Did you mean "cosine"?`,
    ],
    ['{schedule: cosine, initial: «-1}', `${rate}.initial: must be a number of at least 0, got -1`],
    ['{schedule: cosine, initial: 1, «lr: 0.1}', `${rate}.lr: unknown key "lr"`],
    [
      '{schedule: cosine, initial: 0.1, «peak: 1}',
      `${rate}.peak: unknown key "peak", it belongs to one-cycle. Remove it, or sweep the schedule of training.optimizer.learning_rate too`,
    ],
    [
      '{schedule: linear, initial: «0}',
      `${rate}.initial: initial or final must be above 0, got 0 for both. Give one of them`,
    ],
    ['«{schedule: step, initial: 1}', `${rate}.every_epochs: is missing, must be a number above 0`],
    ['{schedule: one-cycle, peak: 1, initial: «2}', `${rate}.initial: must not be above peak, got 2 above 1`],
    [
      '{schedule: cosine, initial: 1, warmup_epochs: «4}',
      `${rate}.warmup_epochs: must leave epochs for the schedule itself, got 4 of 4. Write fewer, or train for more epochs`,
    ],
    [
      '{schedule: cosine, initial: 1, «warmup: 1}',
      `${rate}.warmup: unknown key "warmup". Did you mean "warmup_epochs"?`,
    ],
  ])('%s', (value, problem) => {
    const { text, place } = unmark(sweepFile({ training: training(value) }));
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, place.length + 1 + problem.length)).toBe(`${place} ${problem}`);
  });

  test('of a weight too', () => {
    const penalty = '  penalty: {type: decov, weight: {schedule: linear}}';
    expect(problemsOf(sweepFile({ penalty, parameters: '' }))[0]).toBe(
      '6:34 experiment.penalty.weight.initial: initial or final must be above 0, got 0 for both. Give one of them',
    );
  });
});

describe('a scheduled weight is swept', () => {
  const penalty = '  penalty: {type: decov, weight: {schedule: linear, final: 1}}';

  test('by its largest value, which is the weight that points are told by', () => {
    const parameters = '  parameters: {penalty.weight.final: {values: [0.1, 1]}}';
    const { trials } = planSweep(parseSweepConfig(sweepFile({ penalty, parameters }), 'sweep.yaml'));
    const points = trials.filter(({ seed }) => seed === 0);
    expect(points.map(({ settings }) => settings)).toEqual([
      {},
      { 'penalty.weight.final': 0.1 },
      { 'penalty.weight.final': 1 },
    ]);
    expect(points.map(toldSettings)).toEqual([{}, { 'penalty.weight': 0.1 }, { 'penalty.weight': 1 }]);
    expect(points.map(({ experiment }) => experiment.penalty.weight)).toEqual([
      0,
      { schedule: 'linear', initial: 0, final: 0.1 },
      { schedule: 'linear', initial: 0, final: 1 },
    ]);
  });

  test('and its kind, of which each has the keys that it knows', () => {
    const parameters =
      '  parameters: {penalty.weight.schedule: {values: [linear, one-cycle]}, penalty.weight.peak: {values: [1, 2]}}';
    const { trials } = planSweep(parseSweepConfig(sweepFile({ penalty, parameters }), 'sweep.yaml'));
    const told = trials.filter(({ seed }) => seed === 0).map(toldSettings);
    expect(told).toEqual([
      {},
      { 'penalty.weight.schedule': 'linear' },
      { 'penalty.weight.schedule': 'one-cycle', 'penalty.weight': 1 },
      { 'penalty.weight.schedule': 'one-cycle', 'penalty.weight': 2 },
    ]);
  });

  test('as a number beside a schedule', () => {
    const parameters = '  parameters: {penalty.weight: {values: [0.5, {schedule: cosine, final: 0.5}]}}';
    const { trials } = planSweep(parseSweepConfig(sweepFile({ penalty, parameters }), 'sweep.yaml'));
    expect(new Set(trials.map(({ point }) => point)).size).toBe(3);
  });

  test('within its limits, told at the value that breaks one', () => {
    const parameters = '  parameters: {penalty.weight.warmup_epochs: {values: [1, 9]}}';
    expect(problemsOf(sweepFile({ penalty, parameters }))[0]).toContain(
      'sweep.parameters.penalty.weight.warmup_epochs.values.1: must leave epochs for the schedule itself, got 9 of 5',
    );
  });

  test('and numbers that take the place of a schedule are told about', async () => {
    const { writeFileSync } = await import('node:fs');
    const { join } = await import('node:path');
    const { loadSweepConfig } = await import('../../src/config/load.ts');
    const { temporaryDirectory } = await import('../store/samples.ts');
    const file = join(temporaryDirectory(), 'sweep.yaml');
    writeFileSync(file, sweepFile({ penalty }));
    const { notes } = await loadSweepConfig(file);
    expect(notes).toEqual([
      `${file}:9:16: sweep.parameters.penalty.weight: its numbers take the place of the schedule of the experiment. Sweep penalty.weight.final to keep it.`,
    ]);
  });
});
