/** Refuses from the sizes of a training what no kernel can hold, before anything is trained. */
import type { DataSizes } from '../data/source.ts';
import { ShapeError } from '../errors.ts';
import { largestOf } from '../extremes.ts';
import type { ChainPlan, ModelPlan, NodePlan } from './chain-plan.ts';
import { gradientCounts } from './gradient-pool.ts';
import { countOf, type LayerSettings } from './layer.ts';
import { keysOf } from './layer-names.ts';
import { planModel } from './model-plan.ts';
import { TOO_FEW_UNITS } from './model-section.ts';
import { heldOutRows, observedShape } from './observed-shape.ts';
import { withOutput } from './output-layers.ts';
import { outputOwners } from './output-owners.ts';

/** All that a kernel can address, with pointers of 32 bits. */
const KERNEL_BYTES = 2 ** 32;
const GIBIBYTE = 2 ** 30;
const FLOAT_BYTES = 4;
const DOUBLE_BYTES = 8;

/** The broken rule of a training that cannot fit into a kernel, or undefined. */
export function memoryProblem(
  data: DataSizes,
  model: readonly LayerSettings[],
  batchSize: number,
): string | undefined {
  const bytes = leastBytes(data, model, batchSize);
  if (bytes <= KERNEL_BYTES) return undefined;
  const needed = Math.ceil((10 * bytes) / GIBIBYTE) / 10;
  return `a training must fit into the ${KERNEL_BYTES / GIBIBYTE} GiB of a kernel, got at least ${needed} GiB. Use fewer units or samples, or a smaller batch`;
}

/** What is wrong with the layers of a training, and where in their list, or undefined: they do not fit onto each other, or into a kernel. */
export function modelProblem(
  data: DataSizes,
  model: readonly LayerSettings[],
  batchSize: number,
): { readonly path: readonly (string | number)[]; readonly message: string } | undefined {
  try {
    const { features, shape = [features] } = data;
    const narrow = planModel(model, shape).layers.find(
      (layer) => layer.penalized && observedShape(layer).units < 2,
    );
    if (narrow !== undefined)
      return { path: keysOf(narrow.path), message: `${TOO_FEW_UNITS}, got 1 in ${narrow.name}` };
    const message = memoryProblem(data, model, batchSize);
    return message === undefined ? undefined : { path: [], message };
  } catch (error) {
    if (!(error instanceof ShapeError && error.code === 'LAYER_SHAPE')) throw error;
    return { path: keysOf(String(error.details.path)), message: error.message.replace(/\.$/, '') };
  }
}

/**
 * Bytes that a training takes at least in the memory of its kernel: the parameters with their gradients, a batch of activations with the
 * gradients on their way down, the held-out activations of the penalized layers, and the covariance of the widest of these in float64.
 *
 * Errors: ShapeError LAYER_SHAPE for layers that do not fit onto each other.
 */
export function leastBytes(
  { features, shape = [features], outputs, train_samples, test_samples }: DataSizes,
  model: readonly LayerSettings[],
  batchSize: number,
): number {
  const plan = planModel(withOutput(model, shape, outputs), shape);
  const batch = Math.min(batchSize, train_samples);
  const observed = plan.layers.filter(({ penalized }) => penalized).map(observedShape);
  const heldOut = sum(observed.map((shape) => test_samples * heldOutRows(shape, test_samples) * shape.units));
  const floats = 2 * parameterCount(plan) + batch * features + batchCount(plan, batch) + heldOut;
  return (
    FLOAT_BYTES * floats +
    DOUBLE_BYTES *
      largestOf(
        observed.map(({ units }) => units),
        0,
      ) **
        2
  );
}

/** Numbers that training changes. */
export function parameterCount({ chain }: ModelPlan): number {
  return sum(eachNode(chain).map(({ node }) => parametersOf(node)));
}

/** Numbers that training changes in one step of the way. */
export function parametersOf({ plan }: NodePlan): number {
  return sum(plan.parameters.map(({ shape }) => countOf(shape)));
}

/** Numbers that a batch takes between the layers: outputs, what layers keep of them, and gradients. */
function batchCount({ chain }: ModelPlan, samples: number): number {
  const gradients = sum(gradientCounts(chain).flat()) * samples;
  return gradients + sum(eachNode(chain).map((step) => keptOf(step, samples)));
}

/** A step, and whether its output has memory of its own. */
export interface Step {
  readonly node: NodePlan;
  readonly owns: boolean;
}

/** All steps of a chain and of those inside it, in order. */
export function eachNode(chain: ChainPlan): Step[] {
  const owners = outputOwners(chain);
  return chain.nodes.flatMap((node, i) => [
    ...(node.plan.inside ?? []).flatMap(eachNode),
    { node, owns: owners[i] === i },
  ]);
}

/** Numbers that a step keeps of a batch until its backward pass. */
export function keptOf({ node: { plan }, owns }: Step, samples: number): number {
  return (owns ? samples * countOf(plan.output) : 0) + (plan.reserved?.(samples) ?? 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
