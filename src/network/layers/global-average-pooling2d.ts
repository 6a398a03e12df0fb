/** The mean of an image over all its positions. */
import { z } from 'zod';
import { section } from '../../schema/rules.ts';
import { type LayerKind, type LayerSettings, numbersOf } from '../layer.ts';
import { commonKeys } from '../layer-section.ts';
import { imageOf } from './windows.ts';

/** Settings of a global average pooling. */
export interface GlobalAveragePooling2dSettings extends LayerSettings {
  readonly global_average_pooling2d: true;
}

/** Makes a feature of each channel. */
export const globalAveragePooling2d: LayerKind<GlobalAveragePooling2dSettings> = {
  key: 'global_average_pooling2d',
  summary: 'The mean over all positions of an image, one feature a channel',
  section: section(
    {
      global_average_pooling2d: z
        .literal(true, { error: 'must be true' })
        .describe('Makes a feature of each channel, its mean'),
      ...commonKeys,
    },
    '{global_average_pooling2d: true}',
  ),
  plan(_, input, context) {
    const [height, width, channels] = imageOf(input, context);
    const sizes = { positions: height * width, channels };
    return {
      output: [channels],
      parameters: [],
      buffers: [],
      multiplyAdds: 0,
      memory: 'own',
      readsInput: false,
      readsOutput: false,
      build: ({ operations }) => ({
        forward: (y, x, { samples }) =>
          operations.globalAverageForward(y, numbersOf(x), { ...sizes, samples }),
        backward(dx, dy, _x, _y, { samples }) {
          if (dx !== null) operations.globalAverageBackward(dx, dy, { ...sizes, samples });
          return 0;
        },
      }),
    };
  },
};
