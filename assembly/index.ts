/**
 * The ABI of the kernel: exports and nothing else.
 *
 * Numbers only cross it. Pointers are byte offsets into the imported memory `env.memory`, at or above heapBase();
 * counts are in elements; matrices are dense, row-major, of float32 (float64 in that build); activations are samples x units. Outputs come
 * first, then inputs, then sizes, then `scratch`: memory of the size that the operation's …Scratch export names.
 * Every operation answers a status code (see status.ts) and writes nothing unless it is OK. Flags are 0 or 1.
 *
 * Those of a family are in exports/; here are the rest, one after another, each with its checks and nothing else: this
 * file is as long as their list.
 */

import * as columns from './columns';
import * as cov from './covariance';
import * as elements from './elementwise';
import { mirrorLower, product, productScratch } from './gemm';
import * as activation from './layer/activation';
import * as compressed from './layer/compressed';
import * as dense from './layer/dense';
import * as sparse from './layer/sparse';
import * as losses from './loss';
import { CALL } from './penalty/call';
import { barlowTwins, crossCovariance, crossScratch } from './penalty/cross';
import { evaluatePenalty, scratchOfPenalty } from './penalty/dispatch';
import { BARLOW_TWINS } from './penalty/kinds';
import { fromZero, parametersInRange } from './penalty/parameters';
import * as shared from './penalty/shared';
import { multiplyAdd } from './simd';
import {
  BAD_KIND,
  BAD_PARAMETER,
  BAD_SIZE,
  covarianceSizes,
  elementwiseOperands,
  lossOperands,
  OK,
  oneOutput,
  operands,
  positive,
  reals,
} from './status';
import * as tiles from './tile';

export * from './exports/activations';
export * from './exports/convolution';
export * from './exports/losses';
export * from './exports/normalization';
export * from './exports/optimizers';
export * from './exports/pooling';
export * from './exports/regularization';

const NN: i32 = 0;
const NT: i32 = 1;
const TN: i32 = 2;

/** Version of this ABI: it changes when an export changes its meaning. */
export function abiVersion(): i32 {
  return 1;
}

/** First byte that a host may use; what lies below belongs to the module. */
export function heapBase(): usize {
  return __heap_base;
}

/** Choose the register tile of all products to come, of two (the default) or four vectors a row. No bit depends on it. */
export function chooseTile(wide: i32): void {
  tiles.chooseTile(wide !== 0);
}

/** a·b + c as this build computes it: one rounding where the host fuses, two where it does not. */
export function multiplyAddProbe(a: real, b: real, c: real): real {
  return v128.extract_lane<real>(
    multiplyAdd(v128.splat<real>(a), v128.splat<real>(b), v128.splat<real>(c)),
    0,
  );
}

/** Bytes of scratch for {@link gemm} and {@link syrk} (rows = columns = order there), as a float64. */
export function gemmScratch(rows: i32, columns: i32, inner: i32): f64 {
  return <f64>productScratch(rows, columns, inner);
}

/** C [rows x columns] = alpha·op(A)·op(B), added to C when `accumulate`. form: 0 NN, 1 NT, 2 TN. */
export function gemm(
  c: usize,
  a: usize,
  b: usize,
  form: i32,
  rows: i32,
  columns: i32,
  inner: i32,
  alpha: f64,
  accumulate: i32,
  scratch: usize,
): i32 {
  let status = positive(rows, columns, inner);
  if (status) return status;
  if (form < NN || form > TN) return BAD_KIND;
  const cBytes = reals(rows, columns);
  const aBytes = reals(rows, inner);
  const bBytes = reals(inner, columns);
  status = oneOutput(c, cBytes, scratch, productScratch(rows, columns, inner), a, aBytes, b, bBytes, 0, 0);
  if (status) return status;
  product(
    c,
    a,
    form === TN,
    b,
    form === NT,
    rows,
    columns,
    inner,
    <real>alpha,
    accumulate !== 0,
    false,
    scratch,
  );
  return OK;
}

