/** Pixels to numbers. */

import { bytesOf } from './simd';

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
