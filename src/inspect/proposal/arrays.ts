/** A sweep over stored arrays: which of them are inputs and targets, how they are scaled, and the task of the targets. */
import type { TemplateLine } from '../../config/template.ts';
import type { Task } from '../../data/task.ts';
import { describeValue, printable } from '../../printable.ts';
import { type ArrayFacts, inspectFile } from '../file-facts.ts';
import { isThere, kindOf } from '../file-kind.ts';
import {
  type DataFiles,
  type Found,
  pathFor,
  shown,
  splitLines,
  standardizeLines,
  taskOfNumbers,
  usage,
} from './found.ts';

/** Errors: ConfigError USAGE for files that are missing or hold several arrays, and those of reading. */
export async function proposeArrays(files: DataFiles): Promise<Found> {
  const { data, target, test, testTarget } = files;
  for (const [flag, reference] of Object.entries({ target, test, 'test-target': testTarget })) {
    if (reference === undefined || (await isThere(reference))) continue;
    throw usage(
      `--${flag}: must be a file that exists, as the inputs are one, got ${describeValue(reference)}. Check the path.`,
    );
  }
  const inputs = await theArray(data, '--data');
  const idx = inputs.format === 'idx';
  const { shape, values } = inputs;
  const samples = shape[0] ?? 0;
  if (target === undefined && files.task !== 'autoencoding') {
    const example = idx ? 'train-labels-idx1-ubyte.gz' : inputs.format === 'npy' ? 'y.npy' : `${data}#y`;
    throw usage(
      `--target: must name the file of the targets, got nothing. Write --target ${shown(example)}, or --task autoencoding.`,
    );
  }
  let { task, because }: { task: Task; because: string } = {
    task: files.task ?? 'classification',
    because: 'as --task says',
  };
  if (target !== undefined && files.task === undefined) {
    const answers = await theArray(target, '--target');
    ({ task, because } =
      (answers.shape[1] ?? 1) > 1
        ? { task: 'regression', because: 'guessed: several targets a sample; --task overrides it' }
        : taskOfNumbers(answers.values, true));
  }
  if (test !== undefined && testTarget === undefined && task !== 'autoencoding') {
    throw usage(
      '--test-target: must name the file of the test targets, got nothing. Give it beside --test, or leave both out.',
    );
  }
  const [x, y] = idx ? ['images', 'labels'] : ['x', 'y'];
  const pair = (first: string, second: string | undefined): string => {
    const answers =
      second === undefined || task === 'autoencoding' ? '' : `, ${y}: ${pathFor(files, second)}`;
    return `{${x}: ${pathFor(files, first)}${answers}}`;
  };
  const bytes = inputs.type === 'u8' || inputs.type === 'bool';
  const [, ...sample] = shape;
  const first = sample.length === 3 && [1, 3].includes(sample[0] ?? 0) && ![1, 3, 4].includes(sample[2] ?? 0);
  const lines: TemplateLine[] = [
    [`    source: ${idx ? 'idx' : 'npy'}`],
    [`    train: ${pair(data, target)}`, `[${shape.join(', ')}] of ${inputs.type}`],
    ...(first ? ([['    layout: channels-first', 'turned to channels last once']] as TemplateLine[]) : []),
    ...((values?.missing ?? 0) > 0
      ? ([['    missing: mean', `or drop; ${values?.missing} are NaN or infinite`]] as TemplateLine[])
      : []),
    ...(bytes ? [] : ([['    normalize: standardize', 'mean 0, deviation 1']] as TemplateLine[])),
    ...splitLines(files, test === undefined ? undefined : pair(test, testTarget)),
    ...standardizeLines(task),
  ];
  return { task, because, lines, features: sample.reduce((product, extent) => product * extent, 1), samples };
}

/** The only array that a reference names. Errors: those of the file, and of a choice among several. */
async function theArray(reference: string, flag: string): Promise<ArrayFacts & { format: string }> {
  if ((await kindOf(reference)) !== 'arrays') {
    throw usage(
      `${flag}: must be a file of arrays (npy, npz, safetensors or IDX), got ${describeValue(reference)}. Name both inputs and targets, each in such a file.`,
    );
  }
  const { facts } = await inspectFile(reference);
  const { arrays = [], format } = facts;
  const [only] = arrays;
  if (only !== undefined && arrays.length === 1) return { ...only, format };
  const keys = arrays.map(({ name }) => printable(name)).join(', ');
  throw usage(
    `${flag}: must name one array, got a file of ${arrays.length}. Write ${shown(`${reference}#${only?.name ?? 'key'}`)}; there are: ${keys}.`,
  );
}

/** The images of a CIFAR file, whose labels are in it. */
export async function proposeCifar(files: DataFiles): Promise<Found> {
  const { facts } = await inspectFile(files.data);
  const task = files.task ?? 'classification';
  const samples = facts.arrays?.[0]?.shape[0] ?? 0;
  return {
    task,
    because: files.task === undefined ? 'the files have labels' : 'as --task says',
    lines: [
      ['    source: cifar'],
      ...(facts.format === 'cifar-100' ? ([['    version: 100', 'fine labels']] as TemplateLine[]) : []),
      [`    train: ${pathFor(files, files.data)}`, `${samples} images; a list of files takes more`],
      ...splitLines(files),
    ],
    features: 3072,
    samples,
  };
}