/** C [order x order] = alpha·A·Aᵀ (A order x inner), or alpha·Aᵀ·A (A inner x order) when `transpose`. */
export function syrk(
  c: usize,
  a: usize,
  transpose: i32,
  order: i32,
  inner: i32,
  alpha: f64,
  scratch: usize,
): i32 {
  let status = positive(order, inner, 1);
  if (status) return status;
  const scratchBytes = productScratch(order, order, inner);
  status = oneOutput(c, reals(order, order), scratch, scratchBytes, a, reals(order, inner), 0, 0, 0, 0);
  if (status) return status;
  product(c, a, transpose !== 0, a, transpose === 0, order, order, inner, <real>alpha, false, true, scratch);
  mirrorLower(c, order);
  return OK;
}

/** out = x less its column means; `out` may be `x`. */
export function center(out: usize, x: usize, samples: i32, units: i32): i32 {
  let status = positive(samples, units, 1);
  if (status) return status;
  const bytes = reals(samples, units);
  status = oneOutput(out, bytes, 0, 0, x, out === x ? 0 : bytes, 0, 0, 0, 0);
  if (status) return status;
  columns.centerColumns(out, x, samples, units);
  return OK;
}

/** Bytes of scratch for {@link covariance}. */
export function covarianceScratch(samples: i32, units: i32): f64 {
  return <f64>cov.covarianceScratch(samples, units);
}

/** c [units x units] = X_cᵀ·X_c/(samples − ddof). */
export function covariance(
  c: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: i32,
  ddof: f64,
  scratch: usize,
): i32 {
  let status = covarianceSizes(samples, units, ddof);
  if (status) return status;
  const scratchBytes = cov.covarianceScratch(samples, units);
  status = oneOutput(c, reals(units, units), scratch, scratchBytes, x, reals(samples, units), 0, 0, 0, 0);
  if (status) return status;
  cov.covariance(c, x, samples, units, centered !== 0, ddof, scratch);
  return OK;
}

/** Bytes of scratch for {@link covarianceVjp}. */
export function covarianceVjpScratch(samples: i32, units: i32): f64 {
  return <f64>cov.covarianceVjpScratch(samples, units);
}

/** dx [samples x units] = X_c·(G + Gᵀ)/(samples − ddof) for upstream G [units x units]. */
export function covarianceVjp(
  dx: usize,
  x: usize,
  upstream: usize,
  samples: i32,
  units: i32,
  centered: i32,
  ddof: f64,
  scratch: usize,
): i32 {
  let status = covarianceSizes(samples, units, ddof);
  if (status) return status;
  const bytes = reals(samples, units);
  const scratchBytes = cov.covarianceVjpScratch(samples, units);
  status = oneOutput(dx, bytes, scratch, scratchBytes, x, bytes, upstream, reals(units, units), 0, 0);
  if (status) return status;
  cov.covarianceVjp(dx, x, upstream, samples, units, centered !== 0, ddof, scratch);
  return OK;
}

/** Bytes of scratch for {@link covarianceJvp}. */
export function covarianceJvpScratch(samples: i32, units: i32): f64 {
  return <f64>cov.covarianceJvpScratch(samples, units);
}

/** dc [units x units] = (T_cᵀ·X_c + X_cᵀ·T_c)/(samples − ddof) along tangent T [samples x units]. */
export function covarianceJvp(
  dc: usize,
  x: usize,
  tangent: usize,
  samples: i32,
  units: i32,
  centered: i32,
  ddof: f64,
  scratch: usize,
): i32 {
  let status = covarianceSizes(samples, units, ddof);
  if (status) return status;
  const bytes = reals(samples, units);
  const scratchBytes = cov.covarianceJvpScratch(samples, units);
  status = oneOutput(dc, reals(units, units), scratch, scratchBytes, x, bytes, tangent, bytes, 0, 0);
  if (status) return status;
  cov.covarianceJvp(dc, x, tangent, samples, units, centered !== 0, ddof, scratch);
  return OK;
}

/** Bytes of scratch for {@link covarianceFloat64}. */
export function covarianceFloat64Scratch(samples: i32, units: i32): f64 {
  return <f64>cov.covarianceFloat64Scratch(samples, units);
}

