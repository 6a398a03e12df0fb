import { expect, it } from 'vitest';
import { compiledKernels } from '../kernels.ts';
import { certifyBuilds, expectToPass } from './certified.ts';

it('passes every penalty on every build and precision, and names each by its digest', async () => {
  const certificate = certifyBuilds(await compiledKernels());
  expectToPass(certificate);
  const digests = certificate.kernels
    .filter(({ variant }) => variant !== 'reference')
    .map(({ sha256 }) => sha256);
  expect(new Set(digests).size).toBe(digests.length);
});
