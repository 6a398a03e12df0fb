/** From the layers that a user writes to the steps of a network: names, shapes, and an activation function as a layer of its own. */
import { ShapeError } from '../errors.ts';
import type { Activation } from '../kernel/operations.ts';
import type { ChainPlan, ListedLayer, ModelPlan, NodePlan } from './chain-plan.ts';
import { countOf, describeShape, type LayerSettings, type PlanContext, type Shape } from './layer.ts';
import { namedLayers } from './layer-names.ts';
import { planActivation } from './layers/activation.ts';
import { kindOf } from './layers.ts';

/**
 * The plan of a network over samples of a shape.
 *
 * Errors: ShapeError LAYER_SHAPE for a layer that its input does not suit; `details.path` says where it stands in the list.
 */
export function planModel(layers: readonly LayerSettings[], input: Shape): ModelPlan {
  const names = new Map(namedLayers(layers).map(({ name, path }) => [path, name]));
  const listed: ListedLayer[] = [];
  const plan = (chain: readonly LayerSettings[], start: Shape, above: string): ChainPlan => {
    const nodes: NodePlan[] = [];
    let shape = start;
    for (const [index, settings] of chain.entries()) {
      const path = `${above}${index}`;
      const name = names.get(path)!;
      const kind = kindOf(settings)!;
      const followedBy = functionAfter(chain, index);
      const context: PlanContext = {
        name,
        followedBy,
        planInside: (key, inner, from) => plan(inner, from, `${path}.${key}.`),
        refuse(rule, got, remedy, output) {
          const shapes = `input ${describeShape(shape)}${output === undefined ? '' : `, output ${describeShape(output)}`}`;
          throw new ShapeError('LAYER_SHAPE', `${name} (${shapes}): ${rule}, got ${got}. ${remedy}.`, {
            layer: name,
            path,
          });
        },
      };
      const own = kind.plan(settings, shape, context);
      const { penalized = false, on = 'activation', on_positions: positions = 'all' } = settings;
      const entry: ListedLayer = {
        position: listed.length,
        name,
        kind: kind.key,
        settings,
        path,
        input: shape,
        output: own.output,
        penalized,
        on,
        positions,
      };
      listed.push(entry);
      const after = kind.key === 'activation' ? 'identity' : (settings.activation ?? 'identity');
      const alone = after === 'identity';
      nodes.push({ plan: own, input: shape, listed: entry, observed: alone || on === 'preactivation' });
      if (!alone) {
        const activation = planActivation(after, own.output);
        nodes.push({ plan: activation, input: own.output, listed: entry, observed: on === 'activation' });
      }
      shape = own.output;
    }
    return { input: start, output: shape, nodes };
  };
  return { chain: plan(layers, firstInput(layers, input), ''), layers: listed };
}

/** A dense layer at the start takes images as they come. */
function firstInput([first]: readonly LayerSettings[], input: Shape): Shape {
  return first !== undefined && kindOf(first)?.key === 'dense' ? [countOf(input)] : input;
}

/** The activation function of a layer, or the one that follows as a layer of its own. */
function functionAfter(chain: readonly LayerSettings[], index: number): Activation {
  const own = chain[index]?.activation ?? 'identity';
  const next = chain[index + 1];
  if (own !== 'identity' || next === undefined || kindOf(next)?.key !== 'activation') return own;
  return next.activation ?? 'identity';
}
