/** How many processors a container lets this process use: Node counts those of the machine, whatever share of them is granted. */

import { availableParallelism } from 'node:os';
import { smallestOf } from '../extremes.ts';

/** Reads a file, or undefined where there is none that can be read. */
export type ReadText = (path: string) => string | undefined;

const ROOT = '/sys/fs/cgroup';

/**
 * Processors that the control groups of this process grant it, as a fraction; undefined where there is no limit.
 *
 * Both versions are looked at, and every group above the own one, since each may set a limit. In a container the own group
 * is often mounted as the root, so that its path from outside leads nowhere.
 */
export function cpuQuota(read: ReadText): number | undefined {
  const quotas: number[] = [];
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    // hierarchy : controllers : path, the controllers empty in version 2.
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    if (controllers !== '' && !controllers.split(',').includes('cpu')) continue;
    for (const group of withAncestors(path)) {
      if (controllers === '') {
        quotas.push(readQuota(read(`${ROOT}${group}/cpu.max`)));
      } else {
        for (const mount of new Set([controllers, 'cpu'])) {
          const folder = `${ROOT}/${mount}${group}`;
          quotas.push(
            readQuota(`${read(`${folder}/cpu.cfs_quota_us`)} ${read(`${folder}/cpu.cfs_period_us`)}`),
          );
        }
      }
    }
  }
  const smallest = smallestOf(quotas);
  return Number.isFinite(smallest) ? smallest : undefined;
}

/** Trials that this process can train at the same time: a started processor counts. */
export function usableProcessors(read: ReadText): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(cpuQuota(read) ?? Number.POSITIVE_INFINITY)));
}

/** A group and all above it, the root (an empty path) among them. */
function withAncestors(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return [...names.keys(), names.length].map((count) =>
    names
      .slice(0, count)
      .map((name) => `/${name}`)
      .join(''),
  );
}

/** `<quota> <period>` in microseconds; `max` and −1 stand for no limit. */
function readQuota(text: string | undefined): number {
  const [, quota, period] = /^(\d+)\s+(\d+)\s*$/.exec((text ?? '').replaceAll(/\s+/g, ' ').trim()) ?? [];
  const share = Number(quota) / Number(period);
  return share > 0 ? share : Number.POSITIVE_INFINITY;
}
