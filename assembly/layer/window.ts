/** Windows that slide over one axis of an image, with and without padding, as TensorFlow places them. */

/** Windows along an axis of `size`: ceil(size/stride) with padding `same`, floor((size − window)/stride) + 1 without. */
export function windowCount(size: i32, window: i32, stride: i32, same: bool): i32 {
  return same ? (size - 1) / stride + 1 : (size - window) / stride + 1;
}

/** Padding before an axis: half of all, the smaller half where it is odd. */
export function paddingBefore(size: i32, window: i32, stride: i32, same: bool): i32 {
  return same ? max((windowCount(size, window, stride, true) - 1) * stride + window - size, 0) >> 1 : 0;
}
