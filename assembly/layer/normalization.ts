/**
 * Batch and layer normalisation of a rows x units matrix, with the biased variance, and their gradients.
 *
 * A mean is kept in two parts, `mean` and `rest`, what its rounding leaves over: x − mean is exact where they are close, so an
 * offset of the activations takes no digits. Statistics are mean, rest and 1/√(variance + ε).
 *
 * Both kinds share the moments in two parts, so they share this file.
 *
 * Source: Ioffe and Szegedy, "Batch Normalization", 2015; Ba, Kiros and Hinton, "Layer Normalization", 2016; moments of blocks:
 * Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979.
 */

import {
  bytesOf,
  firstLanes,
  LANES,
  loadPart,
  loadUpTo,
  multiplyAdd,
  multiplyAddWide,
  storePart,
  storeUpTo,
  sumWide,
  widenHigh,
  widenLow,
} from '../simd';

/** Rows that are summed in the precision of the numbers; the sums of blocks are added in float64. */
const BLOCK: i32 = 32;

/** Units, filled up to whole vectors. */
function padded(units: i32): i32 {
  return ((units + LANES - 1) / LANES) * LANES;
}

/** Bytes of scratch for batch normalisation: two sums of a block, two float64 sums and four coefficients a unit. */
export function batchScratch(units: i32): i64 {
  return (<i64>units + LANES) * (16 + 6 * <i64>sizeof<real>());
}

/** Bytes of scratch for {@link layerBackward}: two float64 sums a unit. */
export function layerScratch(units: i32): i64 {
  return (<i64>units + LANES) * 16;
}

/**
 * Over a block of rows: sums = Σu and products = Σu·w, with w = x − base and u = dy, or w where `dy` is 0.
 * Sums, products and base have whole vectors.
 */
function blockSums(
  sums: usize,
  products: usize,
  dy: usize,
  x: usize,
  base: usize,
  rows: i32,
  units: i32,
): void {
  const step = bytesOf(units);
  for (let j = 0; j < units; j += LANES) {
    const count = units - j;
    const less = v128.load(base);
    let sum = v128.splat<real>(0);
    let product = v128.splat<real>(0);
    let p = x;
    let q = dy;
    if (count >= LANES && dy !== 0) {
      for (let i = 0; i < rows; i++) {
        const u = v128.load(q);
        sum = v128.add<real>(sum, u);
        product = multiplyAdd(u, v128.sub<real>(v128.load(p), less), product);
        p += step;
        q += step;
      }
    } else if (count >= LANES) {
      for (let i = 0; i < rows; i++) {
        const w = v128.sub<real>(v128.load(p), less);
        sum = v128.add<real>(sum, w);
        product = multiplyAdd(w, w, product);
        p += step;
      }
    } else {
      for (let i = 0; i < rows; i++) {
        const w = v128.sub<real>(loadPart(p, count, 0), less);
        const u = dy !== 0 ? loadPart(q, count, 0) : w;
        sum = v128.add<real>(sum, u);
        product = multiplyAdd(u, w, product);
        p += step;
        q += step;
      }
    }
    v128.store(sums, sum);
    v128.store(products, product);
    sums += 16;
    products += 16;
    base += 16;
    x += 16;
    dy += dy !== 0 ? 16 : 0;
  }
}

/**
 * means [float64] and squares [float64] = the mean and Σ(x − mean)² of every column. A block is summed less the mean of the rows
 * before it, and the first one less its own, so that neither an offset nor an outlier takes digits.
 */
