/** Inputs from stored arrays: what IDX, numpy and safetensors files have in common as sources. */
import { openArray } from '../../codec/arrays/array-file.ts';
import { readTensor, type Tensor } from '../../codec/arrays/tensor.ts';
import type { InputArray } from '../dataset.ts';
import type { MissingPolicy } from '../preparation/missing.ts';
import { CHANNELS_LAST, type ImageOptions } from '../reading/images.ts';
import { notFinite, unusableShape } from './array-errors.ts';

export interface InputOptions extends ImageOptions {
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
 * Errors: DataError DATA_SHAPE, DATA_NOT_FINITE with row and column, and those of opening and reading.
 */
export async function readInputs(file: string, options: InputOptions, where: string): Promise<ArrayInputs> {
  const tensor = await openArray(file);
  const { shape, axes, view } = arrange(tensor, options, where);
  const [samples = 0] = view.info.shape;
  const reading = axes === undefined ? {} : { axes };
  if (view.info.type === 'u8' || view.info.type === 'bool') {
    return { samples, shape, values: (await readTensor(view, 'bytes', reading)).data };
  }
  const { data, nonFinite } = await readTensor(view, 'f32', { ...reading, allowNonFinite: true });
  const { missing = 'error' } = options;
  if (nonFinite > 0 && missing === 'error') {
    throw notFinite(
      data,
      [samples, ...shape],
      `${where}: ${tensor.where}`,
      'Write missing: drop, or missing: mean',
    );
  }
  return { samples, shape, values: data };
}

/** An array seen as samples: their shape, and how its axes are turned. */
interface Arrangement {
  readonly view: Tensor;
  readonly shape: readonly number[];
  readonly axes?: readonly number[];
}

function arrange(
  tensor: Tensor,
  { shape: given, layout = 'channels-last' }: ImageOptions,
  where: string,
): Arrangement {
  const [samples = 0, ...stored] = tensor.info.shape;
  const rank = tensor.info.shape.length;
  if (rank < 1 || rank > 4) {
    throw unusableShape(tensor, where, 'inputs must have 1 to 4 axes, the samples first', 'Reshape them');
  }
  if (given !== undefined) return reshaped(tensor, given, layout, where);
  if (rank === 4) {
    if (layout === 'channels-last') return { view: tensor, shape: stored };
    const [channels = 0, height = 0, width = 0] = stored;
    return { view: tensor, shape: [height, width, channels], axes: CHANNELS_LAST };
  }
  if (layout === 'channels-first') {
    throw unusableShape(
      tensor,
      where,
      'channels-first inputs must have 4 axes, or a shape',
      'Leave out layout, or give shape',
    );
  }
  const shape = rank === 1 ? [1] : rank === 2 ? stored : [...stored, 1];
  return { view: { ...tensor, info: { ...tensor.info, shape: [samples, ...shape] } }, shape };
}

/** Samples in another shape, of as many numbers. */
function reshaped(
  tensor: Tensor,
  [height = 1, width = 1, channels = 1]: readonly number[],
  layout: ImageOptions['layout'],
  where: string,
): Arrangement {
  const [samples = 0, ...stored] = tensor.info.shape;
  const shape = [height, width, channels];
  const inFile = layout === 'channels-first' ? [channels, height, width] : shape;
  const same = stored.join() === inFile.join();
  if (height * width * channels !== stored.reduce((product, extent) => product * extent, 1)) {
    throw unusableShape(
      tensor,
      where,
      `samples must have the numbers of the shape ${shape.join(' x ')}`,
      'Give another shape',
    );
  }
  if (tensor.info.columnMajor && !same) {
    throw unusableShape(
      tensor,
      where,
      'samples that get a shape must be stored row by row',
      "Save them by numpy's ascontiguousarray",
    );
  }
  const view = { ...tensor, info: { ...tensor.info, shape: [samples, ...inFile] } };
  return { view, shape, ...(layout === 'channels-first' && { axes: CHANNELS_LAST }) };
}
