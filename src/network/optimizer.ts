/** What a network sees of its optimizer. */
import type { KernelArray } from '../kernel/operations.ts';

/** What an optimizer trains: numbers and the gradient of the cost with respect to each. */
export interface TrainedArray {
  readonly values: KernelArray;
  readonly gradient: KernelArray;
}

/** An optimizer with its state. */
export interface Optimizer {
  /** Of the steps to come. */
  learningRate: number;
  /** Move every array one step along its gradient. Weight decay acts on biases as well, as in PyTorch. */
  step(): void;
}
