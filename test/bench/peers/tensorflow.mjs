/**
 * TensorFlow.js's side of the benchmark (WebAssembly backend with XNNPACK, one thread): value and gradient by its
 * autograd, as its user writes them.
 */
import { readBatches, splitParameters } from './batches.mjs';
import { decode, encode, giveUp, serve } from './serve.mjs';

// What the library prints would mix with the answers.
for (const method of ['log', 'info', 'warn']) console[method] = () => {};
const tf = await import('@tensorflow/tfjs').then(named, giveUp);
const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm').then(named, giveUp);
setThreadsCount(1);
await tf.setBackend('wasm');
await tf.ready();

const centered = (x) => tf.sub(x, tf.mean(x, 0, true));
const covariance = (x, divisor) => tf.div(tf.matMul(x, x, true, false), divisor);
/** In two stages: one sum over a whole matrix loses digits, since it adds one by one in float32. */
const total = (c) => tf.sum(tf.sum(c, 1));
const variances = (x, divisor) => tf.div(tf.sum(tf.square(x), 0), divisor);
const offDiagonalSquares = (c, diagonal) => tf.sub(total(tf.square(c)), tf.sum(tf.square(diagonal)));

const penalties = {
  mean(x) {
    const [n, m] = x.shape;
    return tf.div(total(covariance(x, n - 1)), m * m);
  },
  'mean-abs'(x) {
    const [n, m] = x.shape;
    return tf.div(total(tf.abs(covariance(x, n - 1))), m * m);
  },
  decov(x) {
    const [n] = x.shape;
    const xc = centered(x);
    return tf.mul(offDiagonalSquares(covariance(xc, n), variances(xc, n)), 0.5);
  },
  'squared-correlation'(x) {
    const [n, m] = x.shape;
    const xc = centered(x);
    const y = tf.mul(xc, tf.rsqrt(tf.add(variances(xc, n - 1), 1e-8)));
    return tf.div(offDiagonalSquares(covariance(y, n - 1), variances(y, n - 1)), m * (m - 1));
  },
  vicreg(x) {
    const [n, m] = x.shape;
    const xc = centered(x);
    const diagonal = variances(xc, n - 1);
    const hinge = tf.mean(tf.relu(tf.sub(1, tf.sqrt(tf.add(diagonal, 1e-4)))));
    return tf.add(tf.mul(25, hinge), tf.div(offDiagonalSquares(covariance(xc, n - 1), diagonal), m));
  },
  'participation-ratio'(x) {
    const [n] = x.shape;
    const xc = centered(x);
    const energy = total(tf.square(covariance(xc, n - 1)));
    return tf.sub(tf.log(energy), tf.mul(2, tf.log(tf.sum(variances(xc, n - 1)))));
  },
};

await serve(tf.version.tfjs, {
  penalty({ id, samples, units, x: text }) {
    if (penalties[id] === undefined) return undefined;
    const x = tf.tensor2d(decode(text), [samples, units]);
    const evaluate = tf.valueAndGrad(penalties[id]);
    const answer = tf.tidy(() => {
      const { value, grad } = evaluate(x);
      return { value: value.dataSync()[0], gradient: encode(grad.dataSync()) };
    });
    return {
      answer,
      run() {
        tf.tidy(() => evaluate(x).value.dataSync()[0]);
      },
      dispose: () => x.dispose(),
    };
  },

  product({ rows, columns, inner, a, b }) {
    const left = tf.tensor2d(decode(a), [rows, inner]);
    const right = tf.tensor2d(decode(b), [inner, columns]);
    return {
      answer: { c: tf.tidy(() => encode(tf.matMul(left, right).dataSync())) },
      run: () => tf.matMul(left, right).dispose(),
      dispose: () => tf.dispose([left, right]),
    };
  },

  step(request) {
    const { sizes, batch, learningRate, momentum, weight, verifiedSteps } = request;
    const parameters = splitParameters(decode(request.parameters), sizes).map(({ data, shape }) =>
      tf.variable(tf.tensor(data, shape)),
    );
    const [w1, b1, w2, b2, w3, b3] = parameters;
    const optimizer = tf.train.momentum(learningRate, momentum);
    const cost = (x, y) => {
      const h = tf.relu(tf.add(tf.matMul(x, w1), b1));
      const z = tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(h, w2), b2)), w3), b3);
      return tf.add(tf.losses.softmaxCrossEntropy(y, z), tf.mul(penalties.decov(h), weight));
    };
    const pool = readBatches(request).map(({ x, y }) => [
      tf.tensor2d(x, [batch, sizes[0]]),
      tf.tensor2d(y, [batch, 10]),
    ]);
    let next = 0;
    const step = () => {
      const [x, y] = pool[next++ % pool.length];
      const loss = optimizer.minimize(() => cost(x, y), true, parameters);
      const [value] = loss.dataSync();
      loss.dispose();
      return value;
    };
    const losses = Array.from({ length: verifiedSteps }, step);
    return {
      answer: { losses },
      run: step,
      dispose() {
        optimizer.dispose();
        tf.dispose([parameters, pool]);
      },
    };
  },
});

/** The exports of a CommonJS module, which Node may show as the default only. */
function named(module) {
  return module.ready || module.setThreadsCount ? module : module.default;
}
