/** The ABI of the modules as the host sees it: their exports, the numbers of kinds, and what a status says. */

import { KernelError, ShapeError } from '../errors.ts';
import type { ActivationExports } from './layers/activations.ts';
import type { ConvolutionExports } from './layers/convolution.ts';
import type { NormalizationExports } from './layers/normalization.ts';
import type { OptimizerExports } from './layers/optimizers.ts';
import type { PoolingExports } from './layers/pooling.ts';
import type { RegularizationExports } from './layers/regularization.ts';
import type { GemmForm } from './operations.ts';

/** What is used of a WebAssembly.Memory, a name that not every TypeScript project knows. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The exports of the module; assembly/index.ts and assembly/exports/ document each one. */
export interface KernelExports
  extends ActivationExports,
    ConvolutionExports,
    NormalizationExports,
    OptimizerExports,
    PoolingExports,
    RegularizationExports {
  abiVersion(): number;
  heapBase(): number;
  chooseTile(wide: number): void;
  multiplyAddProbe(a: number, b: number, c: number): number;
  gemmScratch(rows: number, columns: number, inner: number): number;
  gemm(...operands: number[]): number;
  syrk(...operands: number[]): number;
  center(out: number, x: number, samples: number, units: number): number;
  covarianceScratch(samples: number, units: number): number;
  covariance(...operands: number[]): number;
  covarianceVjpScratch(samples: number, units: number): number;
  covarianceVjp(...operands: number[]): number;
  covarianceJvpScratch(samples: number, units: number): number;
  covarianceJvp(...operands: number[]): number;
  covarianceFloat64Scratch(samples: number, units: number): number;
  covarianceFloat64(...operands: number[]): number;
  penaltyScratch(kind: number, samples: number, units: number, p0: number): number;
  penalty(...operands: number[]): number;
  sharedBytes(samples: number, units: number): number;
  penaltyShared(...operands: number[]): number;
  crossPenaltyScratch(kind: number, samples: number, units: number, otherUnits: number): number;
  crossPenalty(...operands: number[]): number;
  denseForwardScratch(samples: number, inputs: number, units: number): number;
  denseForward(...operands: number[]): number;
  denseBackwardScratch(samples: number, inputs: number, units: number): number;
  denseBackward(...operands: number[]): number;
  compressedBytes(samples: number, inputs: number): number;
  compress(...operands: number[]): number;
  compressRows(...operands: number[]): number;
  sparseForward(...operands: number[]): number;
  sparseBackwardScratch(samples: number, units: number): number;
  sparseBackward(...operands: number[]): number;
  softmaxCrossEntropy(...operands: number[]): number;
  softCrossEntropy(...operands: number[]): number;
  squaredError(...operands: number[]): number;
  binaryCrossEntropy(...operands: number[]): number;
  huber(...operands: number[]): number;
  exp(out: number, x: number, count: number): number;
  log(out: number, x: number, count: number): number;
  tanh(out: number, x: number, count: number): number;
  scaleBytes(out: number, bytes: number, count: number, divisor: number): number;
}

/** The module's number for each form of a product. */
export const FORMS: Readonly<Record<GemmForm, number>> = { NN: 0, NT: 1, TN: 2 };

/** The module's number for each penalty of the catalogue: assembly/penalty/kinds.ts. */
export const PENALTY_KINDS: Readonly<Record<string, number>> = {
  mean: 0,
  'mean-abs': 1,
  'mean-abs-signed': 2,
  'smooth-abs': 3,
  decov: 4,
  huber: 5,
  'off-diagonal-abs': 6,
  'off-diagonal-squared': 7,
  'vicreg-covariance': 8,
  vicreg: 9,
  whitening: 10,
  'squared-correlation': 16,
  'mean-abs-correlation': 17,
  'gaussian-mutual-information': 18,
  'total-correlation': 32,
  'log-det': 33,
  'coding-rate': 34,
  'participation-ratio': 35,
  'von-neumann-entropy': 36,
  'mutual-information': 48,
};

/** The same for the penalties on two activations. */
export const CROSS_PENALTY_KINDS: Readonly<Record<string, number>> = {
  'cross-covariance': 0,
  'barlow-twins': 1,
};

/** The status of an unknown kind; of a loss, which has none, that of a label that is no class. */
export const BAD_KIND: number = 4;

/** The status of a parameter out of its range, which the host has checked before. */
export const BAD_PARAMETER: number = 32;

/** The status of a matrix without a Cholesky factor; the value holds the row of the pivot. */
export const NOT_DEFINITE: number = 16;

/** What each bit of a status code says; the host has checked its arguments, so most of them are defects. */
const STATUS_RULES: readonly (readonly [bit: number, rule: string])[] = [
  [1, 'every size must be at least 1 and samples − ddof above 0'],
  [2, 'every operand must lie inside the memory of the kernel'],
  [
    BAD_KIND,
    'kinds must be known ones, compressed batches what compress has made, and kept rows counts, offsets and bytes',
  ],
  [8, 'outputs and inputs must not overlap'],
  [BAD_PARAMETER, 'parameters must be in their ranges'],
];

/** What went wrong in `where`, from the status of its call. */
export function statusError(where: string, status: number): KernelError | ShapeError {
  const rules = STATUS_RULES.filter(([bit]) => (status & bit) !== 0).map(([, rule]) => rule);
  const message = `${where}: ${rules.join('; ')}, got status ${status}. Check the sizes and arrays of the call.`;
  return (status & 1) !== 0
    ? new ShapeError('SIZE_OUT_OF_RANGE', message, { where, status })
    : new KernelError('KERNEL_STATUS', message, { where, status });
}
