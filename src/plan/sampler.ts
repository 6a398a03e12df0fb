/** Samplers that need no results: each draw is a function of the seed and its index, whatever comes before or after. */
import type { Choice } from '../config/point.ts';
import { pointAt, type Space } from '../config/space.ts';
import { uniformStream } from '../random.ts';
import { scrambledSobol } from './sobol.ts';

/** Draws of a space without end. */
export type Sampler = (index: number) => Choice;

/** Half of the smallest step of a uniform stream: keeps its numbers off 0. */
const HALF_STEP = 2 ** -33;

/** Independent draws from the distributions. */
export function randomSampler(space: Space, seed: number): Sampler {
  return (index) => {
    const uniform = uniformStream(seed, 'sampler', index);
    return pointAt(
      space,
      space.dimensions.map(() => uniform() + HALF_STEP),
    );
  };
}

/** Draws that fill the space more evenly than independent ones. */
export function sobolSampler(space: Space, seed: number): Sampler {
  const sobol = scrambledSobol(seed, space.dimensions.length);
  return (index) => pointAt(space, sobol(index));
}
