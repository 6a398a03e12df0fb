/** The programs in the README and in docs/, and a project in which they run as they stand. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SMALL_SWEEP } from './execute/small-sweep.ts';
import { temporaryDirectory } from './store/samples.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** [page and number, text] */
export const PROGRAMS: (readonly [name: string, program: string])[] = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(
    ([, program = ''], i) => [`${page}, program ${i + 1}`, program] as const,
  ),
);

/** What a file prints in a project that depends on the package and has a sweep. Errors: where it fails. */
export function run(program: string, file = 'program.mjs'): string {
  const project = projectFor(file, program);
  symlinkSync(ROOT, join(project, 'node_modules/covgrad'), 'junction');
  return execute(project, file);
}

/** The same in a project that has TensorFlow.js too, as `npm run test:long` installs it for test/hosts. */
export function runWithTensorFlow(program: string): string {
  const project = projectFor('program.mjs', program);
  // Copied, because a module finds its peers from where it really is.
  for (const name of ['package.json', 'dist']) {
    cpSync(join(ROOT, name), join(project, 'node_modules/covgrad', name), { recursive: true });
  }
  const installed = join(ROOT, 'test/hosts/node_modules/@tensorflow');
  symlinkSync(installed, join(project, 'node_modules/@tensorflow'), 'junction');
  return execute(project, 'program.mjs');
}

function projectFor(file: string, program: string): string {
  const project = temporaryDirectory();
  mkdirSync(join(project, 'node_modules'));
  writeFileSync(join(project, 'my-sweep.yaml'), SMALL_SWEEP);
  writeFileSync(join(project, file), program);
  return project;
}

function execute(project: string, file: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: project, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the program ended with ${status}: ${stderr}`);
  return stdout;
}

/** Whether a program needs TensorFlow.js. */
export function needsTensorFlow([, program]: (typeof PROGRAMS)[number]): boolean {
  return program.includes('@tensorflow/');
}

/** The program of a page that has these words. */
export function programWith(words: string, page = 'docs/kernel.md'): string {
  return PROGRAMS.find(([name, program]) => name.startsWith(page) && program.includes(words))![1];
}
