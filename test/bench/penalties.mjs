/** Value and gradient of the penalties. */
import { createReferenceKernel } from 'covgrad/kernel';
import { contest, judgeGradient, relativeError } from './contest.mjs';
import { decode, encode } from './peers/serve.mjs';

/** One row for each shape: `{task, shape, results}`. */
export async function benchPenalty(subjects, id, { shapes, ...pace }, progress) {
  const reference = createReferenceKernel();
  const rows = [];
  for (const { units, samples } of shapes) {
    const shape = `${units}x${samples}`;
    progress(`${id} ${shape}`);
    const x = activations(samples, units);
    const request = { id, samples, units, x: encode(x) };
    const expected = reference.penalty(id, x, { samples, units });
    const results = await contest(subjects, { task: 'penalty', ...request }, judgeGradient(expected), pace);
    if (id === 'mean') results.copy = await timeCopy(subjects.own[0], request, pace);
    rows.push({ task: id, shape, results });
  }
  return rows;
}

/** What `mean` is held against: reading its input once and writing as much once. */
async function timeCopy(subject, request, pace) {
  const side = { own: [subject], peers: [] };
  const judge = ({ copied }) => relativeError(decode(copied), decode(request.x));
  const results = await contest(side, { task: 'copy', ...request }, judge, pace);
  return results[subject.id];
}

/** Below this no activation is in size: two units that are never active together would have a covariance of 0. */
const FLOOR = 0.1;

/**
 * Rectified waves, correlated, the same in every run. Every third unit is negated: the covariances have both signs, and
 * without centring none of them is near 0, where its sign is left to the order of a sum and its slope to the library.
 */
export function activations(samples, units) {
  return Float32Array.from({ length: samples * units }, (_, i) => {
    const wave = FLOOR + Math.max(0, Math.sin(i * 0.7) + Math.cos(i * i * 0.013));
    return (i % units) % 3 === 0 ? -wave : wave;
  });
}
