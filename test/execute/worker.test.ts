import { beforeEach, expect, test, vi } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { KernelError } from '../../src/errors.ts';
import { instantiate } from '../../src/execute/kernel-source.ts';
import { trainInThread } from '../../src/execute/worker.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { runTrial } from '../../src/trial/trial.ts';
import { sampleManifest, sampleRecord } from '../store/samples.ts';

const thread = vi.hoisted(() => ({
  workerData: { kernel: { variant: 'reference' }, stopFlag: new Int32Array(new SharedArrayBuffer(4)) },
  parentPort: { postMessage: vi.fn() },
}));
vi.mock('node:worker_threads', () => thread);
vi.mock('../../src/trial/trial.ts', () => ({ runTrial: vi.fn() }));
vi.mock('../../src/execute/kernel-source.ts', () => ({ instantiate: vi.fn(() => ({})) }));

const spec = sampleManifest().trials[0] as TrialSpec;
const answer = new Int32Array(new SharedArrayBuffer(4));
const train = () => trainInThread({ key: 7, spec, dataset: {} as Dataset, answer });

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(runTrial).mockReturnValue(sampleRecord(0));
});

test('a thread keeps its kernel from trial to trial', () => {
  train();
  train();
  train();
  expect(vi.mocked(instantiate).mock.calls.length).toBeLessThanOrEqual(1);
});

test('a trap is a failed trial, and the next one gets a fresh kernel', () => {
  train();
  vi.mocked(runTrial).mockImplementationOnce(() => {
    throw new WebAssembly.RuntimeError('memory access out of bounds');
  });
  expect(train().outcome).toEqual({
    status: 'failed',
    code: 'KERNEL_TRAP',
    message: 'RuntimeError: memory access out of bounds',
  });
  vi.mocked(instantiate).mockClear();
  expect(train()).toEqual(sampleRecord(0));
  expect(instantiate).toHaveBeenCalledOnce();
});

test('an error keeps its code and message on the way out of the thread', () => {
  vi.mocked(runTrial).mockImplementationOnce(() => {
    throw new KernelError('KERNEL_OUT_OF_MEMORY', 'kernel: no memory.');
  });
  const { outcome, id, epochs } = train();
  expect(outcome).toEqual({ status: 'failed', code: 'KERNEL_OUT_OF_MEMORY', message: 'kernel: no memory.' });
  expect([id, epochs]).toEqual([spec.id, []]);
});

test('progress carries the trial it belongs to, and reports that come too fast are left out', () => {
  const progress = {
    epoch: 1,
    epochs: 1,
    step: 1,
    steps: 9,
    loss: 1,
    quality: { name: 'accuracy', value: 0.5 },
  };
  vi.mocked(runTrial).mockImplementationOnce((_kernel, _spec, _dataset, hooks) => {
    for (let step = 1; step < 9; step += 1) hooks?.onProgress?.({ ...progress, step });
    return sampleRecord(0);
  });
  train();
  expect(thread.parentPort.postMessage.mock.calls).toEqual([[{ key: 7, progress }]]);
});

test('the stop flag reaches the trial', () => {
  const seen: (boolean | undefined)[] = [];
  vi.mocked(runTrial).mockImplementationOnce((_kernel, _spec, _dataset, hooks) => {
    seen.push(hooks?.shouldStop?.());
    Atomics.store(thread.workerData.stopFlag, 0, 1);
    seen.push(hooks?.shouldStop?.());
    return sampleRecord(0);
  });
  train();
  expect(seen).toEqual([false, true]);
});
