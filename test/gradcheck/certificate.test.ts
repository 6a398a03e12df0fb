import { beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, certify } from '../../src/gradcheck/certificate.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { compileKernel } from '../../src/kernel/instantiate.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { renderCertificate } from '../../src/render/certificate.ts';
import { ALL, certifyBuilds, expectToPass, ONE_OF_EACH_FAMILY } from './certified.ts';

const reference: Kernel = createReferenceKernel();
let certificate: Certificate;
// All penalties on all builds are certified by certificate.long.test.ts.
beforeAll(async () => {
  certificate = certifyBuilds([await compileKernel()], ONE_OF_EACH_FAMILY);
});

describe('certify', () => {
  it('passes a penalty of each family on the reference and the build of this host, shape and kind of input', () => {
    expectToPass(certificate, ONE_OF_EACH_FAMILY);
  });

  it('names the module by its digest', () => {
    const digests = certificate.kernels
      .filter(({ variant }) => variant !== 'reference')
      .map(({ sha256 }) => sha256);
    expect(digests).toHaveLength(certificate.kernels.length - 1);
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
    for (const { id } of ONE_OF_EACH_FAMILY) {
      const rows = text.split('\n').filter((line) => line.startsWith(`| ${id} |`));
      expect(rows).toHaveLength(1 + certificate.kernels.length);
      for (const row of rows.slice(1)) expect(row).toMatch(/\| passed \|$/);
    }
    for (const { sha256 } of certificate.kernels) if (sha256 !== null) expect(text).toContain(sha256);
  });
});
