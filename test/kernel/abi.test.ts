/** The raw module: wrong operands are answered by a status code, and no byte outside the outputs changes. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CompiledKernel } from '../../src/kernel/instantiate.ts';
import { compiledKernels, publishedFile } from '../kernels.ts';

type Exports = Record<string, (...operands: number[]) => number>;
type Call = [operation: string, operands: number[], status: number];

const PAGES = 16;
const END = PAGES * 65536;
const BAD_SIZE = 1;
const BAD_POINTER = 2;
const BAD_KIND = 4;
const BAD_PARAMETER = 32;
const OVERLAP = 8;

let builds: CompiledKernel[] = [];
beforeAll(async () => {
  builds = await compiledKernels();
});

function instantiate(module: WebAssembly.Module): { exports: Exports; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  return { exports: new WebAssembly.Instance(module, { env: { memory } }).exports as Exports, memory };
}

/** Non-overlapping places: a megabyte is enough for everything here. */
const [A, B, C, D, E, S] = [0x20000, 0x30000, 0x40000, 0x50000, 0x58000, 0x60000] as const;

const MANY = 0x7fffffff;
const ABUSE: Call[] = [
  ['gemm', [A, B, C, 0, 0, 4, 4, 1, 0, S], BAD_SIZE],
  ['gemm', [A, B, C, 0, 4, -1, 4, 1, 0, S], BAD_SIZE],
  ['gemm', [A, B, C, 3, 4, 4, 4, 1, 0, S], BAD_KIND],
  ['gemm', [A, B, C, -1, 4, 4, 4, 1, 0, S], BAD_KIND],
  ['gemm', [0, B, C, 0, 4, 4, 4, 1, 0, S], BAD_POINTER],
  ['gemm', [-64, B, C, 0, 4, 4, 4, 1, 0, S], BAD_POINTER],
  ['gemm', [END - 63, B, C, 0, 4, 4, 4, 1, 0, S], BAD_POINTER],
  ['gemm', [A, B, C, 0, 65536, 65536, 1, 1, 0, S], BAD_POINTER],
  ['gemm', [A, B, C, 0, MANY, MANY, MANY, 1, 0, S], BAD_POINTER],
  ['gemm', [A, A, C, 0, 4, 4, 4, 1, 0, S], OVERLAP],
  ['gemm', [A, B, A + 60, 0, 4, 4, 4, 1, 0, S], OVERLAP],
  ['gemm', [A, B, C, 0, 4, 4, 4, 1, 0, A], OVERLAP],
  ['syrk', [A, A, 0, 4, 4, 1, S], OVERLAP],
  ['syrk', [A, B, 0, 4, 0, 1, S], BAD_SIZE],
  ['center', [A, A + 4, 4, 4], OVERLAP],
  ['center', [A, B, 0, 4], BAD_SIZE],
  ['covariance', [A, B, 1, 4, 1, 1, S], BAD_SIZE],
  ['covariance', [A, B, 4, 4, 1, Number.NaN, S], BAD_SIZE],
  ['covariance', [A, B, 4, 4, 1, 1, END - 8], BAD_POINTER],
  ['covarianceVjp', [A, B, A, 4, 4, 1, 1, S], OVERLAP],
  ['covarianceJvp', [A, B, 8, 4, 4, 1, 1, S], BAD_POINTER],
  ['covarianceFloat64', [A, B, 1, 4, S], BAD_SIZE],
  // The last number of a family is the last to be given.
  ['penalty', [D, A, B, 15, 4, 4, 1, 1, 0, 0, 0, 0, 1, 0, S], BAD_KIND],
  ['penalty', [D, A, B, 4, 4, 0, 1, 1, 0, 0, 0, 0, 1, 0, S], BAD_SIZE],
  ['penalty', [D, A, B, 4, 1, 4, 1, 1, 0, 0, 0, 0, 1, 0, S], BAD_SIZE],
  ['penalty', [D, A, A, 4, 4, 4, 1, 1, 0, 0, 0, 0, 1, 0, S], OVERLAP],
  ['penalty', [A, A, B, 4, 4, 4, 1, 1, 0, 0, 0, 0, 1, 0, S], OVERLAP],
  ['penalty', [0, A, B, 4, 4, 4, 1, 1, 0, 0, 0, 0, 1, 0, S], BAD_POINTER],
  ['penalty', [D, A, B, 4, MANY, MANY, 1, 1, 0, 0, 0, 0, 1, 0, S], BAD_POINTER],
  ['penalty', [D, A, B, 4, 4, 4, 1, 1, 0, 0, 0, 0, 1, 0, B], OVERLAP],
  ['penalty', [D, A, B, 48, 4, 4, 1, 0, 0, 1e-8, 0, 0, 1, 0, S], BAD_SIZE],
  ['penalty', [D, A, B, 48, 4, 4, 1, 0, 1, 1e-8, 0, 0, 1, 0, S], BAD_SIZE],
  ['penalty', [D, A, B, 48, 4, 4, 1, 0, -8, 1e-8, 0, 0, 1, 0, S], BAD_SIZE],
  ['penalty', [D, A, B, 48, 4, 4, 1, 0, 2.5, 1e-8, 0, 0, 1, 0, S], BAD_SIZE],
  ['penalty', [D, A, B, 48, 4, 4, 1, 0, Number.NaN, 1e-8, 0, 0, 1, 0, S], BAD_SIZE],
  ['penalty', [D, A, B, 48, 4, 4, 1, 0, 2 ** 20 + 1, 1e-8, 0, 0, 1, 0, S], BAD_POINTER],
  ['penalty', [D, A, B, 48, 4, 4, 1, 0, Number.POSITIVE_INFINITY, 1e-8, 0, 0, 1, 0, S], BAD_POINTER],
  ['crossPenalty', [D, A, B, C, E, 2, 4, 4, 4, 1, 0, 0, 1, 0, S], BAD_KIND],
  ['crossPenalty', [D, A, B, C, E, -1, 4, 4, 4, 1, 0, 0, 1, 0, S], BAD_KIND],
  ['crossPenalty', [D, A, B, C, E, 0, 0, 4, 4, 1, 0, 0, 1, 0, S], BAD_SIZE],
  ['crossPenalty', [D, A, B, C, E, 0, 4, 4, 0, 1, 0, 0, 1, 0, S], BAD_SIZE],
  ['crossPenalty', [D, A, B, C, E, 0, 4, 4, 4, 1, 4, 0, 1, 0, S], BAD_SIZE],
  ['crossPenalty', [D, A, B, C, E, 1, 4, 4, 5, 1, 0, 0, 1, 0, S], BAD_SIZE],
  ['crossPenalty', [0, A, B, C, E, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], BAD_POINTER],
  ['crossPenalty', [D, 8, B, C, E, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], BAD_POINTER],
  ['crossPenalty', [D, A, -64, C, E, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], BAD_POINTER],
  ['crossPenalty', [D, A, B, 0, E, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], BAD_POINTER],
  ['crossPenalty', [D, 0, 0, C, END - 63, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], BAD_POINTER],
  ['crossPenalty', [D, 0, 0, C, E, 0, MANY, MANY, MANY, 1, 0, 0, 1, 0, S], BAD_POINTER],
  ['crossPenalty', [D, A, A, C, E, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], OVERLAP],
  ['crossPenalty', [D, A, B, A, E, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], OVERLAP],
  ['crossPenalty', [D, A, B, C, B + 60, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], OVERLAP],
  ['crossPenalty', [D, D, B, C, E, 0, 4, 4, 4, 1, 0, 0, 1, 0, S], OVERLAP],
  ['crossPenalty', [C, 0, 0, C, E, 1, 4, 4, 4, 1, 0, 0, 1, 0, S], OVERLAP],
  ['crossPenalty', [D, 0, 0, C, E, 1, 4, 4, 4, 1, 0, 0, 1, 0, E], OVERLAP],
  ['crossPenalty', [D, 0, B, C, E, 1, 4, 4, 4, 1, 0, 0, 1, 0, B], OVERLAP],
  ['compress', [D, A, B, 4, 0, 255], BAD_SIZE],
  ['compress', [D, A, A, 4, 4, 255], OVERLAP],
  ['compress', [A, A, B, 4, 4, 255], OVERLAP],
  ['compressRows', [D, A, B, 0, 4, 4, 255], BAD_SIZE],
  ['compressRows', [D, A, B, 8, 4, 0, 255], BAD_SIZE],
  ['compressRows', [D, A, A, 8, 4, 4, 255], OVERLAP],
  ['compressRows', [D, A, END - 4, 8, 4, 4, 255], BAD_POINTER],
  ['sparseForward', [A, B, C, A, 4, 4, 4], OVERLAP],
  ['sparseForward', [A, 0, C, D, 4, 4, 4], BAD_POINTER],
  ['sparseBackward', [A, A, B, C, 4, 4, 4, S], OVERLAP],
  ['sparseBackward', [A, B, C, D, 4, 4, 4, END - 4], BAD_POINTER],
  ['denseForward', [A, B, C, 16, 4, 4, 4, S], BAD_POINTER],
  ['denseForward', [A, B, C, A, 4, 4, 4, S], OVERLAP],
  ['denseBackward', [A, B, 0, A, C, D, 4, 4, 4, S], OVERLAP],
  ['denseBackward', [A, B, 0, C, D, 12, 4, 4, 4, S], BAD_POINTER],
  ['denseBackward', [A, B, B, C, D, E, 4, 4, 4, S], OVERLAP],
  ['denseBackward', [A, B, 0, C, B, E, 4, 4, 4, S], OVERLAP],
  ['conv2dForward', [A, B, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 1, 2, 0, S], BAD_KIND],
  ['conv2dForward', [A, B, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 0, 1, 0, S], BAD_SIZE],
  ['conv2dForward', [A, B, C, D, 1, 4, 4, 1, -1, 3, 3, 1, 1, 1, 0, S], BAD_SIZE],
  ['conv2dForward', [A, B, C, D, 1, 4, 4, 1, 1, 3, 5, 1, 1, 0, 0, S], BAD_SIZE],
  ['conv2dForward', [A, B, C, 12, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, S], BAD_POINTER],
  ['conv2dForward', [A, B, C, 0, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, END - 64], BAD_POINTER],
  ['conv2dForward', [A, B, C, D, MANY, MANY, MANY, MANY, 1, 1, 1, 1, 1, 1, 0, S], BAD_POINTER],
  ['conv2dForward', [A, B, C, D, 1, 4, 4, 1, 1, MANY, MANY, MANY, MANY, 1, 0, S], BAD_POINTER],
  ['conv2dForward', [A, A, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, S], OVERLAP],
  ['conv2dForward', [A, B, C, A, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, S], OVERLAP],
  ['conv2dForward', [A, B, C, 0, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, C], OVERLAP],
  ['conv2dBackward', [A, 0, 0, B, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 1, -1, 0, S], BAD_KIND],
  ['conv2dBackward', [A, 0, 0, B, C, D, 0, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, S], BAD_SIZE],
  ['conv2dBackward', [A, 0, 0, 0, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, S], BAD_POINTER],
  ['conv2dBackward', [A, 0, 8, B, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, S], BAD_POINTER],
  ['conv2dBackward', [A, A, 0, B, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, S], OVERLAP],
  ['conv2dBackward', [A, E, B, B, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, S], OVERLAP],
  ['conv2dBackward', [A, E, 0, B, C, D, 1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 0, D], OVERLAP],
  ['poolForward', [A, B, 2, 1, 4, 4, 1, 2, 2, 2, 2, 0], BAD_KIND],
  ['poolForward', [A, B, 0, 1, 4, 4, 1, 5, 2, 2, 2, 0], BAD_SIZE],
  ['poolForward', [A, B, 0, 1, 4, 4, 1, 2, 2, 0, 2, 1], BAD_SIZE],
  ['poolForward', [A, B, 0, 1, 4, 4, -1, 2, 2, 2, 2, 1], BAD_SIZE],
  ['poolForward', [A, A + 12, 0, 1, 4, 4, 1, 2, 2, 2, 2, 0], OVERLAP],
  ['poolForward', [8, B, 0, 1, 4, 4, 1, 2, 2, 2, 2, 0], BAD_POINTER],
  ['poolForward', [A, B, 1, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, 1], BAD_POINTER],
  ['poolBackward', [A, B, 0, C, 0, 1, 4, 4, 1, 2, 2, 2, 2, 0], BAD_POINTER],
  ['poolBackward', [A, B, A, C, 0, 1, 4, 4, 1, 2, 2, 2, 2, 0], OVERLAP],
  ['poolBackward', [A, A, 0, 0, 1, 1, 4, 4, 1, 2, 2, 2, 2, 0], OVERLAP],
  ['batchNormalizationForward', [A, B, C, D, E, E + 64, E + 128, 0, 4, 1e-3, 0.9, 1, S], BAD_SIZE],
  ['batchNormalizationForward', [A, B, C, D, A, E + 64, E + 128, 4, 4, 1e-3, 0.9, 1, S], OVERLAP],
  ['batchNormalizationForward', [A, B, C, C, E, E + 64, E + 128, 4, 4, 1e-3, 0.9, 1, S], OVERLAP],
  ['batchNormalizationForward', [A, B, C, D, E, E + 64, D, 4, 4, 1e-3, 0.9, 1, S], OVERLAP],
  ['batchNormalizationForward', [A, B, C, 0, E, E + 64, E + 128, 4, 4, 1e-3, 0.9, 1, S], BAD_POINTER],
  ['batchNormalizationForward', [A, B, C, D, E, E + 64, E + 128, MANY, MANY, 1e-3, 0.9, 1, S], BAD_POINTER],
  ['batchNormalizationBackward', [A, A + 256, B, C, D, E, E + 64, 4, 4, 1, END - 8], BAD_POINTER],
  ['batchNormalizationBackward', [A, B, B, C, D, E, E + 64, 4, 4, 1, S], OVERLAP],
  ['batchNormalizationBackward', [A, A + 256, B, 0, D, E, E + 64, 4, 4, 1, S], BAD_POINTER],
  ['batchNormalizationBackward', [0, A, B, 0, D, E, E + 64, 4, 4, 1, S], BAD_POINTER],
  ['batchNormalizationBackward', [D, A, B, C, D, E, E + 64, 4, 4, 1, S], OVERLAP],
  ['layerNormalizationForward', [A, B, C, D, E, 4, -1, 1e-3], BAD_SIZE],
  ['layerNormalizationForward', [A, A + 60, C, D, E, 4, 4, 1e-3], OVERLAP],
  ['layerNormalizationBackward', [0, A, B, C, D, E, E + 64, 4, 4, S], BAD_POINTER],
  ['layerNormalizationBackward', [A, A + 256, A + 512, C, D, E, A + 512, 4, 4, S], OVERLAP],
  ['globalAverageForward', [A, B, 1, 0, 4], BAD_SIZE],
  ['globalAverageForward', [A, A, 1, 4, 4], OVERLAP],
  ['globalAverageBackward', [A, END - 4, 1, 4, 4], BAD_POINTER],
  ['globalAverageBackward', [A, B, MANY, MANY, MANY], BAD_POINTER],
  ['activationForward', [A, B, 9, 4], BAD_KIND],
  ['activationBackward', [A, B, C, -1, 4], BAD_KIND],
  ['dropout', [A, B, 4, 1, 0, 0], BAD_PARAMETER],
  ['dropout', [A, B, 4, 1 - 2 ** -33, 0, 0], BAD_PARAMETER],
  ['dropout', [A, B, 4, Number.NaN, 0, 0], BAD_PARAMETER],
  ['dropout', [A, B, 4, 0.5, -1, 0], BAD_PARAMETER],
  ['dropout', [A, B, 4, 0.5, 0, 0.5], BAD_PARAMETER],
  ['dropout', [A, B, 4, 0.5, 0, 2 ** 53], BAD_PARAMETER],
  ['dropout', [A, A + 4, 4, 0.5, 0, 0], OVERLAP],
  ['gaussianNoise', [A, B, 4, -1, 0, 0], BAD_PARAMETER],
  ['gaussianNoise', [A, B, 4, Number.POSITIVE_INFINITY, 0, 0], BAD_PARAMETER],
  ['gaussianNoise', [A, B, 0, 1, 0, 0], BAD_SIZE],
  ['addNormGradients', [A, A, 4, 0.1, 0.1], OVERLAP],
  ['addNormGradients', [A, 0, 4, 0.1, 0.1], BAD_POINTER],
  ['limitNorms', [A, 4, 0, 1], BAD_SIZE],
  ['limitNorms', [A, 4, 4, 0], BAD_PARAMETER],
  ['limitNorms', [A, 4, 4, Number.NaN], BAD_PARAMETER],
  ['add', [A, A + 4, B, 4], OVERLAP],
  ['add', [A, B, END - 4, 4], BAD_POINTER],
  ['activationForward', [A, A + 4, 1, 4], OVERLAP],
  ['activationBackward', [A, B, C, 1, 0], BAD_SIZE],
  ['softmaxCrossEntropy', [D, D + 8, A, B, C, 0, 4], BAD_SIZE],
  ['softmaxCrossEntropy', [D, D + 8, B, B, C, 4, 4], OVERLAP],
  ['softmaxCrossEntropy', [A, A + 4, B, C, D, 4, 4], OVERLAP],
  ['softmaxCrossEntropy', [A, D + 8, 0, A, D, 4, 4], OVERLAP],
  ['squaredError', [0, A, B, C, 4], BAD_POINTER],
  ['squaredError', [D, 0, 0, C, 4], BAD_POINTER],
  ['squaredError', [D, A, B, A, 4], OVERLAP],
  ['squaredError', [A, A, B, C, 4], OVERLAP],
  ['binaryCrossEntropy', [D, A, B, C, 0], BAD_SIZE],
  ['binaryCrossEntropy', [D, A, 0, C, 4], BAD_POINTER],
  ['binaryCrossEntropy', [D, A, B, A, 4], OVERLAP],
  ['binaryCrossEntropy', [B, A, B, C, 4], OVERLAP],
  ['huber', [D, A, B, C, -1, 1], BAD_SIZE],
  ['huber', [D, A, B, END - 8, 4, 1], BAD_POINTER],
  ['huber', [D, A, A + 4, C, 4, 1], OVERLAP],
  ['huber', [D, A, B, C, 4, 0], BAD_PARAMETER],
  ['huber', [D, A, B, C, 4, -1], BAD_PARAMETER],
  ['huber', [D, A, B, C, 4, Number.NaN], BAD_PARAMETER],
  ['huber', [D, A, B, C, 4, Number.POSITIVE_INFINITY], BAD_PARAMETER],
  ['sgd', [A, B, 0, 4, 0.1, 0.9, 0, 0], BAD_POINTER],
  ['sgd', [A, B, B, 4, 0.1, 0.9, 0, 0], OVERLAP],
  ['sgd', [A, A, 0, 4, 0.1, 0, 0, 0], OVERLAP],
  ['adam', [A, B, C, C, 4, 0.1, 1, 1, 0.9, 0.999, 1e-8, 0, 0], OVERLAP],
  ['rmsprop', [A, B, C, 0, 0, 0, 0.1, 0.99, 1e-8, 0, 0, 0], BAD_SIZE],
  ['rmsprop', [A, B, C, 0, 0, 4, 0.1, 0.99, 1e-8, 0, 0, 1], BAD_POINTER],
  ['rmsprop', [A, B, C, 0, 0, 4, 0.1, 0.99, 1e-8, 0.9, 0, 0], BAD_POINTER],
  ['rmsprop', [A, B, C, D, D, 4, 0.1, 0.99, 1e-8, 0.9, 0, 1], OVERLAP],
  ['rmsprop', [A, B, B, 0, 0, 4, 0.1, 0.99, 1e-8, 0, 0, 0], OVERLAP],
  ['lion', [A, B, C, 0, 0.1, 0.9, 0.99, 0], BAD_SIZE],
  ['lion', [A, B, 0, 4, 0.1, 0.9, 0.99, 0], BAD_POINTER],
  ['lion', [A, B, A, 4, 0.1, 0.9, 0.99, 0], OVERLAP],
  ['lars', [A, B, C, -1, 0.1, 0.9, 0], BAD_SIZE],
  ['lars', [A, B, END - 8, 4, 0.1, 0.9, 0], BAD_POINTER],
  ['lars', [A, B, B, 4, 0.1, 0.9, 0], OVERLAP],
  ['squaredNorm', [D, A, 0], BAD_SIZE],
  ['squaredNorm', [D, 0, 4], BAD_POINTER],
  ['squaredNorm', [A, A, 4], OVERLAP],
  ['scale', [A, 0, 2], BAD_SIZE],
  ['scale', [END - 8, 4, 2], BAD_POINTER],
  ['softCrossEntropy', [D, D + 8, A, B, C, E, 0, 4], BAD_SIZE],
  ['softCrossEntropy', [D, D + 8, A, B, 0, E, 4, 4], BAD_POINTER],
  ['softCrossEntropy', [D, D + 8, A, A, C, E, 4, 4], OVERLAP],
  ['softCrossEntropy', [D, D + 8, A, B, A, E, 4, 4], OVERLAP],
  ['exp', [A, B, -4], BAD_SIZE],
  ['log', [A, 0, 4], BAD_POINTER],
  ['tanh', [A, A + 8, 4], OVERLAP],
  ['scaleBytes', [A, B, 0, 255], BAD_SIZE],
  ['scaleBytes', [A, A + 3, 16, 255], OVERLAP],
];

