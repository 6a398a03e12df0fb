/**
 * `npm run pack:kernel`: covgrad-kernel, the kernel as a package of its own without dependencies, made from the built files of
 * `covgrad/kernel`. Needs a build. The folder is dist/covgrad-kernel, or the one that is named.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const MODULES = ['kernel.wasm', 'kernel-fma.wasm', 'kernel-f64.wasm'];
/** Pages beside the README, which is docs/kernel.md. */
const PAGES = { 'assembly/README.md': 'ABI.md', 'docs/penalties.md': 'penalties.md' };
/** Sections of docs/kernel.md on what only covgrad has. */
const ELSEWHERE = ['TensorFlow.js', 'The rest as functions'];

/** Write the package into a folder, in place of whatever is there; the folder's path. */
export function writeKernelPackage(folder = join(DIST, 'covgrad-kernel')) {
  rmSync(folder, { recursive: true, force: true });
  const files = [...closure('kernel/index.js'), ...closure('kernel/index.d.ts')];
  for (const file of files) write(folder, file, renamed(read(join(DIST, file))));
  for (const module of MODULES) cpSync(join(DIST, module), join(folder, module));
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  write(folder, 'README.md', readme(read(join(ROOT, 'docs/kernel.md'))));
  for (const [page, name] of Object.entries(PAGES)) {
    write(folder, name, relinked(renamed(read(join(ROOT, page)))));
  }
  write(folder, 'package.json', `${JSON.stringify(manifest(), null, 2)}\n`);
  return folder;
}

function manifest() {
  const { version, license, type, engines } = JSON.parse(read(join(ROOT, 'package.json')));
  return {
    name: 'covgrad-kernel',
    version,
    description:
      'Value and exact gradient of decorrelation penalties, and the covariance with its derivatives, in WebAssembly SIMD: the kernel of covgrad, without dependencies.',
    keywords: ['covariance', 'decorrelation', 'decov', 'vicreg', 'gradient', 'webassembly', 'simd'],
    license,
    type,
    sideEffects: false,
    engines,
    exports: {
      '.': { types: './kernel/index.d.ts', default: './kernel/index.js' },
      ...Object.fromEntries(MODULES.map((module) => [`./${module}`, `./${module}`])),
      './package.json': './package.json',
    },
  };
}

/** Paths below dist of the built modules that are imported from one, with their declarations. */
function closure(entry) {
  const found = new Set([entry]);
  for (const file of found) {
    for (const [, specifier] of read(join(DIST, file)).matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)) {
      const target = relative(DIST, resolve(DIST, dirname(file), specifier)).replaceAll('\\', '/');
      // Declarations import .ts, for which TypeScript takes the .d.ts there.
      found.add(target.replace(/\.[jt]s$/, '.js')).add(target.replace(/\.[jt]s$/, '.d.ts'));
    }
  }
  return [...found];
}

/** What is imported from `covgrad/kernel`, as a user of this package imports it. */
function renamed(text) {
  return (
    text
      .replaceAll(/covgrad\/kernel(?=(?:-\w+)?\.wasm)/g, 'covgrad-kernel/kernel')
      .replaceAll(/covgrad\/kernel\b/g, 'covgrad-kernel')
      // The patterns of its folder in the settings of Jest.
      .replaceAll('/node_modules/covgrad/', '/node_modules/covgrad-kernel/')
      .replaceAll('(?!covgrad/)', '(?!covgrad-kernel/)')
  );
}

/** docs/kernel.md less what is no part of this package: sections on the rest of covgrad, and what one does in a clone. */
function readme(page) {
  const [head, ...sections] = page.split(/^(?=## )/m);
  const own = sections.filter((section) => !ELSEWHERE.some((title) => section.startsWith(`## ${title}\n`)));
  const text = [head, ...own].join('').replaceAll(/\s*In a clone, [\s\S]*?[.;](?=\s[A-Z\n])/g, '');
  return relinked(renamed(text).replace(/^# .*\n/, '# covgrad-kernel\n'));
}

/** Links to pages that are not here become their text. */
function relinked(text) {
  const pages = {
    'kernel.md': 'README.md',
    '../docs/penalties.md': 'penalties.md',
    'assembly/README.md': 'ABI.md',
  };
  const here = new Set(['README.md', ...Object.values(PAGES)]);
  return text
    .replaceAll('`assembly/README.md` in the repository', '[ABI.md](ABI.md)')
    .replaceAll(/\[([^\]]+)\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g, (_, words, target, anchor = '') => {
      const page = pages[target] ?? target;
      return page === '' || here.has(page) ? `[${words}](${page}${anchor})` : words;
    });
}

function read(path) {
  return readFileSync(path, 'utf8');
}

function write(folder, file, text) {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`${relative(process.cwd(), writeKernelPackage(process.argv[2]))}\n`);
}
