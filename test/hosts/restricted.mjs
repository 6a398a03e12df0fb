/** Hosts that forbid something: to compile WebAssembly, or to load ES modules. Each answers as program.mjs does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execute, findProgram, ROOT } from './project.mjs';

/** Where a project's package has its built JavaScript and its modules, below its folder. */
const PLACES = {
  covgrad: { entry: 'dist/kernel/index.js', modules: 'dist' },
  'covgrad-kernel': { entry: 'kernel/index.js', modules: '.' },
};

/** What a restricted host runs on modules that it has compiled itself. */
const EXAMINE = `
  const shape = { samples: 128, units: 256 };
  const x = Float32Array.from({ length: 128 * 256 }, (_, i) => ((i * i + 3 * i) % 257) / 128 - 1);
  export function examine({ instantiateKernel, createReferenceKernel }, modules) {
    const expected = createReferenceKernel().penalty('decov', x, shape);
    const largest = expected.gradient.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
    return modules.map((module) => {
      const kernel = instantiateKernel(module);
      const { value, gradient } = kernel.penalty('decov', x, shape);
      let hash = 0x811c9dc5;
      for (const byte of new Uint8Array(gradient.buffer, gradient.byteOffset, gradient.byteLength)) {
        hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
      }
      return {
        build: kernel.variant + ' ' + kernel.precision,
        valueError: Math.abs(value - expected.value) / expected.value,
        gradientError: gradient.reduce((most, entry, i) => Math.max(most, Math.abs(entry - expected.gradient[i])), 0) / largest,
        digest: hash.toString(16).padStart(8, '0'),
      };
    });
  }`;

/**
 * Pages with a content security policy in Chromium. Without 'wasm-unsafe-eval' loadKernel must be refused by its name while the
 * readable kernel works; with it everything works.
 */
export async function underPolicies({ app, name }, page) {
  const { entry } = PLACES[name];
  const script = (body) => `import * as kernel from '/node_modules/${name}/${entry}';
    import { examine } from '/examine.js';
    const send = (report) => fetch('/report', { method: 'POST', body: JSON.stringify(report) });
    try { send(await (async () => { ${body} })()); } catch (error) { send({ error: String(error?.stack ?? error) }); }`;
  writeFileSync(join(app, 'examine.js'), EXAMINE);
  const refused = await page(
    policyPage(
      app,
      "default-src 'self'",
      script(`const code = await kernel.loadKernel().then(() => 'loaded', (error) => error.code);
        return { code, ...kernel.createReferenceKernel().penalty('decov', [1, 2, 4, 3, 5, 5], { samples: 3, units: 2 }) };`),
    ),
  );
  if (refused.code !== 'COMPILE_FORBIDDEN' || !(refused.value > 0)) throw new Error(JSON.stringify(refused));
  return page(
    policyPage(
      app,
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
      script(`const { variant } = await kernel.loadKernel();
        const files = ['kernel.wasm', 'kernel-f64.wasm'].map((file) => '/node_modules/${name}/${PLACES[name].modules}/' + file);
        const modules = await Promise.all(files.map(async (file) => WebAssembly.compileStreaming(fetch(file))));
        return { builds: examine(kernel, modules), variant };`),
    ),
  );
}

/** A page under a policy, as the project's index.html. */
function policyPage(app, policy, script) {
  writeFileSync(join(app, 'policy.js'), script);
  writeFileSync(
    join(app, 'index.html'),
    `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="icon" href="data:,"><script type="module" src="/policy.js"></script>`,
  );
  return app;
}

