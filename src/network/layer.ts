/**
 * The interface of a layer: what a kind of layer says of itself (settings, shapes, cost), and what one does with a batch.
 *
 * A kind plans first, from sizes alone: then shape errors, memory and cost are known before a kernel is. What is planned
 * can be built on any kernel. One file a kind under `layers/`, one line in `layers.ts`.
 */
import type { z } from 'zod';
import type {
  Activation,
  FloatArray,
  KernelArray,
  KernelCompressed,
  Operations,
} from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import type { ChainPlan } from './chain-plan.ts';
import type { TrainedArray } from './optimizer.ts';

export type { TrainedArray } from './optimizer.ts';

/** Shape of one sample: [features], or [height, width, channels]. */
export type Shape = readonly number[];

/** Numbers in a sample of a shape. */
export function countOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** `28 x 28 x 1`. */
export function describeShape(shape: Shape): string {
  return shape.join(' x ');
}

/** What a penalty is computed on: after the activation function, or before it. */
export type PenaltySide = 'activation' | 'preactivation';

/** What a penalty makes rows of in an image: each position, the whole image, its spatial mean, or so many random positions. */
export type Positions = 'all' | 'flatten' | 'mean' | number;

/** Settings of a layer as a sweep file has them; what a kind has for keys beyond these is its own affair. */
export interface LayerSettings {
  /** Default: the kind and a number, such as `dense1`. */
  readonly name?: string;
  /** Default false. */
  readonly penalized?: boolean;
  /** Default 'activation'. */
  readonly on?: PenaltySide;
  /** Default 'all'. */
  readonly on_positions?: Positions;
  /** Default 'identity'. */
  readonly activation?: Activation;
}

/** A kind of layer. */
export interface LayerKind<Settings extends LayerSettings = never> {
  /** Keras' name: the key that tells a layer of this kind from others. */
  readonly key: string;
  /** What it does, in a line: for the table of layers in the docs. */
  readonly summary: string;
  /** Units of its output where the settings alone tell them. */
  units?(settings: Settings): number;
  /** The settings that hold layers. Default none. */
  readonly inside?: readonly string[];
  /** Rules of its settings. */
  readonly section: z.ZodObject<z.ZodRawShape, z.core.$strict>;
  /**
   * Shapes, parameters and cost of a layer of this kind.
   *
   * Errors: what `context.refuse` throws where the input does not suit it.
   */
  plan(settings: Settings, input: Shape, context: PlanContext): LayerPlan;
}

/** What a kind is told when it plans. */
export interface PlanContext {
  readonly name: string;
  /** The activation function that follows, which initial weights depend on. */
  readonly followedBy: Activation;
  /** Plan layers inside this one: they are listed before it. `key` is the setting that holds them. */
  planInside(key: string, layers: readonly LayerSettings[], input: Shape): ChainPlan;
  /** Errors: ShapeError LAYER_SHAPE with the layer, its input and `output` in front of the rule. */
  refuse(rule: string, got: string, remedy: string, output?: Shape): never;
}

/** Initial numbers of a parameter: one for all, or drawn. `next` yields uniforms in [0, 1) of the layer's own stream. */
export type Initial = number | ((values: FloatArray, next: () => number) => void);

/** A parameter before there is memory for it. */
export interface ParameterPlan {
  /** Inside its layer: `weights`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initial: Initial;
  /** Adds to the gradient of the cost what does not come from the samples (l1, l2), after each backward pass. */
  readonly regularize?: ParameterAction;
  /** Acts on the values after each step of the optimizer (max_norm), and once on the initial ones. */
  readonly constrain?: ParameterAction;
}

/** Something done to a parameter. */
export type ParameterAction = (operations: Operations, parameter: TrainedArray, shape: Shape) => void;

/** Numbers that a layer keeps from step to step without training them: moving statistics. */
export interface BufferPlan {
  readonly name: string;
  readonly shape: Shape;
  readonly initial: number;
}

