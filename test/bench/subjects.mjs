/** The sides of the benchmark, covgrad's builds and the peers, each in a process of its own that computes on one thread. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
const INSTALL_TORCH =
  'pip install torch numpy (or apt install python3-torch), and set PYTHON to the Python that has it';
/** In one command: a second one would take away what the first one has brought. */
const INSTALL_PACKAGES = 'npm i --no-save @jax-js/jax @tensorflow/tfjs @tensorflow/tfjs-backend-wasm';

const VARIANTS = ['fma', 'simd'];

/**
 * Ours on each Node, the fastest build first: the others are compared with the first that runs. The ids say the Node where
 * it is not this one.
 */
function ownOn({ path, version }) {
  const here = path === process.execPath;
  return VARIANTS.map((variant) => ({
    id: here ? variant : `${variant}-${version}`,
    title: here ? variant : `${variant} on ${version.split('.')[0]}`,
    variant,
    path,
    command: () => [path, peerScript('covgrad.mjs'), variant],
    install: 'a host whose WebAssembly fuses multiply and add',
  }));
}

/**
 * glibc gives large blocks back and takes their pages anew in each run, or not, depending on what a process has done
 * before: kept, the order of the shapes does not matter, and PyTorch is as fast as it can be.
 */
const KEPT_MEMORY = { MALLOC_MMAP_THRESHOLD_: String(2 ** 28), MALLOC_TRIM_THRESHOLD_: String(2 ** 30) };

export const PEERS = [
  { id: 'pytorch', title: 'PyTorch', command: () => python('autograd'), install: INSTALL_TORCH },
  { id: 'pytorch-by-hand', title: 'by hand', command: () => python('by-hand'), install: INSTALL_TORCH },
  {
    id: 'jax-js',
    title: 'jax-js',
    command: () => node('jax.mjs'),
    install: INSTALL_PACKAGES,
  },
  {
    id: 'tfjs',
    title: 'TF.js',
    command: () => node('tensorflow.mjs'),
    install: INSTALL_PACKAGES,
  },
];

/** Starts ours on each Node and the peers that are asked for: `{own, peers, missing}`. */
export async function startSubjects(nodes, peerIds) {
  const asked = [...nodes.flatMap(ownOn), ...PEERS.filter(({ id }) => peerIds.includes(id))];
  const started = await Promise.all(asked.map(start));
  const present = started.filter(({ missing }) => missing === undefined);
  const isOwn = ({ variant }) => variant !== undefined;
  return {
    own: present.filter(isOwn),
    peers: present.filter((subject) => !isOwn(subject)),
    missing: started.filter(({ missing }) => missing !== undefined),
  };
}

/** A Python that has PyTorch, or undefined: $PYTHON, the one on the path, the system's. */
export function findTorch() {
  const candidates = [process.env.PYTHON, 'python3', '/usr/bin/python3'];
  return candidates.find(
    (candidate) => candidate && spawnSync(candidate, ['-c', 'import torch']).status === 0,
  );
}

/** The path of one of the scripts of the measured sides. */
export function peerScript(name) {
  return fileURLToPath(new URL(`peers/${name}`, import.meta.url));
}

export const ONE_THREAD_ENVIRONMENT = { ...process.env, ...ONE_THREAD };

function node(script, ...args) {
  return [process.execPath, peerScript(script), ...args];
}

let torch;
function python(mode) {
  torch ??= { path: findTorch() };
  return torch.path && [torch.path, peerScript('pytorch.py'), mode];
}

async function start({ command, ...subject }) {
  const { id } = subject;
  const [program, ...args] = command() ?? [];
  if (program === undefined) return { ...subject, missing: 'not found' };
  const child = spawn(program, args, { env: { ...ONE_THREAD_ENVIRONMENT, ...KEPT_MEMORY } });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint = (complaint + chunk).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${id} ended: ${complaint.trim() || 'no message'}`);
    const reply = JSON.parse(value);
    if (reply.error !== undefined) throw new Error(`${id}: ${reply.error}`);
    return reply;
  };
  const { version, missing } = await answer().catch((error) => ({ missing: error.message }));
  return {
    ...subject,
    version,
    ...(missing === undefined ? {} : { missing }),
    /** One request, one answer. */
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer();
    },
    stop: () => child.stdin.end(),
  };
}
