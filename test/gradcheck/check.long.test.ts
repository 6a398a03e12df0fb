import { expect, test } from 'vitest';
import { checkPenalties } from '../../src/gradcheck/check.ts';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { allKernels } from '../kernels.ts';

test.each([...PENALTIES, ...CROSS_PENALTIES])(
  'checkPenalties passes $id on every kernel',
  async (penalty) => {
    const [result] = checkPenalties([penalty], await allKernels(), createReferenceKernel());
    expect(result!.passed, JSON.stringify(result!.kernels)).toBe(true);
    expect(result!.kernels.every(({ error }) => error > 0)).toBe(true);
  },
);
