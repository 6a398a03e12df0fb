/** Prints, as a line of JSON, how many cases of the certificate of all gradients there are on this host, and those that fail. */
import {
  CROSS_PENALTIES,
  compileKernel,
  createReferenceKernel,
  instantiateKernel,
  PENALTIES,
} from 'covgrad/kernel';
import { certify } from '../../dist/gradcheck/certificate.js';

const reference = createReferenceKernel();
const best = await compileKernel();
const builds = [
  await compileKernel({ variant: 'simd' }),
  ...(best.variant === 'fma' ? [best] : []),
  await compileKernel({ precision: 'f64' }),
];
const certified = [
  { kernel: reference, sha256: null },
  ...builds.map((build) => ({ kernel: instantiateKernel(build), sha256: build.sha256 })),
];
const { cases, adjoints } = certify([...PENALTIES, ...CROSS_PENALTIES], certified, reference);
const all = [...cases, ...adjoints];
const failed = all.filter(({ passed }) => !passed);
console.log(JSON.stringify({ cases: all.length, failed: failed.slice(0, 5) }));
