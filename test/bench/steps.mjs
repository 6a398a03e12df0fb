/** One training step on MNIST with DeCov on the first layer: load a batch, forward, backward, SGD with momentum. */
import { createNetwork, loadDataset } from 'covgrad';
import { loadKernel } from 'covgrad/kernel';
import { time } from './timing.mjs';

/** Units of each layer and the batch. */
export const NETWORKS = [
  [[784, 256, 128, 10], 128],
  [[784, 128, 64, 10], 64],
  [[784, 1024, 1024, 10], 128],
];
/** A network that does not learn is not timed. */
const STEPS_TO_LEARN = 60;

export async function benchSteps(variants) {
  const { train } = await loadDataset({ source: 'mnist' });
  const order = Uint32Array.from({ length: train.samples }, (_, i) => (i * 7919) % train.samples);
  const rows = [];
  for (const [sizes, batch] of NETWORKS) {
    const row = { task: 'step', shape: sizes.join('-') };
    for (const variant of variants) {
      const [inputs, ...units] = sizes;
      const network = createNetwork(await loadKernel({ variant }), {
        inputs,
        layers: units.map((count, i) => ({
          units: count,
          activation: i === units.length - 1 ? 'identity' : 'relu',
          penalized: i === 0,
        })),
        loss: 'cross-entropy',
        optimizer: { type: 'sgd', learning_rate: 0.05, momentum: 0.9 },
        penalty: { type: 'decov', weight: 1e-3 },
        batch,
      });
      let next = 0;
      const step = () => {
        network.load(train, order, (next++ % 400) * batch, batch);
        return network.stepLoaded();
      };
      const { loss: first } = step();
      for (let i = 0; i < STEPS_TO_LEARN; i++) step();
      const { loss } = step();
      if (!(loss < first / 2))
        throw new Error(`${variant} ${row.shape}: the loss went from ${first} to ${loss}`);
      row[variant] = time(step, 2000);
      network.dispose();
    }
    rows.push(row);
  }
  return rows;
}
