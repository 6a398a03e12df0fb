/**
 * The reference kernel: every operation in plain float64, written to be read and to be checked against.
 *
 * The formulas are in reference-covariance, reference-*-penalties and reference-layers; this file holds the memory and
 * the list of operations, and is as long as that list.
 */

import { KernelError } from '../errors.ts';
import { BAD_KIND, statusError } from './abi.ts';
import { checkDelta, checkSizes, tooShort, unknownClass } from './arguments.ts';
import { createKernel, type Kernel } from './kernel.ts';
import { elementwise, referenceActivations } from './layers/reference-activations.ts';
import { referenceConvolution } from './layers/reference-convolution.ts';
import { referenceNormalization } from './layers/reference-normalization.ts';
import { referenceOptimizers } from './layers/reference-optimizers.ts';
import { referencePooling } from './layers/reference-pooling.ts';
import { referenceRegularization } from './layers/reference-regularization.ts';
import {
  type KernelArray,
  type KernelBytes,
  type KernelCompressed,
  type KernelIndices,
  LARGEST_COMPRESSED_SHARE,
  type Operations,
} from './operations.ts';
import { checkShape, matrix, numbers } from './reference-arguments.ts';
import {
  addCovarianceAdjoint,
  centeredIf,
  covarianceAlong,
  covarianceOf,
  multiply,
  subtractColumnMeans,
} from './reference-covariance.ts';
import { evaluateCrossPenalty } from './reference-cross-penalties.ts';
import {
  crossEntropy,
  meanBinaryCrossEntropy,
  meanHuber,
  meanSquaredError,
  softCrossEntropy,
} from './reference-layers.ts';
import { Matrix } from './reference-matrix.ts';
import { evaluatePenalty } from './reference-penalties.ts';
import { expandRows } from './reference-rows.ts';

/** A kernel in float64: as slow as it is plain, for checks and small problems. */
export function createReferenceKernel(): Kernel<Float64Array> {
  return createKernel(createReferenceOperations()) as Kernel<Float64Array>;
}

