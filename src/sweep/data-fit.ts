/** What a training asks of its data that only the loaded data tell: sizes, units that are paired, targets in a range. */

import { NO_VALIDATION } from '../config/experiment.ts';
import { augmentationProblem } from '../data/augmentation/augmentations.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import { ConfigError } from '../errors.ts';
import { againstProblem } from '../network/against.ts';
import { isProbability } from '../network/loss.ts';
import { modelProblem } from '../network/memory.ts';
import { classWeightProblem } from '../network/soft-cross-entropy.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { loadedSizes } from './memory.ts';

/**
 * Refuses data that a trial cannot be trained on.
 *
 * Errors: ConfigError DATA_MISFIT that names the key of the sweep file.
 */
export function checkDataFit({ experiment, baseline }: TrialSpec, dataset: Dataset): void {
  const { model, training, penalty } = experiment;
  const { early_stopping: stopping } = training;
  const sizes = loadedSizes(dataset);
  const counterpart = {
    units: sizes.outputs,
    labelled: dataset.target.kind === 'classes',
    shape: dataset.shape ?? [dataset.features],
  };
  const unfit = modelProblem(sizes, model, training.batch_size);
  const problems: readonly [key: string, problem: string | undefined][] = [
    [['model', ...(unfit?.path ?? [])].join('.'), unfit?.message],
    ['penalty.against', baseline ? undefined : againstProblem(penalty, model, counterpart)],
    ['training.early_stopping', stopping && dataset.validation === undefined ? NO_VALIDATION : undefined],
    ['training.augmentation', augmentationProblem(training.augmentation ?? [], dataset.shape)?.message],
    ['training.class_weight', weightProblem(training.class_weight, dataset)],
    ['training.loss', training.loss === 'binary-cross-entropy' ? rangeProblem(dataset) : undefined],
  ];
  for (const [key, problem] of problems) {
    if (problem === undefined) continue;
    throw new ConfigError('DATA_MISFIT', `experiment.${key}: ${problem}.`);
  }
}

/** The broken rule of class weights that are given one by one, or undefined. */
function weightProblem(
  weights: 'balanced' | readonly number[] | undefined,
  { target }: Dataset,
): string | undefined {
  if (typeof weights !== 'object' || target.kind !== 'classes') return undefined;
  return classWeightProblem(weights, target.classes);
}

/** The first target of a data set that is no probability, or undefined: a search over all values, once for each. */
const RANGES = new WeakMap<Dataset, string | undefined>();

function rangeProblem(dataset: Dataset): string | undefined {
  if (RANGES.has(dataset)) return RANGES.get(dataset);
  const problem = findOutside(dataset);
  RANGES.set(dataset, problem);
  return problem;
}

function findOutside({ target, features, train, validation, test }: Dataset): string | undefined {
  const width = target.kind === 'numbers' ? target.width : features;
  const names = target.kind === 'numbers' ? target.names : undefined;
  for (const [name, split] of Object.entries({ train, validation, test })) {
    const at = split === undefined ? undefined : firstOutside(split);
    if (split === undefined || at === undefined) continue;
    const column = names?.[at % width];
    const where = `${name} sample ${Math.floor(at / width) + 1}${column === undefined ? '' : ` (${column})`}`;
    const remedy =
      target.kind === 'inputs'
        ? 'Write data.normalize: scale, or another loss'
        : 'Scale the targets, or write another loss';
    return `binary-cross-entropy must have targets from 0 to 1, got ${valueAt(split, at)} in ${where}. ${remedy}`;
  }
  return undefined;
}

/** Position of the first target that is no probability; where the targets are the inputs, as the network reads these. */
function firstOutside(split: Split): number | undefined {
  const { targets, values, divisor, standardization } = split;
  const count = (targets ?? values).length;
  // Bytes that are scaled to 0 … 1 need no search.
  if (targets === null && values instanceof Uint8Array && standardization === undefined && divisor >= 255) {
    return undefined;
  }
  for (let i = 0; i < count; i++) if (!isProbability(valueAt(split, i))) return i;
  return undefined;
}

function valueAt({ targets, values, divisor, standardization }: Split, at: number): number {
  if (targets !== null) return targets[at]!;
  const value = values[at]! / divisor;
  if (standardization === undefined) return value;
  const { mean, deviation } = standardization;
  const feature = at % mean.length;
  return (value - mean[feature]!) / deviation[feature]!;
}
