/** Value and gradient of the penalties. */
import { createReferenceKernel } from 'covgrad/kernel';
import { contest, judgeGradient } from './contest.mjs';
import { encode } from './peers/serve.mjs';

/** One row for each penalty and shape: `{task, shape, results}`. */
export async function benchPenalties(subjects, { penalties, shapes, ...pace }, progress) {
  const reference = createReferenceKernel();
  const rows = [];
  for (const id of penalties) {
    for (const { units, samples } of shapes) {
      progress(`${id} ${units}x${samples}`);
      const x = activations(samples, units);
      const request = { id, samples, units, x: encode(x) };
      const expected = reference.penalty(id, x, { samples, units });
      const results = await contest(subjects, { task: 'penalty', ...request }, judgeGradient(expected), pace);
      if (id === 'mean') {
        const judge = judgeGradient({ value: 0, gradient: x });
        const ours = { own: subjects.own.slice(0, 1), peers: [] };
        const copied = await contest(
          ours,
          { task: 'copy', ...request },
          ({ gradient }) => judge({ value: 0, gradient }, true),
          pace,
        );
        results.copy = Object.values(copied)[0];
      }
      rows.push({ task: id, shape: `${units}x${samples}`, results });
    }
  }
  return rows;
}

/**
 * Rectified waves, correlated and with zeros, the same in every run. Every third unit is negated: the covariances have
 * both signs and none of them is near 0, where float32 would leave its sign to the order of a sum.
 */
export function activations(samples, units) {
  return Float32Array.from({ length: samples * units }, (_, i) => {
    const wave = Math.max(0, Math.sin(i * 0.7) + Math.cos(i * i * 0.013));
    return (i % units) % 3 === 0 ? -wave : wave;
  });
}
