/** Settings and shapes of layers that slide a window over an image. */
import { z } from 'zod';
import { PADDINGS, type Padding, windowCount } from '../../kernel/layers/windows.ts';
import { choice, wholeNumber } from '../../schema/rules.ts';
import { describeShape, type PlanContext, type Shape } from '../layer.ts';

/** A length along both axes, or [height, width]. */
export type Lengths = number | readonly [height: number, width: number];

const MOST = 65_536;

/** A length along both axes, or one for each. */
export function lengths(description: string): z.ZodType<Lengths> {
  const length = wholeNumber(1, MOST);
  const error = `must be a whole number from 1 to ${MOST}, or two of them: [height, width]`;
  return z.union([length, z.tuple([length, length], { error })], { error }).describe(description);
}

/** How the window meets the edge of the image. */
export const paddingKey: z.ZodType<Padding | undefined> = choice(PADDINGS)
  .exactOptional()
  .describe(
    'Windows inside the image only (valid, unless given), or past its edges so that strides alone shrink it (same)',
  );

/** [height, width]. */
export function pairOf(given: Lengths): readonly [height: number, width: number] {
  return typeof given === 'number' ? [given, given] : given;
}

/** The size of an image, or what `context.refuse` throws. */
export function imageOf(
  input: Shape,
  context: PlanContext,
): readonly [height: number, width: number, channels: number] {
  const [height, width, channels] = input;
  if (height !== undefined && width !== undefined && channels !== undefined) return [height, width, channels];
  return context.refuse(
    'must have an image as its input, height x width x channels',
    describeShape(input),
    'Put it before flatten and dense, or use data with images',
  );
}

/** Windows down and across an image. Errors: what `context.refuse` throws where one is larger than the image. */
export function windowsOf(
  size: readonly [number, number],
  window: readonly [number, number],
  strides: readonly [number, number],
  padding: Padding,
  context: PlanContext,
): readonly [down: number, across: number] {
  if (padding === 'valid' && size.some((length, axis) => window[axis]! > length)) {
    const output = size.map((length, axis) =>
      Math.max(0, Math.floor((length - window[axis]!) / strides[axis]!) + 1),
    );
    context.refuse(
      'its window must fit into the image under padding: valid',
      `a window of ${describeShape(window)}`,
      'Write padding: same, or a smaller window',
      output,
    );
  }
  const [down, across] = size.map((length, axis) =>
    windowCount('layer', length, window[axis]!, strides[axis]!, padding),
  );
  return [down!, across!];
}
