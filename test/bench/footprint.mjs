/** Wall time, processor time and memory of a command and of the processes that it starts, seen from outside. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const INTERVAL_MS = 100;
/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/**
 * Runs a command: `{seconds, processorSeconds, residentMb, proportionalMb, output}`. Memory is the largest sum over the
 * processes at one time; in the resident sum shared pages count once for each process, in the proportional one once in
 * all. Only the wall time is there on hosts without Linux's /proc.
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
    const now = useOfTree(child.pid);
    if (now === undefined) return;
    peak ??= { ...now };
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

function useOfTree(root) {
  const stats = new Map();
  for (const name of entriesOf('/proc')) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    // The name of the program, in brackets, may hold anything.
    if (stat !== undefined) stats.set(Number(name), stat.slice(stat.lastIndexOf(')') + 2).split(' '));
  }
  const sum = { processorSeconds: 0, residentMb: 0, proportionalMb: 0 };
  for (const [id, stat] of stats) {
    const rollup = descends(id, root, stats) ? read(`/proc/${id}/smaps_rollup`) : undefined;
    if (rollup === undefined) continue;
    // utime, stime and those of the children that have ended: fields 14 to 17 of all.
    const ticks = stat.slice(11, 15).reduce((total, field) => total + Number(field), 0);
    sum.processorSeconds += ticks / TICKS_PER_SECOND;
    sum.residentMb += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
    sum.proportionalMb += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
  }
  return sum.residentMb > 0 ? sum : undefined;
}

function descends(id, root, stats) {
  for (let at = id; at > 0; at = Number(stats.get(at)?.[1])) if (at === root) return true;
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
