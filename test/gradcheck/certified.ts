/** The certificate of every penalty on some builds of the kernel, and what it must say. */
import { expect } from 'vitest';
import { type Certificate, certify } from '../../src/gradcheck/certificate.ts';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { type CompiledKernel, instantiateKernel } from '../../src/kernel/instantiate.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';

export const ALL = [...PENALTIES, ...CROSS_PENALTIES];

/** Of the reference and the builds. */
export function certifyBuilds(builds: readonly CompiledKernel[]): Certificate {
  const reference = createReferenceKernel();
  const kernels = builds.map((build) => ({ kernel: instantiateKernel(build), sha256: build.sha256 }));
  return certify(ALL, [{ kernel: reference, sha256: null }, ...kernels], reference);
}

/** Every penalty passes on every kernel, shape and kind of input. */
export function expectToPass({ cases, adjoints, kernels, passed }: Certificate): void {
  expect(cases.filter((each) => !each.passed)).toEqual([]);
  expect(adjoints.filter((each) => !each.passed)).toEqual([]);
  expect(passed).toBe(true);
  const inputs = new Set(cases.map(({ kind, samples, units }) => `${kind} ${samples} ${units}`));
  expect(inputs.size).toBeGreaterThan(10);
  expect(cases).toHaveLength(ALL.length * kernels.length * inputs.size);
  expect(adjoints).toHaveLength(kernels.length * inputs.size * 2);
}
