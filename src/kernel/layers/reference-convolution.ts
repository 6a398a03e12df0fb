/** The two-dimensional convolution and its gradients in plain float64: a loop over every product. */

import { numbers } from '../reference-arguments.ts';
import { type Conv2dShape, type ConvolutionOperations, conv2dLengths, conv2dOutput } from './convolution.ts';
import { paddingBefore } from './windows.ts';

export const referenceConvolution: ConvolutionOperations = {
  conv2dForward(y, x, kernel, biases, shape) {
    const where = 'conv2dForward';
    const lengths = conv2dLengths(where, shape);
    const output = numbers(where, 'y', y, lengths.y);
    const input = numbers(where, 'x', x, lengths.x);
    const weights = numbers(where, 'kernel', kernel, lengths.kernel);
    const b = biases === null ? null : numbers(where, 'biases', biases, shape.filters);
    for (let i = 0; i < lengths.y; i++) output[i] = b === null ? 0 : b[i % shape.filters]!;
    everyProduct(where, shape, (out, k, pixel) => {
      output[out]! += weights[k]! * input[pixel]!;
    });
  },
  conv2dBackward(dKernel, dBiases, dx, dy, x, kernel, shape) {
    const where = 'conv2dBackward';
    const lengths = conv2dLengths(where, shape);
    const upstream = numbers(where, 'dy', dy, lengths.y);
    const input = numbers(where, 'x', x, lengths.x);
    const weights = numbers(where, 'kernel', kernel, lengths.kernel);
    const dWeights = numbers(where, 'dKernel', dKernel, lengths.kernel).fill(0, 0, lengths.kernel);
    const dInput = dx === null ? null : numbers(where, 'dx', dx, lengths.x).fill(0, 0, lengths.x);
    everyProduct(where, shape, (out, k, pixel) => {
      dWeights[k]! += upstream[out]! * input[pixel]!;
      if (dInput !== null) dInput[pixel]! += upstream[out]! * weights[k]!;
    });
    if (dBiases === null) return;
    const db = numbers(where, 'dBiases', dBiases, shape.filters).fill(0, 0, shape.filters);
    for (let i = 0; i < lengths.y; i++) db[i % shape.filters]! += upstream[i]!;
  },
  reserveConv2d: (shape) => void conv2dOutput('reserveConv2d', shape),
};

/** Every product of the convolution, by the indices of its entries in y, kernel and x; those with the zeros around x are left out. */
function everyProduct(
  where: string,
  shape: Conv2dShape,
  product: (output: number, weight: number, input: number) => void,
): void {
  const { samples, height, width, channels, filters, kernelSize, strides, padding } = shape;
  const [kernelHeight, kernelWidth] = kernelSize;
  const [outputHeight, outputWidth] = conv2dOutput(where, shape);
  const top = paddingBefore(height, kernelHeight, strides[0], padding);
  const left = paddingBefore(width, kernelWidth, strides[1], padding);
  for (let s = 0; s < samples; s++) {
    for (let oy = 0; oy < outputHeight; oy++) {
      for (let ox = 0; ox < outputWidth; ox++) {
        const output = ((s * outputHeight + oy) * outputWidth + ox) * filters;
        for (let ky = 0; ky < kernelHeight; ky++) {
          const iy = oy * strides[0] + ky - top;
          if (iy < 0 || iy >= height) continue;
          for (let kx = 0; kx < kernelWidth; kx++) {
            const ix = ox * strides[1] + kx - left;
            if (ix < 0 || ix >= width) continue;
            const input = ((s * height + iy) * width + ix) * channels;
            const weight = (ky * kernelWidth + kx) * channels * filters;
            for (let c = 0; c < channels; c++) {
              for (let f = 0; f < filters; f++) product(output + f, weight + c * filters + f, input + c);
            }
          }
        }
      }
    }
  }
}