/** workerd, the runtime of Cloudflare Workers: it compiles nothing, and imports .wasm files as modules. */
export async function inWorkerd({ app, name }, tools) {
  const { entry, modules } = PLACES[name];
  const folder = join(app, 'workerd');
  const own = join(folder, 'package');
  mkdirSync(folder);
  cpSync(join(app, 'node_modules', name), own, { recursive: true });
  writeFileSync(join(folder, 'examine.js'), EXAMINE);
  writeFileSync(
    join(folder, 'worker.js'),
    `import * as kernel from './package/${entry}';
    import single from './package/${modules}/kernel.wasm';
    import double from './package/${modules}/kernel-f64.wasm';
    import { examine } from './examine.js';
    export default {
      async fetch() {
        const code = await kernel.loadKernel().then(() => 'loaded', (error) => error.code);
        if (code !== 'COMPILE_FORBIDDEN') return Response.json({ error: 'loadKernel: ' + code });
        const same = await kernel.loadKernel({ module: single });
        return Response.json({ builds: [...examine(kernel, [single, double]), ...examine(kernel, [single])], variant: same.variant });
      },
    };`.replaceAll('./package/./', './package/'),
  );
  const files = ['worker.js', 'examine.js', ...modulesBelow(own).map((file) => `package/${file}`)];
  const listed = files.map((file) => {
    const kind = file.endsWith('.wasm') ? 'wasm' : 'esModule';
    return `(name = "${file}", ${kind} = embed "${file}")`;
  });
  const port = await freePort();
  writeFileSync(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (compatibilityDate = "2025-01-01", modules = [${listed.join(', ')}]))],
      sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
    );`,
  );
  const program = findProgram(tools, 'workerd', '@cloudflare');
  const host = spawn(program, ['serve', 'config.capnp'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  host.stderr.setEncoding('utf8').on('data', (text) => {
    complaint += text;
  });
  const ended = once(host, 'close');
  try {
    return await answerOf(`http://127.0.0.1:${port}/`, host, () => complaint);
  } finally {
    host.kill();
    await ended;
  }
}

/** JavaScript of the kernel and modules below a folder, with slashes. */
function modulesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.wasm') || /(^|\/)(kernel\/.+|errors|random)\.js$/.test(file));
}

async function answerOf(url, host, complaint) {
  for (let attempt = 0; attempt < 600 && host.exitCode === null; attempt += 1) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return response.json();
    if (response !== undefined) throw new Error(`${response.status} ${await response.text()} ${complaint()}`);
    await pause(100);
  }
  throw new Error(`workerd does not answer: ${complaint()}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The two ways of docs/kernel.md for Jest: its own ES modules, and Babel for what would be required. */
export function inJest({ app, name, specifier }, tools) {
  const body = (load) => `test('decov', async () => {
    const { loadKernel } = ${load};
    const simd = await loadKernel({ variant: 'simd' });
    const double = await loadKernel({ precision: 'f64' });
    const shape = { samples: 3, units: 2 };
    const values = [simd, double].map((kernel) => kernel.penalty('decov', [1, 2, 4, 3, 5, 5], shape).value);
    expect(values[0]).toBeGreaterThan(0);
    expect(Math.abs(values[1] / values[0] - 1)).toBeLessThan(1e-4);
    expect(simd.penalty('decov', new Float32Array(6).fill(1), shape).gradient).toHaveLength(6);
  });`;
  const project = join(tools, name);
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  cpSync(join(app, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  const jest = (...flags) => {
    const program = join(tools, 'node_modules/jest/bin/jest.js');
    return execute(project, process.execPath, [
      ...flags,
      program,
      '--rootDir',
      project,
      '--ci',
      '--no-watchman',
    ]);
  };
  writeFileSync(join(project, 'decov.test.js'), body(`await import('${specifier}')`));
  writeFileSync(join(project, 'jest.config.json'), '{ "transform": {} }\n');
  jest('--experimental-vm-modules');
  writeFileSync(join(project, 'decov.test.js'), body(`require('${specifier}')`));
  const page = readFileSync(join(ROOT, 'docs/kernel.md'), 'utf8');
  const [, settings] = /^## Jest$.*?```json\n(.*?)```/ms.exec(page);
  writeFileSync(join(project, 'jest.config.json'), settings.replaceAll('covgrad/', `${name}/`));
  jest();
}
