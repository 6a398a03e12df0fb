/** Shares the sections that points of one sweep have in common, and their JSON: most points differ in one or two. */

/** A section is kept until so many further ones have come; a drawn one never comes again. */
const MOST_KEPT = 256;

/**
 * Sections of the experiments of one sweep.
 *
 * A checked section must follow from its own input alone, as it does where a schema fills in the defaults of a section by
 * itself: then the same input gives the same section.
 */
export class Sections {
  /** The checked section of each input. */
  #checked = new Map<unknown, unknown>();
  #json = new Map<unknown, string>();

  /** The checked experiment with every section that an earlier one had from the same input in the place of its own. */
  share<Experiment extends object>(input: unknown, checked: Experiment): Experiment {
    return Object.fromEntries(
      Object.entries(checked).map(([key, section]) => {
        const given = (input as Record<string, unknown>)[key];
        return [key, isObject(given) ? this.#first(given, section) : section];
      }),
    ) as Experiment;
  }

  /** JSON of an experiment with the keys of every mapping in alphabetical order. */
  jsonOf(experiment: object): string {
    const parts = Object.entries(experiment)
      .filter(([, section]) => section !== undefined)
      .sort(byKey)
      .map(([key, section]) => `${JSON.stringify(key)}:${this.#sectionJson(section)}`);
    return `{${parts.join(',')}}`;
  }

  #first(input: object, section: unknown): unknown {
    const known = this.#checked.get(input);
    if (known !== undefined) return known;
    if (this.#checked.size >= MOST_KEPT) this.#checked.clear();
    this.#checked.set(input, section);
    return section;
  }

  #sectionJson(section: unknown): string {
    const known = this.#json.get(section);
    if (known !== undefined) return known;
    const json = sortedJson(section);
    if (this.#json.size >= MOST_KEPT) this.#json.clear();
    this.#json.set(section, json);
    return json;
  }
}

/** JSON with the keys of every mapping in alphabetical order, so that their order is irrelevant. */
export function sortedJson(value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  if (!isObject(value)) return JSON.stringify(value);
  // Strings are put together by hand: an array of parts for each mapping takes longer than all the rest.
  let json = '';
  if (Array.isArray(value)) {
    for (const entry of value) json += `${json === '' ? '' : ','}${sortedJson(entry ?? null)}`;
    return `[${json}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined) json += `${json === '' ? '' : ','}${JSON.stringify(key)}:${sortedJson(inner)}`;
  }
  return `{${json}}`;
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
