/** IDX files as a source: Fashion-MNIST, EMNIST, KMNIST as they are published, compressed or not. */
import { arraySource } from '../arrays/array-source.ts';
import type { Source } from '../source.ts';

export const idx: Source = arraySource({
  name: 'idx',
  summary: 'images and labels in IDX files, the format of MNIST and its family',
  keys: ['images', 'labels'],
});
