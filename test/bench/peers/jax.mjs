/** jax-js's side of the benchmark (WebAssembly backend, jit): value and gradient by its autograd, as its user writes them. */
import { readFileSync } from 'node:fs';
import { readBatches, splitParameters } from './batches.mjs';
import { decode, encode, giveUp, serve } from './serve.mjs';

const jax = await import('@jax-js/jax').catch(giveUp);
const { numpy: np, nn, jit, valueAndGrad } = jax;
await jax.init('cpu', 'wasm');
jax.defaultDevice('wasm');

const array = (data, shape) => np.array(data, { shape });
/** Every use of an array but the last takes `.ref`: jax-js frees what it is given. */
const centered = (x) => x.ref.sub(np.mean(x, 0, { keepdims: true }));
const covariance = (x, divisor) => np.matmul(np.transpose(x.ref), x).div(divisor);
/** In two stages: one sum over a whole matrix loses digits, since it adds one by one in float32. */
const total = (c) => np.sum(np.sum(c, 1));
const variances = (x, divisor) => np.sum(np.square(x), 0).div(divisor);
const offDiagonalSquares = (c, diagonal) => total(np.square(c)).sub(np.sum(np.square(diagonal)));

const penalties = {
  mean(x) {
    const [n, m] = x.shape;
    return total(covariance(x, n - 1)).div(m * m);
  },
  'mean-abs'(x) {
    const [n, m] = x.shape;
    return total(np.abs(covariance(x, n - 1))).div(m * m);
  },
  decov(x) {
    const [n] = x.shape;
    const xc = centered(x);
    const diagonal = variances(xc.ref, n);
    return offDiagonalSquares(covariance(xc, n), diagonal).mul(0.5);
  },
  'squared-correlation'(x) {
    const [n, m] = x.shape;
    const xc = centered(x);
    const scale = np.reciprocal(np.sqrt(variances(xc.ref, n - 1).add(1e-8)));
    const y = xc.mul(scale);
    const diagonal = variances(y.ref, n - 1);
    return offDiagonalSquares(covariance(y, n - 1), diagonal).div(m * (m - 1));
  },
  vicreg(x) {
    const [n, m] = x.shape;
    const xc = centered(x);
    const diagonal = variances(xc.ref, n - 1);
    const hinge = np.mean(nn.relu(np.sqrt(diagonal.ref.add(1e-4)).mul(-1).add(1)));
    return hinge.mul(25).add(offDiagonalSquares(covariance(xc, n - 1), diagonal).div(m));
  },
  'participation-ratio'(x) {
    const [n] = x.shape;
    const xc = centered(x);
    const trace = np.sum(variances(xc.ref, n - 1));
    return np.log(total(np.square(covariance(xc, n - 1)))).sub(np.log(trace).mul(2));
  },
};

const manifest = new URL('../package.json', import.meta.resolve('@jax-js/jax'));

await serve(JSON.parse(readFileSync(manifest, 'utf8')).version, {
  penalty({ id, samples, units, x: text }) {
    if (penalties[id] === undefined) return undefined;
    const x = array(decode(text), [samples, units]);
    const evaluate = jit(valueAndGrad(penalties[id]));
    const [value, gradient] = evaluate(x.ref);
    return {
      answer: { value: value.item(), gradient: encode(gradient.dataSync()) },
      async run() {
        const [cost, slope] = evaluate(x.ref);
        await slope.blockUntilReady();
        slope.dispose();
        cost.item();
      },
      dispose: () => x.dispose(),
    };
  },

  product({ rows, columns, inner, a, b }) {
    const left = array(decode(a), [rows, inner]);
    const right = array(decode(b), [inner, columns]);
    const multiply = jit((p, q) => np.matmul(p, q));
    return {
      answer: { c: encode(multiply(left.ref, right.ref).dataSync()) },
      async run() {
        const c = multiply(left.ref, right.ref);
        await c.blockUntilReady();
        c.dispose();
      },
      dispose() {
        left.dispose();
        right.dispose();
      },
    };
  },

  step(request) {
    const { sizes, batch, learningRate, momentum, weight, verifiedSteps } = request;
    const start = splitParameters(decode(request.parameters), sizes);
    let parameters = start.map(({ data, shape }) => array(data, shape));
    let velocity = start.map(({ shape }) => np.zeros(shape));
    const cost = ([w1, b1, w2, b2, w3, b3], x, y) => {
      const h = nn.relu(np.matmul(x, w1).add(b1));
      const h2 = nn.relu(np.matmul(h.ref, w2).add(b2));
      const z = np.matmul(h2, w3).add(b3);
      const entropy = np.sum(nn.logSoftmax(z).mul(y)).mul(-1 / batch);
      return entropy.add(penalties.decov(h).mul(weight));
    };
    const costAndGradients = valueAndGrad(cost);
    const update = jit((p, v, x, y) => {
      const [value, gradients] = costAndGradients(
        p.map((array) => array.ref),
        x,
        y,
      );
      const nextV = v.map((array, i) => array.mul(momentum).add(gradients[i]));
      const nextP = p.map((array, i) => array.sub(nextV[i].ref.mul(learningRate)));
      return [value, nextP, nextV];
    });
    const pool = readBatches(request).map(({ x, y }) => [array(x, [batch, sizes[0]]), array(y, [batch, 10])]);
    let next = 0;
    const step = () => {
      const [x, y] = pool[next++ % pool.length];
      let value;
      [value, parameters, velocity] = update(parameters, velocity, x.ref, y.ref);
      return value.item();
    };
    const losses = Array.from({ length: verifiedSteps }, step);
    return {
      answer: { losses },
      run: step,
      dispose() {
        for (const used of [...parameters, ...velocity, ...pool.flat()]) used.dispose();
      },
    };
  },
});
