/** Memory of the gradients on their way down: two arrays for each depth of blocks, since no step needs more. */
import type { KernelArray } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import type { ChainPlan } from './chain-plan.ts';
import { countOf } from './layer.ts';

/** The two arrays of a depth. */
export type GradientPair = readonly [KernelArray, KernelArray];

/** Numbers of a sample that each of the two arrays of each depth must hold. */
export function gradientCounts(plan: ChainPlan): (readonly [number, number])[] {
  const counts: [number, number][] = [];
  const add = (chain: ChainPlan, depth: number): void => {
    const slots = gradientSlots(chain);
    const pair = counts[depth] ?? [0, 0];
    counts[depth] = pair;
    const put = (slot: number, count: number): void => {
      pair[slot as 0 | 1] = Math.max(pair[slot as 0 | 1], count);
    };
    // That of the input only where something lies below.
    for (const [i, { plan: layer, input }] of chain.nodes.entries()) {
      put(slots[i + 1]!, countOf(layer.output));
      if (i > 0 || depth > 0) put(slots[i]!, countOf(input));
      for (const inside of layer.inside ?? []) add(inside, depth + 1);
    }
  };
  add(plan, 0);
  return counts;
}

/** Which array of its pair holds the gradient of the input of each step and, last, of the output of the chain. */
export function gradientSlots({ nodes }: ChainPlan): number[] {
  const slots = [0];
  for (const { plan } of nodes.toReversed()) {
    const above = slots[0]!;
    slots.unshift(plan.memory === 'own' ? 1 - above : above);
  }
  return slots;
}

/** The arrays of all depths. */
export class GradientPool {
  readonly #plan: readonly (readonly [number, number])[];
  #pairs: readonly GradientPair[] = [];

  constructor(plan: ChainPlan) {
    this.#plan = gradientCounts(plan);
  }

  reserve(scope: ArrayScope, samples: number): void {
    // A kernel allocates at least one number.
    const place = (count: number): KernelArray => scope.numbers(Math.max(samples * count, 1));
    this.#pairs = this.#plan.map(([a, b]) => [place(a), place(b)]);
  }

  at(depth: number): GradientPair {
    return this.#pairs[depth]!;
  }
}
