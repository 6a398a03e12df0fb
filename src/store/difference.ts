/** What would make the rest of a run incomparable with its beginning. */
import type { Manifest } from './record.ts';

/** The differences between two manifests that matter for the trials' numbers, one line each: `key: before -> now`. */
export function manifestDifferences(before: Manifest, now: Manifest): string[] {
  const found = differences(essence(before), essence(now), '');
  if (found.length > 0) return found;
  const ids = ({ trials }: Manifest): string => trials.map(({ id }) => id).join();
  if (ids(before) === ids(now)) return [];
  return [`plan: as planned by covgrad ${before.covgrad} -> as planned by covgrad ${now.covgrad}`];
}

/** What fixes the numbers, as it looks after a trip through JSON; threads, machine and versions may change. */
function essence({ config, kernel, data, otherData = [] }: Manifest): unknown {
  return JSON.parse(JSON.stringify({ config, kernel, data, otherData }));
}

function differences(before: unknown, now: unknown, path: string): string[] {
  if (isComposite(before) && isComposite(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].flatMap((key) =>
      differences(before[key], now[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (before === now) return [];
  return [`${path}: ${show(before)} -> ${show(now)}`];
}

function isComposite(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