/** Every penalty: the families begin at multiples of 16. */
const KINDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 17, 18, 32, 33, 34, 35, 36, 48];

describe('the ABI', () => {
  it.each(ABUSE)('%s(%j) answers status %i and writes nothing', (operation, operands, status) => {
    for (const { module } of builds) {
      const { exports, memory } = instantiate(module);
      const bytes = new Uint8Array(memory.buffer);
      const heap = exports.heapBase!() >>> 0;
      bytes.fill(0xa5, heap);
      const before = bytes.slice();
      expect(exports[operation]!(...operands)).toBe(status);
      expect(Buffer.compare(bytes.subarray(heap), before.subarray(heap))).toBe(0);
    }
  });

  it('operands may begin at heapBase() and end with the memory', () => {
    for (const { module, precision } of builds) {
      const { exports, memory } = instantiate(module);
      const bytes = precision === 'f32' ? 4 : 8;
      const heap = exports.heapBase!() >>> 0;
      const x = END - 5 * bytes;
      new (precision === 'f32' ? Float32Array : Float64Array)(memory.buffer, x, 5).fill(1);
      expect(exports.tanh!(heap, x, 5)).toBe(0);
      expect(exports.tanh!(x, x, 5)).toBe(0);
      expect(exports.tanh!(heap - 1, x, 5)).toBe(BAD_POINTER);
      expect(exports.tanh!(heap, x + 1, 5)).toBe(BAD_POINTER);
    }
  });

  it('a label that is no class is refused before it is used as an index', () => {
    for (const { module } of builds) {
      const { exports, memory } = instantiate(module);
      for (const label of [-1, 3, 0x7fffffff]) {
        new Int32Array(memory.buffer, C, 2).set([1, label]);
        expect(exports.softmaxCrossEntropy!(D, D + 8, A, B, C, 2, 3)).toBe(BAD_KIND);
      }
    }
  });

  it('a penalty changes its value, its gradient and its scratch, and nothing else', () => {
    for (const { module, precision } of builds) {
      const { exports, memory } = instantiate(module);
      const Numbers = precision === 'f32' ? Float32Array : Float64Array;
      const bytes = new Uint8Array(memory.buffer);
      const heap = exports.heapBase!() >>> 0;
      // More samples and more units, with and without the tables of signs; one unit that dominates all others.
      const cases = [
        [7, 9, 1],
        [30, 5, 1],
        [5, 100, 1],
        [6, 8, 1e4],
        [8, 6, 1e4],
      ].flatMap((shape) => KINDS.map((kind) => [kind, ...shape] as [number, number, number, number]));
      for (const [kind, samples, units, scale] of cases) {
        // Bins for the mutual information, else an epsilon or the like.
        const first = kind === 48 ? 4 : 1e-3;
        bytes.fill(0xa5, heap);
        const x = new Numbers(memory.buffer, B, samples * units);
        for (let index = 0; index < x.length; index++) {
          x[index] = Math.sin(index * index) * (index % units === 1 ? scale : 1);
        }
        const before = bytes.slice();
        const scratch = exports.penaltyScratch!(kind, samples, units, first);
        expect(exports.penalty!(D, A, B, kind, samples, units, 1, 1, first, 1, 1, 1, 1, 0, S)).toBe(0);
        expect(Math.abs(new Float64Array(memory.buffer, D, 1)[0]!)).toBeGreaterThan(0);
        before.set(bytes.subarray(D, D + 8), D);
        before.set(bytes.subarray(A, A + x.byteLength), A);
        before.set(bytes.subarray(S, S + scratch), S);
        expect(Buffer.compare(bytes.subarray(heap), before.subarray(heap))).toBe(0);
      }
    }
  });

  it('a list of zeros that is nearly full stays in the scratch of the signs', () => {
    // The last four of a hundred units are never active together with the others: 768 zeros, where 800 have room.
    const [MEAN_ABS, samples, units] = [1, 5, 100];
    for (const { module, precision } of builds) {
      const { exports, memory } = instantiate(module);
      const Numbers = precision === 'f32' ? Float32Array : Float64Array;
      const bytes = new Uint8Array(memory.buffer);
      bytes.fill(0xa5, exports.heapBase!() >>> 0);
      const x = new Numbers(memory.buffer, B, samples * units);
      for (let index = 0; index < x.length; index++) {
        const [sample, unit] = [Math.floor(index / units), index % units];
        x[index] = unit < 96 === sample > 0 ? 1 + unit : 0;
      }
      const scratch = exports.penaltyScratch!(MEAN_ABS, samples, units, 0);
      const after = bytes.slice(S + scratch);
      expect(exports.penalty!(D, A, B, MEAN_ABS, samples, units, 0, 1, 0, 0, 0, 0, 1, 0, S)).toBe(0);
      expect(Buffer.compare(bytes.subarray(S + scratch), after)).toBe(0);
    }
  });

  it('a penalty on two activations changes its value, the gradients that are asked for and its scratch', () => {
    for (const { module, precision } of builds) {
      const { exports, memory } = instantiate(module);
      const Numbers = precision === 'f32' ? Float32Array : Float64Array;
      const bytes = new Uint8Array(memory.buffer);
      const heap = exports.heapBase!() >>> 0;
      for (const [kind, otherUnits] of [
        [0, 5],
        [1, 9],
      ] as const) {
        for (const [gradientX, gradientY] of [
          [A, B],
          [0, B],
          [A, 0],
          [0, 0],
        ] as const) {
          const [samples, units] = [7, 9];
          bytes.fill(0xa5, heap);
          const x = new Numbers(memory.buffer, C, samples * units);
          const y = new Numbers(memory.buffer, E, samples * otherUnits);
          for (let index = 0; index < x.length; index++) x[index] = Math.sin(index);
          for (let index = 0; index < y.length; index++) y[index] = Math.cos(index * index);
          const before = bytes.slice();
          const scratch = exports.crossPenaltyScratch!(kind, samples, units, otherUnits);
          const operands = [D, gradientX, gradientY, C, E, kind, samples, units, otherUnits, 1, 0, 0.1, 1, 0];
          expect(exports.crossPenalty!(...operands, S)).toBe(0);
          expect(Math.abs(new Float64Array(memory.buffer, D, 1)[0]!)).toBeGreaterThan(0);
          before.set(bytes.subarray(D, D + 8), D);
          if (gradientX !== 0) before.set(bytes.subarray(A, A + x.byteLength), A);
          if (gradientY !== 0) before.set(bytes.subarray(B, B + y.byteLength), B);
          before.set(bytes.subarray(S, S + scratch), S);
          expect(Buffer.compare(bytes.subarray(heap), before.subarray(heap))).toBe(0);
        }
      }
    }
  });

  it('the published modules are the ones that are inlined', async () => {
    for (const compiled of await compiledKernels()) {
      const { module } = compiled;
      const file = publishedFile(compiled);
      const published = await WebAssembly.compile(readFileSync(file));
      expect(WebAssembly.Module.exports(published)).toEqual(WebAssembly.Module.exports(module));
      expect(readFileSync(file).length).toBeLessThan(96 * 1024);
    }
  });
});

