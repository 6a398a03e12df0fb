/**
 * Loads modules one after another where a process may open few files. Node opens all imports of a module at once, and
 * those of their imports, which takes about 100 files for a sweep.
 */
import { existsSync, readFileSync } from 'node:fs';

/** Node opens fewer files than this, however many modules there are. */
const ENOUGH_FILES = 512;
/** The modules that a compiled file names: those it imports, and those beside it that it imports when needed. */
const IMPORTED =
  /(?:^|[;}\n])\s*(?:import|export)\b[^'"`;()]*?['"]([^'"\n]+)['"]|\bimport\(\s*['"](\.[^'"\n]+)['"]\s*\)/g;

const CODE = /\.[cm]?js$/;

/** Load a module by `load`; where few files may be open, first all that `entry` needs, none before those it imports. */
export async function loadWithin<Module>(entry: URL, load: () => Promise<Module>): Promise<Module> {
  if (mostOpenFiles() < ENOUGH_FILES) await loadImports(entry, new Set([entry.href]));
  return load();
}

/** How many files this process may open, as far as the system tells. */
function mostOpenFiles(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  const limits = existsSync('/proc/self/limits') ? readFileSync('/proc/self/limits', 'utf8') : '';
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return Number(soft ?? Number.POSITIVE_INFINITY);
}

async function loadImports(module: URL, seen: Set<string>): Promise<void> {
  for (const [, imported, later] of readFileSync(module, 'utf8').matchAll(IMPORTED)) {
    const found = locate(imported ?? later ?? '', module);
    if (found === undefined || seen.has(found.href)) continue;
    seen.add(found.href);
    await loadImports(found, seen);
    // What cannot be loaded may not be needed; whoever needs it says so.
    await import(found.href).catch(() => {});
  }
}

/** The file of an import; undefined for what Node has built in, and for what is missing: its importer will say so. */
function locate(name: string, importer: URL): URL | undefined {
  try {
    const found = new URL(name.startsWith('.') ? new URL(name, importer) : import.meta.resolve(name));
    return found.protocol === 'file:' && CODE.test(found.pathname) && existsSync(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
