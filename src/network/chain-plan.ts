/** Layers one after the other, planned from sizes alone: shapes, parameters, cost, and who observes which tensor. */
import type { LayerPlan, LayerSettings, PenaltySide, Positions, Shape } from './layer.ts';

/** One step of the way through a network; a layer with an activation function is two. */
export interface NodePlan {
  readonly plan: LayerPlan;
  readonly input: Shape;
  /** The layer of the list that it belongs to. */
  readonly listed: ListedLayer;
  /** Whether its output is what a penalty on that layer sees. */
  readonly observed: boolean;
}

/** Layers one after the other. */
export interface ChainPlan {
  readonly input: Shape;
  readonly output: Shape;
  readonly nodes: readonly NodePlan[];
}

/** A layer as a user counts and names it; those inside a block come before the block. */
export interface ListedLayer {
  /** Counted from 0. */
  readonly position: number;
  readonly name: string;
  readonly kind: string;
  readonly settings: LayerSettings;
  /** Where it stands in the list: `2`, or `2.residual.0` inside a block. */
  readonly path: string;
  readonly input: Shape;
  readonly output: Shape;
  readonly penalized: boolean;
  readonly on: PenaltySide;
  readonly positions: Positions;
}

/** A whole network. */
export interface ModelPlan {
  readonly chain: ChainPlan;
  /** Every layer with a name, in order. */
  readonly layers: readonly ListedLayer[];
}

/** All steps of a chain and of the layers inside its layers, in order. */
export function* allNodes({ nodes }: ChainPlan): Generator<NodePlan> {
  for (const node of nodes) {
    for (const inside of node.plan.inside ?? []) yield* allNodes(inside);
    yield node;
  }
}
