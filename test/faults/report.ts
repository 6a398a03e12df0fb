/** What the fault tests share: the program that they disturb, and the way in which they say what they have found. */
import { fileURLToPath } from 'node:url';

/** A coordinator as a program of its own. */
export const COORDINATOR: string = fileURLToPath(new URL('coordinator.mjs', import.meta.url));

/** Print a figure: it is worth reading even when all is well. */
export function report(figure: string): void {
  process.stdout.write(`  faults: ${figure}\n`);
}
