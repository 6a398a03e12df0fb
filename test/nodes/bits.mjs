/**
 * Prints, as a line of JSON, the SHA-256 of what each build of the kernel answers: every penalty, covariance, derivative and
 * product over odd shapes. `fma` is among them where the host fuses.
 */
import { createHash } from 'node:crypto';
import { CROSS_PENALTIES, compileKernel, instantiateKernel, PENALTIES } from 'covgrad/kernel';

/** Samples x units: past the edges of both tiles, with fewer samples than units and with more. */
const SHAPES = [
  [5, 3],
  [17, 33],
  [40, 64],
  [129, 70],
];

/** Waves of both signs, correlated, some of them zero: the same numbers everywhere, by additions and products alone. */
function numbers(count, seed) {
  let state = seed;
  return Float64Array.from({ length: count }, (_, i) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    const wave = ((i * 37) % 101) / 50 - 1;
    return i % 11 === 0 ? 0 : wave + state / 2147483648;
  });
}

function digestOf(kernel) {
  const hash = createHash('sha256');
  const take = (...results) => {
    for (const result of results) hash.update(typeof result === 'number' ? Float64Array.of(result) : result);
  };
  for (const [samples, units] of SHAPES) {
    const [x, y] = [1, 2].map((seed) => numbers(samples * units, seed));
    const shape = { samples, units };
    for (const { id } of PENALTIES) {
      const { value, gradient } = kernel.penalty(id, x, shape);
      take(value, gradient);
    }
    for (const { id } of CROSS_PENALTIES) {
      const { value, gradientX, gradientY } = kernel.crossPenalty(id, x, y, { samples, units });
      take(value, gradientX, gradientY);
    }
    take(...products(kernel.operations, samples, units));
  }
  return hash.digest('hex');
}

/** Each form of a product, and the float64 covariance that metrics come from. */
function* products(operations, samples, units) {
  const [m, n, k] = [samples, units, 19];
  const arrays = [m * n, m * k, k * n, n * k, k * m].map((length, i) => {
    const array = operations.allocate(length);
    array.values.set(numbers(length, i + 3));
    return array;
  });
  const [c, a, b, bt, at] = arrays;
  for (const [form, left, right] of [
    ['NN', a, b],
    ['NT', a, bt],
    ['TN', at, b],
  ]) {
    operations.gemm(form, c, left, right, { rows: m, columns: n, inner: k });
    yield c.values.slice();
  }
  yield operations.covarianceFloat64(c, samples, units);
  for (const array of arrays) operations.free(array);
}

const best = await compileKernel();
const builds = [
  await compileKernel({ variant: 'simd' }),
  ...(best.variant === 'fma' ? [best] : []),
  await compileKernel({ precision: 'f64' }),
];
const bits = {};
let tile;
for (const build of builds) {
  const kernel = instantiateKernel(build);
  tile ??= kernel.tile;
  bits[build.precision === 'f64' ? 'f64' : build.variant] = digestOf(kernel);
}
console.log(JSON.stringify({ bits, tile }));
