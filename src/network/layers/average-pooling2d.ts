/** The mean of each window of an image. */
import { section } from '../../schema/rules.ts';
import type { LayerKind } from '../layer.ts';
import { type PoolingSettings, planPooling, poolingKeys } from './pooling.ts';
import { type Lengths, lengths } from './windows.ts';

/** Settings of an average pooling. */
export interface AveragePooling2dSettings extends PoolingSettings {
  readonly average_pooling2d: Lengths;
}

/** Averages each window, over the positions that exist. */
export const averagePooling2d: LayerKind<AveragePooling2dSettings> = {
  key: 'average_pooling2d',
  summary: 'The mean of each window of an image, channel by channel',
  section: section(
    { average_pooling2d: lengths('Size of the windows, or [height, width]'), ...poolingKeys },
    '{average_pooling2d: 2}',
  ),
  plan: (settings, input, context) =>
    planPooling(settings.average_pooling2d, settings, input, context, {
      compares: false,
      forward: (operations, y, x, shape) => operations.averagePoolForward(y, x, shape),
      backward: (operations, dx, dy, _x, _y, shape) => operations.averagePoolBackward(dx, dy, shape),
    }),
};