/** c [units x units, float64] = centred covariance of x with ddof 1, every sum in float64. */
export function covarianceFloat64(c: usize, x: usize, samples: i32, units: i32, scratch: usize): i32 {
  let status = covarianceSizes(samples, units, 1);
  if (status) return status;
  const cBytes = <i64>units * <i64>units * 8;
  const scratchBytes = cov.covarianceFloat64Scratch(samples, units);
  status = oneOutput(c, cBytes, scratch, scratchBytes, x, reals(samples, units), 0, 0, 0, 0);
  if (status) return status;
  cov.covarianceFloat64(c, x, samples, units, scratch);
  return OK;
}

/** Bytes of scratch for {@link penalty}, 0 for an unknown kind. `p0` is the penalty's first parameter. */
export function penaltyScratch(kind: i32, samples: i32, units: i32, p0: f64): f64 {
  return <f64>scratchOfPenalty(kind, samples, units, p0);
}

/**
 * value [1, float64] = the penalty; gradient [samples x units] = weight · ∂penalty/∂x, added when `accumulate`; it may be 0.
 *
 * kind: see penalty/kinds.ts. p0 … p3 are the penalty's parameters in the order of the catalogue; those that it does not
 * have are not looked at. NOT_DEFINITE: a determinant or an inverse would have fewer than four
 * digits; value holds the largest eigenvalue over what ε adds, gradient is unchanged.
 */
export function penalty(
  value: usize,
  gradient: usize,
  x: usize,
  kind: i32,
  samples: i32,
  units: i32,
  centered: i32,
  ddof: f64,
  p0: f64,
  p1: f64,
  p2: f64,
  p3: f64,
  weight: f64,
  accumulate: i32,
  scratch: usize,
): i32 {
  return penaltyShared(
    value,
    gradient,
    x,
    kind,
    samples,
    units,
    centered,
    ddof,
    p0,
    p1,
    p2,
    p3,
    weight,
    accumulate,
    0,
    scratch,
  );
}

/** Bytes of the place where {@link penaltyShared} keeps what penalties on the same activations have in common. */
export function sharedBytes(samples: i32, units: i32): f64 {
  return <f64>shared.sharedBytes(samples, units);
}

/**
 * {@link penalty} as one of several on the same x, with the same `centered` and `ddof`. `common` [sharedBytes] begins with 64 zero bytes
 * at the first of them and is left to the module until the last; it may be 0. The bits are those of {@link penalty}.
 */
export function penaltyShared(
  value: usize,
  gradient: usize,
  x: usize,
  kind: i32,
  samples: i32,
  units: i32,
  centered: i32,
  ddof: f64,
  p0: f64,
  p1: f64,
  p2: f64,
  p3: f64,
  weight: f64,
  accumulate: i32,
  common: usize,
  scratch: usize,
): i32 {
  const scratchBytes = scratchOfPenalty(kind, samples, units, p0);
  if (scratchBytes === 0) return BAD_KIND;
  let status = covarianceSizes(samples, units, ddof);
  if (status) return status;
  const bytes = reals(samples, units);
  if (!parametersInRange(kind, p0, p1, p2, p3)) return BAD_PARAMETER;
  const gradientBytes = gradient !== 0 ? bytes : 0;
  const commonBytes = common !== 0 ? shared.sharedBytes(samples, units) : 0;
  status = operands(
    value,
    8,
    gradient,
    gradientBytes,
    common,
    commonBytes,
    scratch,
    scratchBytes,
    x,
    bytes,
    0,
    0,
    0,
    0,
  );
  if (status) return status;
  CALL.value = value;
  CALL.gradient = gradient;
  CALL.x = x;
  CALL.scratch = scratch;
  CALL.shared = common;
  CALL.kind = kind;
  CALL.samples = samples;
  CALL.units = units;
  CALL.centered = centered !== 0;
  CALL.accumulate = accumulate !== 0;
  CALL.divisor = <f64>samples - ddof;
  CALL.p0 = p0;
  CALL.p1 = p1;
  CALL.p2 = p2;
  CALL.p3 = p3;
  CALL.weight = weight;
  return evaluatePenalty(CALL);
}

/** Bytes of scratch for {@link crossPenalty}, 0 for an unknown kind. */
export function crossPenaltyScratch(kind: i32, samples: i32, units: i32, otherUnits: i32): f64 {
  return <f64>crossScratch(kind, samples, units, otherUnits);
}

