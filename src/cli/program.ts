/** The command line: finds the command, and turns whatever happens into a message and an exit code. */
import { setFlagsFromString } from 'node:v8';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { expandHome } from '../home.ts';
import { printable } from '../printable.ts';
import { VERSION } from '../version.ts';
import { COMMANDS } from './commands.ts';
import { COMPLETE } from './completion-scripts.ts';
import { EXIT, reportError } from './exit.ts';
import { hideDashes, restoreDashes, showDashes } from './lone-dash.ts';
import { checkDashes, checkFlags, misuse, withoutSeparator } from './misuse.ts';
import { outliveReaders } from './standard-streams.ts';

const WIDEST_HELP = 100;

// Node 20 has relaxed SIMD, which the fma build needs, behind a flag; later versions have it without.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
// From 24 on it can join pairs of vectors to 256 bits, which doubles the products; for all threads, and without another bit.
if (joinsVectors(process)) setFlagsFromString('--experimental-wasm-revectorize');

outliveReaders();
process.on('uncaughtException', (error) => {
  reportError(error);
  process.exit();
});

const usages = COMMANDS.map(({ command }) => String(command));

try {
  const given = hideBin(process.argv);
  if (!(await answerAtOnce(given))) await run(asHelp(given));
  process.exitCode ??= EXIT.done;
} catch (error) {
  reportError(error);
}

/** Whether this Node is built with V8's revectorizer: those for x64 are, but not for macOS. */
function joinsVectors({ versions, arch, platform }: NodeJS.Process): boolean {
  return (
    Number.parseInt(versions.node, 10) >= 24 &&
    arch === 'x64' &&
    (platform === 'linux' || platform === 'win32')
  );
}

/** What is no command but a question about the whole program. */
async function answerAtOnce([first, ...rest]: readonly string[]): Promise<boolean> {
  if (first === COMPLETE) {
    const { completions } = await import('./completions.ts');
    const found = await completions(rest, COMMANDS);
    process.stdout.write(found.map((word) => `${printable(word)}\n`).join(''));
    return true;
  }
  const asked = ['-v', '-V', 'version'].includes(first ?? '') && rest.length === 0;
  if (!asked && first !== '--version' && !rest.includes('--version')) return false;
  const { versionText } = await import('./version-text.ts');
  process.stdout.write(await versionText());
  return true;
}

/** `help` as other programs have it: in front of a command, or alone. */
function asHelp(words: readonly string[]): readonly string[] {
  return words[0] === 'help' ? [...words.slice(1), '--help'] : words;
}

async function run(given: readonly string[]): Promise<void> {
  const words = withoutSeparator(given).map((word) => expandHome(word));
  checkDashes(words);
  const parser = yargs(hideDashes(words));
  // Public in yargs, but its types leave it out.
  const options = (): { key: object; boolean: string[] } =>
    (parser as unknown as { getOptions(): ReturnType<typeof options> }).getOptions();
  // Defaults and choices stand in the descriptions, and types say nothing that these do not.
  (parser as unknown as { usageConfiguration(settings: object): void }).usageConfiguration({
    'hide-types': true,
  });
  await parser
    .scriptName('covgrad')
    .usage(
      '$0 <command>\n\nWhich decorrelation penalty, at which weight, decorrelates activations, and what it costs.',
    )
    .command(COMMANDS)
    .example('$0 init my-sweep.yaml', 'a file to begin with')
    .example('$0 plan my-sweep.yaml', 'what it will train, and how long')
    .example('$0 sweep my-sweep.yaml', 'train it, into runs/my-sweep')
    .example('$0 compare runs/my-sweep', 'which penalty wins')
    .epilogue(
      '$0 <command> --help has the options of a command.\n\nExit codes: 0 done, 1 error, 2 wrong usage or configuration, 3 finished with failed trials, 130 interrupted.',
    )
    .demandCommand(1, 'a command is missing')
    .strict()
    .parserConfiguration({ 'dot-notation': false })
    .detectLocale(false)
    .version(VERSION)
    .help()
    .alias({ help: 'h' })
    .wrap(Math.min(process.stdout.columns ?? WIDEST_HELP, WIDEST_HELP))
    .exitProcess(false)
    .middleware(() => checkFlags(words, Object.keys(options().key), options().boolean), true)
    .middleware(restoreDashes)
    .fail((message, error: Error | undefined) => {
      if (error !== undefined) throw error;
      throw misuse(showDashes(message), { words, commands: usages, options: Object.keys(options().key) });
    })
    .parseAsync()
    .catch((error: Error) => {
      // yargs has an error class of its own, for options that lack their value.
      throw error.name === 'YError'
        ? misuse(showDashes(error.message), { words, commands: usages, options: [] })
        : error;
    });
}
