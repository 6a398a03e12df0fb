/** covgrad's side of the benchmark: `node covgrad.mjs fma|simd`. */
import { readFileSync } from 'node:fs';
import { VERSION } from 'covgrad';
import { loadKernel } from 'covgrad/kernel';
import { readImages } from './batches.mjs';
import { setFlags } from './flags.mjs';
import { createConvolutionalNetwork, createStepNetwork } from './network.mjs';
import { decode, encode, giveUp, serve } from './serve.mjs';

setFlags();
const kernel = await loadKernel({ variant: process.argv[2] }).catch(giveUp);

await serve(VERSION, {
  penalty({ id, samples, units, x }) {
    const penalty = kernel.prepare(id, { samples, units });
    penalty.activations.set(decode(x));
    const value = penalty.evaluate();
    return {
      answer: { value, gradient: encode(penalty.gradient) },
      run: () => penalty.evaluate(),
      dispose: () => penalty.dispose(),
    };
  },

  /** Reads the input once and writes as much once: the least that a gradient costs. */
  copy({ samples, units, x }) {
    const arrays = [0, 1].map(() => kernel.operations.allocate(samples * units));
    const [from, to] = arrays.map(({ values }) => values);
    from.set(decode(x));
    to.set(from);
    return {
      answer: { copied: encode(to) },
      run: () => to.set(from),
      dispose: () => release(arrays),
    };
  },

  product({ rows, columns, inner, a, b }) {
    const { operations } = kernel;
    const arrays = [rows * columns, rows * inner, inner * columns].map((length) =>
      operations.allocate(length),
    );
    const [c, left, right] = arrays;
    left.values.set(decode(a));
    right.values.set(decode(b));
    const shape = { rows, columns, inner };
    const run = () => operations.gemm('NN', c, left, right, shape);
    run();
    return { answer: { c: encode(c.values) }, run, dispose: () => release(arrays) };
  },

  network(request) {
    const network = withParameters(createConvolutionalNetwork(kernel, request), request);
    const pool = readImages(request);
    let next = 0;
    const step = () => {
      const { x, digits } = pool[next++ % pool.length];
      return network.step(x, digits).loss;
    };
    const losses = Array.from({ length: request.verifiedSteps }, step);
    return { answer: { losses }, run: step, dispose: () => network.dispose() };
  },

  step(request) {
    const network = withParameters(createStepNetwork(kernel, request), request);
    const step = startStepping(network, request);
    const losses = Array.from({ length: request.verifiedSteps }, step);
    return { answer: { losses }, run: step, dispose: () => network.dispose() };
  },
});

function release(arrays) {
  for (const array of arrays) kernel.operations.free(array);
}

/** The network, with the weights that all sides start from. */
function withParameters(network, request) {
  const values = decode(request.parameters);
  let offset = 0;
  for (const parameter of network.parameters) {
    const length = parameter.shape.reduce((product, size) => product * size);
    parameter.values = values.subarray(offset, offset + length);
    offset += length;
  }
  return network;
}

/** A function that gathers the next batch, trains on it and answers the cost. */
function startStepping(network, { images, labels, batch, batches, weight }) {
  const source = {
    samples: batch * batches,
    values: new Uint8Array(readFileSync(images).subarray(16)),
    divisor: 255,
    targets: new Uint8Array(readFileSync(labels).subarray(8)),
  };
  let next = 0;
  return () => {
    network.load(source, null, (next++ % batches) * batch, batch);
    const { loss, penalty } = network.stepLoaded();
    return loss + weight * penalty;
  };
}