/**
 * value [1, float64] = a penalty on x [samples x units] and y [samples x otherUnits]; gradientX and gradientY = weight ·
 * ∂penalty/∂x and ∂y, added when `accumulate`; either may be 0 for none. `y` may be `x`.
 *
 * kind: 0 cross-covariance, 1 barlow-twins (λ is `p0`; otherUnits must be units, else BAD_SIZE).
 */
export function crossPenalty(
  value: usize,
  gradientX: usize,
  gradientY: usize,
  x: usize,
  y: usize,
  kind: i32,
  samples: i32,
  units: i32,
  otherUnits: i32,
  centered: i32,
  ddof: f64,
  p0: f64,
  weight: f64,
  accumulate: i32,
  scratch: usize,
): i32 {
  const scratchBytes = crossScratch(kind, samples, units, otherUnits);
  if (scratchBytes === 0) return BAD_KIND;
  let status = covarianceSizes(samples, units, ddof) | covarianceSizes(samples, otherUnits, ddof);
  if (status) return status;
  if (kind === BARLOW_TWINS && otherUnits !== units) return BAD_SIZE;
  if (kind === BARLOW_TWINS && !fromZero(p0)) return BAD_PARAMETER;
  const xBytes = reals(samples, units);
  const yBytes = reals(samples, otherUnits);
  status = operands(
    value,
    8,
    gradientX,
    gradientX !== 0 ? xBytes : 0,
    gradientY,
    gradientY !== 0 ? yBytes : 0,
    scratch,
    scratchBytes,
    x,
    xBytes,
    y,
    yBytes,
    0,
    0,
  );
  if (status) return status;
  const center = centered !== 0;
  const add = accumulate !== 0;
  const result =
    kind === BARLOW_TWINS
      ? barlowTwins(gradientX, gradientY, x, y, samples, units, center, p0, weight, add, scratch)
      : crossCovariance(
          gradientX,
          gradientY,
          x,
          y,
          samples,
          units,
          otherUnits,
          center,
          ddof,
          weight,
          add,
          scratch,
        );
  store<f64>(value, result);
  return OK;
}

/** Bytes of scratch for {@link denseForward}. */
export function denseForwardScratch(samples: i32, inputs: i32, units: i32): f64 {
  return <f64>dense.denseForwardScratch(samples, inputs, units);
}

/** z [samples x units] = x [samples x inputs] · weights [inputs x units] + biases [units]. */
export function denseForward(
  z: usize,
  x: usize,
  weights: usize,
  biases: usize,
  samples: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): i32 {
  let status = positive(samples, inputs, units);
  if (status) return status;
  const xBytes = reals(samples, inputs);
  const wBytes = reals(inputs, units);
  status = oneOutput(
    z,
    reals(samples, units),
    scratch,
    dense.denseForwardScratch(samples, inputs, units),
    x,
    xBytes,
    weights,
    wBytes,
    biases,
    reals(1, units),
  );
  if (status) return status;
  dense.denseForward(z, x, weights, biases, samples, inputs, units, scratch);
  return OK;
}

/** Bytes of scratch for {@link denseBackward}. */
export function denseBackwardScratch(samples: i32, inputs: i32, units: i32): f64 {
  return <f64>dense.denseBackwardScratch(samples, inputs, units);
}

/** dWeights = xᵀ·dz, dBiases = Σ dz, dx = dz·weightsᵀ unless `dx` is 0; shapes as in {@link denseForward}. */
export function denseBackward(
  dWeights: usize,
  dBiases: usize,
  dx: usize,
  dz: usize,
  x: usize,
  weights: usize,
  samples: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): i32 {
  let status = positive(samples, inputs, units);
  if (status) return status;
  const xBytes = reals(samples, inputs);
  const wBytes = reals(inputs, units);
  status = operands(
    dWeights,
    wBytes,
    dBiases,
    reals(1, units),
    dx,
    dx !== 0 ? xBytes : 0,
    scratch,
    dense.denseBackwardScratch(samples, inputs, units),
    dz,
    reals(samples, units),
    x,
    xBytes,
    weights,
    wBytes,
  );
  if (status) return status;
  dense.denseBackward(dWeights, dBiases, dx, dz, x, weights, samples, inputs, units, scratch);
  return OK;
}