function moments(
  means: usize,
  squares: usize,
  sums: usize,
  products: usize,
  base: usize,
  x: usize,
  rows: i32,
  units: i32,
): void {
  memory.copy(base, x, bytesOf(units));
  let before = 0;
  let again = true;
  for (let done = 0; done < rows; ) {
    const n = min(BLOCK, rows - done);
    blockSums(sums, products, 0, x, base, n, units);
    const share = 1.0 / <f64>(before + n);
    for (let j = 0; j < units; j++) {
      const at = (<usize>j) << 3;
      const sum = <f64>load<real>(sums + bytesOf(j)) / <f64>n;
      const inside = <f64>load<real>(products + bytesOf(j)) - sum * sum * <f64>n;
      const from = <f64>load<real>(base + bytesOf(j));
      const old = before === 0 ? from : load<f64>(means + at);
      const delta = from + sum - old;
      const mean = before === 0 ? from + sum : old + delta * <f64>n * share;
      store<f64>(means + at, mean);
      store<real>(base + bytesOf(j), <real>mean);
      const outside =
        before === 0 ? 0 : load<f64>(squares + at) + delta * delta * <f64>n * <f64>before * share;
      store<f64>(squares + at, max(inside, 0) + outside);
    }
    if (again) {
      // Once more, now less the mean instead of the first row.
      again = false;
      continue;
    }
    before += n;
    done += n;
    x += bytesOf(units) * <usize>n;
  }
}

/**
 * out = factor·(x − base) + shift, and weight·a more unless `a` is 0, row by row; each a vector of units. `out` may be `a`.
 */
function scaleColumns(out: usize, a: usize, x: usize, coefficients: usize, rows: i32, units: i32): void {
  const next = (<usize>padded(units)) << alignof<real>();
  const rest = units % LANES;
  const whole = bytesOf(units - rest);
  for (let i = 0; i < rows; i++) {
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const c = coefficients + at;
      const d = v128.sub<real>(v128.load(x + at), v128.load(c));
      let y = multiplyAdd(d, v128.load(c + next), v128.load(c + 2 * next));
      if (a !== 0) y = multiplyAdd(v128.load(a + at), v128.load(c + 3 * next), y);
      v128.store(out + at, y);
    }
    if (rest > 0) {
      const c = coefficients + at;
      const d = v128.sub<real>(loadPart(x + at, rest, 0), v128.load(c));
      let y = multiplyAdd(d, v128.load(c + next), v128.load(c + 2 * next));
      if (a !== 0) y = multiplyAdd(loadPart(a + at, rest, 0), v128.load(c + 3 * next), y);
      storePart(out + at, y, rest);
    }
    x += bytesOf(units);
    out += bytesOf(units);
    if (a !== 0) a += bytesOf(units);
  }
}

/**
 * y = gamma·(x − mean)/√(variance + epsilon) + beta. In training mean and variance are those of the rows, and
 * moving = momentum·moving + (1 − momentum)·them; else they are the moving ones. statistics [3 x units] is for the way back.
 */
export function batchForward(
  y: usize,
  statistics: usize,
  movingMean: usize,
  movingVariance: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  units: i32,
  epsilon: f64,
  momentum: f64,
  training: bool,
  scratch: usize,
): void {
  const wide = (<usize>padded(units)) << 3;
  const next = (<usize>padded(units)) << alignof<real>();
  const squares = scratch + wide;
  const sums = squares + wide;
  const coefficients = sums + 2 * next;
  if (training) moments(scratch, squares, sums, sums + next, coefficients, x, rows, units);
  for (let j = 0; j < units; j++) {
    const at = bytesOf(j);
    let mean = <f64>load<real>(movingMean + at);
    let variance = <f64>load<real>(movingVariance + at);
    if (training) {
      const oldMean = mean;
      const oldVariance = variance;
      mean = load<f64>(scratch + ((<usize>j) << 3));
      variance = load<f64>(squares + ((<usize>j) << 3)) / <f64>rows;
      if (momentum !== 1) {
        store<real>(movingMean + at, <real>(momentum * oldMean + (1.0 - momentum) * mean));
        store<real>(movingVariance + at, <real>(momentum * oldVariance + (1.0 - momentum) * variance));
      }
    }
    const inverse = 1.0 / Math.sqrt(variance + epsilon);
    const rest = mean - <f64>(<real>mean);
    const factor = <f64>load<real>(gamma + at) * inverse;
    store<real>(statistics + at, <real>mean);
    store<real>(statistics + bytesOf(units) + at, <real>rest);
    store<real>(statistics + 2 * bytesOf(units) + at, <real>inverse);
    store<real>(coefficients + at, <real>mean);
    store<real>(coefficients + next + at, <real>factor);
    store<real>(coefficients + 2 * next + at, <real>(<f64>load<real>(beta + at) - rest * factor));
  }
  scaleColumns(y, 0, x, coefficients, rows, units);
}

