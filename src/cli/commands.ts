/** The commands as the help lists them. The rest of each is loaded when it is called: nobody waits for what is not used. */
import type { Argv, CommandModule } from 'yargs';

/** What a command's own file holds: its options and what it does. */
type Body = Required<Pick<CommandModule<object, never>, 'builder' | 'handler'>>;

export const COMMANDS: CommandModule[] = [
  command('sweep <file>', 'Train every trial of a sweep file, several at once', async () =>
    body((await import('./sweep.ts')).sweepCommand),
  ),
  command('plan <file>', 'Show the trials of a sweep file and what they will cost', async () =>
    body((await import('./plan.ts')).planCommand),
  ),
  command('compare <runs..>', 'Say which penalty decorrelates best, and what it costs', async () =>
    body((await import('./compare.ts')).compareCommand),
  ),
  command('report <runs..>', 'Write runs as one HTML file, to be shown to others', async () =>
    body((await import('./report.ts')).reportCommand),
  ),
  command('show <run> [trial]', 'Show everything that is stored of a run, a point or a trial', async () =>
    body((await import('./show.ts')).showCommand),
  ),
  command('runs [directory]', 'List the runs in a directory, how far they are and what was best', async () =>
    body((await import('./runs.ts')).runsCommand),
  ),
  command('watch <run>', 'Watch a running sweep from another terminal', async () =>
    body((await import('./watch.ts')).watchCommand),
  ),
  command(
    'verify <run> [trial]',
    'Train recorded trials again: every number must return to the last bit',
    async () => body((await import('./verify.ts')).verifyCommand),
  ),
  command('export <run>', 'Hand a run to TensorBoard, Weights & Biases, Optuna or MLflow', async () =>
    body((await import('./export.ts')).exportCommand),
  ),
  command(
    'convert',
    'Convert the weight of one penalty to that of another, exactly or not at all',
    async () => body((await import('./convert.ts')).convertCommand),
  ),
  command('gradcheck [ids..]', 'Check the gradients of the penalties against central differences', async () =>
    body((await import('./gradcheck.ts')).gradcheckCommand),
  ),
  command('init [file]', 'Write a commented sweep file to begin with', async () =>
    body((await import('./init.ts')).initCommand),
  ),
  command('schema', 'Print the JSON Schema of a sweep file, for editors', async () =>
    body((await import('./schema.ts')).schemaCommand),
  ),
];

function command(usage: string, describe: string, load: () => Promise<Body>): CommandModule {
  return {
    command: usage,
    describe,
    builder: async (yargs) => {
      const { builder } = await load();
      return typeof builder === 'function' ? (builder(yargs) as Argv) : yargs;
    },
    handler: async (given) => (await load()).handler(given as never),
  };
}

/** The arguments of each command are its own affair. */
function body<Arguments>(module: CommandModule<object, Arguments>): Body {
  return module as unknown as Body;
}