/** Bytes of a compressed batch of samples x inputs in which nothing is zero. */
export function compressedBytes(samples: i32, inputs: i32): f64 {
  return <f64>compressed.compressedBytes(samples, inputs);
}

/**
 * batch [compressedBytes] = bytes [samples x inputs, uint8] / divisor for the sparse operations below; count [1, int32] = its
 * non-zeros, or −1 where they are more than two fifths: the batch is not usable then.
 */
export function compress(
  count: usize,
  batch: usize,
  bytes: usize,
  samples: i32,
  inputs: i32,
  divisor: f64,
): i32 {
  let status = positive(samples, inputs, 1);
  if (status) return status;
  const batchBytes = compressed.compressedBytes(samples, inputs);
  status = operands(count, 4, batch, batchBytes, 0, 0, 0, 0, bytes, <i64>samples * <i64>inputs, 0, 0, 0, 0);
  if (status) return status;
  store<i32>(count, compressed.compress(batch, bytes, samples, inputs, <real>divisor));
  return OK;
}

/**
 * {@link compress} from non-zeros that are kept: `rows` holds of each sample a count n [uint16], offsets [n, uint16] in
 * increasing order and bytes [n, uint8] up to a whole word of 32 bits, one sample after the other. BAD_KIND for rows that hold anything else.
 */
export function compressRows(
  count: usize,
  batch: usize,
  rows: usize,
  rowsBytes: i32,
  samples: i32,
  inputs: i32,
  divisor: f64,
): i32 {
  let status = positive(samples, inputs, rowsBytes);
  if (status) return status;
  const batchBytes = compressed.compressedBytes(samples, inputs);
  status = operands(count, 4, batch, batchBytes, 0, 0, 0, 0, rows, <i64>rowsBytes, 0, 0, 0, 0);
  if (status) return status;
  const found = compressed.compressRows(batch, rows, <usize>rowsBytes, samples, inputs, divisor);
  if (found === compressed.MALFORMED) return BAD_KIND;
  store<i32>(count, found);
  return OK;
}

/** {@link denseForward} for a batch that {@link compress} made, BAD_KIND for another. The end of `batch` is used as scratch. */
export function sparseForward(
  z: usize,
  batch: usize,
  weights: usize,
  biases: usize,
  samples: i32,
  inputs: i32,
  units: i32,
): i32 {
  let status = positive(samples, inputs, units);
  if (status) return status;
  const batchBytes = compressed.compressedBytes(samples, inputs);
  const wBytes = reals(inputs, units);
  const bBytes = reals(1, units);
  status = oneOutput(z, reals(samples, units), 0, 0, batch, batchBytes, weights, wBytes, biases, bBytes);
  if (status) return status;
  if (!compressed.isRows(batch, samples, inputs)) return BAD_KIND;
  sparse.sparseForward(z, batch, weights, biases, samples, inputs, units);
  return OK;
}

/** Bytes of scratch for {@link sparseBackward}. */
export function sparseBackwardScratch(samples: i32, units: i32): f64 {
  return <f64>sparse.sparseBackwardScratch(samples, units);
}

/** {@link denseBackward} without dx for a batch that {@link compress} made, BAD_KIND for another. */
export function sparseBackward(
  dWeights: usize,
  dBiases: usize,
  dz: usize,
  batch: usize,
  samples: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): i32 {
  let status = positive(samples, inputs, units);
  if (status) return status;
  status = operands(
    dWeights,
    reals(inputs, units),
    dBiases,
    reals(1, units),
    0,
    0,
    scratch,
    sparse.sparseBackwardScratch(samples, units),
    dz,
    reals(samples, units),
    batch,
    compressed.compressedBytes(samples, inputs),
    0,
    0,
  );
  if (status) return status;
  if (!compressed.isColumns(batch, samples, inputs)) return BAD_KIND;
  sparse.sparseBackward(dWeights, dBiases, dz, batch, samples, inputs, units, scratch);
  return OK;
}

