/** The data that `covgrad init` is asked to write a sweep over: built in, or in files of the user. */
import type { TemplateData } from '../config/template.ts';
import type { Task } from '../data/task.ts';
import { describeValue } from '../printable.ts';
import { closestName } from '../suggestion.ts';
import { usageError } from './exit.ts';

/** What the command line says of the data. */
export interface DataFlags {
  /** `mnist`, `synthetic` or a file. */
  readonly data: string;
  readonly target?: string | undefined;
  readonly test?: string | undefined;
  readonly 'test-target'?: string | undefined;
  readonly task?: Task | undefined;
}

/**
 * The data that are built in, or what the files of the user hold.
 *
 * Errors: ConfigError USAGE, and DataError for files that cannot be read.
 */
export async function dataOf(given: DataFlags, directory: string): Promise<TemplateData> {
  const { KNOWN_DATA } = await import('../config/template.ts');
  const { data, target, test, task } = given;
  const names = Object.keys(KNOWN_DATA);
  const known = names.find((name) => name === data) as keyof typeof KNOWN_DATA | undefined;
  if (known !== undefined) {
    for (const flag of ['target', 'test', 'test-target', 'task'] as const) {
      if (given[flag] === undefined) continue;
      throw usageError(
        `--${flag}: must go with a file, got --data ${known}. Leave it out, or name a file by --data.`,
      );
    }
    return KNOWN_DATA[known];
  }
  const { isThere } = await import('../inspect/file-kind.ts');
  if (!(await isThere(data))) {
    const near = closestName(data, names);
    const remedy = near === undefined ? 'Check the path.' : `Did you mean "${near}"?`;
    throw usageError(
      `--data: must be ${names.join(', ')} or a file that exists, got ${describeValue(data)}. ${remedy}`,
    );
  }
  const { proposeData } = await import('../inspect/proposal/proposal.ts');
  return proposeData({ data, target, test, testTarget: given['test-target'], task, directory });
}
