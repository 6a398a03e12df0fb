/** What elements must satisfy to be read as what is wanted: whole, finite, within range; refused with their position. */
import { DataError } from '../../errors.ts';
import { type ElementType, isFloat, type Numbers } from './element-type.ts';
import type { Placement } from './placement.ts';

/** What is read, and as what. */
export interface Inspected {
  readonly where: string;
  readonly type: ElementType;
  readonly as: 'bytes' | 'f32' | 'f64' | 'whole';
  /** Knows where in the result the next elements belong. */
  readonly placement: Placement;
  readonly allowNonFinite: boolean;
}

/** Looks at the next elements, before they are placed, and returns how many of them are NaN or infinite. */
export type Inspect = (numbers: Numbers) => number;

/** A rule that an element breaks. */
interface Rule {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

const TRUTH: Rule = {
  code: 'DATA_RANGE',
  text: 'must be 0 or 1',
  remedy: 'The file is damaged: save it again.',
};
const WHOLE: Rule = {
  code: 'DATA_NOT_WHOLE',
  text: 'must be a whole number',
  remedy: 'Round the values when they are saved.',
};
const EXACT: Rule = {
  code: 'DATA_RANGE',
  text: 'must be from -(2^53 - 1) to 2^53 - 1, so that it is exact',
  remedy: 'Number the values anew when they are saved.',
};
const FINITE: Rule = {
  code: 'DATA_NOT_FINITE',
  text: 'must be finite',
  remedy: 'Mend or leave out such samples when they are saved.',
};
const SINGLE: Rule = {
  code: 'DATA_RANGE',
  text: 'must fit into float32',
  remedy: 'Scale the values when they are saved.',
};
/** Half a unit above the largest float32: what rounds to infinity. */
const INFINITE_AS_F32 = 2 ** 128 - 2 ** 103;

/**
 * The inspection that a type needs for what it is read as.
 *
 * Errors: the inspection throws DataError DATA_RANGE, DATA_NOT_WHOLE or DATA_NOT_FINITE with the index of the element.
 */
export function inspector(inspected: Inspected): Inspect {
  const { type, as, allowNonFinite } = inspected;
  if (type === 'bool') return (numbers) => everyOne(numbers, (value) => value <= 1, TRUTH, inspected);
  if (as === 'whole') {
    return (numbers) => {
      if (isFloat(type)) everyOne(numbers, Number.isInteger, WHOLE, inspected);
      return everyOne(numbers, Number.isSafeInteger, EXACT, inspected);
    };
  }
  if (!isFloat(type)) return () => 0;
  // Only these can be finite in the file and infinite in the target.
  const limit = type === 'f64' && as === 'f32' ? INFINITE_AS_F32 : Number.POSITIVE_INFINITY;
  return (numbers) => {
    let nonFinite = 0;
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i] as number;
      // NaN and the infinities are the numbers that differ from themselves less themselves.
      if (value - value !== 0) {
        if (!allowNonFinite) throw refused(inspected, i, value, FINITE);
        nonFinite++;
      } else if (value >= limit || value <= -limit) throw refused(inspected, i, value, SINGLE);
    }
    return nonFinite;
  };
}

function everyOne(
  numbers: Numbers,
  holds: (value: number) => boolean,
  rule: Rule,
  inspected: Inspected,
): number {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    if (!holds(value)) throw refused(inspected, i, value, rule);
  }
  return 0;
}

/** The error of one element, which comes `ahead` of the next one to be placed. */
function refused({ where, placement }: Inspected, ahead: number, value: number, rule: Rule): DataError {
  const position = placement.positionAhead(ahead);
  const index = indexOf(position, placement.shape);
  return new DataError(
    rule.code,
    `${where}: ${placeOf(index)} ${rule.text}, got ${value} (rows and columns count from 0). ${rule.remedy}`,
    { where, position, index: index.map(String), value: String(value) },
  );
}

function placeOf([row, ...inRow]: readonly number[]): string {
  if (row === undefined) return 'the value';
  return inRow.length === 0 ? `row ${row}` : `row ${row}, column ${inRow.join(', ')}`;
}

/** The index of an element of a row-major array, one number an axis. */
export function indexOf(position: number, shape: readonly number[]): readonly number[] {
  const index: number[] = [];
  let rest = position;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}
