import { beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, certify } from '../../src/gradcheck/certificate.ts';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { instantiateKernel } from '../../src/kernel/instantiate.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { renderCertificate } from '../../src/render/certificate.ts';
import { compiledKernels } from '../kernels.ts';

const ALL = [...PENALTIES, ...CROSS_PENALTIES];
const reference: Kernel = createReferenceKernel();
let certificate: Certificate;
beforeAll(async () => {
  const builds = (await compiledKernels()).map((build) => ({
    kernel: instantiateKernel(build),
    sha256: build.sha256,
  }));
  certificate = certify(ALL, [{ kernel: reference, sha256: null }, ...builds], reference);
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
    expect(certificate.cases).toHaveLength(ALL.length * certificate.kernels.length * inputs.size);
    expect(certificate.adjoints).toHaveLength(certificate.kernels.length * inputs.size * 2);
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
      const { degree, centered } = ALL.find(({ id }) => id === penalty)!;
      expect(errors.euler === null).toBe(degree === null || penalty === 'mean-abs-signed');
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
      expect(errors.euler).toBeGreaterThan(0.1);
      expect(errors.differences).toBeLessThan(1e-6);
    }
    expect(renderCertificate(found)).toContain('**FAILED**: 13 of 39 cases');
  });

  it('fails a kernel that forgets to centre, by the shift', () => {
    const broken: Kernel = {
      ...reference,
      penalty: (id, x, options) => reference.penalty(id, x, { ...options, centered: false }),
    };
    const [decov] = PENALTIES.filter(({ id }) => id === 'decov');
    const found = certify([decov!], [{ kernel: broken, sha256: null }], reference);
    for (const { errors } of found.cases) expect(errors.shift).toBeGreaterThan(found.tolerances.f64);
  });

  it('fails a kernel whose correlations are covariances, by the scale', () => {
    const broken: Kernel = {
      ...reference,
      penalty: (_, x, { samples, units }) => reference.penalty('off-diagonal-squared', x, { samples, units }),
    };
    const [correlation] = PENALTIES.filter(({ id }) => id === 'squared-correlation');
    const found = certify([correlation!], [{ kernel: broken, sha256: null }], reference);
    for (const { errors } of found.cases) {
      expect(errors.scale).toBeGreaterThan(1);
      expect(errors.euler).toBeGreaterThan(0.1);
    }
  });

  it('fails a kernel whose VJP forgets the symmetric twin, by the adjoint identity', () => {
    const broken: Kernel = {
      ...reference,
      covarianceVjp: (x, upstream, options) =>
        reference.covarianceVjp(x, upstream, options).map((entry) => entry / 2),
    };
    const found = certify([], [{ kernel: broken, sha256: null }], reference);
    expect(found.adjoints.every(({ passed }) => !passed)).toBe(true);
    expect(found.passed).toBe(false);
  });
});

describe('renderCertificate', () => {
  it('begins with the verdict, and has every penalty on every kernel at a glance and check by check', () => {
    const text = renderCertificate(certificate);
    expect(text).toMatch(/^# Gradient certificate\n\n\*\*Passed\*\*: all \d+ cases/);
    expect(text).not.toContain('✗');
    for (const { id } of ALL) {
      const rows = text.split('\n').filter((line) => line.startsWith(`| ${id} |`));
      expect(rows).toHaveLength(1 + certificate.kernels.length);
      for (const row of rows.slice(1)) expect(row).toMatch(/\| passed \|$/);
    }
    for (const { sha256 } of certificate.kernels) if (sha256 !== null) expect(text).toContain(sha256);
  });
});