/** The operations behind {@link createReferenceKernel}. */
export function createReferenceOperations(): Operations {
  const live = new Set<KernelArray | KernelIndices | KernelBytes | KernelCompressed>();
  let [liveBytes, liveBytesAtReset, peakBytes] = [0, 0, 0];
  const track = <Allocated extends KernelArray | KernelIndices | KernelBytes>(
    make: () => Allocated,
  ): Allocated => {
    const array = allocateOrExplain(make);
    live.add(array);
    liveBytes += array.values.byteLength;
    peakBytes = Math.max(peakBytes, liveBytes);
    return array;
  };

  return {
    variant: 'reference',
    precision: 'f64',
    get memoryBytes() {
      return liveBytes;
    },
    get peakBytes() {
      return peakBytes - liveBytesAtReset;
    },
    resetPeak() {
      liveBytesAtReset = peakBytes = liveBytes;
    },

    allocate(length) {
      checkSizes('allocate', { length });
      return track(() => ({ length, values: new Float64Array(length) }));
    },
    allocateIndices(length) {
      checkSizes('allocateIndices', { length });
      return track(() => ({ length, values: new Int32Array(length) }));
    },
    allocateBytes(length) {
      checkSizes('allocateBytes', { length });
      return track(() => ({ length, values: new Uint8Array(length) }));
    },
    // A compressed batch is here a matrix like any other: its zeros are multiplied as well, which adds nothing.
    allocateCompressed(samples, inputs) {
      checkSizes('allocateCompressed', { samples, inputs });
      const length = samples * inputs;
      return track(() => ({ length, values: new Float64Array(length) }));
    },
    free(array) {
      if (live.delete(array)) liveBytes -= array.values.byteLength;
    },
    // Its arrays are the garbage collector's and never move.
    hold: (_where, _name, array) => () => array,
    ...referenceActivations,
    ...referenceConvolution,
    ...referencePooling,
    ...referenceNormalization,
    ...referenceRegularization,

    gemm(form, c, a, b, { rows, columns, inner, alpha = 1, beta = 0 }) {
      checkSizes('gemm', { rows, columns, inner });
      multiply(
        form,
        matrix('gemm', 'c', c, rows, columns),
        form === 'TN' ? matrix('gemm', 'a', a, inner, rows) : matrix('gemm', 'a', a, rows, inner),
        form === 'NT' ? matrix('gemm', 'b', b, columns, inner) : matrix('gemm', 'b', b, inner, columns),
        inner,
        alpha,
        beta,
      );
    },
    syrk(form, c, a, { order, inner, alpha = 1 }) {
      checkSizes('syrk', { order, inner });
      const factor =
        form === 'N' ? matrix('syrk', 'a', a, order, inner) : matrix('syrk', 'a', a, inner, order);
      const product = matrix('syrk', 'c', c, order, order);
      multiply(form === 'N' ? 'NT' : 'TN', product, factor, factor, inner, alpha);
    },
    center(out, x, samples, units) {
      checkSizes('center', { samples, units });
      subtractColumnMeans(
        matrix('center', 'out', out, samples, units),
        matrix('center', 'x', x, samples, units),
      );
    },

    covariance(c, x, shape) {
      const { samples, units, centered, ddof } = checkShape('covariance', shape);
      const xc = centeredIf(centered, matrix('covariance', 'x', x, samples, units));
      covarianceOf(matrix('covariance', 'c', c, units, units), xc, samples - ddof);
    },
    covarianceVjp(dx, x, upstream, shape) {
      const { samples, units, centered, ddof } = checkShape('covarianceVjp', shape);
      const gradient = matrix('covarianceVjp', 'dx', dx, samples, units);
      const xc = centeredIf(centered, matrix('covarianceVjp', 'x', x, samples, units));
      const g = matrix('covarianceVjp', 'upstream', upstream, units, units);
      gradient.values.fill(0, 0, samples * units);
      addCovarianceAdjoint(gradient, xc, g, samples - ddof);
    },
    covarianceJvp(dc, x, tangent, shape) {
      const { samples, units, centered, ddof } = checkShape('covarianceJvp', shape);
      const xc = centeredIf(centered, matrix('covarianceJvp', 'x', x, samples, units));
      const tc = centeredIf(centered, matrix('covarianceJvp', 'tangent', tangent, samples, units));
      covarianceAlong(matrix('covarianceJvp', 'dc', dc, units, units), xc, tc, samples - ddof);
    },
    covarianceFloat64(x, samples, units) {
      checkShape('covarianceFloat64', { samples, units, centered: true, ddof: 1 });
      const values = new Float64Array(units * units);
      const xc = centeredIf(true, matrix('covarianceFloat64', 'x', x, samples, units));
      covarianceOf(new Matrix(units, units, values), xc, samples - 1);
      return values;
    },

    // Its room is the garbage collector's business.
    reservePenalty() {},
    reserveCrossPenalty() {},
    reserveCovariance() {},
    penalties(values, gradient, x, calls) {
      for (const [i, call] of calls.entries()) values[i] = this.penalty(gradient, x, call);
    },
    penalty(gradient, x, call) {
      const { samples, units } = checkShape('penalty', call);
      return evaluatePenalty(
        gradient === null
          ? new Matrix(samples, units)
          : matrix('penalty', 'gradient', gradient, samples, units),
        matrix('penalty', 'x', x, samples, units),
        call,
      );
    },
    crossPenalty(gradientX, gradientY, x, y, call) {
      const { samples, units } = checkShape('crossPenalty', call);
      const { otherUnits } = call;
      checkSizes('crossPenalty', { otherUnits });
      return evaluateCrossPenalty(
        gradientX === null ? null : matrix('crossPenalty', 'gradientX', gradientX, samples, units),
        gradientY === null ? null : matrix('crossPenalty', 'gradientY', gradientY, samples, otherUnits),
        matrix('crossPenalty', 'x', x, samples, units),
        matrix('crossPenalty', 'y', y, samples, otherUnits),
        call,
      );
    },

    denseForward(z, x, weights, biases, { samples, inputs, units }) {
      checkSizes('denseForward', { samples, inputs, units });
      const out = matrix('denseForward', 'z', z, samples, units);
      const w = matrix('denseForward', 'weights', weights, inputs, units);
      const b = numbers('denseForward', 'biases', biases, units);
      multiply('NN', out, matrix('denseForward', 'x', x, samples, inputs), w, inputs);
      for (let s = 0; s < samples; s++) {
        for (let j = 0; j < units; j++) out.add(s, j, b[j]!);
      }
    },
    denseBackward(dWeights, dBiases, dx, dz, x, weights, { samples, inputs, units }) {
      checkSizes('denseBackward', { samples, inputs, units });
      const upstream = matrix('denseBackward', 'dz', dz, samples, units);
      const input = matrix('denseBackward', 'x', x, samples, inputs);
      // dW = xᵀ·dz
      multiply('TN', matrix('denseBackward', 'dWeights', dWeights, inputs, units), input, upstream, samples);
      // db = Σ_s dz_s
      const db = numbers('denseBackward', 'dBiases', dBiases, units).fill(0, 0, units);
      for (let s = 0; s < samples; s++) {
        for (let j = 0; j < units; j++) db[j]! += upstream.get(s, j);
      }
      if (dx === null) return;
      // dx = dz·Wᵀ
      const w = matrix('denseBackward', 'weights', weights, inputs, units);
      multiply('NT', matrix('denseBackward', 'dx', dx, samples, inputs), upstream, w, units);
    },
    compress(batch, bytes, samples, inputs, divisor) {
      const count = samples * inputs;
      this.scaleBytes(batch as KernelArray, bytes, count, divisor);
      const values = numbers('compress', 'batch', batch as KernelArray, count).subarray(0, count);
      const nonZeros = values.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
      return nonZeros <= LARGEST_COMPRESSED_SHARE * count;
    },
    compressRows(batch, rows, length, samples, inputs, divisor) {
      if (rows.length < length) throw tooShort('compressRows', 'rows', rows.length, length);
      const values = numbers('compressRows', 'batch', batch as KernelArray, samples * inputs);
      const nonZeros = expandRows(values, rows.values.subarray(0, length), samples, inputs, divisor);
      if (nonZeros === null) throw statusError('compressRows', BAD_KIND);
      return nonZeros <= LARGEST_COMPRESSED_SHARE * samples * inputs;
    },
    sparseForward(z, batch, weights, biases, shape) {
      this.denseForward(z, batch as KernelArray, weights, biases, shape);
    },
    sparseBackward(dWeights, dBiases, dz, batch, shape) {
      // Without ∂/∂x the weights are not looked at.
      this.denseBackward(dWeights, dBiases, null, dz, batch as KernelArray, dWeights, shape);
    },

    softmaxCrossEntropy(gradient, logits, labels, { samples, classes }) {
      const where = 'softmaxCrossEntropy';
      checkSizes(where, { samples, classes });
      if (labels.length < samples) throw tooShort(where, 'labels', labels.length, samples);
      const given = labels.values.subarray(0, samples);
      if (!given.every((label) => label >= 0 && label < classes))
        throw unknownClass('softmaxCrossEntropy', classes);
      return crossEntropy(
        gradient === null ? null : matrix(where, 'gradient', gradient, samples, classes),
        matrix(where, 'logits', logits, samples, classes),
        given,
      );
    },
    softCrossEntropy(gradient, logits, targets, labels, { samples, classes }) {
      const where = 'softCrossEntropy';
      checkSizes(where, { samples, classes });
      if (labels.length < samples) throw tooShort(where, 'labels', labels.length, samples);
      const given = labels.values.subarray(0, samples);
      if (!given.every((label) => label >= 0 && label < classes)) throw unknownClass(where, classes);
      return softCrossEntropy(
        gradient === null ? null : matrix(where, 'gradient', gradient, samples, classes),
        matrix(where, 'logits', logits, samples, classes),
        matrix(where, 'targets', targets, samples, classes),
        given,
      );
    },
    squaredError(gradient, outputs, targets, count) {
      checkSizes('squaredError', { count });
      return meanSquaredError(
        gradient === null ? null : numbers('squaredError', 'gradient', gradient, count),
        numbers('squaredError', 'outputs', outputs, count),
        numbers('squaredError', 'targets', targets, count),
        count,
      );
    },
    binaryCrossEntropy(gradient, logits, targets, count) {
      checkSizes('binaryCrossEntropy', { count });
      return meanBinaryCrossEntropy(
        gradient === null ? null : numbers('binaryCrossEntropy', 'gradient', gradient, count),
        numbers('binaryCrossEntropy', 'logits', logits, count),
        numbers('binaryCrossEntropy', 'targets', targets, count),
        count,
      );
    },
    huber(gradient, outputs, targets, count, delta) {
      checkSizes('huber', { count });
      checkDelta(delta, 'f64');
      return meanHuber(
        gradient === null ? null : numbers('huber', 'gradient', gradient, count),
        numbers('huber', 'outputs', outputs, count),
        numbers('huber', 'targets', targets, count),
        count,
        delta,
      );
    },

    ...referenceOptimizers,

    exp(out, x, count) {
      elementwise('exp', out, x, count, Math.exp);
    },
    log(out, x, count) {
      elementwise('log', out, x, count, Math.log);
    },
    tanh(out, x, count) {
      elementwise('tanh', out, x, count, Math.tanh);
    },
    scaleBytes(out, bytes, count, divisor) {
      checkSizes('scaleBytes', { count });
      if (bytes.length < count) throw tooShort('scaleBytes', 'bytes', bytes.length, count);
      const target = numbers('scaleBytes', 'out', out, count);
      const source = bytes.values;
      for (let i = 0; i < count; i++) target[i] = source[i]! / divisor;
    },
  };
}

/** An array, or the error of every kernel where there is no room for it. */
function allocateOrExplain<Allocated>(make: () => Allocated): Allocated {
  try {
    return make();
  } catch (cause) {
    throw new KernelError(
      'KERNEL_OUT_OF_MEMORY',
      `kernel: the host must have room for every array of the reference kernel, and it refused one (${String(cause)}). ` +
        'Use fewer units or a smaller batch.',
      {},
      { cause },
    );
  }
}
