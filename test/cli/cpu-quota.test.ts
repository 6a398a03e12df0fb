/** The quota of processors, from the files of control groups as systems and containers have them. */
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { cpuQuota, usableProcessors } from '../../src/cli/cpu-quota.ts';

const ROOT = '/sys/fs/cgroup';
const reader = (files: Readonly<Record<string, string>>) => (path: string) => files[path];
const v1 = (folder: string, quota: number, period = 100_000): Record<string, string> => ({
  [`${folder}/cpu.cfs_quota_us`]: `${quota}\n`,
  [`${folder}/cpu.cfs_period_us`]: `${period}\n`,
});

const V1_GROUPS =
  '12:pids:/docker/ab\n4:cpu,cpuacct:/docker/ab\n3:cpuset:/docker/ab\n1:name=systemd:/docker/ab\n';

describe('the quota', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['there is none without control groups', {}, undefined],
    [
      'version 2, in a container of its own namespace',
      { '/proc/self/cgroup': '0::/\n', [`${ROOT}/cpu.max`]: '150000 100000\n' },
      1.5,
    ],
    [
      'version 2, without a limit',
      { '/proc/self/cgroup': '0::/\n', [`${ROOT}/cpu.max`]: 'max 100000\n' },
      undefined,
    ],
    [
      'version 2, the tightest of the groups above',
      {
        '/proc/self/cgroup': '0::/user.slice/user-1000.slice/run.scope\n',
        [`${ROOT}/user.slice/cpu.max`]: '200000 100000\n',
        [`${ROOT}/user.slice/user-1000.slice/cpu.max`]: 'max 100000\n',
        [`${ROOT}/user.slice/user-1000.slice/run.scope/cpu.max`]: '400000 100000\n',
      },
      2,
    ],
    [
      'version 1, mounted under the names of its controllers',
      { '/proc/self/cgroup': V1_GROUPS, ...v1(`${ROOT}/cpu,cpuacct/docker/ab`, 50_000) },
      0.5,
    ],
    [
      'version 1, in a container whose group is mounted as the root',
      { '/proc/self/cgroup': V1_GROUPS, ...v1(`${ROOT}/cpu`, 300_000) },
      3,
    ],
    ['version 1, without a limit', { '/proc/self/cgroup': V1_GROUPS, ...v1(`${ROOT}/cpu`, -1) }, undefined],
    [
      'both versions at once, of which 1 has the processors',
      { '/proc/self/cgroup': `${V1_GROUPS}0::/init.scope\n`, ...v1(`${ROOT}/cpu`, 100_000, 50_000) },
      2,
    ],
    [
      'files that hold something else are no limit',
      { '/proc/self/cgroup': 'nonsense\n0::/\n', [`${ROOT}/cpu.max`]: 'lots\n' },
      undefined,
    ],
    [
      'a controller whose name only contains cpu is not looked at',
      { '/proc/self/cgroup': '3:cpuset:/\n', ...v1(`${ROOT}/cpuset`, 50_000), ...v1(`${ROOT}/cpu`, 50_000) },
      undefined,
    ],
  ])('%s', (_, files, expected) => {
    expect(cpuQuota(reader(files))).toBe(expected);
  });
});

test('a started processor counts, and there are never more than the machine has nor fewer than one', () => {
  const withQuota = (quota: string): number =>
    usableProcessors(reader({ '/proc/self/cgroup': '0::/\n', [`${ROOT}/cpu.max`]: quota }));
  expect(withQuota('10000 100000')).toBe(1);
  expect(withQuota('110000 100000')).toBe(Math.min(2, availableParallelism()));
  expect(withQuota('99999900000 100000')).toBe(availableParallelism());
  expect(usableProcessors(() => undefined)).toBe(availableParallelism());
});
