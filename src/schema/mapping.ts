/** Values that a YAML file makes of `key: value` lines. */

/** Whether a value is a mapping (and not a list or nothing). */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
