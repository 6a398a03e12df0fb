/**
 * `npm run bench [kernel] [sweep] [-- --json]`: the speed of the kernel and of a sweep.
 *
 * Machines differ and drift: compare ratios within one run.
 */
import { setFlagsFromString } from 'node:v8';
import { compileKernel, PENALTIES, relaxedSimdSupported } from 'covgrad/kernel';
import { benchPenalties, benchProducts } from './kernel.mjs';
import { benchSweep } from './sweep.mjs';

if (!relaxedSimdSupported()) setFlagsFromString('--experimental-wasm-relaxed-simd');

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const json = process.argv.includes('--json');
const wanted = (name) => names.length === 0 || names.includes(name);
const variants = (await compileKernel()).variant === 'fma' ? ['simd', 'fma'] : ['simd'];
const result = {};

if (wanted('kernel')) {
  result.kernel = [
    ...(await benchProducts([128, 256, 512, 1024], variants)),
    ...(await benchPenalties(
      PENALTIES.map(({ id }) => id),
      variants,
    )),
  ];
  if (!json) {
    console.log(`\nValue and gradient, best (median) µs; gemm in GFLOP/s. Shapes are units x samples.\n`);
    for (const row of result.kernel) {
      const cells = variants.map((variant) => {
        const { bestUs, medianUs, gflops } = row[variant];
        const speed = gflops === undefined ? '' : `, ${gflops.toFixed(1)} GFLOP/s`;
        return `${variant} ${bestUs.toFixed(1)} (${medianUs.toFixed(1)})${speed}`.padEnd(32);
      });
      console.log(`${row.task.padEnd(20)} ${row.shape.padEnd(10)} ${cells.join('  ')}`);
    }
  }
}

if (wanted('sweep')) {
  result.sweep = await benchSweep();
  if (!json) {
    const { trials, oneThreadSeconds, twoThreadsSeconds, ratios } = result.sweep;
    const sorted = [...ratios].sort((a, b) => a - b);
    console.log(
      `\nSweep of ${trials} trials: best ${Math.min(...oneThreadSeconds).toFixed(2)} s on one thread, ` +
        `${Math.min(...twoThreadsSeconds).toFixed(2)} s on two; ` +
        `speed-up ${sorted[sorted.length >> 1].toFixed(2)} (median of ${ratios.map((r) => r.toFixed(2)).join(', ')})`,
    );
  }
}

if (json) console.log(JSON.stringify(result, null, 2));
