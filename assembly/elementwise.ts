/** Functions of each number alone, over whole arrays; `out` may be `x`. */

import { expLanes, logLanes, tanhLanes } from './math';
import { bytesOf, LANES, loadUpTo, storeUpTo } from './simd';

/** out = e^x. */
export function exp(out: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += LANES) {
    const offset = bytesOf(i);
    storeUpTo(out + offset, expLanes(loadUpTo(x + offset, count - i, 0)), count - i);
  }
}

/** out = natural logarithm of x. */
export function log(out: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += LANES) {
    const offset = bytesOf(i);
    storeUpTo(out + offset, logLanes(loadUpTo(x + offset, count - i, 1)), count - i);
  }
}

/** out = hyperbolic tangent of x. */
export function tanh(out: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += LANES) {
    const offset = bytesOf(i);
    storeUpTo(out + offset, tanhLanes(loadUpTo(x + offset, count - i, 0)), count - i);
  }
}

/** out = bytes [uint8] / divisor. */
export function scaleBytes(out: usize, bytes: usize, count: i32, divisor: f64): void {
  let i = 0;
  if (sizeof<real>() === 4) {
    const scale = f32x4.splat(<f32>divisor);
    for (; i + 8 <= count; i += 8) {
      const words = v128.load8x8_u(bytes + <usize>i);
      const low = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words));
      const high = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(words));
      const to = out + bytesOf(i);
      v128.store(to, f32x4.div(low, scale));
      v128.store(to, f32x4.div(high, scale), 16);
    }
  }
  for (; i < count; i++) store<real>(out + bytesOf(i), <real>load<u8>(bytes + <usize>i) / <real>divisor);
}