/**
 * Where a layer puts its output: into memory of its own, over its input (element by element, so the input's gradient may be
 * written over the output's as well), or nowhere, since it is the input in another shape.
 */
export type OutputMemory = 'own' | 'elementwise' | 'view';

/** A layer of known sizes. */
export interface LayerPlan {
  readonly output: Shape;
  readonly parameters: readonly ParameterPlan[];
  readonly buffers: readonly BufferPlan[];
  /** Multiply-adds of the forward pass of one sample. */
  readonly multiplyAdds: number;
  /** The same of the backward pass where that is not the forward one twice, for the parameters and for the input. */
  readonly backward?: { readonly parameters: number; readonly input: number };
  readonly memory: OutputMemory;
  /** Whether the backward pass reads the input, so that nothing may be written over it. */
  readonly readsInput: boolean;
  /** Whether the backward pass reads the output. */
  readonly readsOutput: boolean;
  /** Whether it takes the non-zeros of a batch in place of all numbers. Default false. */
  readonly takesCompressed?: boolean;
  /** Numbers that `reserve` takes for batches of so many samples, beside output and gradient. Default none. */
  reserved?(samples: number): number;
  /** Layers inside. */
  readonly inside?: readonly ChainPlan[];
  build(context: BuildContext): Layer;
}

/** What a layer is built with. */
export interface BuildContext {
  readonly operations: Operations;
  /** In the order of the plan. */
  readonly parameters: readonly TrainedArray[];
  /** In the order of the plan. */
  readonly buffers: readonly KernelArray[];
  /** Position among all layers of its network: with it each has random numbers of its own. */
  readonly position: number;
  /** The layers inside, in the order of the plan. */
  readonly inside: readonly InnerChain[];
}

/** Layers inside a layer, at work. */
export interface InnerChain {
  /** What the last of them answered. */
  readonly output: KernelArray;
  /** Where ∂cost/∂output belongs before `backward`; it is written over. */
  readonly outputGradient: KernelArray;
  /** Where `backward` leaves ∂cost/∂input. */
  readonly inputGradient: KernelArray;
  forward(x: LayerInput, pass: Pass): void;
  /** From ∂cost/∂output down; returns the sum of the penalties inside, without their weight. */
  backward(wantsInput: boolean, pass: Pass): number;
}

/** What a layer is given: a batch of numbers, or for the first of a network only the non-zeros of one. */
export type LayerInput =
  | { readonly dense: KernelArray; readonly compressed?: undefined }
  | { readonly compressed: KernelCompressed };

/** One way of a batch through the network. */
export interface Pass {
  readonly samples: number;
  /** In training there are masks, noise and the statistics of the batch; in evaluation none, and the moving ones. */
  readonly mode: 'training' | 'evaluation';
  /** Whether a step of the optimizer follows: if not, the gradients of parameters are not wanted, and buffers stay. */
  readonly learns: boolean;
  /** Steps of the optimizer before this one. */
  readonly step: number;
  /** Seed of the network. */
  readonly seed: number;
}

/** A layer at work on batches of up to as many samples as were reserved. */
export interface Layer {
  /** Take memory beside that of the output, and of the layers inside. */
  reserve?(scope: ArrayScope, samples: number): void;
  /** `y` = the output of the batch. Elementwise layers may be given one array as both. */
  forward(y: KernelArray, x: LayerInput, pass: Pass): void;
  /**
   * From `dy` = ∂cost/∂y to the gradients of the parameters, which are overwritten, and to `dx` = ∂cost/∂x unless it is null.
   * Elementwise layers may be given one array as both. `dy` may be written over. `dx` is null where x is compressed.
   *
   * Returns the sum of the penalties on layers inside, without their weight; 0 where nothing is inside.
   */
  backward(dx: KernelArray | null, dy: KernelArray, x: LayerInput, y: KernelArray, pass: Pass): number;
}

/** The numbers of an input that is not compressed. */
export function numbersOf(x: LayerInput): KernelArray {
  if (x.compressed !== undefined) throw new Error('a layer above the first cannot read a compressed batch');
  return x.dense;
}
