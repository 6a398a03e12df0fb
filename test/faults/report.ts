/** Says what a fault test has found: the figures are worth reading even when all is well. */

export function report(figure: string): void {
  process.stdout.write(`  faults: ${figure}\n`);
}
