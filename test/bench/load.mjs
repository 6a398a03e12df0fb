/** What the kernel costs before its first penalty, in fresh processes: load, compile and probe; and what it weighs. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { peerScript } from './subjects.mjs';
import { median } from './timing.mjs';

const MODULES = ['kernel', 'kernel-fma', 'kernel-f64'];
/** Fresh processes of each build. */
const PROCESSES = 11;

/** Milliseconds by build (each part's best and median), and bytes by module. */
export function benchLoad({ own }, progress) {
  const samples = Object.fromEntries(own.map(({ id }) => [id, []]));
  for (let i = 0; i < PROCESSES; i++) {
    progress(`load ${i + 1} of ${PROCESSES}`);
    for (const { id, path, variant } of own) {
      const output = execFileSync(path, [peerScript('load.mjs'), variant]);
      samples[id].push(JSON.parse(output));
    }
  }
  return { milliseconds: mapValues(samples, summarise), modules: sizes() };
}

function summarise(samples) {
  return mapValues(samples[0], (_, part) => {
    const values = samples.map((sample) => sample[part]);
    return { best: Math.min(...values), median: median(values) };
  });
}

function sizes() {
  return Object.fromEntries(
    MODULES.map((name) => {
      const file = new URL(`../../dist/${name}.wasm`, import.meta.url);
      return [name, { bytes: statSync(file).size, gzippedBytes: gzipSync(readFileSync(file)).length }];
    }),
  );
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
