/** Images to look at: pixels of the first few, channels last, from 0 to 1. */

/** One image. Shapes: pixels height x width x channels, row-major. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Float32Array;
}

/** Smaller things than this are no images, and nothing is seen of them. */
const SMALLEST_SIDE = 4;

/** The axes of an array of images. */
export interface ImageAxes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly channelsFirst: boolean;
}

/** How an array of samples is images: rank 3, or rank 4 with one channel, three or four at either end; undefined for others. */
export function imageAxes([, ...sample]: readonly number[]): ImageAxes | undefined {
  const [a = 0, b = 0, c = 1] = sample;
  if (sample.length === 2) return sized({ height: a, width: b, channels: 1, channelsFirst: false });
  if (sample.length !== 3) return undefined;
  const last = { height: a, width: b, channels: c, channelsFirst: false };
  if (c === 1 || c === 3) return sized(last);
  if (a === 1 || a === 3) return sized({ height: b, width: c, channels: a, channelsFirst: true });
  return c === 4 ? sized(last) : undefined;
}

function sized(axes: ImageAxes): ImageAxes | undefined {
  return axes.height >= SMALLEST_SIDE && axes.width >= SMALLEST_SIDE ? axes : undefined;
}

/** One image of an array, its range stretched to 0 … 1. Shapes: values images x the product of the axes. */
export function pictureAt(values: ArrayLike<number>, image: number, axes: ImageAxes): Picture {
  const { height, width, channels, channelsFirst } = axes;
  const length = height * width * channels;
  const first = image * length;
  let [least, largest] = [0, 0];
  for (let i = first; i < first + length; i++) {
    if (values[i]! < least) least = values[i]!;
    if (values[i]! > largest) largest = values[i]!;
  }
  const pixels = new Float32Array(length);
  const plane = height * width;
  for (let i = 0; i < length; i++) {
    const at = channelsFirst ? (i % channels) * plane + Math.floor(i / channels) : i;
    pixels[i] = (values[first + at]! - least) / (largest - least || 1);
  }
  return { height, width, channels, pixels };
}
