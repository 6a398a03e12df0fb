/**
 * The memory of one WebAssembly kernel: blocks are handed out and taken back, and views are made on demand.
 * The only place that touches `memory.buffer`, since growing the memory detaches every view.
 */

import { KernelError, ShapeError } from '../errors.ts';
import type { KernelArray, KernelBytes, KernelIndices } from './operations.ts';

const PAGE_BYTES = 65536;
const LARGEST_PAGES = 65536;
/** Blocks start on cache lines. */
const ALIGNMENT = 64;

/** A block of the arena: where it lies, beside the live view that its user sees. */
export interface Block {
  readonly owner: Arena;
  readonly offsetBytes: number;
  readonly length: number;
}

interface ViewConstructor<View> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offsetBytes: number, length: number): View;
}

interface Gap {
  start: number;
  end: number;
}

/** A first-fit allocator over one WebAssembly memory. */
export class Arena {
  readonly #memory: WebAssembly.Memory;
  /** Free ranges in increasing order, never touching each other. */
  readonly #gaps: Gap[] = [];
  /** Bytes behind each live block, by its offset. */
  readonly #sizes = new Map<number, number>();
  #scratch: { offsetBytes: number; bytes: number } = { offsetBytes: 0, bytes: 0 };
  /** Bytes of the live blocks but the scratch region, which stays from user to user. */
  #live = 0;
  #liveAtReset = 0;
  #peak = 0;
  #scratchWanted = 0;

  constructor(memory: WebAssembly.Memory, heapBaseBytes: number) {
    this.#memory = memory;
    const start = roundUp(heapBaseBytes, ALIGNMENT);
    this.#gaps.push({ start, end: memory.buffer.byteLength });
  }

  /** Size of the whole memory. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The most bytes of blocks since the last reset, less those of then, and the largest scratch region since. */
  get peakBytes(): number {
    return this.#peak - this.#liveAtReset + this.#scratchWanted;
  }

  resetPeak(): void {
    this.#liveAtReset = this.#peak = this.#live;
    this.#scratchWanted = 0;
  }

  /** Zeroed float32 numbers. */
  floats(length: number): KernelArray & Block {
    return this.#zeroed(Float32Array, length);
  }

  /** Zeroed float64 numbers. */
  doubles(length: number): KernelArray & { readonly values: Float64Array } & Block {
    return this.#zeroed(Float64Array, length);
  }

  /** Zeroed 32-bit whole numbers. */
  indices(length: number): KernelIndices & Block {
    return this.#zeroed(Int32Array, length);
  }

  /** Zeroed bytes. */
  octets(length: number): KernelBytes & Block {
    return this.#zeroed(Uint8Array, length);
  }

