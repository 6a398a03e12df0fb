/**
 * Bounded reader of Thrift's compact protocol, in which Parquet writes its footer and the headers of its pages: every length
 * is held against the bytes there are. What it accepts is safe for a reader that does not.
 *
 * Source: "Thrift compact protocol encoding", apache/thrift, doc/specs/thrift-compact-protocol.md.
 */

/** A field of a struct: numbers and structs as they are; bytes and lists are only walked over. */
export type ThriftValue = number | boolean | ThriftStruct | undefined;
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

const DEEPEST = 24;
/** Of a varint for 64 bits. */
const LONGEST_VARINT = 10;

/**
 * Reads one struct that begins at `start`; `end` is where it ends.
 *
 * Errors: RangeError where a length, a nesting or a number does not fit into the bytes.
 */
export function readThriftStruct(bytes: Uint8Array, start: number): { struct: ThriftStruct; end: number } {
  const reader = new CompactReader(bytes, start);
  const struct = reader.struct(0);
  return { struct, end: reader.at };
}

class CompactReader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.at = start;
  }

  struct(depth: number): ThriftStruct {
    if (depth > DEEPEST) throw new RangeError(`structs nested more than ${DEEPEST} deep`);
    const fields = new Map<number, ThriftValue>();
    let id = 0;
    for (;;) {
      const byte = this.#byte();
      const type = byte & 0x0f;
      if (type === 0) return fields;
      id = byte >> 4 === 0 ? this.#zigzag() : id + (byte >> 4);
      fields.set(id, this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return this.#byte();
      case 4:
      case 5:
      case 6:
        return this.#zigzag();
      case 7:
        return this.#skip(8);
      case 8:
        return this.#skip(this.varint());
      case 9:
        return this.#list(depth);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new RangeError(`a field of the unknown type ${type}`);
    }
  }

  #list(depth: number): undefined {
    if (depth > DEEPEST) throw new RangeError(`lists nested more than ${DEEPEST} deep`);
    const byte = this.#byte();
    const size = byte >> 4 === 15 ? this.varint() : byte >> 4;
    // Every element takes a byte at least.
    if (size > this.#bytes.length - this.at) throw new RangeError(`a list of ${size} elements`);
    const type = byte & 0x0f;
    for (let i = 0; i < size; i++) this.#value(type === 1 || type === 2 ? 3 : type, depth + 1);
  }

  #skip(length: number): undefined {
    if (length > this.#bytes.length - this.at) throw new RangeError(`${length} bytes past the end`);
    this.at += length;
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new RangeError('an end within a struct');
    this.at++;
    return byte;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < LONGEST_VARINT; shift++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    throw new RangeError(`a number of more than ${LONGEST_VARINT} bytes`);
  }

  #zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
