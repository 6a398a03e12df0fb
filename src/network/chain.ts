/** Layers one after the other, at work: memory between them, and the two passes. */
import type { KernelArray, Operations } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import type { ChainPlan, NodePlan } from './chain-plan.ts';
import { type GradientPool, gradientSlots } from './gradient-pool.ts';
import {
  countOf,
  type InnerChain,
  type Layer,
  type LayerInput,
  numbersOf,
  type Pass,
  type TrainedArray,
} from './layer.ts';
import { outputOwners } from './output-owners.ts';
import { Tap } from './tap.ts';

/** What all chains of a network share. */
export interface ChainContext {
  readonly operations: Operations;
  readonly gradients: GradientPool;
  /** Arrays of a step. */
  arraysOf(node: NodePlan): LayerArrays;
  /** Told of the tap of every layer. */
  onTap(tap: Tap): void;
  /** What is done with ∂cost/∂tensor on the way down, where the tensor is observed; returns the value of its penalty. */
  visit(tap: Tap, gradient: KernelArray, pass: Pass): number;
}

/** Parameters and buffers of a step, in the order of its plan. */
export interface LayerArrays {
  readonly parameters: readonly TrainedArray[];
  readonly buffers: readonly KernelArray[];
}

/** One step. */
interface Node {
  readonly plan: NodePlan;
  readonly layer: Layer;
  readonly inside: readonly Chain[];
  /** Of its output, where a penalty could see it. */
  readonly tap: Tap | null;
  /** The step whose memory its output is in, −1 for the input of the chain. */
  readonly owner: number;
  /** Whether this step, or one below, has something to train. */
  readonly trains: boolean;
  /** The same for steps below alone. */
  readonly trainsBelow: boolean;
}

/** The whole network, or what is inside one of its layers. */
export class Chain implements InnerChain {
  readonly #context: ChainContext;
  readonly #depth: number;
  readonly #nodes: readonly Node[];
  /** Which of two arrays holds ∂cost/∂ the input of each step and, last, the output of the chain. */
  readonly #slots: readonly number[];
  /** Outputs of the steps that have memory. */
  #outputs: readonly (LayerInput & { readonly dense: KernelArray })[] = [];
  #input: LayerInput | null = null;

  constructor(context: ChainContext, plan: ChainPlan, depth = 0) {
    this.#context = context;
    this.#depth = depth;
    this.#slots = gradientSlots(plan);
    const owners = outputOwners(plan);
    const nodes: Node[] = [];
    for (const [i, node] of plan.nodes.entries()) {
      const inside = (node.plan.inside ?? []).map((inner) => new Chain(context, inner, depth + 1));
      const layer = node.plan.build({
        operations: context.operations,
        ...context.arraysOf(node),
        position: node.listed.position,
        inside,
      });
      const tap = node.observed ? new Tap(node.listed) : null;
      if (tap !== null) context.onTap(tap);
      const trainsBelow = nodes.some(({ trains }) => trains);
      const trains = trainsBelow || node.plan.parameters.length > 0 || inside.some((chain) => chain.#trains);
      nodes.push({ plan: node, layer, inside, tap, owner: owners[i]!, trains, trainsBelow });
    }
    this.#nodes = nodes;
  }

  /** Make place for batches of up to `samples`; the gradients have theirs already. */
  reserve(scope: ArrayScope, samples: number): void {
    const outputs: { dense: KernelArray }[] = [];
    for (const [i, { plan, layer, inside, tap, owner }] of this.#nodes.entries()) {
      for (const chain of inside) chain.reserve(scope, samples);
      layer.reserve?.(scope, samples);
      const dense = owner === i ? scope.numbers(samples * countOf(plan.plan.output)) : outputs[owner]?.dense;
      // What shows the input of the chain is told it with each batch.
      outputs.push({ dense: dense as KernelArray });
      if (dense !== undefined) tap?.attach(dense);
      tap?.reserve(scope, samples);
    }
    this.#outputs = outputs;
  }

  /** Whether the first layer with something to do takes the non-zeros of a batch. */
  get takesCompressed(): boolean {
    const first = this.#nodes.findIndex(({ plan }) => plan.plan.memory !== 'view');
    const seen = this.#nodes.slice(0, first).some(({ tap }) => tap?.listed.penalized === true);
    return !seen && this.#nodes[first]?.plan.plan.takesCompressed === true;
  }

  get output(): KernelArray {
    return numbersOf(this.#outputOf(this.#nodes.length - 1));
  }

  get outputGradient(): KernelArray {
    return this.#gradients[this.#slots.at(-1) as 0 | 1];
  }

  get inputGradient(): KernelArray {
    return this.#gradients[this.#slots[0] as 0 | 1];
  }

  forward(x: LayerInput, pass: Pass): void {
    this.#input = x;
    let input = x;
    for (const [i, { plan, layer, tap, owner }] of this.#nodes.entries()) {
      const output = this.#outputOf(i);
      if (plan.plan.memory !== 'view') layer.forward(numbersOf(output), input, pass);
      if (owner === -1 && output.compressed === undefined) tap?.attach(output.dense);
      tap?.refresh(pass);
      input = output;
    }
  }

  backward(wantsInput: boolean, pass: Pass): number {
    const [gradients, slots, { learns }] = [this.#gradients, this.#slots, pass];
    let penalty = 0;
    for (let i = this.#nodes.length - 1; i >= 0; i--) {
      const { plan, layer, inside, tap, trains, trainsBelow } = this.#nodes[i]!;
      const dy = gradients[slots[i + 1] as 0 | 1];
      if (tap !== null) penalty += this.#context.visit(tap, dy, pass);
      const below = wantsInput || (learns ? trainsBelow : this.#probesBelow(i));
      if (!below && !(learns ? trains : inside.some((chain) => chain.probes))) break;
      if (plan.plan.memory !== 'view') {
        const dx = below ? gradients[slots[i] as 0 | 1] : null;
        penalty += layer.backward(dx, dy, this.#outputOf(i - 1), numbersOf(this.#outputOf(i)), pass);
      }
      if (!below) break;
    }
    return penalty;
  }

  /** Whether a penalty acts on a layer of the chain, or inside of one. */
  get probes(): boolean {
    return this.#probesBelow(this.#nodes.length);
  }

  get #trains(): boolean {
    return this.#nodes.at(-1)?.trains ?? false;
  }

  #probesBelow(end: number): boolean {
    return this.#nodes
      .slice(0, end)
      .some(({ tap, inside }) => (tap?.penalty ?? null) !== null || inside.some((chain) => chain.probes));
  }

  /** Of a step; of −1 the input of the chain. */
  #outputOf(index: number): LayerInput {
    const owner = index < 0 ? -1 : this.#nodes[index]!.owner;
    const output = owner < 0 ? this.#input : this.#outputs[owner];
    if (output === null || output === undefined) throw new Error('network: no batch was reserved');
    return output;
  }

  get #gradients(): readonly [KernelArray, KernelArray] {
    return this.#context.gradients.at(this.#depth);
  }
}
