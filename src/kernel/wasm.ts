/**
 * The operations of the WebAssembly builds: checked arguments in, status codes turned into errors.
 *
 * One operation after another, each with the operands of its export: this file is as long as their list.
 */

import { KernelError, ShapeError } from '../errors.ts';
import {
  BAD_KIND,
  CROSS_PENALTY_KINDS,
  FORMS,
  type KernelExports,
  NOT_DEFINITE,
  PENALTY_KINDS,
  statusError,
} from './abi.ts';
import { Arena, type Block } from './arena.ts';
import { checkDelta, checkSizes, illConditioned, lookUp, tooShort, unknownClass } from './arguments.ts';
import { PENALTIES } from './catalogue.ts';
import { activationOperations } from './layers/activations.ts';
import { convolutionOperations } from './layers/convolution.ts';
import type { KernelHost } from './layers/host.ts';
import { normalizationOperations } from './layers/normalization.ts';
import { optimizerOperations } from './layers/optimizers.ts';
import { poolingOperations } from './layers/pooling.ts';
import { regularizationOperations } from './layers/regularization.ts';
import type {
  CrossPenaltyCall,
  KernelArray,
  KernelBytes,
  KernelCompressed,
  KernelIndices,
  Operations,
  PenaltyCall,
  Variant,
} from './operations.ts';

/** Bins of a mutual-information that needs the least room; other penalties need the same whatever their parameter is. */
const FEWEST_BINS = 2;

/** The places of a penalty that shares nothing. */
const ALONE = [0];

/** Bytes at the beginning of what penalties share that say what is there. */
const SHARED_HEAD = 64;

/** The penalties that look at products of the (centred) activations with themselves. */
const SHARING: ReadonlySet<string> = new Set(
  PENALTIES.filter(({ id, family }) => family === 'covariance' && id !== 'mean').map(({ id }) => id),
);

