/** Limits that can never act, or act at once: a note says so. */
import { expect, test } from 'vitest';
import { loadSweepConfig } from '../../src/config/load.ts';
import { sweepFile } from './sweep-file.ts';
import { writeTemporary } from './temporary-file.ts';

/** What is said about a sweep of two points with these lines in its section, and trials of `epochs`. */
async function notesOn(
  lines: string,
  epochs = 2,
  more: Parameters<typeof sweepFile>[0] = {},
): Promise<string> {
  const training = `  training: {epochs: ${epochs}, optimizer: {type: sgd, learning_rate: 0.1}}`;
  const file = await writeTemporary(sweepFile({ seeds: `  ${lines}`, training, ...more }));
  const { notes } = await loadSweepConfig(file);
  return notes.map((note) => note.replace(/^\S+ /, '')).join('\n');
}

test.each([
  [
    'early_terminate: {type: hyperband, max_iter: 27, s: 2, eta: 3}',
    'sweep.early_terminate: ends no trial, since these have 2 epochs and max_iter 27 judges after 3 and 9. Write min_iter: 1 in place of max_iter and s.',
  ],
  [
    'early_terminate: {type: hyperband, min_iter: 3}',
    'sweep.early_terminate: ends no trial, since these have 2 epochs and min_iter is 3. Write a smaller min_iter.',
  ],
  [
    'early_terminate: {type: asha, max_iter: 9}',
    'sweep.early_terminate: trials are judged after 1 alone, since these have 2 epochs and max_iter is 9. Write max_iter: 2.',
  ],
  [
    'early_terminate: {type: median}',
    'sweep.early_terminate: ends no trial, since one is compared with at most 2 others of its seed and min_trials is 5. Write a smaller min_trials.',
  ],
  [
    'metric: {name: test.accuracy, target: 95}',
    'sweep.metric.target: is never reached, since test.accuracy is from 0 to 1 and the target is 95. Write 0.95 for 95 %.',
  ],
  [
    'metric: {name: test.loss, target: -1}',
    'sweep.metric.target: is never reached, since test.loss is at least 0 and the target is -1.',
  ],
  [
    'metric: {name: mean-abs-correlation, target: 1}',
    'sweep.metric.target: is reached by the first point whatever it is, since mean-abs-correlation is from 0 to 1 and the target is 1.',
  ],
  ['run_cap: 100', 'sweep.run_cap: leaves nothing out, since the grid has 2 points and run_cap is 100.'],
  ['sampler_seed: 3', 'sweep.sampler_seed: means nothing here, since a grid draws nothing.'],
])('%s', async (lines, note) => {
  expect(await notesOn(lines)).toBe(note);
});

test('a batch of more samples than there are makes every epoch one step', async () => {
  const data = '  data: {source: synthetic, train_samples: 100}';
  expect(await notesOn('seeds: 1', 2, { data })).toBe(
    'experiment.training.batch_size: is more than the 100 training samples, so every epoch is one step with all of them.',
  );
});

test.each([
  ['early_terminate: {type: hyperband, max_iter: 27, s: 2, eta: 3}', 27],
  ['early_terminate: {type: hyperband, min_iter: 1}', 2],
  ['early_terminate: {type: asha, max_iter: 9}', 9],
  ['early_terminate: {type: median, min_trials: 2}', 2],
  ['metric: {name: test.accuracy, target: 0.95}', 2],
  ['metric: {name: test.accuracy, target: 1}', 2],
  ['run_cap: 2', 2],
])('nothing is said of a limit that acts: %s with %d epochs', async (lines, epochs) => {
  expect(await notesOn(lines, epochs)).toBe('');
});
