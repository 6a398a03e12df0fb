/**
 * The product X·sign(C) with a symmetric matrix of signs, by table look-up.
 *
 * Source: the "method of four Russians" (Arlazarov, Dinic, Kronrod and Faradzev, 1970). Eight rows of Xᵀ have
 * 256 signed sums; they are tabulated, and each row of sign(C) picks one of them by the byte of its signs. Two such tables
 * for a few samples stay in the first-level cache. Only additions are made, in an order that does not depend on the build.
 * The layout of the tables is known to this file alone, so all that fills and reads them is in it.
 */

import { mirrorEntries, mirrorLower, product, productScratch, transposeBlock } from '../gemm';
import { bytesOf, LANES, loadUpTo, multiplyAdd, storeUpTo } from '../simd';

/** Below this many units the tables cost more than they save. */
const FEWEST_UNITS: i32 = 96;
/** Samples of one pass: four vectors. */
const SAMPLES: i32 = 4 * LANES;
/** Bytes of those samples of one unit. */
const ROW: usize = 64;
/** Patterns of eight signs. */
const PATTERNS: i32 = 256;
const TABLE: usize = <usize>PATTERNS * ROW;

/** Bytes of scratch for {@link multiplySigns}. */
export function signsScratch(samples: i32, units: i32): i64 {
  return max(tableScratch(units), productScratch(samples, units, units));
}

/**
 * gradient [samples x units] = factor · X·sign(C), added when `accumulate`; sign(0) = 0, and without `diagonal` C_ii counts as
 * 0. Of the symmetric C the lower triangle is read; C may be overwritten by its signs.
 */
export function multiplySigns(
  gradient: usize,
  x: usize,
  c: usize,
  samples: i32,
  units: i32,
  diagonal: bool,
  factor: real,
  accumulate: bool,
  scratch: usize,
): void {
  // A gradient that nobody asked for.
  if (gradient === 0) return;
  if (units >= FEWEST_UNITS) {
    if (multiplyByTables(gradient, x, c, samples, units, diagonal, factor, accumulate, scratch)) return;
  }
  mirrorLower(c, units);
  replaceBySigns(c, units);
  if (!diagonal) {
    for (let i = 0; i < units; i++) store<real>(c + bytesOf(i * (units + 1)), 0);
  }
  product(gradient, x, false, c, false, samples, units, units, factor, accumulate, false, scratch);
}

/** ±1 with each entry's sign; 0 stays 0, NaN stays NaN. */
function replaceBySigns(c: usize, order: i32): void {
  const one = v128.splat<real>(1);
  const zero = v128.splat<real>(0);
  const signBit = v128.splat<real>(-0.0);
  for (let left = order * order; left > 0; left -= LANES) {
    const v = loadUpTo(c, left, 0);
    const sign = v128.or(one, v128.and(v, signBit));
    const regular = v128.or(v128.lt<real>(v, zero), v128.gt<real>(v, zero));
    storeUpTo(c, v128.bitselect(sign, v, regular), left);
    c += 16;
  }
}

/** Bytes of scratch for {@link multiplyByTables}. */
function tableScratch(units: i32): i64 {
  const groups = <i64>groupsOf(units);
  // Two tables, X and the result for the samples of a pass, the signs, and the zeros.
  return (
    2 * <i64>TABLE +
    groups * 8 * ROW +
    <i64>units * ROW +
    roundUp64(<i64>units * groups) +
    roundUp64(zeroBytes(units))
  );
}

/** Groups of eight units, an even number. */
function groupsOf(units: i32): i32 {
  return ((units + 15) >> 4) << 1;
}

/** Zeros off the diagonal that can be put right one by one: eight in a row on average. */
function mostZeros(units: i32): i32 {
  return 8 * units;
}

function zeroBytes(units: i32): i64 {
  return <i64>mostZeros(units) * 8;
}

function roundUp64(bytes: i64): i64 {
  return (bytes + 63) & ~63;
}

