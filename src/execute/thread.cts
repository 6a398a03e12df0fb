/**
 * The file that a worker thread starts with. It is CommonJS because ending a thread while it loads an ES module can abort
 * the whole process, and it loads the real one with the first trial because a failure there is then the trial's.
 */
module.exports = async (task: never): Promise<unknown> => (await import('./worker.ts')).trainInThread(task);
