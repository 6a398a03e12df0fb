/**
 * Memory and time of loading data sets of one gibibyte by their source, with a test and a validation split and standardized
 * inputs, beside the same in numpy and pandas where Python has them: `node test/bench/sources.mjs [folder] [MiB]` after a
 * build. It writes the files into the folder (a temporary one by default; four times the size are needed), reads each once to
 * warm the disk's cache, and then in a process of its own. The largest resident set, less that of an empty process, is a
 * multiple of the memory that the inputs take.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDataset } from '../../dist/data/load.js';

const [folder, size = '1024', measured] = process.argv.slice(2);

const MAKE = `
import gzip, os, struct, sys
import numpy as np
folder, mib = sys.argv[1], int(sys.argv[2])
os.chdir(folder)
random = np.random.default_rng(1)
rows = mib * 1024
labels = random.integers(0, 10, rows, dtype=np.uint8)
np.save("labels.npy", labels)
np.save("numbers.npy", random.standard_normal((rows, 256), dtype=np.float32))
pixels = random.integers(0, 256, (rows, 1024), dtype=np.uint8)
np.save("bytes.npy", pixels)
pixels[:] = np.arange(1024, dtype=np.uint32) >> 3
with gzip.open("images.idx.gz", "wb", compresslevel=1) as file:
    file.write(struct.pack(">HBB3I", 0, 8, 3, rows, 32, 32))
    file.write(pixels.data)
with gzip.open("labels.idx.gz", "wb", compresslevel=1) as file:
    file.write(struct.pack(">HBBI", 0, 8, 1, rows))
    file.write(labels.data)
del pixels
# As a table, a third of the size as text.
rows = mib * 1024 * 4 // 3
with open("table.csv", "w") as file:
    file.write(",".join(f"x{j}" for j in range(22)) + ",y\\n")
    for first in range(0, rows, 50_000):
        block = random.standard_normal((min(50_000, rows - first), 22), dtype=np.float32)
        for row, label in zip(block, random.integers(0, 4, len(block))):
            file.write(",".join(map(str, row)) + f",{label}\\n")
`;
const PEER = `
import gzip, json, resource, sys, time
import numpy as np
path, labels = sys.argv[1], sys.argv[2]
begin = time.perf_counter()
if path.endswith(".csv"):
    import pandas
    table = pandas.read_csv(path)
    y = table.pop("y").to_numpy()
    x = table.to_numpy(dtype=np.float32)
elif path.endswith(".gz"):
    with gzip.open(path) as file:
        x = np.frombuffer(file.read(), dtype=np.uint8, offset=16).reshape(-1, 1024)
    with gzip.open(labels) as file:
        y = np.frombuffer(file.read(), dtype=np.uint8, offset=8)
else:
    x, y = np.load(path), np.load(labels)
loaded = time.perf_counter() - begin
assert x.dtype == np.uint8 or np.isfinite(x).all()
order = np.random.default_rng(0).permutation(len(x))
cut, end = int(len(x) * 0.72), int(len(x) * 0.8)
splits = [x[order[:cut]], x[order[cut:end]], x[order[end:]]]
if x.dtype != np.uint8:
    mean, deviation = splits[0].mean(axis=0, dtype=np.float64), splits[0].std(axis=0, dtype=np.float64)
    for split in splits:
        split -= mean
        split /= deviation
seconds = time.perf_counter() - begin
print(json.dumps({"seconds": seconds, "cpu": time.process_time(), "loaded": loaded, "largest": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "bytes": x.nbytes}))
`;
const SUBJECTS = {
  'numbers.npy': { source: 'npy', train: { x: 'numbers.npy', y: 'labels.npy' } },
  'bytes.npy': { source: 'npy', train: { x: 'bytes.npy', y: 'labels.npy' } },
  'images.idx.gz': { source: 'idx', train: { images: 'images.idx.gz', labels: 'labels.idx.gz' } },
  'table.csv': { source: 'csv', train: 'table.csv', target: 'y' },
};

async function measure() {
  const empty = process.memoryUsage.rss();
  const begin = performance.now();
  const shared = { test: 0.2, validation: 0.1, normalize: 'standardize' };
  const { train, validation, test } = await loadDataset(
    { ...SUBJECTS[measured], ...shared },
    { base: folder },
  );
  const seconds = (performance.now() - begin) / 1000;
  const largest = process.resourceUsage().maxRSS * 1024 - empty;
  const bytes = [train, validation, test].reduce((sum, { values }) => sum + values.byteLength, 0);
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, largest, bytes }));
}

/** The report of a process that reads one file. */
function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function shown({ largest, bytes, seconds, cpu }) {
  return `${(largest / bytes).toFixed(2).padStart(7)} x ${seconds.toFixed(2).padStart(8)} ${cpu.toFixed(2).padStart(8)}`;
}

function compare(place) {
  const python = process.env.PYTHON ?? 'python3';
  execFileSync(python, ['-c', MAKE, place, size], { stdio: 'inherit' });
  const self = fileURLToPath(import.meta.url);
  console.log('file              peak   seconds  processor    numpy: peak   seconds processor    reading');
  for (const name of Object.keys(SUBJECTS)) {
    const ours = () => run(process.execPath, [self, place, size, name]);
    ours();
    const labels = join(place, name.endsWith('.gz') ? 'labels.idx.gz' : 'labels.npy');
    const cells = [shown(ours())];
    try {
      const theirs = run(python, ['-c', PEER, join(place, name), labels]);
      cells.push(`${shown(theirs)} ${theirs.loaded.toFixed(2).padStart(12)}`);
    } catch (error) {
      cells.push(String(error.message).trim().split('\n').at(-1));
    }
    console.log(`${name.padEnd(14)} ${cells.join('    ')}`);
  }
}

if (measured !== undefined) await measure();
else {
  const place = folder ?? mkdtempSync(join(tmpdir(), 'covgrad-sources-'));
  try {
    compare(place);
  } finally {
    if (folder === undefined) rmSync(place, { recursive: true });
  }
}
