/**
 * The file that a worker thread starts with. It is CommonJS because ending a thread while it loads an ES module can abort
 * the whole process, and it loads the real one with the first trial because a failure there is then the trial's.
 */
const { pathToFileURL } = require('node:url') as typeof import('node:url');

/** The module of every trial, loaded by the first. */
let worker: Promise<typeof import('./worker.ts')> | undefined;

module.exports = async (task: never): Promise<unknown> => {
  worker ??= load();
  return (await worker).trainInThread(task);
};

async function load(): Promise<typeof import('./worker.ts')> {
  const { loadWithin } = await import('../serial-loading.ts');
  return loadWithin(new URL('./worker.js', pathToFileURL(__filename)), () => import('./worker.ts'));
}
