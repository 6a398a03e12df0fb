/** The `early_terminate` part of a sweep: which trials end before their last epoch. Iterations are epochs. */
import { z } from 'zod';
import { choice, realNumber, section, truthValue, wholeNumber } from '../schema/rules.ts';

/** Brackets as in W&B: from `min_iter` upwards, or `s` of them from `max_iter` downwards, each `eta` times the last. */
export interface HyperbandConfig {
  readonly type: 'hyperband';
  readonly min_iter?: number;
  readonly max_iter?: number;
  readonly eta: number;
  readonly s?: number;
  readonly strict: boolean;
}

/** Successive halving without waiting: at each rung, `min_iter` times a power of `eta`, the best 1/`eta` go on. */
export interface AshaConfig {
  readonly type: 'asha';
  readonly min_iter: number;
  readonly max_iter?: number;
  readonly eta: number;
}

/** From `min_iter` on, a trial ends that is worse than the median of the others, once there are `min_trials` of them. */
export interface MedianConfig {
  readonly type: 'median';
  readonly min_iter: number;
  readonly min_trials: number;
}

export type EarlyTerminate = HyperbandConfig | AshaConfig | MedianConfig;

const iterations = wholeNumber(1, 100_000);
const eta = realNumber({ above: 1 }).default(3).describe('Factor between one bracket and the next');
const firstIteration = iterations.default(1).describe('First epoch after which a trial may end');
const lastIteration = iterations.exactOptional().describe('Last epoch after which a trial may end');

const hyperband = section({
  type: choice(['hyperband']),
  min_iter: iterations.exactOptional().describe('Epoch of the first bracket'),
  max_iter: lastIteration,
  eta,
  s: wholeNumber(1, 100).exactOptional().describe('Number of brackets, counted down from max_iter'),
  strict: truthValue().default(false).describe('Whether more trials end, as in the paper on Hyperband'),
}).superRefine(({ min_iter: first, max_iter: last, s }, context) => {
  if (first === undefined && (last === undefined || s === undefined)) {
    const message = 'must have min_iter, or max_iter and s, got neither. Write min_iter: 1';
    context.addIssue({ code: 'custom', path: [], message });
  }
});

const asha = section({
  type: choice(['asha']),
  min_iter: firstIteration,
  max_iter: lastIteration,
  eta,
});

const median = section({
  type: choice(['median']),
  min_iter: firstIteration,
  min_trials: wholeNumber(1).default(5).describe('Trials that must have come as far before one may end'),
});

/** Checks the part and fills in what it leaves out. */
export const earlyTerminateSchema: z.ZodType<EarlyTerminate> = z
  .discriminatedUnion('type', [hyperband, asha, median], {
    error: 'must be a mapping such as {type: hyperband, min_iter: 1}',
  })
  .refine((given) => !('max_iter' in given) || (given.min_iter ?? 1) <= (given.max_iter ?? 1), {
    path: ['max_iter'],
    error: ({ input }) => {
      const { min_iter: first, max_iter: last } = input as { min_iter: number; max_iter: number };
      return `must not be below min_iter, got ${last} below ${first}`;
    },
  })
  .describe('How trials that fall behind end early');

/** The epochs after which trials of so many epochs are judged, ascending; after the last epoch there is nothing left to save. */
export function rungsOf(section: EarlyTerminate, epochs: number): number[] {
  if (section.type === 'median') {
    const { min_iter: start } = section;
    return Array.from({ length: Math.max(0, epochs - start) }, (_, at) => start + at);
  }
  const { eta: factor, min_iter: first = 1, max_iter: last = Number.POSITIVE_INFINITY } = section;
  const rungs = new Set<number>();
  if (section.type === 'hyperband' && section.s !== undefined && section.max_iter !== undefined) {
    for (let bracket = 1; bracket <= section.s; bracket += 1) rungs.add(Math.floor(last / factor ** bracket));
  } else {
    for (let rung = first; rung < epochs; rung *= factor) rungs.add(Math.floor(rung));
  }
  return [...rungs].filter((rung) => rung >= first && rung <= last && rung < epochs).sort((a, b) => a - b);
}
