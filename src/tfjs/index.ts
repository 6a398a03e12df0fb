/** `covgrad/tfjs`: the penalties for TensorFlow.js, which is an optional peer (`npm install @tensorflow/tfjs`). */

export { CovgradError, KernelError, ShapeError } from '../errors.ts';
export { Decorrelation, type DecorrelationArgs } from './layer.ts';
export { type DecorrelationOptions, decorrelationPenalty, ready } from './penalty.ts';
