/** Square matrix products, and the speed of the micro-kernel alone, which is the limit of all of them. */
import { contest, relativeError } from './contest.mjs';
import { decode, encode } from './peers/serve.mjs';
import { activations } from './penalties.mjs';

const ORDERS = [128, 256, 512, 1024];
/** Entries of each result that are verified. */
const VERIFIED = 2000;

/**
 * Corners of a rectangle of shapes, one pass of the inner loop deep. Packing costs a product as much for each row and
 * for each column; in the alternating sum of the four times it cancels, and the micro-kernel's own work remains.
 */
const PEAK = { rows: [128, 512], columns: [64, 512], inner: 256 };

/** One row for each order: `{task, shape, results, operations}`. */
export async function benchProducts(subjects, pace, progress) {
  const rows = [];
  for (const order of ORDERS) {
    progress(`product ${order}`);
    const results = await multiply(subjects, order, order, order, pace);
    rows.push({ task: 'product', shape: `${order}³`, operations: 2 * order ** 3, results });
  }
  return rows;
}

/** Operations a second of the micro-kernel, by the id of the side; at least those of the fastest product. */
export async function benchPeak({ own }, products, pace, progress) {
  const corners = [];
  for (const [i, rows] of PEAK.rows.entries()) {
    for (const [j, columns] of PEAK.columns.entries()) {
      progress(`peak ${rows}x${columns}`);
      const results = await multiply({ own, peers: [] }, rows, columns, PEAK.inner, pace);
      corners.push({ sign: i === j ? 1 : -1, results });
    }
  }
  const area = (PEAK.rows[1] - PEAK.rows[0]) * (PEAK.columns[1] - PEAK.columns[0]);
  return Object.fromEntries(
    own.map(({ id }) => {
      const microseconds = corners.reduce((sum, { sign, results }) => sum + sign * results[id].bestUs, 0);
      const alone = (2 * area * PEAK.inner) / (microseconds * 1e-6);
      const fastest = products.map(({ operations, results }) => operations / (results[id].bestUs * 1e-6));
      return [id, Math.max(alone, ...fastest)];
    }),
  );
}

function multiply(subjects, rows, columns, inner, pace) {
  const [a, b] = [activations(rows, inner), activations(inner, columns)];
  const request = { task: 'product', rows, columns, inner, a: encode(a), b: encode(b) };
  const places = Array.from({ length: VERIFIED }, (_, i) => (i * 7919) % (rows * columns));
  const expected = places.map((place) => {
    const [i, j] = [Math.trunc(place / columns), place % columns];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[i * inner + k] * b[k * columns + j];
    return sum;
  });
  const judge = ({ c }) => {
    const values = decode(c);
    return relativeError(
      places.map((place) => values[place]),
      expected,
    );
  };
  return contest(subjects, request, judge, pace);
}
