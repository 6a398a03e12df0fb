/** Value and gradient of the penalties, and matrix products, in both builds; each result is verified before it is timed. */
import { createReferenceKernel, loadKernel } from 'covgrad/kernel';
import { relativeError, time } from './timing.mjs';

/** Units x samples. */
export const SHAPES = [
  [64, 64],
  [128, 128],
  [256, 128],
  [512, 128],
  [512, 256],
  [1024, 256],
  [1024, 1024],
  [256, 32],
  [1024, 64],
];

/** Shapes that the float64 reference can verify in reasonable time. */
const LARGEST_VERIFIED = 512 * 256;

const TOLERANCE = 1e-4;

function activations(samples, units) {
  // Rectified waves: correlated, with zeros, the same in every run.
  return Float32Array.from({ length: samples * units }, (_, i) =>
    Math.max(0, Math.sin(i * 0.7) + Math.cos(i * i * 0.013)),
  );
}

/** One row for each penalty and shape. */
export async function benchPenalties(ids, variants) {
  const reference = createReferenceKernel();
  const rows = [];
  for (const id of ids) {
    for (const [units, samples] of SHAPES) {
      const x = activations(samples, units);
      const row = { task: id, shape: `${units}x${samples}` };
      const expected =
        samples * units <= LARGEST_VERIFIED ? reference.penalty(id, x, { samples, units }) : undefined;
      for (const variant of variants) {
        const kernel = await loadKernel({ variant });
        const prepared = kernel.prepare(id, { samples, units });
        prepared.activations.set(x);
        const value = prepared.evaluate();
        if (expected !== undefined) {
          const error = Math.max(
            relativeError([value], [expected.value]),
            relativeError(prepared.gradient, expected.gradient),
          );
          if (!(error <= TOLERANCE)) throw new Error(`${variant} ${id} ${row.shape}: error ${error}`);
        }
        row[variant] = time(() => prepared.evaluate());
        prepared.dispose();
      }
      rows.push(row);
    }
  }
  return rows;
}

/** Square products. */
export async function benchProducts(orders, variants) {
  const rows = [];
  for (const order of orders) {
    const row = { task: 'gemm', shape: `${order}³` };
    for (const variant of variants) {
      const { operations } = await loadKernel({ variant });
      const [a, b, c] = [0, 1, 2].map(() => operations.allocate(order * order));
      a.values.set(activations(order, order));
      b.values.set(activations(order, order).reverse());
      const run = () => operations.gemm('NN', c, a, b, { rows: order, columns: order, inner: order });
      run();
      verifyEntry(a.values, b.values, c.values, order, (order * 7) % order, order - 1);
      verifyEntry(a.values, b.values, c.values, order, order - 1, order >> 1);
      row[variant] = time(run);
      row[variant].gflops = (2 * order ** 3) / row[variant].bestUs / 1000;
    }
    rows.push(row);
  }
  return rows;
}

function verifyEntry(a, b, c, order, i, j) {
  let sum = 0;
  for (let k = 0; k < order; k++) sum += a[i * order + k] * b[k * order + j];
  const error = Math.abs(sum - c[i * order + j]) / Math.abs(sum);
  if (!(error <= TOLERANCE)) throw new Error(`gemm ${order}: error ${error} at ${i}, ${j}`);
}
