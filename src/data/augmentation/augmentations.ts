/** The kinds of augmentation, and their section of a sweep file. */
import { z } from 'zod';
import { choice, section } from '../../schema/rules.ts';
import type { AugmentationKind, ImageShape } from './kind.ts';
import { GAUSSIAN_NOISE } from './kinds/gaussian-noise.ts';
import { MIXUP } from './kinds/mixup.ts';
import { RANDOM_CROP } from './kinds/random-crop.ts';
import { RANDOM_ERASING } from './kinds/random-erasing.ts';
import { RANDOM_FLIP } from './kinds/random-flip.ts';
import { RANDOM_ROTATION } from './kinds/random-rotation.ts';
import { RANDOM_SHIFT } from './kinds/random-shift.ts';

/** Every kind. */
export const AUGMENTATIONS: readonly AugmentationKind[] = [
  RANDOM_CROP,
  RANDOM_FLIP,
  RANDOM_SHIFT,
  RANDOM_ROTATION,
  RANDOM_ERASING,
  GAUSSIAN_NOISE,
  MIXUP,
];

/** One step of the augmentation of a sample; what it has beside its type is its kind's affair. */
export interface AugmentationConfig {
  readonly type: string;
  readonly [key: string]: unknown;
}

const sections = AUGMENTATIONS.map(({ type, summary, settings }) =>
  section({ type: choice([type]).describe(summary), ...(settings as Record<string, z.ZodType>) }),
);

const EXAMPLE = '[{type: random_crop, padding: 4}, {type: random_flip}]';

/** The list of steps, each kind at most once. */
export const augmentationSchema: z.ZodType<readonly AugmentationConfig[]> = z
  .array(
    z.discriminatedUnion('type', sections as [(typeof sections)[number], ...typeof sections], {
      error: 'must be a mapping such as {type: random_crop, padding: 4}',
    }),
    { error: `must be a list such as ${EXAMPLE}` },
  )
  .superRefine((steps, context) => {
    const types = steps.map((step) => (step as { readonly type?: unknown }).type);
    for (const [position, type] of types.entries()) {
      if (types.indexOf(type) === position) continue;
      const message = `must be given once, got ${type} a second time. Put its settings into one`;
      context.addIssue({ code: 'custom', path: [position, 'type'], message });
    }
  }) as unknown as z.ZodType<readonly AugmentationConfig[]>;

/** The kind of a step that was checked. */
export function augmentationOf({ type }: AugmentationConfig): AugmentationKind {
  const found = AUGMENTATIONS.find((each) => each.type === type);
  if (found === undefined) throw new Error(`no augmentation is called ${type}`);
  return found;
}

/** Shape of images; undefined of samples that are none. */
export function imageShapeOf(shape: readonly number[]): ImageShape | undefined {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined)
    return undefined;
  return { height, width, channels };
}

/** Whether a step mixes samples. */
export function mixesSamples(steps: readonly AugmentationConfig[] = []): boolean {
  return steps.some((step) => augmentationOf(step).mixer !== undefined);
}

/** The first step that samples of a shape cannot have, and why; undefined where all can. */
export function augmentationProblem(
  steps: readonly AugmentationConfig[],
  shape: readonly number[],
): { readonly position: number; readonly message: string } | undefined {
  const image = imageShapeOf(shape);
  for (const [position, step] of steps.entries()) {
    const kind = augmentationOf(step);
    if (image === undefined && kind.needsImages) {
      const message = `${kind.type} must have images of the shape [height, width, channels], got samples of ${shape.join(' x ')} features. Use data of images, or remove it`;
      return { position, message };
    }
    const message = image === undefined ? undefined : kind.problem?.(step, image);
    if (message !== undefined) return { position, message: `${kind.type} ${message}` };
  }
  return undefined;
}
