/** Checks of the splits as training will see them. */
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { SourceSplit } from '../source.ts';
import type { TargetKind } from '../task.ts';

/** Classes that a note names. */
const MOST_NAMED = 10;

/** Refuses a split with fewer samples. Errors: DataError DATA_SPLIT. */
export function refuseFew({ samples }: SourceSplit, fewest: number, where: string): void {
  if (samples >= fewest) return;
  throw new DataError(
    'DATA_SPLIT',
    `${where}: a split must have at least ${fewest} samples, got ${samples}. Give it more.`,
    { where, samples },
  );
}

/**
 * Refuses training samples that all have the same target: there is nothing to learn.
 *
 * Errors: DataError DATA_ONE_CLASS, DATA_CONSTANT.
 */
export function refuseConstant({ targets }: SourceSplit, target: TargetKind): void {
  if (targets === null || target.kind === 'inputs') return;
  const [width, names] = [target.kind === 'numbers' ? target.width : 1, target.names];
  for (let column = 0; column < width; column++) {
    const first = targets[column];
    let differs = false;
    for (let at = column + width; at < targets.length && !differs; at += width)
      differs = targets[at] !== first;
    if (differs) continue;
    if (target.kind === 'classes') {
      throw new DataError(
        'DATA_ONE_CLASS',
        `data: the training samples must have at least two classes, got only class ${nameOf(target, Number(first))}. Check the labels.`,
        { class: Number(first) },
      );
    }
    const which =
      names?.[column] === undefined ? `target ${column}` : `target "${printable(names[column] ?? '')}"`;
    throw new DataError(
      'DATA_CONSTANT',
      `data: ${which} must differ among the training samples, got only ${first}. Leave it out, or check the file.`,
      { column, value: Number(first) },
    );
  }
}

/** Notes on classes that no training sample has. */
export function classNotes({ targets }: SourceSplit, target: TargetKind): readonly string[] {
  if (target.kind !== 'classes' || targets === null) return [];
  const seen = new Uint8Array(target.classes);
  for (const label of targets) seen[label] = 1;
  const unseen = [...seen.keys()].filter((label) => seen[label] === 0);
  if (unseen.length === 0) return [];
  const named = unseen.slice(0, MOST_NAMED).map((label) => nameOf(target, label));
  const more = unseen.length > named.length ? ` and ${unseen.length - named.length} more` : '';
  return [
    `data.train: ${unseen.length} of ${target.classes} classes have no training sample: ${named.join(', ')}${more}.`,
  ];
}

function nameOf({ names }: Extract<TargetKind, { kind: 'classes' }>, label: number): string {
  const name = names?.[label];
  return name === undefined ? String(label) : printable(name);
}
