/** Inputs and targets from stored arrays: what IDX, numpy and safetensors files have in common as sources. */
import { openArray } from '../codec/arrays/array-file.ts';
import { describeTensor, readTensor, type Tensor } from '../codec/arrays/tensor.ts';
import { DataError } from '../errors.ts';
import type { InputArray } from './dataset.ts';
import { labelsOf } from './labels.ts';
import type { MissingPolicy } from './missing.ts';
import type { ArrayTargets } from './source-splits.ts';
import type { Task } from './task.ts';

/** Settings that say how arrays are images. */
export interface ImageOptions {
  /** [height, width, channels] of images that are stored flat. */
  readonly shape?: readonly number[];
  /** Order of the axes of an image in the file. Default: channels last. */
  readonly layout?: 'channels-last' | 'channels-first';
  /** What to do about NaN and infinity. Default: refuse them. */
  readonly missing?: MissingPolicy;
}

/** Inputs of one split. Shapes: values samples x the product of `shape`. */
export interface ArrayInputs {
  readonly samples: number;
  readonly shape: readonly number[];
  readonly values: InputArray;
}

/**
 * Reads the inputs of a split; bytes stay bytes, other numbers become float32. `where` is the path of the setting.
 *
 * Shapes: rank 1 is one feature a sample, rank 2 samples x features, rank 3 samples x height x width, rank 4 samples x
 * height x width x channels, or samples x channels x height x width where the layout says so; images end up channels last.
 * Errors: DataError DATA_SHAPE, and those of opening and reading.
 */
export async function readInputs(file: string, options: ImageOptions, where: string): Promise<ArrayInputs> {
  const tensor = await openArray(file);
  const { shape, axes, view } = arrange(tensor, options, where);
  const [samples = 0] = view.info.shape;
  const { missing = 'error' } = options;
  const reading = { ...(axes && { axes }), allowNonFinite: missing !== 'error' };
  const bytes = view.info.type === 'u8' || view.info.type === 'bool';
  const { data } = bytes ? await readTensor(view, 'bytes', reading) : await readTensor(view, 'f32', reading);
  return { samples, shape, values: data };
}

/** An array seen as images: the shape of a sample, and how its axes are turned. */
function arrange(
  tensor: Tensor,
  { shape: given, layout = 'channels-last' }: ImageOptions,
  where: string,
): { view: Tensor; shape: readonly number[]; axes?: readonly number[] } {
  const [samples = 0, ...stored] = tensor.info.shape;
  const refuse = (rule: string, remedy: string): DataError =>
    new DataError(
      'DATA_SHAPE',
      `${where}: ${tensor.where}: ${rule}, got ${describeTensor(tensor.info)}. ${remedy}`,
      { where, file: tensor.path, shape: tensor.info.shape.map(String) },
    );
  const rank = tensor.info.shape.length;
  if (rank < 1 || rank > 4) throw refuse('inputs must have 1 to 4 axes, the samples first', 'Reshape them.');
  const first = layout === 'channels-first';
  if (given === undefined) {
    if (first && rank !== 4) {
      throw refuse('channels-first must have 4 axes, or a shape', 'Leave out layout, or give shape.');
    }
    if (rank === 4) {
      const [a = 0, b = 0, c = 0] = stored;
      return first
        ? { view: tensor, shape: [b, c, a], axes: [0, 2, 3, 1] }
        : { view: tensor, shape: [a, b, c] };
    }
    return { view: tensor, shape: rank === 1 ? [1] : rank === 2 ? stored : [...stored, 1] };
  }
  const features = stored.reduce((product, extent) => product * extent, 1);
  const [height = 1, width = 1, channels = 1] = given;
  if (height * width * channels !== features) {
    throw refuse(
      `the shape ${given.join(' x ')} must have the ${features} numbers of a sample`,
      'Give another shape.',
    );
  }
  if (!first) return { view: tensor, shape: [height, width, channels] };
  if (tensor.info.columnMajor) {
    throw refuse(
      'flat channels-first images must be stored row by row',
      "Save them by numpy's ascontiguousarray.",
    );
  }
  const view = { ...tensor, info: { ...tensor.info, shape: [samples, channels, height, width] } };
  return { view, shape: [height, width, channels], axes: [0, 2, 3, 1] };
}

/**
 * Reads the targets of a split: labels for classification, numbers for regression.
 *
 * Shapes: labels have one whole number a sample, numbers one or a row of them.
 * Errors: DataError DATA_SHAPE, DATA_LABEL, DATA_NOT_WHOLE, and those of opening and reading.
 */
export async function readTargets(
  file: string,
  task: Exclude<Task, 'autoencoding'>,
  samples: number,
  where: string,
): Promise<ArrayTargets> {
  const tensor = await openArray(file);
  const [count = 0, width = 1] = tensor.info.shape;
  const rank = tensor.info.shape.length;
  if (rank < 1 || rank > 2 || count !== samples || width < 1) {
    throw new DataError(
      'DATA_SHAPE',
      `${where}: ${tensor.where}: the targets of ${samples} samples must be [${samples}] or [${samples}, width], got ${describeTensor(tensor.info)}. Check that inputs and targets belong together.`,
      { where, file: tensor.path, samples, shape: tensor.info.shape.map(String) },
    );
  }
  if (task === 'regression') {
    const { data } = await readTensor(tensor, 'f32');
    return { kind: 'numbers', width, numbers: data };
  }
  if (width !== 1) {
    throw new DataError(
      'DATA_SHAPE',
      `${where}: ${tensor.where}: a label must be one number a sample, got ${width}. Save the position of the 1 (argmax) in place of one-hot rows, or write task: regression.`,
      { where, file: tensor.path, width },
    );
  }
  try {
    const { data } = await readTensor(tensor, 'whole');
    return { kind: 'labels', labels: labelsOf(data, tensor.where) };
  } catch (cause) {
    if (!(cause instanceof DataError && cause.code === 'DATA_NOT_WHOLE')) throw cause;
    const message = cause.message.replace(
      /[^.]*\.$/,
      ' Write task: regression where the targets are numbers.',
    );
    throw new DataError(cause.code, `${where}: ${message}`, cause.details, { cause });
  }
}
