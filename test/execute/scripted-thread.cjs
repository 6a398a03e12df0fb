/** A worker thread that does what the id of a trial says instead of training. */
const { parentPort, workerData } = require('node:worker_threads');

const pause = new Int32Array(new SharedArrayBuffer(4));

module.exports = ({ key, spec }) => {
  switch (spec.id) {
    case 'dies':
      process.exit(1);
      break;
    case 'throws':
      throw new Error('thrown on purpose');
    case 'waits':
      while (Atomics.load(workerData.stopFlag, 0) === 0) Atomics.wait(pause, 0, 0, 5);
      break;
    default:
      parentPort.postMessage({ key, progress: { step: spec.seed } });
      Atomics.wait(pause, 0, 0, 20);
  }
  return { id: spec.id, seed: spec.seed, kernel: workerData.kernel.variant };
};
