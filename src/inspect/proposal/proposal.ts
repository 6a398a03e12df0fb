/** A sweep over files that nobody has described yet: the section on the data, the task, and settings that suit them. */
import type { TemplateData } from '../../config/template.ts';
import type { Task } from '../../data/task.ts';
import { type FileKind, kindOf } from '../file-kind.ts';
import { proposeArrays, proposeCifar } from './arrays.ts';
import { type DataFiles, type Found, HELD_OUT, pathFor } from './found.ts';
import { proposeTable } from './table.ts';

/** Optimizer steps that a first look should take. */
const STEPS = 1500;
const [FEWEST_EPOCHS, MOST_EPOCHS] = [3, 30];
/** Fewer samples than these are trained in small batches. */
const SMALL = 2000;

/**
 * The section for files of a user.
 *
 * Errors: ConfigError USAGE for a target that is missing or not there, DataError for files that cannot be read.
 */
export async function proposeData(files: DataFiles): Promise<TemplateData> {
  const kind = await kindOf(files.data);
  const { task, because, lines, features, samples } = await PROPOSALS[kind](files);
  const batchSize = samples < SMALL ? 32 : 128;
  const trained = samples * (files.test === undefined ? (1 - HELD_OUT) ** 2 : 1 - HELD_OUT);
  const epochs = Math.ceil((STEPS * batchSize) / trained);
  return {
    task,
    lines: [['  data:'], ...lines, [`  task: ${task}`, because]],
    units: unitsFor(task, features),
    epochs: Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, epochs)),
    batchSize,
    optimizer:
      task === 'classification'
        ? '{type: sgd, learning_rate: 0.05, momentum: 0.9}'
        : '{type: adam, learning_rate: 0.003}',
  };
}

function unitsFor(task: Task, features: number): readonly number[] {
  const wide = features >= 256 ? 256 : features >= 64 ? 128 : 64;
  if (task === 'autoencoding') return [wide, Math.max(4, Math.min(32, Math.ceil(features / 3))), wide];
  return [wide, wide / 2];
}

const PROPOSALS: Readonly<Record<FileKind, (files: DataFiles) => Promise<Found>>> = {
  csv: (files) => proposeTable('csv', files),
  parquet: (files) => proposeTable('parquet', files),
  arrays: proposeArrays,
  cifar: proposeCifar,
  module: async (files) => {
    const task = files.task ?? 'classification';
    return {
      task,
      because: 'as --task says; classification unless given',
      lines: [
        ['    source: module'],
        [`    module: ${pathFor(files, files.data)}`, 'its load(options) returns {shape, train, test}'],
      ],
      features: 64,
      samples: SMALL,
    };
  },
};
