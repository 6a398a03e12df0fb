/** What the compiler refuses and what it knows of the results: `npm run typecheck` holds the lines marked @ts-expect-error. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { CROSS_PENALTIES, type ParametersOf, PENALTIES, type PenaltyId } from '../../src/kernel/catalogue.ts';
import {
  type CompiledKernel,
  compileKernel,
  instantiateKernel,
  loadKernel,
} from '../../src/kernel/instantiate.ts';
import type { Kernel, ListedPenalty } from '../../src/kernel/kernel.ts';

const shape = { samples: 3, units: 2 };
const x = [1, 2, 4, 3, 5, 5];

describe('the types of a kernel', () => {
  it('refuse what the kernel refuses: unknown ids and the options of other penalties', async () => {
    const kernel = await loadKernel();
    const wrong = [
      // @ts-expect-error no such penalty
      () => kernel.penalty('decovv', x, shape),
      // @ts-expect-error one on two activations
      () => kernel.penalty('barlow-twins', x, shape),
      // @ts-expect-error one on one activation
      () => kernel.crossPenalty('decov', x, x, shape),
      // @ts-expect-error decov has no parameter
      () => kernel.penalty('decov', x, { ...shape, epsilon: 1e-3 }),
      // @ts-expect-error huber has δ
      () => kernel.penalty('huber', x, { ...shape, epsilon: 1e-3 }),
      // @ts-expect-error bins belong to mutual-information
      () => kernel.prepare('vicreg', { ...shape, bins: 8 }),
      // @ts-expect-error λ belongs to barlow-twins
      () => kernel.prepareCrossPenalty('cross-covariance', { ...shape, lambda: 1 }),
      // @ts-expect-error a misspelt option
      () => kernel.penalty('decov', x, { ...shape, centred: false }),
      // @ts-expect-error a list is no exception
      () => kernel.preparePenalties([{ id: 'decov', epsilon: 1 }], shape),
      // @ts-expect-error a covariance has no weight
      () => kernel.covariance(x, { ...shape, weight: 2 }),
      // @ts-expect-error float64 results are not what this kernel computes
      () => kernel.covariance(x, { ...shape, out: new Float64Array(4) }),
      // @ts-expect-error a second derivative takes no weight
      () => kernel.penaltyHvp('decov', x, x, { ...shape, weight: 2 }),
    ];
    for (const call of wrong) expect(call).toThrow(/^[\w-]+: .+\./);
  });

  it('accept each penalty with its own parameters', async () => {
    const kernel = await loadKernel();
    kernel.penalty('huber', x, { ...shape, delta: 1 });
    kernel.penalty('vicreg', x, {
      ...shape,
      gamma: 1,
      variance_weight: 1,
      covariance_weight: 2,
      epsilon: 1e-3,
    });
    kernel.crossPenalty('barlow-twins', x, x, { ...shape, lambda: 1 });
    const list: ListedPenalty[] = [
      { id: 'decov', weight: 2 },
      { id: 'huber', delta: 1 },
    ];
    kernel.preparePenalties(list, shape).dispose();
    for (const { id } of PENALTIES) kernel.penalty(id, x, shape);
    for (const { id } of CROSS_PENALTIES) kernel.crossPenalty(id, x, x, shape);
  });

  it('know the parameters that the catalogue has', () => {
    expectTypeOf<ParametersOf<'decov'>>().toEqualTypeOf<never>();
    expectTypeOf<ParametersOf<'mutual-information'>>().toEqualTypeOf<'bins' | 'epsilon'>();
    expectTypeOf<ParametersOf<'barlow-twins'>>().toEqualTypeOf<'lambda'>();
    expectTypeOf<PenaltyId>().not.toEqualTypeOf<string>();
  });

  it('follow the precision from the module to the arrays, and the gradient that is not asked for', async () => {
    type Single = Float32Array<ArrayBuffer>;
    type Double = Float64Array<ArrayBuffer>;
    const compiled = await compileKernel({ precision: 'f64' });
    expectTypeOf(compiled).toEqualTypeOf<CompiledKernel<'f64'>>();
    const single = instantiateKernel(await compileKernel());
    expectTypeOf(single).toEqualTypeOf<Kernel<Single>>();
    const double = instantiateKernel(compiled);
    expectTypeOf(double).toEqualTypeOf<Kernel<Double>>();
    expectTypeOf(instantiateKernel(compiled.module)).toEqualTypeOf<Kernel>();
    expectTypeOf(double.penalty('decov', x, shape).gradient).toEqualTypeOf<Double>();
    expectTypeOf(double.penalty('decov', x, { ...shape, gradient: false }).gradient).toEqualTypeOf<null>();
    expectTypeOf(single.prepareCovariance(shape).covariance).toEqualTypeOf<Single>();
  });
});
