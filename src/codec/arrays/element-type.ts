/**
 * Element types of stored arrays, and their bytes as numbers.
 *
 * Source: IEEE 754 (float16, float32, float64); bfloat16 is the upper half of a float32.
 */

/** The types that can be read, by the names of safetensors in lower case. */
export const ELEMENT_BYTES = {
  bool: 1,
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
} as const;

export type ElementType = keyof typeof ELEMENT_BYTES;

/** Whether elements can be other than whole numbers. */
export function isFloat(type: ElementType): boolean {
  return type === 'f16' || type === 'bf16' || type === 'f32' || type === 'f64';
}

/** Numbers as they are stored, or as they were made of what is stored. */
export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Makes numbers of little-endian bytes. It may hand out a view of them, or memory that its next call overwrites. */
export type Decode = (bytes: Uint8Array) => Numbers;

const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns elements into the host's byte order, in place. */
export function toHostOrder(bytes: Uint8Array, elementBytes: number, bigEndian: boolean): void {
  if (bigEndian !== LITTLE_ENDIAN_HOST) return;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (elementBytes === 2) buffer.swap16();
  if (elementBytes === 4) buffer.swap32();
  if (elementBytes === 8) buffer.swap64();
}

/**
 * The decoder of a type for at most `capacity` elements at a time, which start at a multiple of eight bytes and are in the
 * host's byte order.
 *
 * Precision: integers of eight bytes are rounded to float64. Below 2^53 they are exact; none above rounds to one below.
 */
export function decoder(type: ElementType, capacity: number): Decode {
  switch (type) {
    case 'bool':
    case 'u8':
      return (bytes) => bytes;
    case 'i8':
      return ({ buffer, byteOffset, length }) => new Int8Array(buffer, byteOffset, length);
    case 'u16':
      return ({ buffer, byteOffset, length }) => new Uint16Array(buffer, byteOffset, length / 2);
    case 'i16':
      return ({ buffer, byteOffset, length }) => new Int16Array(buffer, byteOffset, length / 2);
    case 'u32':
      return ({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length / 4);
    case 'i32':
      return ({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length / 4);
    case 'f32':
      return ({ buffer, byteOffset, length }) => new Float32Array(buffer, byteOffset, length / 4);
    case 'f64':
      return ({ buffer, byteOffset, length }) => new Float64Array(buffer, byteOffset, length / 8);
    case 'u64':
    case 'i64':
      return wideDecoder(type, capacity);
    case 'f16':
    case 'bf16':
      return halfDecoder(type === 'f16' ? float16Table() : bfloat16Table(), capacity);
  }
}

/** Two words to a number, without the cost of a BigInt each. */
function wideDecoder(type: 'u64' | 'i64', capacity: number): Decode {
  const numbers = new Float64Array(capacity);
  const [low, high] = LITTLE_ENDIAN_HOST ? [0, 1] : [1, 0];
  return ({ buffer, byteOffset, length }) => {
    const words = new Uint32Array(buffer, byteOffset, length / 4);
    const highs = type === 'i64' ? new Int32Array(buffer, byteOffset, length / 4) : words;
    for (let i = 0; i < length / 8; i++) {
      numbers[i] = (highs[2 * i + high] as number) * 2 ** 32 + (words[2 * i + low] as number);
    }
    return numbers.subarray(0, length / 8);
  };
}

function halfDecoder(table: Float32Array, capacity: number): Decode {
  const numbers = new Float32Array(capacity);
  return ({ buffer, byteOffset, length }) => {
    const halves = new Uint16Array(buffer, byteOffset, length / 2);
    for (let i = 0; i < halves.length; i++) numbers[i] = table[halves[i] as number] as number;
    return numbers.subarray(0, halves.length);
  };
}

/** Every float16 as a number: one sign bit, five of the exponent (bias 15), ten of the fraction. */
function float16Table(): Float32Array {
  return Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

function bfloat16Table(): Float32Array {
  return new Float32Array(Uint32Array.from({ length: 2 ** 16 }, (_, bits) => bits << 16).buffer);
}
