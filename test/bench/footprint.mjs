/** Wall time and memory of a command and of the processes that it starts, seen from outside. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const INTERVAL_MS = 100;

/**
 * Runs a command: `{seconds, residentMb, proportionalMb, output}`. Memory is the largest sum over the processes at one
 * time; in the resident sum shared pages count once for each process, in the proportional one once in all. Both are
 * undefined on hosts without Linux's /proc.
 *
 * Errors: an Error with the end of what the command complained of.
 */
export async function measureCommand([program, ...args], environment) {
  const start = performance.now();
  const child = spawn(program, args, { env: environment });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaint = (complaint + chunk).slice(-2000);
  });
  let peak;
  const timer = setInterval(() => {
    const now = memoryOfTree(child.pid);
    if (now === undefined) return;
    peak ??= { residentMb: 0, proportionalMb: 0 };
    for (const kind in peak) peak[kind] = Math.max(peak[kind], now[kind]);
  }, INTERVAL_MS);
  try {
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (code !== 0) throw new Error(`${program} ended with code ${code}: ${complaint.trim()}`);
  } finally {
    clearInterval(timer);
  }
  return { seconds: (performance.now() - start) / 1000, ...peak, output };
}

function memoryOfTree(root) {
  const parents = new Map();
  for (const name of entriesOf('/proc')) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    if (stat === undefined) continue;
    // The name of the program, in brackets, may hold anything.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    parents.set(Number(name), Number(parent));
  }
  const sum = { residentMb: 0, proportionalMb: 0 };
  let counted = 0;
  for (const id of parents.keys()) {
    if (!descends(id, root, parents)) continue;
    const rollup = read(`/proc/${id}/smaps_rollup`);
    if (rollup === undefined) continue;
    sum.residentMb += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
    sum.proportionalMb += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
    counted++;
  }
  return counted > 0 ? sum : undefined;
}

function descends(id, root, parents) {
  for (let at = id; at !== undefined && at > 0; at = parents.get(at)) if (at === root) return true;
  return false;
}

function entriesOf(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Processes may end while they are read. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
