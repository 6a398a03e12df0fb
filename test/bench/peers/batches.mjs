/** Batches of MNIST for the training steps of the peers in JavaScript: pixels from 0 to 1, labels as digits and one-hot. */
import { readFileSync } from 'node:fs';

const PIXELS = 784;
const CLASSES = 10;

/** The first `count` batches of the files, in order. */
export function readBatches({ images, labels, batch, batches }) {
  const pixels = readFileSync(images).subarray(16);
  const allDigits = readFileSync(labels).subarray(8);
  return Array.from({ length: batches }, (_, i) => {
    const x = Float32Array.from(
      pixels.subarray(i * batch * PIXELS, (i + 1) * batch * PIXELS),
      (value) => value / 255,
    );
    const y = new Float32Array(batch * CLASSES);
    const digits = allDigits.subarray(i * batch, (i + 1) * batch);
    for (let s = 0; s < batch; s++) y[s * CLASSES + digits[s]] = 1;
    return { x, digits, y };
  });
}

/** The same for images of any shape: the bytes of the file, one after the other. */
export function readImages({ images, labels, inputShape, batch, batches }) {
  const size = batch * inputShape.reduce((product, length) => product * length);
  const pixels = readFileSync(images).subarray(16);
  const digits = readFileSync(labels).subarray(8);
  return Array.from({ length: batches }, (_, i) => ({
    x: Float32Array.from(pixels.subarray(i * size, (i + 1) * size), (value) => value / 255),
    digits: digits.subarray(i * batch, (i + 1) * batch),
  }));
}

/** The weights and biases that a request starts from: `[{data, shape}]`, layer by layer. */
export function splitParameters(values, sizes) {
  let offset = 0;
  return sizes.slice(1).flatMap((units, i) =>
    [[sizes[i], units], [units]].map((shape) => {
      const length = shape.reduce((product, size) => product * size);
      offset += length;
      return { data: values.slice(offset - length, offset), shape };
    }),
  );
}
