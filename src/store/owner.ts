/** Tells who holds a lock, and whether that process still lives. */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** A process, described so that no other one ever fits. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Clock ticks between the start of the machine and of the process; 0 where the system does not tell. */
  readonly start: number;
  /** Names one start of one machine; empty where the system does not tell. */
  readonly boot: string;
  /** Space in which the process number counts: a container has its own. Empty where the system does not tell. */
  readonly namespace: string;
  /** Different for every lock. */
  readonly token: string;
}

/** Without a sign of life for so long, an owner that cannot be asked counts as dead. */
export const LEASE_MS = 60_000;

const ownerSchema: z.ZodType<Owner> = z.object({
  host: z.string(),
  pid: z.int().min(1),
  start: z.number(),
  boot: z.string(),
  namespace: z.string(),
  token: z.string(),
});

/** This process as the owner of a new lock. */
export function thisProcess(): Owner {
  const { pid } = process;
  return { host: hostname(), pid, start: startOf(pid), ...thisMachine(), token: randomUUID() };
}

/** The owner that a lock file names, or undefined where it cannot be read. */
export function parseOwner(text: string): Owner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Whether an owner runs on this machine, so that the system can be asked about it. */
export function isHere(owner: Owner): boolean {
  const { boot, namespace } = thisMachine();
  if (owner.boot === '' && boot === '') return owner.host === hostname();
  return owner.boot === boot && owner.namespace === namespace;
}

/**
 * Whether an owner is at work, for all that can be known.
 *
 * Units: `silentMs` is the time since its last sign of life by the clock of the file system; a time in the future is
 * no sign of life either, once it is further off than clocks go wrong.
 */
export function isAlive(owner: Owner | undefined, silentMs: number): boolean {
  const heard = Math.abs(silentMs) <= LEASE_MS;
  if (owner === undefined || !isHere(owner)) return heard;
  if (!exists(owner.pid)) return false;
  // The number may have been given to a new process since.
  const start = startOf(owner.pid);
  return start === 0 ? heard : start === owner.start;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function thisMachine(): Pick<Owner, 'boot' | 'namespace'> {
  return {
    boot: ask(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), ''),
    namespace: ask(() => readlinkSync('/proc/self/ns/pid'), ''),
  };
}

function startOf(pid: number): number {
  return ask(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; start time is field 22.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  }, 0);
}

/** An answer of Linux, or what stands for the silence of other systems. */
function ask<T>(question: () => T, silence: T): T {
  try {
    return question();
  } catch {
    return silence;
  }
}
