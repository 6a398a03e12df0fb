/**
 * `npm run test:nodes`: the same bits on every Node, with pairs of 128-bit operations joined to 256-bit ones and without. The
 * other Nodes are npm packages, installed into a temporary folder; paths of programs after the command are taken in their
 * place. One line for each check: ok, failed or not installable. Needs a build.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram, install, ROOT } from '../hosts/project.mjs';

const run = promisify(execFile);
const MAJORS = [20, 22, 24, 26];
/** The first whose compiler joins operations, and the one on which the suites run as well. */
const WIDE_SINCE = 24;
const JOINED = '--experimental-wasm-revectorize';
const SUITES = ['test/kernel', 'test/network'];
const LONGEST_OUTPUT = 2 ** 26;
/** The smoke test, and a network with a layer of every kind. */
const SWEEPS = [join(ROOT, 'configs/smoke.yaml'), join(ROOT, 'test/nodes/every-layer.yaml')];
const own = Number.parseInt(process.versions.node, 10);

const counts = { passed: 0, failed: 0, skipped: 0 };
const work = mkdtempSync(join(tmpdir(), 'covgrad-nodes-'));
try {
  const nodes = await findNodes();
  const hosts = nodes.flatMap(({ major, path }) =>
    major < WIDE_SINCE ? [host(path, major)] : [host(path, major), host(path, major, JOINED)],
  );
  const answers = { bits: new Map(), records: new Map() };
  const jobs = [
    ...hosts.filter(({ major }) => major === WIDE_SINCE).flatMap(suites),
    ...hosts.map(
      (node) => () => check(`bits of every operation on ${node.name}`, () => bitsOn(node, answers.bits)),
    ),
    ...hosts.flatMap((node) =>
      SWEEPS.flatMap((file) => [1, 2].map((threads) => sweepOn(node, file, threads, answers))),
    ),
  ];
  const next = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** A Node with what the command line sets for itself there, and the flag that is looked at. */
function host(path, major, flag) {
  const flags = [...(major === 20 ? ['--experimental-wasm-relaxed-simd'] : []), ...(flag ? [flag] : [])];
  return { path, major, flag, flags, name: `Node ${major}${flag === undefined ? '' : ', 256 bits'}` };
}

/** This Node, and each other one that is given or can be installed. */
async function findNodes() {
  const given = process.argv.slice(2);
  const nodes = [{ major: own, path: process.execPath }];
  for (const path of given) {
    const { stdout } = await run(path, ['-p', 'parseInt(process.versions.node)']);
    nodes.push({ major: Number(stdout), path });
  }
  if (given.length > 0) return nodes;
  for (const major of MAJORS.filter((each) => each !== own)) {
    try {
      const tools = join(work, String(major));
      install(tools, [`node-${process.platform}-${process.arch}@${major}`]);
      nodes.push({ major, path: findProgram(tools, 'node') });
    } catch (error) {
      say('skipped', `Node ${major}`, `not installable: ${reason(error)}`);
    }
  }
  return nodes;
}

/** The suites of kernel and networks and the certificate of all gradients on one host. */
function suites(node) {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '-c', 'test/vitest.config.ts', ...SUITES];
  const flags = node.flags.map((flag) => `--execArgv=${flag}`);
  return [
    () =>
      check(`suites of kernel and networks on ${node.name}`, async () => {
        const options = { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' }, maxBuffer: LONGEST_OUTPUT };
        const { stdout } = await run(node.path, [...vitest, ...flags], options);
        return /Tests\s+(.*)/.exec(stdout)?.[1] ?? '';
      }),
    () =>
      check(`certificate of all gradients on ${node.name}`, async () => {
        const { cases, failed } = await answer(node, 'certificate.mjs');
        if (failed.length > 0) throw new Error(JSON.stringify(failed));
        return `${cases} cases`;
      }),
  ];
}

async function bitsOn(node, known) {
  const { bits, tile } = await answer(node, 'bits.mjs');
  for (const [build, digest] of Object.entries(bits)) agree(known, build, digest, node.name);
  return `${Object.keys(bits).join(', ')}${tile === undefined ? '' : `; ${tile} tile`}`;
}

/** The records of a sweep on one host. */
function sweepOn(node, file, threads, { records }) {
  const name = basename(file, '.yaml');
  return () =>
    check(`sweep ${name} on ${node.name}, ${threads} at a time`, async () => {
      const { kernel, hash, failed } = await answer(node, 'records.mjs', String(threads), file);
      if (failed > 0) throw new Error(`${failed} trials are not complete`);
      agree(records, `${name} on ${kernel}`, hash, node.name);
      return hash.slice(0, 12);
    });
}

/** The answer of a script on a host. */
async function answer(node, script, ...args) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(node.path, [...node.flags, file, ...args], { cwd: ROOT });
  return JSON.parse(stdout);
}

/** Refuses an answer that is not the first one's. */
function agree(known, what, digest, name) {
  const first = known.get(what);
  if (first === undefined) known.set(what, { digest, name });
  else if (first.digest !== digest) {
    throw new Error(
      `${what}: it must be ${first.digest.slice(0, 12)} as on ${first.name}, got ${digest.slice(0, 12)}`,
    );
  }
}

async function check(name, judge) {
  try {
    say('passed', name, `ok: ${await judge()}`);
  } catch (error) {
    say('failed', name, `FAILED: ${reason(error)}`);
  }
}

function say(outcome, name, text) {
  counts[outcome]++;
  console.log(`${name.padEnd(58)} ${text}`);
}

/** The end of what a program complained of, or the message. */
function reason({ stdout = '', stderr = '', message }) {
  const output = `${stdout}${stderr}`.trim();
  return output === '' ? message : output.split('\n').slice(-40).join('\n');
}
