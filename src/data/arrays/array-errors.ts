/** Errors of stored arrays that cannot be inputs or targets. */
import { indexOf } from '../../codec/arrays/inspection.ts';
import { describeTensor, type Tensor } from '../../codec/arrays/tensor.ts';
import { DataError } from '../../errors.ts';

/** The error of the first number that is not finite. */
export function notFinite(
  data: Float32Array | Float64Array,
  shape: readonly number[],
  where: string,
  remedy: string,
): DataError {
  const position = data.findIndex((value) => !Number.isFinite(value));
  const [row = 0, ...inRow] = indexOf(position, shape);
  const column = inRow.length === 0 ? '' : `, column ${inRow.join(', ')}`;
  return new DataError(
    'DATA_NOT_FINITE',
    `${where}: row ${row}${column}: a value must be finite, got ${data[position]} (rows and columns count from 0). ${remedy}, or mend the file.`,
    { where, row, column: inRow.map(String) },
  );
}

/** The error of an array of another shape than the rule wants. */
export function unusableShape(
  { info, path, where: file }: Tensor,
  where: string,
  rule: string,
  remedy: string,
): DataError {
  return new DataError('DATA_SHAPE', `${where}: ${file}: ${rule}, got ${describeTensor(info)}. ${remedy}.`, {
    where,
    file: path,
    shape: info.shape.map(String),
  });
}
