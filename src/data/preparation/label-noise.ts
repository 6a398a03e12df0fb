/** Label noise: a share of the training labels replaced by another class. */
import { shuffledIndices, uniformStream } from '../../random.ts';
import type { TargetArray } from '../dataset.ts';

/** Random streams: which samples are mislabelled, and how. */
const STREAM = { samples: 0, classes: 1 } as const;

/**
 * Replaces round(share · samples) labels in place, each by one of the other classes, drawn evenly; the same ones for the
 * same seed. A larger share mislabels the same samples and more.
 */
export function addLabelNoise(labels: TargetArray, classes: number, share: number, seed: number): void {
  if (classes < 2) return;
  const order = shuffledIndices(seed, 'noise', STREAM.samples, labels.length);
  const next = uniformStream(seed, 'noise', STREAM.classes);
  const count = Math.round(share * labels.length);
  for (let i = 0; i < count; i++) {
    const sample = order[i]!;
    const shift = 1 + Math.floor(next() * (classes - 1));
    labels[sample] = (labels[sample]! + shift) % classes;
  }
}