/**
 * dGamma = Σ dy·x̂ and dBeta = Σ dy over the rows, with x̂ the normalised x; dx, unless it is 0,
 * = gamma/√(variance + epsilon)·(dy − mean(dy) − x̂·mean(dy·x̂)), and without the two means where the statistics were the moving ones.
 * `dx` may be `dy`.
 */
export function batchBackward(
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  statistics: usize,
  rows: i32,
  units: i32,
  training: bool,
  scratch: usize,
): void {
  const wide = (<usize>padded(units)) << 3;
  const next = (<usize>padded(units)) << alignof<real>();
  const step = bytesOf(units);
  const products = scratch + wide;
  const sums = products + wide;
  const coefficients = sums + 2 * next;
  memory.copy(coefficients, statistics, step);
  memory.fill(scratch, 0, 2 * wide);
  for (let done = 0; done < rows; done += BLOCK) {
    const at = <usize>done * step;
    blockSums(sums, sums + next, dy + at, x + at, coefficients, min(BLOCK, rows - done), units);
    // Both sums at once: those of a block lie behind each other, and so do the totals.
    for (let j = 0; j < 2 * padded(units); j++) {
      const total = scratch + ((<usize>j) << 3);
      store<f64>(total, load<f64>(total) + <f64>load<real>(sums + bytesOf(j)));
    }
  }
  for (let j = 0; j < units; j++) {
    const at = bytesOf(j);
    const rest = <f64>load<real>(statistics + step + at);
    const inverse = <f64>load<real>(statistics + 2 * step + at);
    const sum = load<f64>(scratch + ((<usize>j) << 3));
    const product = inverse * (load<f64>(products + ((<usize>j) << 3)) - rest * sum);
    store<real>(dBeta + at, <real>sum);
    store<real>(dGamma + at, <real>product);
    const weight = <f64>load<real>(gamma + at) * inverse;
    const factor = training ? (-weight * product * inverse) / <f64>rows : 0;
    const shift = training ? (-weight * sum) / <f64>rows - factor * rest : 0;
    store<real>(coefficients + next + at, <real>factor);
    store<real>(coefficients + 2 * next + at, <real>shift);
    store<real>(coefficients + 3 * next + at, <real>weight);
  }
  if (dx !== 0) scaleColumns(dx, dy, x, coefficients, rows, units);
}

/**
 * y = gamma·(x − mean)/√(variance + epsilon) + beta with mean and variance of each row, summed in float64.
 * statistics [rows x 3] is for the way back.
 */
