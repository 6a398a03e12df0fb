/** The networks that a sweep trains, layer by layer, from sizes alone. */
import type { Dataset } from '../data/dataset.ts';
import { eachNode, keptOf, leastBytes, parametersOf, type Step } from '../network/memory.ts';
import { planModel } from '../network/model-plan.ts';
import { withOutput } from '../network/output-layers.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import type { NetworkRow, PlannedNetwork } from '../render/network.ts';
import { loadedSizes } from '../sweep/memory.ts';
import { EVALUATION_BATCH } from '../trial/evaluation.ts';

const FLOAT_BYTES = 4;

/** Every network of the trials, each once; those that differ only in what a table of sizes does not tell are one. */
export function networksOf(
  trials: readonly TrialSpec[],
  datasetOf: (spec: TrialSpec) => Dataset,
): PlannedNetwork[] {
  const found = new Map<string, { spec: TrialSpec; points: Set<string> }>();
  for (const spec of trials) {
    const { data, task, model, training } = spec.experiment;
    const key = JSON.stringify([data, task, model, training.batch_size]);
    const known = found.get(key) ?? { spec, points: new Set() };
    known.points.add(spec.point);
    found.set(key, known);
  }
  const alike = new Map<string, PlannedNetwork>();
  for (const { spec, points } of found.values()) {
    const network = networkOf(spec, datasetOf(spec));
    const key = JSON.stringify(network);
    alike.set(key, { points: points.size + (alike.get(key)?.points ?? 0), ...network });
  }
  return [...alike.values()];
}

function networkOf({ experiment }: TrialSpec, dataset: Dataset): Omit<PlannedNetwork, 'points'> {
  const { model, training } = experiment;
  const sizes = loadedSizes(dataset);
  const { features, shape = [features] } = sizes;
  const { chain, layers } = planModel(withOutput(model, shape, sizes.outputs), shape);
  const batch = Math.max(Math.min(training.batch_size, sizes.train_samples), EVALUATION_BATCH);
  const steps = eachNode(chain);
  return {
    input: shape,
    batch,
    layers: layers.map((layer): NetworkRow => {
      const own = steps.filter(({ node }) => node.listed === layer);
      const { name, kind, path, penalized, output, settings } = layer;
      const { activation = 'identity' } = settings;
      return {
        name,
        kind,
        depth: Math.floor((path.split('.').length - 1) / 2),
        penalized,
        ...(activation !== 'identity' && { activation }),
        output,
        parameters: sum(own.map(({ node }) => parametersOf(node))),
        multiplyAdds: sum(own.map(({ node }) => node.plan.multiplyAdds)),
        bytes: sum(own.map((step) => bytesOf(step, batch))),
      };
    }),
    // The network has room for an evaluation's batch, whatever the training's.
    bytes: leastBytes({ ...sizes, train_samples: batch }, model, batch),
  };
}

function bytesOf(step: Step, samples: number): number {
  return FLOAT_BYTES * (2 * parametersOf(step.node) + keptOf(step, samples));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
