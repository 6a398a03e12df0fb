/** A data set in words. */
import type { DataSummary } from '../record/record.ts';
import { formatCount } from './number.ts';

/** `60,000 training and 10,000 test samples, 784 features, 10 classes`. */
export function describeSizes({ train, validation, test, features, target }: DataSummary): string {
  const splits = [
    `${formatCount(train)} training`,
    ...(validation === undefined ? [] : [`${formatCount(validation)} validation`]),
    `${formatCount(test)} test samples`,
  ];
  const [last, ...before] = splits.reverse();
  return `${before.reverse().join(', ')} and ${last}, ${formatCount(features)} features, ${describeTarget(target)}`;
}

function describeTarget(target: DataSummary['target']): string {
  switch (target.kind) {
    case 'classes':
      return `${formatCount(target.classes)} classes`;
    case 'numbers':
      return target.width === 1 ? '1 target' : `${formatCount(target.width)} targets`;
    case 'inputs':
      return 'reconstructed';
  }
}
