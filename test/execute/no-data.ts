/** A data set of no samples, for threads that look at none. */
import type { Dataset, Split } from '../../src/data/dataset.ts';

const NOTHING: Split = {
  samples: 0,
  values: new Uint8Array(new SharedArrayBuffer(0)),
  divisor: 1,
  targets: null,
};
export const NO_DATA: Dataset = {
  name: 'none',
  fingerprint: '',
  features: 1,
  shape: [1],
  target: { kind: 'inputs' },
  train: NOTHING,
  test: NOTHING,
};
