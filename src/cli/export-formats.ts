/** The tools that a run is exported to as files: an entry each. What writes one is loaded when it is asked for. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExportedFile } from '../export/target.ts';
import type { Run } from '../store/run.ts';
import { shellPath } from './suggested-command.ts';

/** A tool that reads files. */
export interface FileFormat {
  /** Of the file that is written; empty where it is a directory. */
  readonly ending: string;
  /** Whether something in it has a name that a user may choose. */
  readonly named: boolean;
  write(place: string, run: Run, name: string): Promise<void>;
  /** The content of a format that is one file. */
  text?(run: Run, name: string): Promise<string>;
  /** What to do with it, ending in a command or a path that can be pasted. */
  advice(place: string): string;
}

/** The page about exports comes with the package. */
const PAGE = fileURLToPath(new URL('../../docs/exports.md', import.meta.url));

/** By the names of the tools, in the order in which they are listed to users. */
export const FILE_FORMATS: ReadonlyMap<string, FileFormat> = new Map<string, FileFormat>([
  [
    'tensorboard',
    {
      ending: '',
      named: false,
      async write(place, run) {
        const { tensorboardFiles } = await import('../export/tensorboard.ts');
        await writeFiles('tensorboard', place, run, tensorboardFiles(run));
      },
      advice: (place) => `See it: tensorboard --logdir ${shellPath(place)}`,
    },
  ],
  [
    'wandb',
    {
      ending: '',
      named: false,
      async write(place, run) {
        const { wandbFiles } = await import('../export/wandb.ts');
        await writeFiles('wandb', place, run, wandbFiles(run));
      },
      advice: () => `How to send the files to a server: ${shellPath(relative('.', PAGE))}`,
    },
  ],
  [
    'optuna',
    {
      ending: '.log',
      named: true,
      async write(place, run, name) {
        const { isOurJournal, optunaJournal } = await import('../export/optuna.ts');
        const { writeFile } = await import('../export/target.ts');
        writeFile(place, optunaJournal(run, name), isOurJournal);
      },
      async text(run, name) {
        const { optunaJournal } = await import('../export/optuna.ts');
        return optunaJournal(run, name);
      },
      advice: (place) => `See it: optuna-dashboard ${shellPath(place)}`,
    },
  ],
]);

async function writeFiles(
  format: string,
  place: string,
  { manifest }: Run,
  files: readonly ExportedFile[],
): Promise<void> {
  const { writeDirectory } = await import('../export/target.ts');
  writeDirectory(place, { format, run: manifest.name }, files);
}
