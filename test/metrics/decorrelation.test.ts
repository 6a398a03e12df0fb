/** Decorrelation metrics against values from an independent implementation, and where they are undefined. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createReferenceOperations } from '../../src/kernel/reference.ts';
import { decorrelationMetrics } from '../../src/metrics/decorrelation.ts';
import { correlationFloor, METRICS, type MetricName } from '../../src/metrics/metrics.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';

interface MetricsCase {
  readonly samples: number;
  readonly units: number;
  readonly kind: string;
  readonly x: readonly number[];
  readonly metrics: Readonly<Partial<Record<MetricName, number | null>>>;
}

const { cases } = JSON.parse(readFileSync(new URL('../reference/metrics.json', import.meta.url), 'utf8')) as {
  cases: readonly MetricsCase[];
};

function measure(x: ArrayLike<number>, samples: number, units: number): Record<MetricName, number | null> {
  const operations = createReferenceOperations();
  const array = operations.allocate(samples * units);
  array.values.set(x);
  return decorrelationMetrics(operations.covarianceFloat64(array, samples, units), samples, units);
}

function relativeError(actual: number | null, expected: number): number {
  if (actual === null) return Number.POSITIVE_INFINITY;
  return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}

/** Independent uniforms, samples x units. */
function noise(samples: number, units: number, index: number): Float64Array {
  const next = uniformStream(1, 'check', index);
  return Float64Array.from({ length: samples * units }, () => next() - 0.5);
}

describe('decorrelation metrics', () => {
  for (const { kind, samples, units, x, metrics } of cases) {
    const measured = measure(x, samples, units);
    for (const [name, expected] of Object.entries(metrics)) {
      it(`${name} of ${samples} x ${units} ${kind} activations agrees with the independent value`, () => {
        const actual = measured[name as MetricName];
        if (expected === null) expect(actual).toBeNull();
        else expect(relativeError(actual, expected)).toBeLessThanOrEqual(TOLERANCES.metric);
      });
    }
  }

  it('every metric has an independent value, the participation ratio per unit that of the ratio', () => {
    const known = new Set(cases.flatMap(({ metrics }) => Object.keys(metrics)));
    const others = METRICS.map(({ name }) => name).filter((name) => !known.has(name));
    expect(others).toEqual(['participation-ratio-per-unit']);
    for (const { samples, units, x } of cases) {
      const measured = measure(x, samples, units);
      const ratio = measured['participation-ratio'];
      expect(measured['participation-ratio-per-unit']).toBe(ratio === null ? null : ratio / units);
    }
  });

  it('the catalogue lists what is measured, in the same order', () => {
    expect(Object.keys(measure(noise(20, 3, 0), 20, 3))).toEqual(METRICS.map(({ name }) => name));
  });

  it('a scale per unit leaves every correlation as it is', () => {
    const x = noise(50, 6, 1);
    const scaled = x.map((value, i) => value * 2 ** ((i % 6) * 3));
    const before = measure(x, 50, 6);
    const after = measure(scaled, 50, 6);
    for (const name of ['mean-abs-correlation', 'rms-correlation', 'total-correlation'] as const) {
      expect(relativeError(after[name], before[name]!)).toBeLessThanOrEqual(TOLERANCES.metric);
    }
    expect(after['activation-scale']).toBeGreaterThan(before['activation-scale']!);
  });

  it('a copied unit makes the covariance singular: condition number and total correlation are null', () => {
    const x = noise(60, 5, 2);
    for (let s = 0; s < 60; s++) x[s * 5 + 4] = x[s * 5]!;
    const metrics = measure(x, 60, 5);
    expect(metrics['condition-number']).toBeNull();
    expect(metrics['total-correlation']).toBeNull();
    expect(relativeError(metrics['max-abs-correlation'], 1)).toBeLessThanOrEqual(TOLERANCES.metric);
    expect(metrics['effective-rank']).toBeLessThan(4);
  });

  it('a constant unit is dead, whatever its value', () => {
    const x = noise(30, 4, 3);
    for (let s = 0; s < 30; s++) x[s * 4 + 1] = 0.1;
    const metrics = measure(x, 30, 4);
    expect(metrics['dead-units']).toBe(0.25);
    expect(metrics['condition-number']).toBeNull();
    const others = x.filter((_, i) => i % 4 !== 1);
    expect(metrics['mean-abs-correlation']).toBe(measure(others, 30, 3)['mean-abs-correlation']);
  });

  it('a layer without any live unit has no correlation, no rank and no scale', () => {
    expect(measure(new Float64Array(40), 10, 4)).toEqual({
      ...Object.fromEntries(METRICS.map(({ name }) => [name, null])),
      'dead-units': 1,
      'activation-scale': 0,
    });
  });

  it('a single unit has a spectrum but no correlation', () => {
    const metrics = measure(noise(12, 1, 4), 12, 1);
    expect(metrics['mean-abs-correlation']).toBeNull();
    expect(metrics['total-correlation']).toBeNull();
    expect(metrics['off-diagonal-energy']).toBe(0);
    expect(metrics['effective-rank']).toBe(1);
    expect(metrics['condition-number']).toBe(1);
  });

  it('energy off the diagonal keeps its digits where units are nearly uncorrelated', () => {
    const { 'off-diagonal-energy': energy } = decorrelationMetrics(Float64Array.of(1, 1e-9, 1e-9, 1), 10, 2);
    expect(Math.abs((energy ?? 0) / 1e-18 - 1)).toBeLessThanOrEqual(TOLERANCES.metric);
  });

  it('a covariance that is not finite makes every metric null', () => {
    const covariance = Float64Array.of(1, Number.NaN, Number.NaN, 1);
    expect(new Set(Object.values(decorrelationMetrics(covariance, 10, 2)))).toEqual(new Set([null]));
  });

  it('a covariance of the wrong length or from one sample is refused', () => {
    expect(() => decorrelationMetrics(new Float64Array(5), 10, 2)).toThrow(/units·units/);
    expect(() => decorrelationMetrics(new Float64Array(4), 1, 2)).toThrow(/at least 2 samples/);
  });
});

describe('correlation floor', () => {
  it('is what independent units show', () => {
    const samples = 400;
    const units = 60;
    const metrics = measure(noise(samples, units, 5), samples, units);
    for (const name of ['mean-abs-correlation', 'rms-correlation'] as const) {
      const floor = correlationFloor(samples, name);
      expect(Math.abs(metrics[name]! / floor - 1)).toBeLessThan(TOLERANCES.floor);
    }
  });

  it('follows its closed form', () => {
    expect(correlationFloor(101)).toBe(Math.sqrt(2 / Math.PI / 100));
    expect(correlationFloor(101, 'rms-correlation')).toBe(0.1);
    expect(correlationFloor(1)).toBe(Number.POSITIVE_INFINITY);
  });
});
