/** Refuses from the sizes of a training what no kernel can hold, before anything is trained. */
import type { DataSizes } from '../data/source.ts';
import { largestOf } from '../extremes.ts';

/** All that a kernel can address, with pointers of 32 bits. */
const KERNEL_BYTES = 2 ** 32;
const GIBIBYTE = 2 ** 30;
const FLOAT_BYTES = 4;
const DOUBLE_BYTES = 8;

/** The size of a hidden layer. */
export interface LayerSize {
  readonly dense: number;
  readonly penalized: boolean;
}

/** The broken rule of a training that cannot fit into a kernel, or undefined. */
export function memoryProblem(
  data: DataSizes,
  model: readonly LayerSize[],
  batchSize: number,
): string | undefined {
  const bytes = leastBytes(data, model, batchSize);
  if (bytes <= KERNEL_BYTES) return undefined;
  const needed = Math.ceil((10 * bytes) / GIBIBYTE) / 10;
  return `a training must fit into the ${KERNEL_BYTES / GIBIBYTE} GiB of a kernel, got at least ${needed} GiB. Use fewer units or samples, or a smaller batch`;
}

/**
 * Bytes that a training takes at least in the memory of its kernel: the weights and a batch of activations, both with their gradients, the held-out
 * activations of the penalized layers, and the covariance of the widest of these in float64.
 */
export function leastBytes(
  { features, outputs, train_samples, test_samples }: DataSizes,
  model: readonly LayerSize[],
  batchSize: number,
): number {
  const units = [...model.map(({ dense }) => dense), outputs];
  const penalized = model.flatMap((layer) => (layer.penalized ? [layer.dense] : []));
  const weights = sum(units.map((wide, layer) => wide * (units[layer - 1] ?? features)));
  const batch = Math.min(batchSize, train_samples) * (features + 2 * sum(units));
  const floats = 2 * weights + batch + test_samples * sum(penalized);
  return FLOAT_BYTES * floats + DOUBLE_BYTES * largestOf(penalized, 0) ** 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
