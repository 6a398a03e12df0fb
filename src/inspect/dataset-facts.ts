/** What is in a data set as training sees it: its splits, what their inputs and targets are, and what is odd about them. */
import type { Dataset, Split } from '../data/dataset.ts';
import type { TargetKind } from '../data/task.ts';
import { type ImageAxes, imageAxes, type Picture, pictureAt } from './images.ts';
import { summariseBytes, summariseNumbers, type ValueFacts } from './value-summary.ts';

/** Targets of a split. */
export type TargetFacts =
  | { readonly kind: 'classes'; readonly counts: readonly number[] }
  | { readonly kind: 'numbers'; readonly columns: readonly ValueFacts[] }
  | { readonly kind: 'inputs' };

/** One split as training sees it. */
export interface SplitFacts {
  readonly name: 'train' | 'validation' | 'test';
  readonly samples: number;
  /** Over all features together, scaled as in training. */
  readonly inputs: ValueFacts;
  readonly targets: TargetFacts;
}

/** A data set as training sees it. */
export interface DatasetFacts {
  readonly source: string;
  readonly fingerprint: string;
  readonly features: number;
  readonly shape: readonly number[];
  /** How inputs are kept in memory. */
  readonly elements: 'u8' | 'f32';
  readonly target: TargetKind;
  readonly splits: readonly SplitFacts[];
  /** Features that have one value alone in the training samples. */
  readonly constantFeatures: number;
  readonly notes: readonly string[];
}

/** A data set and some of its images: the first of each class, or the first there are. */
export interface InspectedDataset {
  readonly facts: DatasetFacts;
  readonly pictures: readonly Picture[];
}

const MOST_PICTURES = 12;

/** Facts about a data set that is loaded. */
export function inspectDataset(dataset: Dataset): InspectedDataset {
  const { name, fingerprint, features, shape, target, train, validation, test, notes = [] } = dataset;
  const splits = [
    ['train', train],
    ['validation', validation],
    ['test', test],
  ] as const;
  const axes = shape.length === 1 ? undefined : imageAxes([train.samples, ...shape]);
  return {
    facts: {
      source: name,
      fingerprint,
      features,
      shape,
      elements: train.values instanceof Uint8Array ? 'u8' : 'f32',
      target,
      splits: splits.flatMap(([split, content]) =>
        content === undefined ? [] : [splitFacts(split, content, features, target)],
      ),
      constantFeatures: constantFeatures(train, features),
      notes,
    },
    pictures: axes === undefined ? [] : picturesOf(train, target, axes),
  };
}

function splitFacts(
  name: SplitFacts['name'],
  { samples, values, divisor, standardization, targets }: Split,
  features: number,
  target: TargetKind,
): SplitFacts {
  const inputs =
    standardization === undefined
      ? values instanceof Uint8Array
        ? summariseBytes(values, divisor)
        : summariseNumbers(values.length, (i) => values[i]! / divisor)
      : summariseNumbers(values.length, (i) => {
          const feature = i % features;
          return (
            (values[i]! / divisor - standardization.mean[feature]!) / standardization.deviation[feature]!
          );
        });
  return { name, samples, inputs, targets: targetFacts(target, targets ?? []) };
}

function targetFacts(target: TargetKind, targets: ArrayLike<number>): TargetFacts {
  switch (target.kind) {
    case 'inputs':
      return { kind: 'inputs' };
    case 'classes': {
      const counts = new Array<number>(target.classes).fill(0);
      for (let i = 0; i < targets.length; i++) counts[targets[i]!]! += 1;
      return { kind: 'classes', counts };
    }
    case 'numbers': {
      const { width } = target;
      const columns = Array.from({ length: width }, (_, column) =>
        summariseNumbers(targets.length / width, (row) => targets[row * width + column]!),
      );
      return { kind: 'numbers', columns };
    }
  }
}

function constantFeatures({ samples, values }: Split, features: number): number {
  let constant = 0;
  for (let feature = 0; feature < features; feature++) {
    let sample = 1;
    while (sample < samples && values[sample * features + feature] === values[feature]) sample++;
    if (sample === samples) constant++;
  }
  return constant;
}

function picturesOf({ samples, values, targets }: Split, target: TargetKind, axes: ImageAxes): Picture[] {
  const chosen: number[] = [];
  const seen = new Set<number>();
  for (let sample = 0; sample < samples && chosen.length < MOST_PICTURES; sample++) {
    const label = target.kind === 'classes' ? targets?.[sample] : undefined;
    if (label !== undefined && seen.has(label)) continue;
    if (label !== undefined) seen.add(label);
    chosen.push(sample);
    if (target.kind === 'classes' && seen.size === target.classes) break;
  }
  if (target.kind === 'classes') {
    chosen.sort((a, b) => targets![a]! - targets![b]!);
  }
  return chosen.map((sample) => pictureAt(values, sample, axes));
}