/** {@link multiplySigns} by tables. False, with nothing written, when C has so many zeros that a plain product is the better way. */
function multiplyByTables(
  gradient: usize,
  x: usize,
  c: usize,
  samples: i32,
  units: i32,
  diagonal: bool,
  factor: real,
  accumulate: bool,
  scratch: usize,
): bool {
  const groups = groupsOf(units);
  const first = scratch;
  const second = first + TABLE;
  const rows = second + TABLE;
  const sums = rows + <usize>groups * 8 * ROW;
  const signs = sums + <usize>units * ROW;
  const zeros = signs + <usize>roundUp64(<i64>units * <i64>groups);
  const zeroCount = packSigns(signs, zeros, c, units, groups, diagonal);
  if (zeroCount < 0) return false;
  for (let i0 = 0; i0 < samples; i0 += SAMPLES) {
    const count = min(SAMPLES, samples - i0);
    packSamples(rows, x + bytesOf(i0 * units), count, units, groups);
    memory.fill(sums, 0, <usize>units * ROW);
    for (let g = 0; g < groups; g += 2) {
      tabulate(first, rows + <usize>g * 8 * ROW);
      tabulate(second, rows + <usize>(g + 1) * 8 * ROW);
      lookUp(sums, first, second, signAt(signs, units, 0, g), units);
    }
    correctZeros(sums, rows, zeros, zeroCount);
    for (let i = 0; i < units; i++) {
      if (load<real>(c + bytesOf(i * (units + 1))) === 0) memory.fill(sums + <usize>i * ROW, 0, ROW);
    }
    writeSums(gradient + bytesOf(i0 * units), sums, count, units, factor, accumulate);
  }
  return true;
}

/**
 * The signs of C, a bit an entry (1 is negative), a byte a group; beside them the zeros that matter, as pairs of unit i and
 * the unit j that must not count, ~j where it was counted negative. Returns their number, −1 when they are too many.
 *
 * Only the lower triangle of C is read: the signs above it are those below, eight by eight bits transposed.
 */
function packSigns(signs: usize, zeros: usize, c: usize, units: i32, groups: i32, diagonal: bool): i32 {
  let found = 0;
  memory.fill(signs, 0, <usize>units * <usize>groups);
  for (let first = 0; first < units; first += 8) {
    const end = min(first + 8, units);
    const group = first >> 3;
    mirrorEntries(c, units, first, end);
    for (let i = first; i < end; i++) {
      const row = c + bytesOf(i * units);
      for (let g = 0; g < group; g++) {
        const entries = row + bytesOf(g << 3);
        const bits = signBits(entries, 8);
        store<u8>(signAt(signs, units, i, g), <u8>bits);
        if (holdsZero(entries, 8)) found = listZeros(zeros, found, c, units, i, g << 3, bits, true, true);
      }
      const bits = signBits(row + bytesOf(first), end - first);
      store<u8>(signAt(signs, units, i, group), <u8>bits);
      if (!diagonal || holdsZero(row + bytesOf(first), end - first)) {
        found = listZeros(zeros, found, c, units, i, first, bits, diagonal, false);
      }
      if (found < 0) return -1;
    }
    for (let g = 0; g < group; g++) {
      transposeBits(signAt(signs, units, g << 3, group), signAt(signs, units, first, g), 2, end - first);
    }
  }
  return found;
}

/** Position of the byte of a unit and a group: two groups at a time, unit after unit, in the order in which {@link lookUp} reads. */
function signAt(signs: usize, units: i32, unit: i32, group: i32): usize {
  return signs + (((<usize>(group >> 1) * <usize>units + <usize>unit) << 1) | <usize>(group & 1));
}

/** A bit for each of up to eight entries, 1 where it is negative. */
function signBits(entries: usize, count: i32): i32 {
  if (sizeof<real>() === 4 && count === 8) {
    return i32x4.bitmask(v128.load(entries)) | (i32x4.bitmask(v128.load(entries, 16)) << 4);
  }
  let bits = 0;
  for (let k = 0; k < count; k += LANES) {
    const v = loadUpTo(entries + bytesOf(k), count - k, 1);
    bits |= (sizeof<real>() === 4 ? i32x4.bitmask(v) : i64x2.bitmask(v)) << k;
  }
  return bits;
}

