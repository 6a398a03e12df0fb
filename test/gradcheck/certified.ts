/** The certificate of every penalty on some builds of the kernel, and what it must say. */
import { expect } from 'vitest';
import { type Certificate, certify } from '../../src/gradcheck/certificate.ts';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { type CompiledKernel, instantiateKernel } from '../../src/kernel/instantiate.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';

type Penalty = (typeof PENALTIES)[number] | (typeof CROSS_PENALTIES)[number];

export const ALL: readonly Penalty[] = [...PENALTIES, ...CROSS_PENALTIES];

/** The first of each family. */
export const ONE_OF_EACH_FAMILY: readonly Penalty[] = [
  ...new Map(PENALTIES.toReversed().map((penalty) => [penalty.family, penalty])).values(),
  ...CROSS_PENALTIES.slice(0, 1),
];

/** Of the reference and the builds. */
export function certifyBuilds(
  builds: readonly CompiledKernel[],
  penalties: readonly Penalty[] = ALL,
): Certificate {
  const reference = createReferenceKernel();
  const kernels = builds.map((build) => ({ kernel: instantiateKernel(build), sha256: build.sha256 }));
  return certify(penalties, [{ kernel: reference, sha256: null }, ...kernels], reference);
}

/** Every one of the penalties passes on every kernel, shape and kind of input. */
export function expectToPass(
  { cases, adjoints, kernels, passed }: Certificate,
  penalties: readonly Penalty[] = ALL,
): void {
  expect(cases.filter((each) => !each.passed)).toEqual([]);
  expect(adjoints.filter((each) => !each.passed)).toEqual([]);
  expect(passed).toBe(true);
  const inputs = new Set(cases.map(({ kind, samples, units }) => `${kind} ${samples} ${units}`));
  expect(inputs.size).toBeGreaterThan(10);
  expect(cases).toHaveLength(penalties.length * kernels.length * inputs.size);
  expect(adjoints).toHaveLength(kernels.length * inputs.size * 2);
}
