/** Milliseconds that a fresh process needs until the kernel answers: `node load.mjs fma|simd`, one line of JSON. */
import { setFlags } from './flags.mjs';

setFlags();
const start = performance.now();
const { loadKernel } = await import('covgrad/kernel');
const imported = performance.now();
const kernel = await loadKernel({ variant: process.argv[2] });
const ready = performance.now();
const x = Float32Array.from({ length: 128 * 64 }, (_, i) => Math.sin(i));
const { value } = kernel.penalty('decov', x, { samples: 128, units: 64 });
const answered = performance.now();
if (!(value > 0)) throw new Error(`decov is ${value}`);
console.log(
  JSON.stringify({
    importMs: imported - start,
    compileMs: ready - imported,
    readyMs: ready - start,
    firstPenaltyMs: answered - ready,
  }),
);