/** Whether any of up to eight entries is 0. */
function holdsZero(entries: usize, count: i32): bool {
  const none = v128.splat<real>(0);
  let zero = none;
  for (let k = 0; k < count; k += LANES) {
    zero = v128.or(zero, v128.eq<real>(loadUpTo(entries + bytesOf(k), count - k, 1), none));
  }
  return v128.any_true(zero);
}

/**
 * to = the transpose of 8 x 8 bits, a byte a row; `rows` of the source are there, the others count as 0. `step` is from one byte
 * to the next.
 *
 * Source: Warren, "Hacker's Delight", 2nd edition, section 7-3: squares of 1, 2 and 4 bits change places across the diagonal.
 */
function transposeBits(to: usize, from: usize, step: i32, rows: i32): void {
  let bits: u64 = 0;
  for (let r = 0; r < rows; r++) bits |= (<u64>load<u8>(from + <usize>(r * step))) << (<u64>r * 8);
  let moved = (bits ^ (bits >> 7)) & twice(0x00aa00aa);
  bits ^= moved ^ (moved << 7);
  moved = (bits ^ (bits >> 14)) & twice(0x0000cccc);
  bits ^= moved ^ (moved << 14);
  moved = (bits ^ (bits >> 28)) & 0xf0f0f0f0;
  bits ^= moved ^ (moved << 28);
  for (let r = 0; r < 8; r++) {
    store<u8>(to + <usize>(r * step), <u8>bits);
    bits >>= 8;
  }
}

/**
 * Adds the zeros of one byte of signs to the list, with `both` those across the diagonal too; returns its new length, −1 when
 * it is full.
 */
function listZeros(
  zeros: usize,
  found: i32,
  c: usize,
  units: i32,
  i: i32,
  first: i32,
  bits: i32,
  diagonal: bool,
  both: bool,
): i32 {
  // A unit that is always zero adds nothing, whatever its sign, and its own sums are set to 0.
  if (found < 0 || load<real>(c + bytesOf(i * (units + 1))) === 0) return found;
  for (let j = first; j < min(first + 8, units); j++) {
    if (load<real>(c + bytesOf(i * units + j)) !== 0 && (diagonal || i !== j)) continue;
    if (load<real>(c + bytesOf(j * (units + 1))) === 0) continue;
    if (found + (both ? 2 : 1) > mostZeros(units)) return -1;
    const negative = ((bits >> (j - first)) & 1) !== 0;
    storeZero(zeros, found++, i, negative ? ~j : j);
    if (both) storeZero(zeros, found++, j, negative ? ~i : i);
  }
  return found;
}

/** A pattern of 32 bits in both halves of 64. */
function twice(pattern: u64): u64 {
  return pattern | (pattern << 32);
}

function storeZero(zeros: usize, index: i32, unit: i32, code: i32): void {
  const pair = zeros + ((<usize>index) << 3);
  store<i32>(pair, unit);
  store<i32>(pair, code, 4);
}

/** rows [groups·8 x SAMPLES] = the transpose of a few samples of x, zeros where there is no unit or sample. */
function packSamples(rows: usize, x: usize, count: i32, units: i32, groups: i32): void {
  memory.fill(rows, 0, <usize>groups * 8 * ROW);
  const stride = bytesOf(units);
  let s = 0;
  if (sizeof<real>() === 4) {
    for (; s + 4 <= count; s += 4) {
      const from = x + <usize>s * stride;
      const to = rows + bytesOf(s);
      let i = 0;
      for (; i + 4 <= units; i += 4) transposeBlock(to + <usize>i * ROW, ROW, from + bytesOf(i), stride);
      for (; i < units; i++) {
        for (let k = 0; k < 4; k++) {
          store<real>(to + <usize>i * ROW + bytesOf(k), load<real>(from + <usize>k * stride + bytesOf(i)));
        }
      }
    }
  }
  for (; s < count; s++) {
    const from = x + <usize>s * stride;
    const to = rows + bytesOf(s);
    for (let i = 0; i < units; i++) store<real>(to + <usize>i * ROW, load<real>(from + bytesOf(i)));
  }
}

