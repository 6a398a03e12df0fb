/** A worker thread that does what the id of a trial says instead of training. */
const { parentPort, workerData } = require('node:worker_threads');

const pause = new Int32Array(new SharedArrayBuffer(4));
const AWAITED = 0;
const END = 2;
/** A module whose only function traps: (module (func (export "trap") unreachable)). */
const TRAP = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0],
  ...[10, 5, 1, 3, 0, 0, 11],
];

// A kernel that counts the threads lets the third one die while it starts.
const { starts } = workerData.kernel;
if (starts !== undefined && Atomics.add(starts, 0, 1) === 2) process.exit(1);

/** Tell of an epoch and wait for the answer, as training does. */
function finishEpoch(key, epoch, answer) {
  Atomics.store(answer, 0, AWAITED);
  parentPort.postMessage({ key, epoch: { epoch } });
  Atomics.wait(answer, 0, AWAITED);
  return Atomics.load(answer, 0) === END;
}

module.exports = ({ key, spec, answer }) => {
  const record = { id: spec.id, seed: spec.seed, kernel: workerData.kernel.variant };
  switch (spec.id) {
    case 'dies':
      process.exit(1);
      break;
    case 'dies-later':
      finishEpoch(key, 1, answer);
      process.exit(1);
      break;
    case 'fills-memory': {
      const heap = [];
      // Large pieces: many small ones keep the collector busy for seconds before it gives up.
      for (;;) heap.push(new Array(100_000).fill(heap));
    }
    case 'throws':
      throw new Error('thrown on purpose');
    case 'traps':
      new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(TRAP))).exports.trap();
      break;
    case 'hangs':
      finishEpoch(key, 1, answer);
      for (;;);
    case 'measures':
      parentPort.postMessage({ key, trained: true });
      parentPort.postMessage({ key, progress: {} });
      while (Atomics.load(workerData.stopFlag, 0) === 0) Atomics.wait(pause, 0, 0, 5);
      break;
    case 'waits':
      while (Atomics.load(workerData.stopFlag, 0) === 0) Atomics.wait(pause, 0, 0, 5);
      break;
    case 'epochs': {
      const epochs = [1, 2, 3];
      const last = epochs.find((epoch) => finishEpoch(key, epoch, answer)) ?? 4;
      return { ...record, outcome: { status: last < 4 ? 'interrupted' : 'complete', epoch: last } };
    }
    default:
      parentPort.postMessage({ key, progress: { step: spec.seed } });
      Atomics.wait(pause, 0, 0, 20);
  }
  return record;
};
