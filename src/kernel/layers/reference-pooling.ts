/** Pooling in plain float64. */

import { checkSizes } from '../arguments.ts';
import type { FloatArray } from '../operations.ts';
import { numbers } from '../reference-arguments.ts';
import { type PoolingOperations, type PoolShape, poolLengths } from './pooling.ts';
import { paddingBefore, windowCount } from './windows.ts';

/** Calls `visit` for every window and channel, row by row, with the indices of its entries in x and its own in y. */
function forEachWindow(shape: PoolShape, visit: (entries: readonly number[], output: number) => void): void {
  const { samples, height, width, channels, padding } = shape;
  const down = windowCount('pooling', height, shape.poolHeight, shape.strideHeight, padding);
  const across = windowCount('pooling', width, shape.poolWidth, shape.strideWidth, padding);
  const above = paddingBefore(height, shape.poolHeight, shape.strideHeight, padding);
  const before = paddingBefore(width, shape.poolWidth, shape.strideWidth, padding);
  let output = 0;
  for (let sample = 0; sample < samples; sample++) {
    for (let i = 0; i < down; i++) {
      for (let j = 0; j < across; j++) {
        const positions: number[] = [];
        for (let r = 0; r < shape.poolHeight; r++) {
          for (let c = 0; c < shape.poolWidth; c++) {
            const [row, column] = [i * shape.strideHeight - above + r, j * shape.strideWidth - before + c];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            positions.push((sample * height + row) * width + column);
          }
        }
        for (let channel = 0; channel < channels; channel++) {
          visit(
            positions.map((position) => position * channels + channel),
            output++,
          );
        }
      }
    }
  }
}

const maximumOf = (x: FloatArray, entries: readonly number[]): number =>
  Math.max(...entries.map((entry) => x[entry]!));

export const referencePooling: PoolingOperations = {
  maxPoolForward(y, x, shape) {
    const { input, output } = poolLengths('maxPoolForward', shape);
    const target = numbers('maxPoolForward', 'y', y, output);
    const source = numbers('maxPoolForward', 'x', x, input);
    forEachWindow(shape, (entries, at) => {
      target[at] = maximumOf(source, entries);
    });
  },
  maxPoolBackward(dx, dy, x, _y, shape) {
    const { input, output } = poolLengths('maxPoolBackward', shape);
    const target = numbers('maxPoolBackward', 'dx', dx, input).fill(0, 0, input);
    const upstream = numbers('maxPoolBackward', 'dy', dy, output);
    const source = numbers('maxPoolBackward', 'x', x, input);
    forEachWindow(shape, (entries, at) => {
      const largest = maximumOf(source, entries);
      const first = entries.find((entry) => source[entry] === largest);
      if (first !== undefined) target[first]! += upstream[at]!;
    });
  },
  averagePoolForward(y, x, shape) {
    const { input, output } = poolLengths('averagePoolForward', shape);
    const target = numbers('averagePoolForward', 'y', y, output);
    const source = numbers('averagePoolForward', 'x', x, input);
    forEachWindow(shape, (entries, at) => {
      target[at] = entries.reduce((sum, entry) => sum + source[entry]!, 0) / entries.length;
    });
  },
  averagePoolBackward(dx, dy, shape) {
    const { input, output } = poolLengths('averagePoolBackward', shape);
    const target = numbers('averagePoolBackward', 'dx', dx, input).fill(0, 0, input);
    const upstream = numbers('averagePoolBackward', 'dy', dy, output);
    forEachWindow(shape, (entries, at) => {
      for (const entry of entries) target[entry]! += upstream[at]! / entries.length;
    });
  },
  globalAverageForward(y, x, { samples, positions, channels }) {
    checkSizes('globalAverageForward', { samples, positions, channels });
    const target = numbers('globalAverageForward', 'y', y, samples * channels);
    const source = numbers('globalAverageForward', 'x', x, samples * positions * channels);
    for (let s = 0; s < samples; s++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < positions; i++) sum += source[(s * positions + i) * channels + c]!;
        target[s * channels + c] = sum / positions;
      }
    }
  },
  globalAverageBackward(dx, dy, { samples, positions, channels }) {
    checkSizes('globalAverageBackward', { samples, positions, channels });
    const target = numbers('globalAverageBackward', 'dx', dx, samples * positions * channels);
    const upstream = numbers('globalAverageBackward', 'dy', dy, samples * channels);
    for (let s = 0; s < samples; s++) {
      for (let i = 0; i < positions; i++) {
        for (let c = 0; c < channels; c++) {
          target[(s * positions + i) * channels + c] = upstream[s * channels + c]! / positions;
        }
      }
    }
  },
};