  /** Offset of a shared region of at least `bytes` bytes, valid until the next call: room for one operation's own use. */
  scratch(bytes: number): number {
    this.#scratchWanted = Math.max(this.#scratchWanted, bytes);
    if (this.#scratch.bytes < bytes) {
      if (this.#scratch.bytes > 0) this.#release(this.#scratch.offsetBytes);
      this.#scratch = { offsetBytes: 0, bytes: 0 };
      this.#scratch = { offsetBytes: this.#take(bytes), bytes };
    }
    return this.#scratch.offsetBytes;
  }

  /** Zeros. */
  clear(offsetBytes: number, bytes: number): void {
    new Uint8Array(this.#memory.buffer, offsetBytes, bytes).fill(0);
  }

  /** Take a block back by its offset; an offset that is not in use is ignored. */
  free(offsetBytes: number): void {
    this.#live -= this.#release(offsetBytes);
  }

  /**
   * What reads an array again after the memory has grown: for a view of this memory a view anew, for anything else the array.
   *
   * Errors: a ShapeError for a view of this memory that does not lie in one block that is in use.
   */
  hold<Numbers extends ArrayLike<number>>(where: string, name: string, array: Numbers): () => Numbers {
    const memory = this.#memory;
    if (!ArrayBuffer.isView(array) || array.buffer !== memory.buffer) return () => array;
    const { byteOffset, byteLength, length } = array as Numbers & ArrayBufferView;
    for (const [start, size] of this.#sizes) {
      if (start > byteOffset || byteOffset + byteLength > start + size) continue;
      // By its tag: the constructor of a subclass may take other arguments.
      const View = globalThis[(array as unknown as Float32Array)[Symbol.toStringTag]];
      const again = (): Numbers =>
        array.buffer === memory.buffer
          ? array
          : (new View(memory.buffer, byteOffset, length) as unknown as Numbers);
      return again;
    }
    throw new ShapeError(
      'MEMORY_NOT_IN_USE',
      `${where}: a view of the kernel's memory must lie in an array that is in use, got one of ${name} that was given back. ` +
        'Prepare or allocate it again, and read its view anew.',
      { where, name, byteOffset, byteLength },
    );
  }

  /** The bytes of the block that is given back. */
  #release(offsetBytes: number): number {
    const size = this.#sizes.get(offsetBytes);
    if (size === undefined) return 0;
    this.#sizes.delete(offsetBytes);
    const gaps = this.#gaps;
    let at = gaps.findIndex((gap) => gap.start > offsetBytes);
    if (at < 0) at = gaps.length;
    gaps.splice(at, 0, { start: offsetBytes, end: offsetBytes + size });
    const next = gaps[at + 1];
    if (next !== undefined && next.start === gaps[at]!.end) {
      gaps[at]!.end = next.end;
      gaps.splice(at + 1, 1);
    }
    const previous = gaps[at - 1];
    if (previous !== undefined && previous.end === gaps[at]!.start) {
      previous.end = gaps[at]!.end;
      gaps.splice(at, 1);
    }
    return size;
  }

  #zeroed<View>(Elements: ViewConstructor<View>, length: number): Block & { readonly values: View } {
    const memory = this.#memory;
    const offsetBytes = this.#allocate(length * Elements.BYTES_PER_ELEMENT);
    return {
      owner: this,
      offsetBytes,
      length,
      get values() {
        return new Elements(memory.buffer, offsetBytes, length);
      },
    };
  }

  #allocate(bytes: number): number {
    const offsetBytes = this.#take(bytes);
    const size = this.#sizes.get(offsetBytes) as number;
    this.#live += size;
    this.#peak = Math.max(this.#peak, this.#live);
    new Uint8Array(this.#memory.buffer, offsetBytes, size).fill(0);
    return offsetBytes;
  }

  /** A block as it was left. */
  #take(bytes: number): number {
    // 16 bytes of room at the end keep two neighbours from sharing a vector.
    const size = roundUp(bytes + 16, ALIGNMENT);
    let gap = this.#gaps.find((candidate) => candidate.end - candidate.start >= size);
    if (gap === undefined) {
      this.#grow(size);
      gap = this.#gaps[this.#gaps.length - 1]!;
    }
    const offsetBytes = gap.start;
    gap.start += size;
    if (gap.start === gap.end) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    this.#sizes.set(offsetBytes, size);
    return offsetBytes;
  }

  /** Extend the memory so that its last gap holds at least `bytes`. */
  #grow(bytes: number): void {
    const before = this.#memory.buffer.byteLength;
    const last = this.#gaps[this.#gaps.length - 1];
    const tail = last !== undefined && last.end === before ? before - last.start : 0;
    const pages = Math.ceil((bytes - tail) / PAGE_BYTES);
    try {
      if (!Number.isSafeInteger(pages) || before / PAGE_BYTES + pages > LARGEST_PAGES) {
        throw new RangeError('the memory of a module ends at 4 GiB');
      }
      this.#memory.grow(pages);
    } catch (cause) {
      throw new KernelError(
        'KERNEL_OUT_OF_MEMORY',
        `kernel: the memory must hold ${before} bytes in use and ${bytes} more, but it cannot grow that far. ` +
          'Use fewer units or a smaller batch; a low limit on the address space (ulimit -v) has the same effect.',
        { bytes, inUse: before },
        { cause },
      );
    }
    const after = this.#memory.buffer.byteLength;
    if (tail > 0) last!.end = after;
    else this.#gaps.push({ start: before, end: after });
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
