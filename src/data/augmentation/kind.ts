/** What a kind of augmentation says of itself: one file each under kinds/, and one line in augmentations.ts. */
import type { z } from 'zod';

/** Shape of an image. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A sample: numbers, or the bytes that they are made of. */
export type SampleValues = Uint8Array<ArrayBufferLike> | Float32Array<ArrayBufferLike>;

/** out = x changed; both of one sample, row-major height x width x channels. `next` yields uniforms in [0, 1). */
export type Transform = (out: SampleValues, x: SampleValues, next: () => number) => void;

/** Draws the share that a sample keeps of itself, and a uniform in [0, 1) that chooses the other one. */
export type Mixer = (next: () => number) => { readonly share: number; readonly other: number };

/** A kind of augmentation: it changes single samples, or mixes two. */
export interface AugmentationKind<Settings extends object = object> {
  readonly type: string;
  /** What it does, in half a sentence. */
  readonly summary: string;
  /** Its stream of random numbers, from 0 to 15: a number once given stays. */
  readonly stream: number;
  readonly settings: z.ZodRawShape;
  /** Whether it needs the shape of images. */
  readonly needsImages: boolean;
  /** Whether bytes stay bytes. */
  readonly keepsBytes: boolean;
  /** The broken rule of its settings for images of a shape, or undefined. */
  problem?(settings: Settings, shape: ImageShape): string | undefined;
  /** `shape` has a height of 1 where samples are no images. */
  transform?(settings: Settings, shape: ImageShape): Transform;
  mixer?(settings: Settings): Mixer;
}