describe('what the host did not check', () => {
  const [NAN, INFINITE] = [Number.NaN, Number.POSITIVE_INFINITY];
  const BAD_PARAMETER = 32;

  it('a parameter out of its range is a status, and nothing is written', () => {
    const above = [0, -1, NAN, INFINITE];
    const wrong: [kind: number, parameters: number[]][] = [
      ...[3, 5, 16, 17, 18, 32, 33, 34, 36].flatMap((kind) =>
        above.map((p): [number, number[]] => [kind, [p, 0, 0, 0]]),
      ),
      ...above.map((p): [number, number[]] => [48, [8, p, 0, 0]]),
      ...[-1, NAN, INFINITE].flatMap((p): [number, number[]][] => [
        [9, [p, 1, 1, 1]],
        [9, [1, p, 1, 1]],
      ]),
      ...above.flatMap((p): [number, number[]][] => [
        [9, [1, 1, p, 1]],
        [9, [1, 1, 1, p]],
      ]),
    ];
    for (const { module } of builds) {
      const { exports, memory } = instantiate(module);
      const bytes = new Uint8Array(memory.buffer);
      const heap = exports.heapBase!() >>> 0;
      bytes.fill(0xa5, heap);
      for (const [kind, parameters] of wrong)
        expect(exports.penalty!(D, A, B, kind, 4, 4, 1, 1, ...parameters, 1, 0, S)).toBe(BAD_PARAMETER);
      for (const lambda of [-1, NAN, INFINITE])
        expect(exports.crossPenalty!(D, A, B, C, E, 1, 4, 4, 4, 1, 0, lambda, 1, 0, S)).toBe(BAD_PARAMETER);
      expect(bytes.subarray(heap).every((byte) => byte === 0xa5)).toBe(true);
    }
  });

  it('kept rows with any byte flipped are a batch inside its bounds or a status', () => {
    const [samples, inputs, units] = [16, 20, 30];
    const [batch, z, weights, biases, rows] = [A, B, C, D, E];
    const content = Array.from({ length: samples }, (_, s) => [3, 0, s, 0, 17, 0, 19, 0, 1, 2, 3, 0]).flat();
    for (const { module } of builds) {
      const { exports, memory } = instantiate(module);
      const bytes = new Uint8Array(memory.buffer);
      const whole = exports.compressedBytes!(samples, inputs);
      const guard = bytes.subarray(batch + whole, batch + whole + 64).fill(0xa5);
      let refused = 0;
      for (let at = 0; at < content.length; at++) {
        for (const flipped of [1, 2, 16, 128, 255]) {
          bytes.set(content, rows);
          bytes[rows + at]! ^= flipped;
          const status = exports.compressRows!(S, batch, rows, content.length, samples, inputs, 255);
          expect([0, BAD_KIND]).toContain(status);
          const usable = status === 0 && new Int32Array(memory.buffer, S, 1)[0]! >= 0;
          const forward = exports.sparseForward!(z, batch, weights, biases, samples, inputs, units);
          const backward = exports.sparseBackward!(weights, biases, z, batch, samples, inputs, units, S);
          expect([forward, backward]).toEqual(usable ? [0, 0] : [BAD_KIND, BAD_KIND]);
          expect(guard.every((byte) => byte === 0xa5)).toBe(true);
          refused += usable ? 0 : 1;
        }
      }
      expect(refused).toBeGreaterThan(0);
    }
  });

  it('a batch that compress did not make is a status, whatever it holds', () => {
    const [samples, inputs, units] = [16, 20, 30];
    const [batch, z, weights, biases] = [A, B, C, D];
    for (const { module } of builds) {
      const { exports, memory } = instantiate(module);
      const bytes = new Uint8Array(memory.buffer);
      const whole = exports.compressedBytes!(samples, inputs);
      const forward = () => exports.sparseForward!(z, batch, weights, biases, samples, inputs, units);
      const backward = () => exports.sparseBackward!(weights, biases, z, batch, samples, inputs, units, S);
      expect([forward(), backward()]).toEqual([0, 0]);
      for (const fill of [0x01, 0x7f, 0xff, 0xa5]) {
        bytes.fill(fill, batch, batch + whole);
        expect([forward(), backward()]).toEqual([BAD_KIND, BAD_KIND]);
      }
      // Half of the pixels are not zero: more than two fifths.
      for (let i = 0; i < samples * inputs; i++) bytes[E + i] = i % 2;
      expect(exports.compress!(S, batch, E, samples, inputs, 255)).toBe(0);
      expect([forward(), backward()]).toEqual([BAD_KIND, BAD_KIND]);
      for (let i = 0; i < samples * inputs; i++) bytes[E + i] = i % 3 === 0 ? 255 : 0;
      expect(exports.compress!(S, batch, E, samples, inputs, 255)).toBe(0);
      expect([forward(), backward()]).toEqual([0, 0]);
      // One flipped bit after another where the starts and offsets lie: a result or a status, never a trap.
      let refused = 0;
      for (let at = batch; at < batch + 1500; at += 3) {
        for (const bit of [1, 128]) {
          bytes[at]! ^= bit;
          for (const status of [forward(), backward()]) {
            expect([0, BAD_KIND]).toContain(status);
            refused += status / BAD_KIND;
          }
          bytes[at]! ^= bit;
        }
      }
      expect(refused).toBeGreaterThan(100);
    }
  });

  it('penalties that share leave a product for the next one, which has the same bits', () => {
    const [COMMON, DECOV, HUBER, WHITENING] = [0x70000, 4, 5, 10];
    for (const { module, precision } of builds) {
      const { exports, memory } = instantiate(module);
      const Numbers = precision === 'f32' ? Float32Array : Float64Array;
      for (const [samples, units] of [
        [30, 12],
        [12, 30],
      ] as const) {
        const x = new Numbers(memory.buffer, B, samples * units);
        for (let i = 0; i < x.length; i++) x[i] = Math.sin(i * i);
        const size = exports.sharedBytes!(samples, units);
        const common = new Uint8Array(memory.buffer, COMMON, size);
        common.fill(0);
        const shape = [samples, units, 1, 1, 0.1, 1, 1, 1, 1, 0];
        const results = (call: () => number) => {
          expect(call()).toBe(0);
          const value = new Float64Array(memory.buffer, D, 1)[0];
          return [value, ...new Numbers(memory.buffer, A, samples * units)];
        };
        for (const kind of [HUBER, DECOV, WHITENING, HUBER]) {
          const apart = results(() => exports.penalty!(D, A, B, kind, ...shape, S));
          expect(results(() => exports.penaltyShared!(D, A, B, kind, ...shape, COMMON, S))).toEqual(apart);
        }
        expect(common.some((byte) => byte !== 0)).toBe(true);
        // What is there is what is used: with another product the value is another.
        const [value] = results(() => exports.penaltyShared!(D, A, B, HUBER, ...shape, COMMON, S));
        new Numbers(memory.buffer, COMMON + 64, units * units).fill(0);
        expect(results(() => exports.penaltyShared!(D, A, B, HUBER, ...shape, COMMON, S))[0]).not.toBe(value);
        expect(exports.penaltyShared!(D, A, B, HUBER, ...shape, A, S)).toBe(OVERLAP);
        expect(exports.penaltyShared!(D, A, B, HUBER, ...shape, END - size + 1, S)).toBe(BAD_POINTER);
      }
    }
  });

  it('a penalty without a gradient has the same value and touches nothing but value and scratch', () => {
    for (const { module, precision } of builds) {
      const { exports, memory } = instantiate(module);
      const Numbers = precision === 'f32' ? Float32Array : Float64Array;
      const bytes = new Uint8Array(memory.buffer);
      const heap = exports.heapBase!() >>> 0;
      for (const [samples, units] of [
        [7, 9],
        [30, 5],
        [5, 100],
      ] as const) {
        for (const kind of KINDS) {
          for (const content of [1, 0, 1e-25, Number.NaN, Number.POSITIVE_INFINITY]) {
            const first = kind === 48 ? 4 : 1e-3;
            const x = new Numbers(memory.buffer, B, samples * units);
            for (let i = 0; i < x.length; i++) x[i] = Math.sin(i * i) * content;
            const parameters = [first, 1, 1, 1];
            const call = (gradient: number, accumulate: number) =>
              exports.penalty!(D, gradient, B, kind, samples, units, 1, 1, ...parameters, 1, accumulate, S);
            const scratch = exports.penaltyScratch!(kind, samples, units, first);
            const status = call(A, 0);
            const [value] = new Float64Array(memory.buffer, D, 1);
            const before = bytes.slice();
            expect(call(0, 0)).toBe(status);
            expect(new Float64Array(memory.buffer, D, 1)[0]).toEqual(value);
            before.set(bytes.subarray(S, S + scratch), S);
            expect(Buffer.compare(bytes.subarray(heap), before.subarray(heap))).toBe(0);
            // Below the heap lies the call itself, of which one field is another.
            let changed = 0;
            for (let at = 0; at < heap; at++) changed += bytes[at] === before[at] ? 0 : 1;
            expect(changed, `${kind} ${content}`).toBeLessThanOrEqual(4);
          }
        }
      }
    }
  });
});
