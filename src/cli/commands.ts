/** The commands as the help lists them. The rest of each is loaded when it is called: nobody waits for what is not used. */
import type { Argv, CommandModule } from 'yargs';

/** What a command's own file holds: its options and what it does. */
type Body = Required<Pick<CommandModule<object, never>, 'builder' | 'handler'>>;

/** In the order in which a newcomer meets them. */
export const COMMANDS: CommandModule[] = [
  command('init [file]', 'Write a commented sweep file to begin with', async () =>
    body((await import('./init.ts')).initCommand),
  ),
  command('data <files..>', 'Show data: those of a sweep file, or any file', async () =>
    body((await import('./data.ts')).dataCommand),
  ),
  command('plan <file>', 'Show what a sweep file will train, and its cost', async () =>
    body((await import('./plan.ts')).planCommand),
  ),
  command('sweep <file>', 'Train every trial of a sweep file', async () =>
    body((await import('./sweep.ts')).sweepCommand),
  ),
  command('watch <run>', 'Watch a running sweep from another terminal', async () =>
    body((await import('./watch.ts')).watchCommand),
  ),
  command('compare <runs..>', 'Say which penalty wins, and what it costs', async () =>
    body((await import('./compare.ts')).compareCommand),
  ),
  command('report <runs..>', 'Write runs as one HTML file, to show to others', async () =>
    body((await import('./report.ts')).reportCommand),
  ),
  command('show <run> [trial]', 'Show what is stored of a run, point or trial', async () =>
    body((await import('./show.ts')).showCommand),
  ),
  command('runs [directory]', 'List runs, how far they are and what was best', async () =>
    body((await import('./runs.ts')).runsCommand),
  ),
  command('verify <run> [trial]', 'Train trials again, and compare to the last bit', async () =>
    body((await import('./verify.ts')).verifyCommand),
  ),
  command('export <run>', 'Hand a run to TensorBoard, W&B, Optuna, MLflow', async () =>
    body((await import('./export.ts')).exportCommand),
  ),
  command('convert', 'Convert a weight from one penalty to another', async () =>
    body((await import('./convert.ts')).convertCommand),
  ),
  command('gradcheck [ids..]', 'Check the gradient of every penalty', async () =>
    body((await import('./gradcheck.ts')).gradcheckCommand),
  ),
  command('schema', 'Print the JSON Schema of a sweep file', async () =>
    body((await import('./schema.ts')).schemaCommand),
  ),
  command('completion [shell]', 'Print a script for completion in a shell', async () =>
    body((await import('./completion.ts')).completionCommand),
  ),
];

function command(usage: string, describe: string, load: () => Promise<Body>): CommandModule {
  return {
    command: usage,
    describe,
    builder: async (yargs) => {
      const { builder } = await load();
      // The version is that of the whole, and has a line in the help of the whole.
      return (typeof builder === 'function' ? (builder(yargs) as Argv) : yargs).hide('version');
    },
    handler: async (given) => (await load()).handler(given as never),
  };
}

/** The arguments of each command are its own affair. */
function body<Arguments>(module: CommandModule<object, Arguments>): Body {
  return module as unknown as Body;
}
