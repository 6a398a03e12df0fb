/** An executor without threads: trials on the calling thread, all with the same times, so that comparisons can be compared. */
import { setImmediate } from 'node:timers/promises';
import type { Executor } from '../../src/execute/executor.ts';
import { instantiate } from '../../src/execute/kernel-source.ts';
import type { ThreadPoolOptions } from '../../src/execute/pool.ts';
import { runTrial } from '../../src/trial/trial.ts';

export function inProcess({ threads, kernel, dataset }: ThreadPoolOptions): Executor {
  let stopped = false;
  const instance = instantiate(kernel);
  return {
    concurrency: threads,
    async run(spec, { onProgress, onEpoch }) {
      await setImmediate();
      const data = typeof dataset === 'function' ? dataset(spec) : dataset;
      const record = runTrial(instance, spec, data, {
        onProgress,
        shouldStop: () => stopped,
        onEpoch(epoch) {
          const answer = onEpoch(epoch);
          // Here trials run one after another, so all earlier ones have ended.
          if (answer instanceof Promise) throw new Error('a trial must never wait for a later one');
          return answer;
        },
      });
      return { ...record, timing: { startedAt: '2025-01-01T00:00:00.000Z', seconds: 1, trainSeconds: 1 } };
    },
    stop() {
      stopped = true;
    },
    async close() {},
  };
}
