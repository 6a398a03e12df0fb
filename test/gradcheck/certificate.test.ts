import { beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, certify } from '../../src/gradcheck/certificate.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { instantiateKernel } from '../../src/kernel/instantiate.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { renderCertificate } from '../../src/render/certificate.ts';
import { compiledKernels } from '../kernels.ts';

const reference = createReferenceKernel();
let certificate: Certificate;
beforeAll(async () => {
  const builds = (await compiledKernels()).map((build) => ({
    kernel: instantiateKernel(build),
    sha256: build.sha256,
  }));
  certificate = certify(PENALTIES, [{ kernel: reference, sha256: null }, ...builds], reference);
});

describe('certify', () => {
  it('passes every penalty on every build, precision, shape and kind of input', () => {
    expect(certificate.cases.filter(({ passed }) => !passed)).toEqual([]);
    expect(certificate.adjoints.filter(({ passed }) => !passed)).toEqual([]);
    expect(certificate.passed).toBe(true);
    const inputs = new Set(
      certificate.cases.map(({ kind, samples, units }) => `${kind} ${samples} ${units}`),
    );
    expect(inputs.size).toBeGreaterThan(10);
    expect(certificate.cases).toHaveLength(PENALTIES.length * certificate.kernels.length * inputs.size);
    expect(certificate.adjoints).toHaveLength(certificate.kernels.length * inputs.size);
  });

  it('names each module by its digest', () => {
    const digests = certificate.kernels
      .filter(({ variant }) => variant !== 'reference')
      .map(({ sha256 }) => sha256);
    expect(new Set(digests).size).toBe(digests.length);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('applies each identity where it holds, and nowhere else', () => {
    for (const { penalty, errors } of certificate.cases) {
      const { degree, centered } = PENALTIES.find(({ id }) => id === penalty)!;
      if (degree === null || degree === 0) expect(errors.euler).toBeNull();
      expect(errors.shift === null).toBe(!centered);
      expect(errors.scale === null).toBe(degree !== 0);
    }
  });

  it('fails a kernel whose value forgets the half of DeCov, by the reference and by Euler', () => {
    const broken: Kernel = {
      ...reference,
      penalty(id, x, options) {
        const { value, gradient } = reference.penalty(id, x, options);
        return { value: 2 * value, gradient };
      },
    };
    const decov = PENALTIES.filter(({ id }) => id === 'decov');
    const found = certify(decov, [{ kernel: broken, sha256: null }], reference);
    expect(found.passed).toBe(false);
    for (const { errors } of found.cases) {
      expect(errors.reference).toBeCloseTo(1, 6);
      if (errors.euler !== null) expect(errors.euler).toBeGreaterThan(0.1);
      expect(errors.differences).toBeLessThan(1e-6);
    }
    expect(renderCertificate(found)).toContain('FAILED');
  });
});

describe('renderCertificate', () => {
  it('has a row for each penalty on each kernel, and the digests', () => {
    const text = renderCertificate(certificate);
    for (const { id } of PENALTIES) {
      const rows = text.split('\n').filter((line) => line.startsWith(`| ${id} |`));
      expect(rows).toHaveLength(certificate.kernels.length);
      for (const row of rows) expect(row).toMatch(/\| passed \|$/);
    }
    for (const { sha256 } of certificate.kernels) if (sha256 !== null) expect(text).toContain(sha256);
  });
});
