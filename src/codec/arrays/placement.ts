/** Puts the elements of an array, which come in the order of its file, where they belong in row-major memory. */
import type { Numbers } from './element-type.ts';

/** One axis of the file, from the slowest to the fastest: its extent, and how far apart its elements are in the target. */
interface Axis {
  extent: number;
  stride: number;
}

/**
 * Where elements go. `axes` permutes as numpy's transpose does: axis i of the result is axis `axes[i]` of the array.
 */
export class Placement {
  /** Shape of the result. */
  readonly shape: readonly number[];
  readonly #axes: readonly Axis[];
  /** The position on every axis of the next element. */
  readonly #index: number[];
  #target = 0;

  constructor(shape: readonly number[], columnMajor: boolean, axes: readonly number[] = [...shape.keys()]) {
    this.shape = axes.map((axis) => shape[axis] as number);
    const strides = new Array<number>(shape.length).fill(1);
    let stride = 1;
    for (const axis of axes.toReversed()) {
      strides[axis] = stride;
      stride *= shape[axis] as number;
    }
    const inFile = shape.map((extent, axis) => ({ extent, stride: strides[axis] as number }));
    this.#axes = merged(columnMajor ? inFile.reverse() : inFile);
    this.#index = this.#axes.map(() => 0);
  }

  /** Whether the file has the order of the result, so that elements may be read straight into it. */
  get inOrder(): boolean {
    return this.#axes.length === 1 && this.#axes[0]?.stride === 1;
  }

  /** Places the next elements. */
  place(numbers: Numbers, target: Numbers): void {
    const inner = this.#axes.length - 1;
    const { extent, stride } = this.#axes[inner] as Axis;
    let taken = 0;
    while (taken < numbers.length) {
      const run = Math.min(extent - (this.#index[inner] as number), numbers.length - taken);
      if (stride === 1) target.set(numbers.subarray(taken, taken + run), this.#target);
      else {
        let at = this.#target;
        for (let i = taken; i < taken + run; i++) {
          target[at] = numbers[i] as number;
          at += stride;
        }
      }
      taken += run;
      this.#advance(run);
    }
  }

  /** Goes past elements that were read where they belong; see {@link inOrder}. */
  skip(count: number): void {
    this.#advance(count);
  }

  /** Where in the result the element is that comes `ahead` of the next one in the file. */
  positionAhead(ahead: number): number {
    let rest = ahead;
    let position = 0;
    for (let level = this.#axes.length - 1; level >= 0; level--) {
      const { extent, stride } = this.#axes[level] as Axis;
      rest += this.#index[level] as number;
      position += (rest % extent) * stride;
      rest = Math.floor(rest / extent);
    }
    return position;
  }

  #advance(run: number): void {
    let level = this.#axes.length - 1;
    this.#index[level] = (this.#index[level] as number) + run;
    this.#target += run * (this.#axes[level] as Axis).stride;
    while (level > 0 && this.#index[level] === (this.#axes[level] as Axis).extent) {
      const { extent, stride } = this.#axes[level] as Axis;
      this.#index[level] = 0;
      this.#target -= extent * stride;
      level--;
      this.#index[level] = (this.#index[level] as number) + 1;
      this.#target += (this.#axes[level] as Axis).stride;
    }
  }
}

/** Leaves axes of one element out, and makes one of neighbours that are one run in the target. */
function merged(axes: readonly Axis[]): readonly Axis[] {
  const kept: Axis[] = [];
  for (const axis of axes) {
    if (axis.extent === 1) continue;
    const outer = kept.at(-1);
    if (outer?.stride === axis.extent * axis.stride) {
      outer.extent *= axis.extent;
      outer.stride = axis.stride;
    } else kept.push({ ...axis });
  }
  return kept.length > 0 ? kept : [{ extent: 1, stride: 1 }];
}
