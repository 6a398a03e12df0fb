/** What a family of operations needs of the module that it runs on. */

import type { KernelExports } from '../abi.ts';
import type { KernelArray, KernelBytes, KernelCompressed, KernelIndices } from '../operations.ts';

/** A module's exports, and the way from arrays to operands and from status codes to errors. */
export interface KernelHost {
  readonly exports: KernelExports;
  readonly precision: 'f32' | 'f64';
  /** Where an operation leaves a number. */
  readonly result: { readonly offsetBytes: number; readonly values: Float64Array<ArrayBufferLike> };
  /** Byte offset of an array, 0 for null. Errors: ShapeError for an array of another kernel. */
  at(array: KernelArray | KernelIndices | KernelBytes | KernelCompressed | null): number;
  /** Refuses an array of fewer than `length` elements. */
  need(where: string, name: string, array: { readonly length: number } | null, length: number): void;
  /** Byte offset of at least `bytes` bytes of scratch, valid until the next call. */
  scratch(bytes: number): number;
  /** Throws the error of a status that is not 0. */
  check(where: string, status: number): void;
}
