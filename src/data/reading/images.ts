/** Images in files: how samples that are stored flat, or with their channels first, become height x width x channels. */
import { z } from 'zod';
import { choice, wholeNumber } from '../../schema/rules.ts';

/** Settings that say how samples are images. */
export interface ImageOptions {
  /** [height, width, channels] of images that are stored flat. */
  readonly shape?: readonly number[];
  /** Order of the axes of an image in the file. Default: channels last. */
  readonly layout?: 'channels-last' | 'channels-first';
}

/** Order of the axes samples x channels x height x width that makes the channels last, as numpy's transpose takes it. */
export const CHANNELS_LAST: readonly number[] = [0, 2, 3, 1];

/** The keys. */
export function imageKeys(): Record<'shape' | 'layout', z.ZodType> {
  const error = 'must be [height, width, channels]';
  return {
    shape: z
      .array(wholeNumber(1), { error })
      .length(3, { error })
      .exactOptional()
      .describe('[height, width, channels] of images that are stored flat'),
    layout: choice(['channels-last', 'channels-first'])
      .exactOptional()
      .describe('Order of the axes of an image in the file; channels-last unless given'),
  };
}

/** Position of each number of a flat sample in its image with the channels last. Shapes: one for each number. */
export function imagePositions({ shape, layout }: ImageOptions, features: number): Uint32Array {
  if (shape === undefined || layout !== 'channels-first')
    return Uint32Array.from({ length: features }, (_, i) => i);
  const [height = 1, width = 1, channels = 1] = shape;
  const pixels = height * width;
  return Uint32Array.from({ length: features }, (_, i) => (i % pixels) * channels + Math.floor(i / pixels));
}
