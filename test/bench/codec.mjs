/**
 * Memory and time of reading an array of one gibibyte, in every format and beside numpy where Python has it:
 * `node test/bench/codec.mjs [folder] [MiB]` after a build. It writes the files into the folder (a temporary one by default;
 * five times the size are needed), reads each once to warm the disk's cache, and then in a process of its own, of which the
 * largest resident set is reported as a multiple of the target.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openArray } from '../../dist/codec/arrays/array-file.js';
import { readTensor } from '../../dist/codec/arrays/tensor.js';

const MEBIBYTE = 2 ** 20;
const [folder, size = '1024', measured, as] = process.argv.slice(2);

const MAKE = `
import gzip, json, os, struct, sys, zipfile
import numpy as np
folder, mib = sys.argv[1], int(sys.argv[2])
os.chdir(folder)
rows, columns = mib * 1024, 256
values = np.random.default_rng(1).integers(0, 256, rows * columns, dtype=np.uint8).astype(np.float32).reshape(rows, columns)
np.save("plain.npy", values)
np.save("fortran.npy", np.asfortranarray(values))
np.save("big.npy", values.astype(">f4"))
np.savez("stored.npz", x=values)
with zipfile.ZipFile("deflated.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    with archive.open("x.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array(member, values)
header = json.dumps({"x": {"dtype": "F32", "shape": [rows, columns], "data_offsets": [0, values.nbytes]}}).encode()
with open("x.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header)
    values.tofile(file)
pixels = (np.arange(mib * 2**20, dtype=np.uint32) >> np.uint32(3)).astype(np.uint8).reshape(-1, 32, 32)
with gzip.open("images.idx.gz", "wb", compresslevel=1) as file:
    file.write(struct.pack(">HBB3I", 0, 8, 3, *pixels.shape))
    file.write(pixels.data)
`;
const NUMPY = `
import json, resource, sys, time
import numpy as np
reference, kind = sys.argv[1], sys.argv[2]
path, _, key = reference.partition("#")
begin = time.perf_counter()
if path.endswith(".gz"):
    import gzip
    with gzip.open(path) as file:
        values = np.frombuffer(file.read(), dtype=np.uint8, offset=16)
elif path.endswith(".safetensors"):
    values = np.fromfile(path, dtype="<f4", offset=8 + int(np.fromfile(path, dtype="<u8", count=1)[0]))
else:
    values = np.load(path)
    values = np.ascontiguousarray(values[key] if key else values, dtype=np.float32)
finite = bool(np.isfinite(values).all()) if kind != "bytes" else True
seconds = time.perf_counter() - begin
print(json.dumps({"seconds": seconds, "largest": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "bytes": values.nbytes}))
`;
const SUBJECTS = [
  ['plain.npy', 'f32'],
  ['big.npy', 'f32'],
  ['fortran.npy', 'f32'],
  ['stored.npz#x', 'f32'],
  ['deflated.npz#x', 'f32'],
  ['x.safetensors', 'f32'],
  ['images.idx.gz', 'bytes'],
];

async function measure() {
  const begin = performance.now();
  const { data } = await readTensor(await openArray(measured), as);
  const seconds = (performance.now() - begin) / 1000;
  const largest = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ seconds, largest, bytes: data.byteLength }));
}

/** The report of a process that reads one file. */
function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function compare(place) {
  const python = process.env.PYTHON ?? 'python3';
  execFileSync(python, ['-c', MAKE, place, size], { stdio: 'inherit' });
  const self = fileURLToPath(import.meta.url);
  console.log('file              peak of it   seconds    numpy: peak   seconds');
  for (const [name, kind] of SUBJECTS) {
    const file = join(place, name);
    const ours = () => run(process.execPath, [self, place, size, file, kind]);
    const theirs = () => run(python, ['-c', NUMPY, file, kind]);
    ours();
    const [a, b] = [ours(), theirs()];
    const cells = [a, b].map(
      ({ largest, bytes, seconds }) =>
        `${(largest / bytes).toFixed(2).padStart(8)} x ${seconds.toFixed(2).padStart(10)}`,
    );
    console.log(`${name.padEnd(16)} ${cells.join('    ')}`);
  }
}

if (measured !== undefined) await measure();
else {
  const place = folder ?? mkdtempSync(join(tmpdir(), 'covgrad-codec-'));
  try {
    console.log(
      `${size} MiB; ${Math.round(process.memoryUsage.rss() / MEBIBYTE)} MiB of a process are Node's own`,
    );
    compare(place);
  } finally {
    if (folder === undefined) rmSync(place, { recursive: true });
  }
}
