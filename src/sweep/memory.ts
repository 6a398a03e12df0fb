/** Refuses a sweep whose trials do not fit into memory side by side, before the system ends the process for it. */
import { totalmem } from 'node:os';
import { isAdaptive } from '../config/methods.ts';
import type { SweepSection } from '../config/schema.ts';
import type { Dataset } from '../data/dataset.ts';
import type { DataSizes } from '../data/source.ts';
import { outputsOf } from '../data/task.ts';
import { ConfigError } from '../errors.ts';
import { leastBytes } from '../network/memory.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

const GIBIBYTE = 2 ** 30;

/** How many trials a sweep can have at work; what a search is yet to propose is known by its cap alone. */
export function trialsAtOnce(
  { method, run_cap: cap = 0, seeds }: SweepSection,
  planned: number,
  threads: number,
): number {
  return Math.min(threads, isAdaptive(method) ? planned + cap * seeds.length : planned);
}

/** Sizes of a data set as it was loaded. */
export function loadedSizes(dataset: Dataset): DataSizes {
  const { features, shape, train, validation, test } = dataset;
  return {
    features,
    shape,
    outputs: outputsOf(dataset),
    train_samples: train.samples,
    test_samples: Math.max(test.samples, validation?.samples ?? 0),
  };
}

/**
 * Compares what `atOnce` of the largest trials take at least with the memory of this machine, or of its container.
 *
 * Errors: ConfigError MEMORY_SHORT with the number of threads that could do.
 */
export function checkMemory(
  trials: readonly TrialSpec[],
  atOnce: number,
  datasetOf: (spec: TrialSpec) => Dataset,
  available: number = memoryBytes(),
): void {
  const each = trials.map((spec) => {
    const { model, training } = spec.experiment;
    return leastBytes(loadedSizes(datasetOf(spec)), model, training.batch_size);
  });
  const largest = each.reduce((most, bytes) => Math.max(most, bytes), 0);
  if (atOnce * largest <= available) return;
  const fitting = Math.floor(available / largest);
  const remedy =
    fitting > 0
      ? `Use --threads ${fitting} or fewer units or samples`
      : 'Use fewer units or samples, or a smaller batch';
  throw new ConfigError(
    'MEMORY_SHORT',
    `memory: ${atOnce} trials at once must fit into ${gibibytes(available)} GiB, got at least ${gibibytes(largest)} GiB each. ${remedy}.`,
  );
}

/** Memory of the machine, or less where a container is granted less. */
function memoryBytes(): number {
  // 0 or more than there is where nothing is constrained.
  const granted = process.constrainedMemory();
  return granted > 0 ? Math.min(granted, totalmem()) : totalmem();
}

function gibibytes(bytes: number): string {
  return (bytes / GIBIBYTE).toFixed(1);
}