/** Wrap an instance and its memory. */
export function createWasmOperations(
  exports: KernelExports,
  memory: WebAssembly.Memory,
  variant: Exclude<Variant, 'reference'>,
  precision: 'f32' | 'f64',
): Operations {
  const arena = new Arena(memory, exports.heapBase() >>> 0);
  const result = arena.doubles(1);
  const correct = arena.indices(1);

  const at = (array: KernelArray | KernelIndices | KernelBytes | KernelCompressed | null): number => {
    if (array === null) return 0;
    const { owner, offsetBytes } = array as unknown as Block;
    if (owner === arena) return offsetBytes;
    throw new ShapeError(
      'FOREIGN_ARRAY',
      'kernel: an array must lie in the memory of the kernel that uses it, got one of another kernel. Allocate it with the operations that use it.',
    );
  };

  const need = (where: string, name: string, array: { length: number } | null, length: number): void => {
    if (array !== null && array.length < length) throw tooShort(where, name, array.length, length);
  };

  /** Number of a penalty in the ABI, and its room. */
  const penaltyOperands = ({
    id,
    samples,
    units,
    parameters,
  }: PenaltyCall): [kind: number, scratch: number] => {
    const kind = lookUp('penalty', 'penalty', PENALTY_KINDS, id);
    const bytes = exports.penaltyScratch(kind, samples, units, parameters[0] ?? 0);
    try {
      return [kind, arena.scratch(bytes)];
    } catch (cause) {
      // What takes the room is the parameter, where the same call with the least of it does with half.
      const least = exports.penaltyScratch(kind, samples, units, FEWEST_BINS);
      if (!(cause instanceof KernelError) || 2 * least > bytes) throw cause;
      throw new KernelError(
        cause.code,
        `${id}: bins must leave the tables room in the memory of a module (4 GiB), got ${parameters[0]} for ${bytes} bytes. Use fewer bins.`,
        { id, bins: parameters[0]!, bytes },
        { cause },
      );
    }
  };

  const crossOperands = ({
    id,
    samples,
    units,
    otherUnits,
  }: CrossPenaltyCall): [kind: number, scratch: number] => {
    const kind = lookUp('crossPenalty', 'penalty', CROSS_PENALTY_KINDS, id);
    return [kind, arena.scratch(exports.crossPenaltyScratch(kind, samples, units, otherUnits))];
  };

  const check = (where: string, status: number): void => {
    if (status !== 0) throw statusError(where, status);
  };

  const scratch = (bytes: number): number => arena.scratch(bytes);
  const host: KernelHost = { exports, precision, result, at, need, scratch, check };

  const evaluatePenalty = (
    gradient: KernelArray | null,
    x: KernelArray,
    call: PenaltyCall,
    shared: number,
    scratch: number,
  ): number => {
    const { id, samples, units, centered, ddof, parameters, weight, accumulate } = call;
    need(id, 'gradient', gradient, samples * units);
    need(id, 'x', x, samples * units);
    const kind = lookUp('penalty', 'penalty', PENALTY_KINDS, id);
    const [p0 = 0, p1 = 0, p2 = 0, p3 = 0] = parameters;
    const status = exports.penaltyShared(
      result.offsetBytes,
      at(gradient),
      at(x),
      kind,
      samples,
      units,
      +centered,
      ddof,
      p0,
      p1,
      p2,
      p3,
      weight,
      +accumulate,
      shared,
      scratch,
    );
    if (status === NOT_DEFINITE) {
      throw illConditioned(id, result.values[0]!);
    }
    check(id, status);
    return result.values[0]!;
  };

  /** Room for several penalties: one scratch for all, and for each call the place that it shares with others, or 0. */
  const placesOf = (calls: readonly PenaltyCall[]): { scratch: number; places: number[] } => {
    let scratch = 0;
    for (const call of calls) [, scratch] = penaltyOperands(call);
    if (calls.length === 1) return { scratch, places: ALONE };
    const [{ samples, units }] = calls as [PenaltyCall];
    const groups = calls.map(({ id, centered, ddof }) => (SHARING.has(id) ? `${centered} ${ddof}` : ''));
    const shared = [...new Set(groups)].filter(
      (group) => group !== '' && groups.indexOf(group) !== groups.lastIndexOf(group),
    );
    const own = calls.map(({ id, parameters }) =>
      exports.penaltyScratch(PENALTY_KINDS[id]!, samples, units, parameters[0] ?? 0),
    );
    const first = Math.ceil(Math.max(...own) / 64) * 64;
    const each = exports.sharedBytes(samples, units);
    scratch = arena.scratch(first + shared.length * each);
    const places = groups.map((group) => {
      const at = shared.indexOf(group);
      return at < 0 ? 0 : scratch + first + at * each;
    });
    return { scratch, places };
  };

  return {
    variant,
    precision,
    get memoryBytes() {
      return arena.bytes;
    },
    get peakBytes() {
      return arena.peakBytes;
    },
    resetPeak: () => arena.resetPeak(),
    allocate(length) {
      checkSizes('allocate', { length });
      return precision === 'f32' ? arena.floats(length) : arena.doubles(length);
    },
    allocateIndices(length) {
      checkSizes('allocateIndices', { length });
      return arena.indices(length);
    },
    allocateBytes(length) {
      checkSizes('allocateBytes', { length });
      return arena.octets(length);
    },
    free: (array) => arena.free(at(array)),
    hold: (where, name, array) => arena.hold(where, name, array),
    ...activationOperations(host),
    ...convolutionOperations(host),
    ...poolingOperations(host),
    ...normalizationOperations(host),
    ...regularizationOperations(host),

    gemm(form, c, a, b, { rows, columns, inner, alpha = 1, beta = 0 }) {
      need('gemm', 'c', c, rows * columns);
      need('gemm', 'a', a, rows * inner);
      need('gemm', 'b', b, inner * columns);
      const number = lookUp('gemm', 'form', FORMS, form);
      const scratch = arena.scratch(exports.gemmScratch(rows, columns, inner));
      check('gemm', exports.gemm(at(c), at(a), at(b), number, rows, columns, inner, alpha, beta, scratch));
    },
    syrk(form, c, a, { order, inner, alpha = 1 }) {
      need('syrk', 'c', c, order * order);
      need('syrk', 'a', a, order * inner);
      const scratch = arena.scratch(exports.gemmScratch(order, order, inner));
      check('syrk', exports.syrk(at(c), at(a), form === 'T' ? 1 : 0, order, inner, alpha, scratch));
    },
    center(out, x, samples, units) {
      need('center', 'out', out, samples * units);
      need('center', 'x', x, samples * units);
      check('center', exports.center(at(out), at(x), samples, units));
    },

    covariance(c, x, { samples, units, centered, ddof }) {
      need('covariance', 'c', c, units * units);
      need('covariance', 'x', x, samples * units);
      const scratch = arena.scratch(exports.covarianceScratch(samples, units));
      check('covariance', exports.covariance(at(c), at(x), samples, units, +centered, ddof, scratch));
    },
    covarianceVjp(dx, x, upstream, { samples, units, centered, ddof }) {
      need('covarianceVjp', 'dx', dx, samples * units);
      need('covarianceVjp', 'x', x, samples * units);
      need('covarianceVjp', 'upstream', upstream, units * units);
      const scratch = arena.scratch(exports.covarianceVjpScratch(samples, units));
      const status = exports.covarianceVjp(
        at(dx),
        at(x),
        at(upstream),
        samples,
        units,
        +centered,
        ddof,
        scratch,
      );
      check('covarianceVjp', status);
    },
    covarianceJvp(dc, x, tangent, { samples, units, centered, ddof }) {
      need('covarianceJvp', 'dc', dc, units * units);
      need('covarianceJvp', 'x', x, samples * units);
      need('covarianceJvp', 'tangent', tangent, samples * units);
      const scratch = arena.scratch(exports.covarianceJvpScratch(samples, units));
      const status = exports.covarianceJvp(
        at(dc),
        at(x),
        at(tangent),
        samples,
        units,
        +centered,
        ddof,
        scratch,
      );
      check('covarianceJvp', status);
    },

    reservePenalty: (...calls) => void placesOf(calls),
    reserveCrossPenalty: (call) => void crossOperands(call),
    reserveCovariance: ({ samples, units }) => void arena.scratch(exports.covarianceScratch(samples, units)),
    penalties(values, gradient, x, calls) {
      const { scratch, places } = placesOf(calls);
      // Nothing is common yet.
      for (const place of new Set(places)) if (place > 0) arena.clear(place, SHARED_HEAD);
      for (const [i, call] of calls.entries())
        values[i] = evaluatePenalty(gradient, x, call, places[i]!, scratch);
    },
    penalty(gradient, x, call) {
      const [, scratch] = penaltyOperands(call);
      return evaluatePenalty(gradient, x, call, 0, scratch);
    },

    crossPenalty(gradientX, gradientY, x, y, call) {
      const { id, samples, units, otherUnits, centered, ddof, parameters, weight, accumulate } = call;
      need(id, 'gradientX', gradientX, samples * units);
      need(id, 'gradientY', gradientY, samples * otherUnits);
      need(id, 'x', x, samples * units);
      need(id, 'y', y, samples * otherUnits);
      const [kind, scratch] = crossOperands(call);
      const [p0 = 0] = parameters;
      const status = exports.crossPenalty(
        result.offsetBytes,
        at(gradientX),
        at(gradientY),
        at(x),
        at(y),
        kind,
        samples,
        units,
        otherUnits,
        +centered,
        ddof,
        p0,
        weight,
        +accumulate,
        scratch,
      );
      check(id, status);
      return result.values[0]!;
    },

    denseForward(z, x, weights, biases, { samples, inputs, units }) {
      need('denseForward', 'z', z, samples * units);
      need('denseForward', 'x', x, samples * inputs);
      need('denseForward', 'weights', weights, inputs * units);
      need('denseForward', 'biases', biases, units);
      const scratch = arena.scratch(exports.denseForwardScratch(samples, inputs, units));
      const status = exports.denseForward(
        at(z),
        at(x),
        at(weights),
        at(biases),
        samples,
        inputs,
        units,
        scratch,
      );
      check('denseForward', status);
    },
    denseBackward(dWeights, dBiases, dx, dz, x, weights, { samples, inputs, units }) {
      need('denseBackward', 'dWeights', dWeights, inputs * units);
      need('denseBackward', 'dBiases', dBiases, units);
      need('denseBackward', 'dx', dx, samples * inputs);
      need('denseBackward', 'dz', dz, samples * units);
      need('denseBackward', 'x', x, samples * inputs);
      need('denseBackward', 'weights', weights, inputs * units);
      const scratch = arena.scratch(exports.denseBackwardScratch(samples, inputs, units));
      const status = exports.denseBackward(
        at(dWeights),
        at(dBiases),
        at(dx),
        at(dz),
        at(x),
        at(weights),
        samples,
        inputs,
        units,
        scratch,
      );
      check('denseBackward', status);
    },
    allocateCompressed(samples, inputs) {
      checkSizes('allocateCompressed', { samples, inputs });
      return arena.octets(exports.compressedBytes(samples, inputs));
    },
    compress(batch, bytes, samples, inputs, divisor) {
      need('compress', 'batch', batch, exports.compressedBytes(samples, inputs));
      need('compress', 'bytes', bytes, samples * inputs);
      check(
        'compress',
        exports.compress(correct.offsetBytes, at(batch), at(bytes), samples, inputs, divisor),
      );
      return correct.values[0]! >= 0;
    },
    compressRows(batch, rows, length, samples, inputs, divisor) {
      need('compressRows', 'batch', batch, exports.compressedBytes(samples, inputs));
      need('compressRows', 'rows', rows, length);
      const operands = [correct.offsetBytes, at(batch), at(rows), length, samples, inputs, divisor];
      check('compressRows', exports.compressRows(...operands));
      return correct.values[0]! >= 0;
    },
    sparseForward(z, batch, weights, biases, { samples, inputs, units }) {
      need('sparseForward', 'z', z, samples * units);
      need('sparseForward', 'batch', batch, exports.compressedBytes(samples, inputs));
      need('sparseForward', 'weights', weights, inputs * units);
      need('sparseForward', 'biases', biases, units);
      const status = exports.sparseForward(at(z), at(batch), at(weights), at(biases), samples, inputs, units);
      check('sparseForward', status);
    },
    sparseBackward(dWeights, dBiases, dz, batch, { samples, inputs, units }) {
      need('sparseBackward', 'dWeights', dWeights, inputs * units);
      need('sparseBackward', 'dBiases', dBiases, units);
      need('sparseBackward', 'dz', dz, samples * units);
      need('sparseBackward', 'batch', batch, exports.compressedBytes(samples, inputs));
      const scratch = arena.scratch(exports.sparseBackwardScratch(samples, units));
      const operands = [at(dWeights), at(dBiases), at(dz), at(batch), samples, inputs, units, scratch];
      check('sparseBackward', exports.sparseBackward(...operands));
    },
    softmaxCrossEntropy(gradient, logits, labels, { samples, classes }) {
      need('softmaxCrossEntropy', 'gradient', gradient, samples * classes);
      need('softmaxCrossEntropy', 'logits', logits, samples * classes);
      need('softmaxCrossEntropy', 'labels', labels, samples);
      const status = exports.softmaxCrossEntropy(
        result.offsetBytes,
        correct.offsetBytes,
        at(gradient),
        at(logits),
        at(labels),
        samples,
        classes,
      );
      if (status === BAD_KIND) throw unknownClass('softmaxCrossEntropy', classes);
      check('softmaxCrossEntropy', status);
      return { loss: result.values[0]!, correct: correct.values[0]! };
    },
    softCrossEntropy(gradient, logits, targets, labels, { samples, classes }) {
      need('softCrossEntropy', 'gradient', gradient, samples * classes);
      need('softCrossEntropy', 'logits', logits, samples * classes);
      need('softCrossEntropy', 'targets', targets, samples * classes);
      need('softCrossEntropy', 'labels', labels, samples);
      const outputs = [result.offsetBytes, correct.offsetBytes, at(gradient)];
      const inputs = [at(logits), at(targets), at(labels)];
      const status = exports.softCrossEntropy(...outputs, ...inputs, samples, classes);
      if (status === BAD_KIND) throw unknownClass('softCrossEntropy', classes);
      check('softCrossEntropy', status);
      return { loss: result.values[0]!, correct: correct.values[0]! };
    },
    squaredError(gradient, outputs, targets, count) {
      need('squaredError', 'gradient', gradient, count);
      need('squaredError', 'outputs', outputs, count);
      need('squaredError', 'targets', targets, count);
      const status = exports.squaredError(result.offsetBytes, at(gradient), at(outputs), at(targets), count);
      check('squaredError', status);
      return result.values[0]!;
    },
    binaryCrossEntropy(gradient, logits, targets, count) {
      need('binaryCrossEntropy', 'gradient', gradient, count);
      need('binaryCrossEntropy', 'logits', logits, count);
      need('binaryCrossEntropy', 'targets', targets, count);
      const operands = [result.offsetBytes, at(gradient), at(logits), at(targets), count];
      check('binaryCrossEntropy', exports.binaryCrossEntropy(...operands));
      return result.values[0]!;
    },
    huber(gradient, outputs, targets, count, delta) {
      need('huber', 'gradient', gradient, count);
      need('huber', 'outputs', outputs, count);
      need('huber', 'targets', targets, count);
      checkDelta(delta, precision);
      const operands = [result.offsetBytes, at(gradient), at(outputs), at(targets), count, delta];
      check('huber', exports.huber(...operands));
      return result.values[0]!;
    },

    ...optimizerOperations(host),

    exp(out, x, count) {
      need('exp', 'out', out, count);
      need('exp', 'x', x, count);
      check('exp', exports.exp(at(out), at(x), count));
    },
    log(out, x, count) {
      need('log', 'out', out, count);
      need('log', 'x', x, count);
      check('log', exports.log(at(out), at(x), count));
    },
    tanh(out, x, count) {
      need('tanh', 'out', out, count);
      need('tanh', 'x', x, count);
      check('tanh', exports.tanh(at(out), at(x), count));
    },

    scaleBytes(out, bytes, count, divisor) {
      need('scaleBytes', 'out', out, count);
      need('scaleBytes', 'bytes', bytes, count);
      check('scaleBytes', exports.scaleBytes(at(out), at(bytes), count, divisor));
    },
    covarianceFloat64(x, samples, units) {
      need('covarianceFloat64', 'x', x, samples * units);
      const output = arena.doubles(units * units);
      try {
        const scratch = arena.scratch(exports.covarianceFloat64Scratch(samples, units));
        const status = exports.covarianceFloat64(output.offsetBytes, at(x), samples, units, scratch);
        check('covarianceFloat64', status);
        return output.values.slice();
      } finally {
        arena.free(output.offsetBytes);
      }
    },
  };
}