export function layerForward(
  y: usize,
  statistics: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  units: i32,
  epsilon: f64,
): void {
  for (let i = 0; i < rows; i++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < units; j += LANES) {
      const v = loadUpTo(x + bytesOf(j), units - j, 0);
      low = f64x2.add(low, widenLow(v));
      high = f64x2.add(high, widenHigh(v));
    }
    const mean = sumWide(f64x2.add(low, high)) / <f64>units;
    const rest = mean - <f64>(<real>mean);
    const base = v128.splat<real>(<real>mean);
    low = f64x2.splat(0);
    high = low;
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const d = firstLanes(v128.sub<real>(loadUpTo(x + bytesOf(j), count, 0), base), count);
      low = multiplyAddWide(widenLow(d), widenLow(d), low);
      high = multiplyAddWide(widenHigh(d), widenHigh(d), high);
    }
    const variance = sumWide(f64x2.add(low, high)) / <f64>units - rest * rest;
    const inverse = 1.0 / Math.sqrt(max(variance, 0) + epsilon);
    store<real>(statistics, <real>mean);
    store<real>(statistics + sizeof<real>(), <real>rest);
    store<real>(statistics + 2 * sizeof<real>(), <real>inverse);
    statistics += 3 * sizeof<real>();
    const factor = v128.splat<real>(<real>inverse);
    const shift = v128.splat<real>(<real>(-rest * inverse));
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const at = bytesOf(j);
      const d = v128.sub<real>(loadUpTo(x + at, count, 0), base);
      const normal = multiplyAdd(d, factor, shift);
      storeUpTo(
        y + at,
        multiplyAdd(normal, loadUpTo(gamma + at, count, 0), loadUpTo(beta + at, count, 0)),
        count,
      );
    }
    x += bytesOf(units);
    y += bytesOf(units);
  }
}

/**
 * dGamma = Σ dy·x̂ and dBeta = Σ dy over the rows; with g = gamma·dy, dx = (g − mean(g) − x̂·mean(g·x̂))/√(variance + epsilon),
 * the means over the units of a row. Sums in float64. `dx` may be `dy`.
 */
export function layerBackward(
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  statistics: usize,
  rows: i32,
  units: i32,
  scratch: usize,
): void {
  const wide = (<usize>padded(units)) << 3;
  const step = bytesOf(units);
  memory.fill(scratch, 0, 2 * wide);
  for (let i = 0; i < rows; i++) {
    const base = v128.splat<real>(load<real>(statistics));
    const inverse = load<real>(statistics, 2 * sizeof<real>());
    const factor = v128.splat<real>(inverse);
    const shift = v128.splat<real>(-load<real>(statistics, sizeof<real>()) * inverse);
    let sum0 = f64x2.splat(0);
    let sum1 = sum0;
    let product0 = sum0;
    let product1 = sum0;
    let total = scratch;
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const at = bytesOf(j);
      const normal = multiplyAdd(v128.sub<real>(loadUpTo(x + at, count, 0), base), factor, shift);
      const d = loadUpTo(dy + at, count, 0);
      addWide(total, d);
      addWide(total + wide, v128.mul<real>(d, normal));
      total += LANES << 3;
      const g = v128.mul<real>(d, loadUpTo(gamma + at, count, 0));
      sum0 = f64x2.add(sum0, widenLow(g));
      sum1 = f64x2.add(sum1, widenHigh(g));
      product0 = multiplyAddWide(widenLow(g), widenLow(normal), product0);
      product1 = multiplyAddWide(widenHigh(g), widenHigh(normal), product1);
    }
    const mean = v128.splat<real>(<real>(-sumWide(f64x2.add(sum0, sum1)) / <f64>units));
    const slope = v128.splat<real>(<real>(-sumWide(f64x2.add(product0, product1)) / <f64>units));
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const at = bytesOf(j);
      const normal = multiplyAdd(v128.sub<real>(loadUpTo(x + at, count, 0), base), factor, shift);
      const g = multiplyAdd(loadUpTo(dy + at, count, 0), loadUpTo(gamma + at, count, 0), mean);
      storeUpTo(dx + at, v128.mul<real>(multiplyAdd(normal, slope, g), factor), count);
    }
    statistics += 3 * sizeof<real>();
    x += step;
    dy += step;
    dx += step;
  }
  for (let j = 0; j < units; j++) {
    store<real>(dBeta + bytesOf(j), <real>load<f64>(scratch + ((<usize>j) << 3)));
    store<real>(dGamma + bytesOf(j), <real>load<f64>(scratch + wide + ((<usize>j) << 3)));
  }
}

/** Adds the lanes to float64 sums. */
function addWide(sums: usize, v: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), widenLow(v)));
  if (sizeof<real>() === 4) v128.store(sums, f64x2.add(v128.load(sums, 16), widenHigh(v)), 16);
}
