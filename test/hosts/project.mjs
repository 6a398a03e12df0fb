/** A project in a temporary folder that depends on the packed package and on nothing else, and tools beside it. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HTML = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

/**
 * A folder for all projects, and one for each package that has the kernel: `specifier` is what its users import. Needs a build.
 */
export function createProjects() {
  const work = mkdtempSync(join(tmpdir(), 'covgrad-hosts-'));
  const kernel = join(ROOT, 'dist/covgrad-kernel');
  execute(ROOT, process.execPath, ['assembly/package.mjs']);
  const projects = [
    createProject(work, 'covgrad', ROOT, 'covgrad/kernel'),
    createProject(work, 'covgrad-kernel', kernel, 'covgrad-kernel'),
  ];
  // A browser's last processes may still write to its profile.
  const dispose = () => rm(work, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  return { work, projects, dispose };
}

/** A project that has the packed package and program.mjs as its src/index.js. */
function createProject(work, name, source, specifier) {
  const packed = npm(source, ['pack', '--ignore-scripts', '--silent', '--pack-destination', work]).trim();
  const tarball = join(work, packed);
  const app = join(work, `with-${name}`);
  install(app, [tarball]);
  mkdirSync(join(app, 'src'));
  const program = readFileSync(new URL('program.mjs', import.meta.url), 'utf8');
  writeFileSync(join(app, 'src/index.js'), program.replace('covgrad/kernel', specifier));
  return { name, specifier, app, tarball };
}

/** npm packages in a folder of their own; their install scripts do not run. */
export function install(folder, packages) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm(folder, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...packages]);
}

/** A page that loads the package's own files through an import map. */
export function importMapPage({ app, name, specifier }) {
  const { exports } = JSON.parse(readFileSync(join(app, 'node_modules', name, 'package.json'), 'utf8'));
  const entry = exports[specifier === name ? '.' : './kernel'].default;
  const imports = { [specifier]: new URL(`/node_modules/${name}/${entry}`, 'http://x').pathname };
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  writeFileSync(join(app, 'index.html'), `${HTML}${map}<script type="module" src="/src/index.js"></script>`);
  return app;
}

/** A bundle of the program, as the tool makes it from index.html or src/index.js to dist without settings. */
export function bundle(app, tools, name, args) {
  const folder = join(app, name);
  mkdirSync(folder);
  cpSync(join(app, 'src'), join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), `${HTML}<script type="module" src="/src/index.js"></script>`);
  runTool(tools, name, args, folder);
  const dist = join(folder, 'dist');
  // Bundlers that start from the program leave the page to others.
  if (!readdirSync(dist).includes('index.html')) {
    writeFileSync(join(dist, 'index.html'), `${HTML}<script src="/main.js"></script>`);
  }
  return dist;
}

/** The command `name` that an installed package brings along. */
export function runTool(tools, name, args, cwd = tools) {
  return execute(cwd, process.execPath, [join(tools, 'node_modules/.bin', name), ...args]);
}

/** The native program `name` inside the installed packages of a scope, whichever of them fits this machine. */
export function findProgram(tools, name, scope = '.') {
  const folder = join(tools, 'node_modules', scope);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const found = files.find((file) => file.isFile() && basename(file.name, '.exe') === name);
  if (found === undefined) throw new Error(`no program ${name} was found in ${folder}`);
  return join(found.parentPath ?? found.path, found.name);
}

export function execute(cwd, command, args) {
  const options = { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 };
  return execFileSync(command, args, options);
}

function npm(folder, args) {
  return execute(folder, 'npm', args);
}
