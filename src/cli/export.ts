/** `covgrad export`: a run in the formats of the tools that people already use. */
import { basename, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { MlflowServer } from '../export/mlflow-connection.ts';
import { type ExportedRun, plainName } from '../export/trial-history.ts';
import { describeValue, printable, printableLines } from '../printable.ts';
import { openRun, type Run } from '../store/run.ts';
import { usageError } from './exit.ts';
import { FILE_FORMATS, type FileFormat } from './export-formats.ts';
import { checkSingle, example } from './options.ts';
import { checkRunDirectory } from './read-runs.ts';
import { refuseStandard, STANDARD } from './standard-streams.ts';

/** The tool that takes a run by way of its server. */
const SERVER = 'mlflow';
/** In the order in which they are listed to users. */
const TOOLS: readonly string[] = [...FILE_FORMATS.keys(), SERVER];
/** Those in which the export has a name. */
const NAMED: readonly string[] = [
  SERVER,
  ...[...FILE_FORMATS].flatMap(([tool, { named }]) => (named ? [tool] : [])),
];

/** The command line of `covgrad export`. */
export interface ExportArguments {
  readonly run: string;
  readonly to?: string | undefined;
  readonly output?: string | undefined;
  /** Address of a server. */
  readonly mlflow?: string | undefined;
  /** What the study or the experiment is called; the run's name unless given. */
  readonly name?: string | undefined;
}

/** What was done: where the export is, and in words how much it is and how to look at it. */
export interface ExportReport {
  readonly place: string;
  readonly extent: string;
  /** Empty where there is nothing to say. */
  readonly advice: string;
  /** The export itself, where it is for standard output. */
  readonly text?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Export a run. `onSent` hears of every trial that a server has.
 *
 * Errors: ConfigError `USAGE`; StoreError; ExportError.
 */
export async function exportRun(
  given: ExportArguments,
  environment: Environment,
  onSent?: (sent: number, of: number) => void,
): Promise<ExportReport> {
  const target = chosen(given, environment);
  checkRunDirectory(given.run);
  const run = openRun(given.run);
  const done =
    'server' in target
      ? await toServer(given, run, target.server, onSent)
      : await toFiles(given, run, target.tool, target.format);
  return { ...done, extent: extent(run) };
}

type Done = Omit<ExportReport, 'extent'>;

async function toFiles(given: ExportArguments, run: Run, tool: string, format: FileFormat): Promise<Done> {
  const place = given.output ?? `${fileName(run)}-${tool}${format.ending}`;
  if (place === STANDARD) {
    const text = await format.text?.(run, nameOf(given, run));
    if (text === undefined) {
      refuseStandard('-o', place, `a directory, as --to ${tool} writes several files`);
    }
    return { place, text, advice: '' };
  }
  await format.write(place, run, nameOf(given, run));
  return { place, advice: format.advice(place) };
}

async function toServer(
  given: ExportArguments,
  run: Run,
  server: MlflowServer,
  onSent?: (sent: number, of: number) => void,
): Promise<Done> {
  const { MlflowClient } = await import('../export/mlflow-client.ts');
  const { exportToMlflow } = await import('../export/mlflow.ts');
  const { experiment, sent, kept } = await exportToMlflow(
    run,
    new MlflowClient(server),
    nameOf(given, run),
    onSent,
  );
  return { place: server.url, advice: `Experiment ${experiment}: ${sent} sent, ${kept} there already` };
}

type Target = { readonly tool: string; readonly format: FileFormat } | { readonly server: MlflowServer };

function chosen({ to, output, mlflow, name }: ExportArguments, environment: Environment): Target {
  const tool = to ?? (mlflow === undefined ? undefined : SERVER);
  const format = FILE_FORMATS.get(tool ?? '');
  if (tool === undefined || (tool !== SERVER && format === undefined)) {
    throw usageError(
      `--to: must be one of ${TOOLS.join(', ')}, got ${describeValue(tool)}. Write --to tensorboard.`,
    );
  }
  if (tool !== SERVER && mlflow !== undefined) {
    throw usageError(
      `--mlflow: is the server of --to mlflow, got it beside --to ${tool}. Leave one of them out.`,
    );
  }
  if (output !== undefined && (tool === SERVER || output === '')) {
    throw usageError(
      tool === SERVER
        ? '-o: is for exports to files, got it beside mlflow. Leave it out.'
        : '-o: must be a path, got "". Leave it out to write here.',
    );
  }
  if (name !== undefined && !NAMED.includes(tool)) {
    throw usageError(`--name: is for ${NAMED.join(' and ')}, got it beside --to ${tool}. Leave it out.`);
  }
  if (name?.trim() === '') throw usageError(`--name: must not be empty, got ${describeValue(name)}.`);
  return format === undefined ? { server: serverOf(mlflow, environment) } : { tool, format };
}

/** The server of the option, or of the variables that MLflow's own clients read. */
function serverOf(given: string | undefined, environment: Environment): MlflowServer {
  const {
    MLFLOW_TRACKING_URI,
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME,
    MLFLOW_TRACKING_PASSWORD,
  } = environment;
  const address = given ?? MLFLOW_TRACKING_URI;
  const where = given === undefined && address !== undefined ? 'MLFLOW_TRACKING_URI' : '--mlflow';
  const url = URL.canParse(address ?? '') ? new URL(address ?? '') : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw usageError(
      `${where}: must be the address of a server, got ${describeValue(address?.replace(/\/\/[^/]*@/, '//…@'))}. Write --mlflow http://localhost:5000.`,
    );
  }
  const user = decodeURIComponent(url.username) || MLFLOW_TRACKING_USERNAME;
  const password = decodeURIComponent(url.password) || MLFLOW_TRACKING_PASSWORD || '';
  // They belong into a header, and in no message.
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  const basic = user ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
  return { url: url.href.replace(/\/+$/, ''), authorization: token ? `Bearer ${token}` : basic };
}

function nameOf({ name }: ExportArguments, { manifest }: ExportedRun): string {
  return name ?? manifest.name;
}

/** Two runs of one name stand in directories of different names. */
function fileName({ directory }: Run): string {
  return plainName(basename(resolve(directory)));
}

/** How much of the run it is. */
function extent({ manifest: { trials }, records }: ExportedRun): string {
  const missing = trials.length - records.length;
  const rest = missing === 0 ? '' : `; the other ${missing} ${missing === 1 ? 'has' : 'have'} no record yet`;
  return `${records.length} of ${trials.length} trials${rest}`;
}

/** The yargs command. */
export const exportCommand: CommandModule<object, ExportArguments> = {
  builder: (yargs) =>
    yargs
      .positional('run', { describe: 'Run directory', type: 'string', demandOption: true })
      .option('to', {
        describe: `Tool to export to: ${TOOLS.join(', ')}`,
        choices: TOOLS,
        requiresArg: true,
      })
      .option('output', {
        alias: 'o',
        describe: 'Directory (optuna: file, - for standard output) to write (default: <run>-<tool> here)',
        type: 'string',
        requiresArg: true,
      })
      .option('mlflow', {
        describe: 'MLflow server to send the trials to (default: MLFLOW_TRACKING_URI)',
        type: 'string',
        requiresArg: true,
      })
      .option('name', {
        describe: "Name of the Optuna study or MLflow experiment (default: the run's)",
        type: 'string',
        requiresArg: true,
      })
      .example(...example('$0 export runs/mnist --to tensorboard', 'a log directory, mnist-tensorboard'))
      .example(...example('$0 export runs/mnist --to optuna -o mnist.log', 'a journal for optuna-dashboard'))
      .example(
        ...example('$0 export runs/mnist --mlflow http://localhost:5000', 'an experiment on that server'),
      ),
  handler: async (given) => {
    checkSingle(given);
    const { stdout, stderr, env } = process;
    const live = stderr.isTTY === true;
    let drawn = false;
    const draw = (text: string): void => {
      stderr.write(`\r\u001b[K${text}`);
      drawn = text !== '';
    };
    try {
      const { place, extent, advice, text } = await exportRun(given, env, (sent, of) => {
        if (live) draw(`${sent} of ${of} trials`);
      });
      if (drawn) draw('');
      const said = text ?? `${place}\n`;
      stdout.write(stdout.isTTY === true ? printableLines(said) : said);
      stderr.write(`${printable([extent, ...(advice === '' ? [] : [advice])].join('. '))}\n`);
    } catch (error) {
      if (drawn) draw('');
      throw error;
    }
  },
};
