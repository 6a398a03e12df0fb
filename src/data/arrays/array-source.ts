/** Sources whose splits are a file of inputs and a file of targets. */
import { DataError } from '../../errors.ts';
import { choice, section } from '../../schema/rules.ts';
import { missingKey } from '../preparation/missing.ts';
import { filePair, pathIn, splitKeys } from '../reading/files.ts';
import { imageKeys } from '../reading/images.ts';
import { assembleSplits, eachSplit, givenSplits } from '../reading/source-splits.ts';
import type { LoadContext, Source } from '../source.ts';
import { type InputOptions, readInputs } from './inputs.ts';
import { readTargets } from './targets.ts';

/** What tells one such source from another. */
export interface ArraySourceOptions {
  readonly name: string;
  readonly summary: string;
  /** Keys of the two files of a split. */
  readonly keys: readonly [inputs: string, targets: string];
}

/** A source of arrays by the names of its keys. */
export function arraySource({ name, summary, keys }: ArraySourceOptions): Source {
  const [inputs, targets] = keys;
  type Pair = Readonly<Record<string, string>>;
  return {
    name,
    summary,
    normalize: ({ values }) => (values instanceof Uint8Array ? 'scale' : 'none'),
    section: section({
      source: choice([name]),
      ...splitKeys(filePair(inputs, targets), 'Files'),
      ...imageKeys(),
      missing: missingKey(),
    }),
    sizes: () => null,
    files: (data) => Object.values(givenSplits<Pair>(data)).flatMap((pair) => Object.values(pair)),
    async load(data, { base, task }: LoadContext) {
      const options = data as InputOptions;
      const read = await eachSplit(givenSplits<Pair>(data), async (pair, split) => {
        const where = `data.${split}`;
        const file = pathIn(base, pair[inputs] as string);
        const x = await readInputs(file, options, `${where}.${inputs}`);
        if (task === 'autoencoding') return { ...x, file, targets: null };
        const answers = pair[targets];
        if (answers === undefined) throw withoutTargets(`${where}.${targets}`, task);
        const { samples } = x;
        const wanted = { task, samples, missing: options.missing };
        const y = await readTargets(pathIn(base, answers), wanted, `${where}.${targets}`);
        return { ...x, file, targets: y };
      });
      return assembleSplits(read);
    },
  };
}

function withoutTargets(where: string, task: string): DataError {
  return new DataError(
    'DATA_TARGETS',
    `${where}: a ${task} must have targets, got none. Name their file, or write task: autoencoding.`,
    { where },
  );
}
