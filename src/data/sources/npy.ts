/** Arrays of numpy and safetensors as a source: `file.npy`, `file.npz#key`, `file.safetensors#tensor`. */
import { arraySource } from '../arrays/array-source.ts';
import type { Source } from '../source.ts';

export const npy: Source = arraySource({
  name: 'npy',
  summary: 'arrays that numpy or safetensors saved: `x.npy`, `data.npz#x`, `data.safetensors#x`',
  keys: ['x', 'y'],
});
