/** A JavaScript module as a source: whatever else there is, as typed arrays and shapes. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { withDataFile } from '../../codec/bytes/file.ts';
import { describeValue, printable } from '../../printable.ts';
import { choice, section } from '../../schema/rules.ts';
import { filePath, pathIn } from '../reading/files.ts';
import { readModuleData, refuseModule } from '../reading/module-data.ts';
import { assembleSplits } from '../reading/source-splits.ts';
import type { Source } from '../source.ts';
import type { Task } from '../task.ts';

export const module: Source = {
  name: 'module',
  summary: 'a JavaScript module of your own, whose `load(options)` returns typed arrays',
  section: section({
    source: choice(['module']),
    module: filePath().describe('File of the module, relative to the sweep file'),
    options: z
      .record(z.string(), z.unknown(), { error: 'must be a mapping' })
      .exactOptional()
      .describe('What its load function is given'),
  }),
  normalize: ({ values }) => (values instanceof Uint8Array ? 'scale' : 'none'),
  sizes: () => null,
  hasOwnSplits: true,
  files: ({ module: file }) => [file as string],
  async load(data, { base, task }) {
    const file = pathIn(base, data.module as string);
    const given = await callLoad(file, (data.options ?? {}) as Readonly<Record<string, unknown>>, task);
    const { splits, names } = readModuleData(given, task, file);
    return assembleSplits(splits, { names });
  },
};

/** What a module's `load` returns. Errors: DataError DATA_MODULE with the module's own message, and those of withDataFile. */
async function callLoad(
  file: string,
  options: Readonly<Record<string, unknown>>,
  task: Task,
): Promise<unknown> {
  // It is there, and a file: Node's own words name the importer as well.
  await withDataFile(file, async () => {});
  let found: { load?: unknown };
  try {
    found = await import(pathToFileURL(resolve(file)).href);
  } catch (cause) {
    throw refuseModule(file, 'the module must be one that can be imported', messageOf(cause), cause);
  }
  if (typeof found.load !== 'function') {
    throw refuseModule(file, 'the module must export a function load(options)', describeValue(found.load));
  }
  try {
    return await found.load(structuredClone(options), { task });
  } catch (cause) {
    throw refuseModule(file, 'load(options) must return data', messageOf(cause), cause);
  }
}

function messageOf(cause: unknown): string {
  return printable(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)).replace(
    /\.$/,
    '',
  );
}
