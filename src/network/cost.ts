/** What a network costs for each sample, from its layers' own counts. */
import { allNodes, type ModelPlan } from './chain-plan.ts';

/** Multiply-adds for one sample. */
export interface SampleCost {
  readonly forward: number;
  /** Gradients of the parameters, and of every input that has something to train below. */
  readonly backward: number;
}

/** The cost of a sample on its way through a network. */
export function sampleCost({ chain }: ModelPlan): SampleCost {
  let [forward, backward, trains] = [0, 0, false];
  for (const { plan } of allNodes(chain)) {
    const { parameters, input } = plan.backward ?? {
      parameters: plan.multiplyAdds,
      input: plan.multiplyAdds,
    };
    forward += plan.multiplyAdds;
    backward += parameters + (trains ? input : 0);
    trains ||= plan.parameters.length > 0;
  }
  return { forward, backward };
}
