/** The hand-made run with the correlation matrices of its first seed, as a picture needs them. */
import type { RunInput } from '../../src/compare/compare.ts';
import { correlationBlocks } from '../../src/metrics/correlation-blocks.ts';
import type { LayerRecord, TrialRecord } from '../../src/record/record.ts';
import { exampleRun } from '../compare/hand-made-run.ts';

/** Units of the layer in the pictures. */
const UNITS = 96;

/** Correlations that fall with the distance of the units, of both signs, with the last unit dead. */
export function pictured(strength: number, units: number = UNITS): LayerRecord['correlation'] {
  const alive = (unit: number): number => (unit === units - 1 ? 0 : 1);
  const rho = (i: number, j: number): number =>
    i === j ? 1 : strength * 0.9 ** Math.abs(i - j) * Math.cos((i - j) / 3);
  const covariance = Array.from({ length: units * units }, (_, index) => {
    const [i, j] = [Math.floor(index / units), index % units];
    return alive(i) * alive(j) * rho(i, j);
  });
  return correlationBlocks(covariance, units);
}

/** {@link exampleRun} with matrices in the first and the last epoch. */
export function picturedRun(): RunInput {
  const run = exampleRun();
  const withPictures = (record: TrialRecord): TrialRecord => ({
    ...record,
    epochs: record.epochs.map((epoch) => ({
      ...epoch,
      layers: epoch.layers.map((layer) => ({
        ...layer,
        correlation: pictured(record.baseline ? 0.9 : 0.9 / (2 * epoch.epoch)),
      })),
    })),
  });
  return {
    ...run,
    records: run.records.map((record) => (record.seed === 0 ? withPictures(record) : record)),
  };
}
