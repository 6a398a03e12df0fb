/** The largest number of each window of an image. */
import { section } from '../../schema/rules.ts';
import type { LayerKind } from '../layer.ts';
import { type PoolingSettings, planPooling, poolingKeys } from './pooling.ts';
import { type Lengths, lengths } from './windows.ts';

/** Settings of a maximum pooling. */
export interface MaxPooling2dSettings extends PoolingSettings {
  readonly max_pooling2d: Lengths;
}

/** Keeps the largest number of each window; of equal ones the first gets the gradient. */
export const maxPooling2d: LayerKind<MaxPooling2dSettings> = {
  key: 'max_pooling2d',
  summary: 'The largest number of each window of an image, channel by channel',
  section: section(
    { max_pooling2d: lengths('Size of the windows, or [height, width]'), ...poolingKeys },
    '{max_pooling2d: 2}',
  ),
  plan: (settings, input, context) =>
    planPooling(settings.max_pooling2d, settings, input, context, {
      compares: true,
      forward: (operations, y, x, shape) => operations.maxPoolForward(y, x, shape),
      backward: (operations, dx, dy, x, y, shape) => operations.maxPoolBackward(dx, dy, x, y, shape),
    }),
};