/**
 * loss [1, float64] = mean cross-entropy, correct [1, int32] = right answers, gradient [samples x classes] unless 0.
 * labels [samples, int32] must lie in 0 … classes − 1, else BAD_KIND.
 */
export function softmaxCrossEntropy(
  loss: usize,
  correct: usize,
  gradient: usize,
  logits: usize,
  labels: usize,
  samples: i32,
  classes: i32,
): i32 {
  let status = positive(samples, classes, 1);
  if (status) return status;
  const bytes = reals(samples, classes);
  const gradientBytes = gradient !== 0 ? bytes : 0;
  const labelBytes = <i64>samples * 4;
  status = operands(
    loss,
    8,
    correct,
    4,
    gradient,
    gradientBytes,
    0,
    0,
    logits,
    bytes,
    labels,
    labelBytes,
    0,
    0,
  );
  if (status) return status;
  for (let i = 0; i < samples; i++) {
    if (load<u32>(labels + ((<usize>i) << 2)) >= <u32>classes) return BAD_KIND;
  }
  losses.softmaxCrossEntropy(loss, correct, gradient, logits, labels, samples, classes);
  return OK;
}

/** loss [1, float64] = mean of (outputs − targets)² over `count` entries; gradient unless 0; it may be `outputs`. */
export function squaredError(loss: usize, gradient: usize, outputs: usize, targets: usize, count: i32): i32 {
  const status = lossOperands(loss, gradient, outputs, targets, count);
  if (status) return status;
  losses.meanLoss(losses.SQUARED_ERROR, loss, gradient, outputs, targets, count, 0);
  return OK;
}

/**
 * loss [1, float64] = mean over `count` entries of max(z, 0) − z·y + log1p(e^−|z|), z the logits and y the targets;
 * gradient unless 0; it may be `logits`.
 */
export function binaryCrossEntropy(
  loss: usize,
  gradient: usize,
  logits: usize,
  targets: usize,
  count: i32,
): i32 {
  const status = lossOperands(loss, gradient, logits, targets, count);
  if (status) return status;
  losses.meanLoss(losses.BINARY_CROSS_ENTROPY, loss, gradient, logits, targets, count, 0);
  return OK;
}

/**
 * loss [1, float64] = mean over `count` entries of ½d² where |d| ≤ delta, else delta·(|d| − ½delta), d = outputs − targets;
 * gradient unless 0; it may be `outputs`. delta must be above 0 and finite as a `real`.
 */
export function huber(
  loss: usize,
  gradient: usize,
  outputs: usize,
  targets: usize,
  count: i32,
  delta: f64,
): i32 {
  const status = lossOperands(loss, gradient, outputs, targets, count);
  if (status) return status;
  if (!(<real>delta > 0 && <real>delta < Infinity)) return BAD_PARAMETER;
  losses.meanLoss(losses.HUBER, loss, gradient, outputs, targets, count, <real>delta);
  return OK;
}

/** out = e^x; `out` may be `x`. */
export function exp(out: usize, x: usize, count: i32): i32 {
  const status = elementwiseOperands(out, x, x, count);
  if (status) return status;
  activation.activationForward(activation.EXP, out, x, count);
  return OK;
}

/** out = natural logarithm of x; `out` may be `x`. */
export function log(out: usize, x: usize, count: i32): i32 {
  const status = elementwiseOperands(out, x, x, count);
  if (status) return status;
  activation.activationForward(activation.LOG, out, x, count);
  return OK;
}

/** out = hyperbolic tangent of x; `out` may be `x`. */
export function tanh(out: usize, x: usize, count: i32): i32 {
  const status = elementwiseOperands(out, x, x, count);
  if (status) return status;
  activation.activationForward(activation.TANH, out, x, count);
  return OK;
}

/** out [count] = bytes [count, uint8] / divisor. */
export function scaleBytes(out: usize, bytes: usize, count: i32, divisor: f64): i32 {
  if (count <= 0) return BAD_SIZE;
  const status = oneOutput(out, reals(count, 1), 0, 0, bytes, <i64>count, 0, 0, 0, 0);
  if (status) return status;
  elements.scaleBytes(out, bytes, count, divisor);
  return OK;
}
