/** Targets from stored arrays: labels for classification, numbers for regression. */
import { openArray } from '../../codec/arrays/array-file.ts';
import { readTensor } from '../../codec/arrays/tensor.ts';
import type { MissingPolicy } from '../preparation/missing.ts';
import { labelsOf } from '../reading/labels.ts';
import type { ReadTargets } from '../reading/source-splits.ts';
import type { Task } from '../task.ts';
import { notFinite, unusableShape } from './array-errors.ts';

/** What is wanted of targets. */
export interface TargetOptions {
  readonly task: Exclude<Task, 'autoencoding'>;
  /** Of the inputs. */
  readonly samples: number;
  /** Targets that are not finite are left for `drop`, and refused otherwise. */
  readonly missing?: MissingPolicy | undefined;
}

/**
 * Reads the targets of a split. `where` is the path of the setting.
 *
 * Shapes: labels are one whole number a sample, numbers one or a row of them.
 * Errors: DataError DATA_SHAPE, DATA_LABEL, DATA_NOT_WHOLE, DATA_NOT_FINITE, and those of opening and reading.
 */
export async function readTargets(
  file: string,
  { task, samples, missing }: TargetOptions,
  where: string,
): Promise<ReadTargets> {
  const tensor = await openArray(file);
  const [count = 0, width = 1] = tensor.info.shape;
  const rank = tensor.info.shape.length;
  if (rank < 1 || rank > 2 || count !== samples || width < 1) {
    const rule = `the targets of ${samples} samples must be [${samples}] or [${samples}, width]`;
    throw unusableShape(tensor, where, rule, 'Check that inputs and targets belong together');
  }
  const mayMiss = missing === 'drop';
  const place = `${where}: ${tensor.where}`;
  if (task === 'regression') {
    const { data, nonFinite } = await readTensor(tensor, 'f32', { allowNonFinite: true });
    if (nonFinite > 0 && !mayMiss) throw notFinite(data, tensor.info.shape, place, 'Write missing: drop');
    return { kind: 'numbers', width, numbers: data };
  }
  if (width !== 1) {
    throw unusableShape(
      tensor,
      where,
      'a label must be one number a sample',
      'Save the position of the 1 (argmax) in place of one-hot rows, or write task: regression',
    );
  }
  if (tensor.info.type === 'u8' || tensor.info.type === 'bool') {
    return { kind: 'labels', labels: labelsOf((await readTensor(tensor, 'bytes')).data, place) };
  }
  const { data } = await readTensor(tensor, 'f64', { allowNonFinite: true });
  return { kind: 'labels', labels: labelsOf(data, place, mayMiss) };
}
