/** The tools that a run is exported to as files: an entry each. What writes one is loaded when it is asked for. */
import type { ExportedFile } from '../export/target.ts';
import type { Run } from '../store/run.ts';

/** A tool that reads files. */
export interface FileFormat {
  /** Of the file that is written; empty where it is a directory. */
  readonly ending: string;
  /** Whether something in it has a name that a user may choose. */
  readonly named: boolean;
  write(place: string, run: Run, name: string): Promise<void>;
  /** What to do with it. */
  advice(place: string): string;
}

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
      advice: (place) => `See it: tensorboard --logdir ${place}`,
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
      advice: () => 'How to send the files to a server: docs/exports.md',
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
      advice: (place) => `See it: optuna-dashboard ${place}`,
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