/** All signed sums of eight rows: entry p subtracts the rows whose bit is set in p and adds the others. */
function tabulate(table: usize, rows: usize): void {
  for (let v: usize = 0; v < ROW; v += 16) {
    let sum = v128.load(rows + v);
    for (let k = 1; k < 8; k++) sum = v128.add<real>(sum, v128.load(rows + <usize>k * ROW + v));
    v128.store(table + v, sum);
  }
  for (let k = 0; k < 8; k++) {
    const row = rows + <usize>k * ROW;
    const two = v128.splat<real>(2);
    const r0 = v128.mul<real>(two, v128.load(row));
    const r1 = v128.mul<real>(two, v128.load(row, 16));
    const r2 = v128.mul<real>(two, v128.load(row, 32));
    const r3 = v128.mul<real>(two, v128.load(row, 48));
    const size = <usize>(1 << k) * ROW;
    for (let from = table; from < table + size; from += ROW) {
      const to = from + size;
      const d0 = v128.sub<real>(v128.load(from), r0);
      const d1 = v128.sub<real>(v128.load(from, 16), r1);
      const d2 = v128.sub<real>(v128.load(from, 32), r2);
      const d3 = v128.sub<real>(v128.load(from, 48), r3);
      v128.store(to, d0);
      v128.store(to, d1, 16);
      v128.store(to, d2, 32);
      v128.store(to, d3, 48);
    }
  }
}

/** Adds to each unit's sums the entries of both tables that its signs pick. */
function lookUp(sums: usize, first: usize, second: usize, signs: usize, units: i32): void {
  const end = sums + <usize>units * ROW;
  while (sums < end) {
    const a = first + <usize>load<u8>(signs) * ROW;
    const b = second + <usize>load<u8>(signs, 1) * ROW;
    const s0 = v128.add<real>(v128.load(sums), v128.add<real>(v128.load(a), v128.load(b)));
    const s1 = v128.add<real>(v128.load(sums, 16), v128.add<real>(v128.load(a, 16), v128.load(b, 16)));
    const s2 = v128.add<real>(v128.load(sums, 32), v128.add<real>(v128.load(a, 32), v128.load(b, 32)));
    const s3 = v128.add<real>(v128.load(sums, 48), v128.add<real>(v128.load(a, 48), v128.load(b, 48)));
    // Stored after all were read, so that engines may join pairs of neighbours.
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    sums += ROW;
    signs += 2;
  }
}

/** Takes out again what zeros of C were counted for. */
function correctZeros(sums: usize, rows: usize, zeros: usize, count: i32): void {
  for (let k = 0; k < count; k++) {
    const sum = sums + <usize>load<i32>(zeros + ((<usize>k) << 3)) * ROW;
    const code = load<i32>(zeros + ((<usize>k) << 3), 4);
    const row = rows + <usize>(code < 0 ? ~code : code) * ROW;
    for (let v: usize = 0; v < ROW; v += 16) {
      const before = v128.load(sum + v);
      const counted = v128.load(row + v);
      v128.store(sum + v, code < 0 ? v128.add<real>(before, counted) : v128.sub<real>(before, counted));
    }
  }
}

/** Back to samples x units, scaled, stored or added. */
function writeSums(
  gradient: usize,
  sums: usize,
  count: i32,
  units: i32,
  factor: real,
  accumulate: bool,
): void {
  const scale = v128.splat<real>(factor);
  for (let s = 0; s < count; s++) {
    const to = gradient + bytesOf(s * units);
    const from = sums + bytesOf(s);
    let i = 0;
    if (sizeof<real>() === 4) {
      for (; i + 4 <= units; i += 4) {
        const at = from + <usize>i * ROW;
        let v = v128.load32_zero(at);
        v = v128.load32_lane(at, v, 1, 64);
        v = v128.load32_lane(at, v, 2, 128);
        v = v128.load32_lane(at, v, 3, 192);
        const entry = to + bytesOf(i);
        v = accumulate ? multiplyAdd(v, scale, v128.load(entry)) : f32x4.mul(v, scale);
        v128.store(entry, v);
      }
    }
    for (; i < units; i++) {
      const entry = to + bytesOf(i);
      const value = factor * load<real>(from + <usize>i * ROW);
      store<real>(entry, accumulate ? load<real>(entry) + value : value);
    }
  }
}
