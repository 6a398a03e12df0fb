/**
 * exp, log, sin and cos in float64 from additions, multiplications and divisions alone: the same bits on every host, which those
 * of `Math` need not have.
 *
 * Source: range reductions and minimax polynomials of FDLIBM 5.3 (Sun Microsystems, 1993).
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;

const bits = new Float64Array(1);
/** Low and high word, on the little-endian hosts that Node runs on (but IBM Z). */
const words = new Int32Array(bits.buffer);

/** 2^n for whole n from −1022 to 1023, made of its bits: how a power is rounded is the host's business. */
function powerOfTwo(n: number): number {
  words[0] = 0;
  words[1] = (n + 1023) << 20;
  return bits[0]!;
}

/** e^x. Error below 1 ulp where the result is a normal number; 0 below −708, infinity above 709.78. */
export function exponential(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -708) return 0;
  const n = Math.floor(x / Math.LN2 + 0.5);
  const high = x - n * LN2_HIGH;
  const low = n * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // In two factors: n may be 1024 where y is below 1.
  const half = n >> 1;
  return y * powerOfTwo(half) * powerOfTwo(n - half);
}

/** Natural logarithm. Error below 1 ulp for normal numbers above 0; −infinity at 0, NaN below. */
export function logarithm(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  bits[0] = x;
  let n = (words[1]! >> 20) - 1023;
  words[1] = (words[1]! & 0x000fffff) | 0x3ff00000;
  let mantissa = bits[0]!;
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    n += 1;
  }
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  const series =
    z *
    (0.6666666666666735 +
      z *
        (0.3999999999940942 +
          z *
            (0.2857142874366239 +
              z *
                (0.22222198432149784 +
                  z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586))))));
  const half = 0.5 * f * f;
  return n * LN2_HIGH - (half - (s * (half + series) + n * LN2_LOW) - f);
}

/** Cosine. Error below 1 ulp of 1 for |x| up to 1e5. */
export function cosine(x: number): number {
  return quarterTurned(x, 1);
}

/** Sine. Error as of {@link cosine}. */
export function sine(x: number): number {
  return quarterTurned(x, 0);
}

/** sin(x + turns·π/2), x brought into −π/4 … π/4. */
function quarterTurned(x: number, turns: number): number {
  const n = Math.floor(x / (Math.PI / 2) + 0.5);
  const r = x - n * HALF_PI_HIGH - n * HALF_PI_LOW;
  const quadrant = (((n + turns) % 4) + 4) % 4;
  const value = quadrant % 2 === 0 ? sineNear(r) : cosineNear(r);
  return quadrant < 2 ? value : -value;
}

function sineNear(r: number): number {
  const z = r * r;
  return (
    r +
    r *
      z *
      (-0.16666666666666632 +
        z *
          (0.00833333333332249 +
            z *
              (-0.0001984126982985795 +
                z * (0.0000027557313707070068 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)))))
  );
}

function cosineNear(r: number): number {
  const z = r * r;
  return (
    1 -
    z / 2 +
    z *
      z *
      (0.0416666666666666 +
        z *
          (-0.001388888888887411 +
            z *
              (0.00002480158728947673 +
                z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11)))))
  );
}
