/**
 * What every host runs, from the packed package: each build's DeCov on the same activations, held against the readable
 * reference. The report goes to the console, or from a page to the server that it came from.
 */
import { createReferenceKernel, loadKernel } from 'covgrad/kernel';

const shape = { samples: 128, units: 256 };
const activations = Float32Array.from(
  { length: shape.samples * shape.units },
  (_, i) => ((i * i + 3 * i) % 257) / 128 - 1,
);

async function examine() {
  const expected = createReferenceKernel().penalty('decov', activations, shape);
  const builds = [];
  for (const selection of [{ variant: 'simd' }, { precision: 'f64' }, { variant: 'auto' }]) {
    const kernel = await loadKernel(selection);
    const { value, gradient } = kernel.penalty('decov', activations, shape);
    builds.push({
      build: `${kernel.variant} ${kernel.precision}`,
      valueError: Math.abs(value - expected.value) / expected.value,
      gradientError: relativeError(gradient, expected.gradient),
      digest: digest(gradient),
    });
  }
  return { builds };
}

/** Largest error relative to the largest entry; NaN where anything is. */
function relativeError(actual, expected) {
  const largest = expected.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  return actual.reduce((most, entry, i) => Math.max(most, Math.abs(entry - expected[i])), 0) / largest;
}

/** FNV-1a over the bits: hosts that run the same build must agree on every one of them. */
function digest(array) {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}

function send(report) {
  const text = JSON.stringify(report);
  if (typeof document === 'undefined') console.log(text);
  else void fetch('/report', { method: 'POST', body: text });
}

examine().then(send, (error) => send({ error: String(error?.stack ?? error) }));
