/** Which steps of a chain write their output into memory of their own, and which over the output of another. */
import type { ChainPlan } from './chain-plan.ts';

/**
 * Of each step the one whose memory its output is in: itself, or a step below that has no further use for what it wrote. −1 is the
 * input of the chain.
 */
export function outputOwners({ nodes }: ChainPlan): number[] {
  const owners: number[] = [];
  for (const [i, { plan }] of nodes.entries()) {
    const below = owners[i - 1] ?? -1;
    // What a layer shows to penalties must last until the next batch.
    const lasts = (owner: number): boolean =>
      nodes.some((node, j) => owners[j] === owner && (node.observed || node.plan.readsOutput));
    const shares = plan.memory === 'elementwise' && !plan.readsInput && below >= 0 && !lasts(below);
    owners.push(plan.memory === 'view' || shares ? below : i);
  }
  return owners;
}
