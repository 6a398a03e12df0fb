/**
 * One training step of convolutional networks, SGD with momentum, from the same weights on all sides.
 *
 * Pixels are those of MNIST, for larger images its bytes one after the other. The first costs are checked against our float64 build.
 */
import { loadKernel } from 'covgrad/kernel';
import { contest, relativeError } from './contest.mjs';
import { readImages } from './peers/batches.mjs';
import { createConvolutionalNetwork } from './peers/network.mjs';
import { encode } from './peers/serve.mjs';
import { mnistFiles } from './steps.mjs';

const LENET = [{ conv: 16, size: 5 }, 'pool', { conv: 32, size: 5 }, 'pool', { dense: 128 }, { dense: 10 }];
const VGG = [
  ...[32, 32, 'pool', 64, 64, 'pool'].map((part) => (part === 'pool' ? part : { conv: part, size: 3 })),
  { dense: 256 },
  { dense: 10 },
];
const CIFAR = [...[32, 32, 64].flatMap((conv) => [{ conv, size: 5 }, 'pool']), { dense: 64 }, { dense: 10 }];
/** Name, shape of an image, parts; "same" padding, relu after each layer but the last, maxima over 2x2. */
const NETWORKS = [
  ['lenet', [28, 28, 1], LENET],
  ['vgg', [28, 28, 1], VGG],
  ['cifar', [32, 32, 3], CIFAR],
];
const SETTINGS = { batch: 64, learningRate: 0.01, momentum: 0.9, epsilon: 1e-3, batches: 8 };

/** One row for each network, without and with batch normalisation: `{task, shape, results}`. */
export async function benchNetworks(subjects, pace, progress) {
  const rows = [];
  const reference = await loadKernel({ precision: 'f64' });
  for (const normalized of [false, true]) {
    for (const [name, inputShape, parts] of NETWORKS) {
      const shape = `${name}${normalized ? ' with batch norm' : ''} at ${SETTINGS.batch}`;
      progress(`step ${shape}`);
      // Batch norms in float32 differ by 5e-6 in a first cost, and each step makes more of it.
      const verifiedSteps = normalized ? 2 : 3;
      const network = { inputShape, parts, normalized, verifiedSteps };
      const request = { task: 'network', ...network, ...mnistFiles().train, ...SETTINGS };
      const { parameters, losses: expected } = train(reference, request);
      const judge = ({ losses }) => relativeError(losses, expected);
      const results = await contest(subjects, { ...request, parameters: encode(parameters) }, judge, pace);
      rows.push({ task: 'network', shape, results });
    }
  }
  return rows;
}

/** The weights that all sides start from, and the first costs in float64. */
function train(kernel, request) {
  const network = createConvolutionalNetwork(kernel, request);
  const parameters = network.parameters.flatMap(({ values }) => [...values]);
  const losses = readImages({ ...request, batches: request.verifiedSteps }).map(
    ({ x, digits }) => network.step(x, digits).loss,
  );
  network.dispose();
  return { parameters: Float32Array.from(parameters), losses };
}
