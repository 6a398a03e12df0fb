import { describe, expect, it } from 'vitest';
import { checkPenalties } from '../../src/gradcheck/check.ts';
import { judgeClaims } from '../../src/gradcheck/claims.ts';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { renderGradcheck } from '../../src/render/gradcheck.ts';
import { widthOf } from '../../src/render/text.ts';
import { allKernels } from '../kernels.ts';

const reference: Kernel = createReferenceKernel();

describe('checkPenalties', () => {
  it('passes an exact penalty, the inexact one and one on two activations on every kernel', async () => {
    // The certificate holds every penalty against the same differences.
    const chosen = ['mean', 'mean-abs-signed', 'barlow-twins'];
    const all = [...PENALTIES, ...CROSS_PENALTIES].filter(({ id }) => chosen.includes(id));
    expect(all).toHaveLength(chosen.length);
    const results = checkPenalties(all, await allKernels(), reference);
    expect(results.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    for (const { id, passed, kernels } of results) {
      expect(passed, `${id} ${JSON.stringify(kernels)}`).toBe(true);
      expect(kernels.every(({ error }) => error > 0)).toBe(true);
    }
  });

  it('fails a kernel whose gradient is a thousandth too long, and names it', () => {
    const broken: Kernel = {
      ...reference,
      penalty(id, x, options) {
        const { value, gradient } = reference.penalty(id, x, options);
        return { value, gradient: gradient?.map((entry) => entry * 1.001) as typeof gradient };
      },
    };
    const [result] = checkPenalties(
      PENALTIES.filter(({ id }) => id === 'decov'),
      [broken],
      reference,
    );
    expect(result?.passed).toBe(false);
    expect(renderGradcheck([result!], judgeClaims(reference), { width: 80, color: false })).toContain(
      '1 of 1 gradients failed: decov.',
    );
  });
});

describe('judgeClaims', () => {
  it('finds every claimed formula to point the wrong way', () => {
    const claims = judgeClaims(reference);
    expect(claims).toHaveLength(3);
    for (const { verdict, angleDegrees } of claims) {
      expect(verdict).toBe('direction');
      expect(angleDegrees).toBeGreaterThan(10);
    }
  });
});

describe('renderGradcheck', () => {
  const penalties = PENALTIES.filter(({ id }) => id === 'mean-abs-signed' || id === 'squared-correlation');
  const results = checkPenalties(penalties, [reference], reference);

  it('says in good English that all passed, of one as of many', () => {
    const text = (shown: typeof results): string => renderGradcheck(shown, [], { width: 80, color: false });
    expect(text(results)).toContain('\nAll 2 gradients passed.\n');
    expect(text(results.slice(1))).toContain('\nThe gradient passed.\n');
  });

  it.each([60, 80, 120])('fits %i columns', (width) => {
    const onThree = results.map((result) => ({ ...result, kernels: Array(3).fill(result.kernels[0]) }));
    const text = renderGradcheck(onThree, judgeClaims(reference), { width, color: false });
    const lines = text.split('\n');
    expect(lines.length).toBeGreaterThan(15);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });
});
