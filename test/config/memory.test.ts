import { expect, test } from 'vitest';
import { memoryProblem } from '../../src/config/memory.ts';

const data = { features: 784, classes: 10, train_samples: 60_000, test_samples: 10_000 };

test.each([
  ['an ordinary network fits', data, [256, 128], 128, undefined],
  ['a batch fits that asks for more samples than there are', data, [256], 1_000_000, undefined],
  ['two wide layers do not fit', data, [65_536, 65_536], 128, '67 GiB'],
  ['the covariance of one wide layer does not fit', { ...data, test_samples: 2 }, [24_000], 2, '4.5 GiB'],
  ['so many held-out samples do not fit', { ...data, test_samples: 10_000_000 }, [128], 128, '4.8 GiB'],
  ['so large a batch does not fit', { ...data, features: 20_000 }, [8], 60_000, '4.5 GiB'],
])('%s', (_, sizes, units, batch, needed) => {
  const model = units.map((dense, layer) => ({ dense, penalized: layer === 0 }));
  const problem = memoryProblem(sizes, model, batch);
  if (needed === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(needed);
});
