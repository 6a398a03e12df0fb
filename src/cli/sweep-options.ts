/** The options of `covgrad sweep`. */
import type { Argv } from 'yargs';
import { type SettingArguments, settingOptions, type TrainingArguments, trainingOptions } from './options.ts';

/** The command's arguments as yargs reads them. */
export interface SweepArguments extends TrainingArguments, SettingArguments {
  file: string;
  directory: string;
  name: string | undefined;
  resume: boolean;
  'accept-changes': boolean;
  /** A length of time, or what was given instead; as are the others of an unknown type. */
  'max-time': unknown;
  retries: unknown;
  quiet: boolean;
  json: boolean;
}

/** Where the help lists its options. */
const RUN_GROUP = 'The run:';
const OUTPUT_GROUP = 'Output:';
/** How often a trial is begun anew whose worker died. */
export const DEFAULT_RETRIES = 1;

/** Add the options to the command. */
export function sweepOptions<T>(yargs: Argv<T>): Argv<T & SweepArguments> {
  return trainingOptions(settingOptions(runOptions(yargs)))
    .option('quiet', {
      type: 'boolean',
      default: false,
      group: OUTPUT_GROUP,
      describe: 'Say nothing but errors, and the run directory at the end',
    })
    .option('json', {
      type: 'boolean',
      default: false,
      group: OUTPUT_GROUP,
      describe: 'Write what happens as JSON lines to standard output, for other programs',
    });
}

/** The file, and the options that say which run it is and how long it goes on. */
function runOptions<T>(
  yargs: Argv<T>,
): Argv<T & Omit<SweepArguments, keyof TrainingArguments | 'set' | 'quiet' | 'json'>> {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'Sweep file (YAML)' })
    .option('directory', {
      type: 'string',
      requiresArg: true,
      default: 'runs',
      group: RUN_GROUP,
      describe: 'Where runs are kept, each in a directory of its own (default: runs)',
    })
    .option('name', {
      type: 'string',
      requiresArg: true,
      group: RUN_GROUP,
      describe: "Name of the run (default: the sweep file's)",
    })
    .option('resume', {
      type: 'boolean',
      default: false,
      group: RUN_GROUP,
      describe: 'Go on with the run, if it has begun: train what is missing, was interrupted or failed',
    })
    .option('accept-changes', {
      type: 'boolean',
      default: false,
      group: RUN_GROUP,
      describe: 'With --resume: go on even if old and new trials are not comparable; the change is recorded',
    })
    .option('max-time', {
      requiresArg: true,
      group: RUN_GROUP,
      describe: 'Stop after this time (90s, 30m, 8h, 1:30:00); running trials end after their epoch',
    })
    .option('retries', {
      requiresArg: true,
      default: DEFAULT_RETRIES,
      group: RUN_GROUP,
      describe: `How often a trial is begun anew whose worker died (default: ${DEFAULT_RETRIES})`,
    });
}
