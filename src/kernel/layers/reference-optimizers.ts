/** Optimizer steps in plain float64. */
import { checkSizes, checkState } from '../arguments.ts';
import { numbers } from '../reference-arguments.ts';
import type {
  AdamSettings,
  LarsSettings,
  LionSettings,
  OptimizerOperations,
  RmspropSettings,
  SgdSettings,
} from './optimizers.ts';

type Numbers = Float64Array<ArrayBufferLike>;

/** The optimizers of the reference kernel. */
export const referenceOptimizers: OptimizerOperations = {
  sgd(parameters, gradients, velocity, count, settings) {
    checkSizes('sgd', { count });
    checkState('sgd', 'momentum', velocity, settings.momentum !== 0);
    sgdStep(
      numbers('sgd', 'parameters', parameters, count),
      numbers('sgd', 'gradients', gradients, count),
      velocity === null ? null : numbers('sgd', 'velocity', velocity, count),
      count,
      settings,
    );
  },
  adam(parameters, gradients, first, second, count, settings) {
    checkSizes('adam', { count });
    adamStep(
      numbers('adam', 'parameters', parameters, count),
      numbers('adam', 'gradients', gradients, count),
      numbers('adam', 'first', first, count),
      numbers('adam', 'second', second, count),
      count,
      settings,
    );
  },
  rmsprop(parameters, gradients, { square, mean, velocity }, count, settings) {
    checkSizes('rmsprop', { count });
    checkState('rmsprop', 'centered', mean, settings.centered);
    checkState('rmsprop', 'momentum', velocity, settings.momentum !== 0);
    rmspropStep(
      numbers('rmsprop', 'parameters', parameters, count),
      numbers('rmsprop', 'gradients', gradients, count),
      numbers('rmsprop', 'square', square, count),
      mean === null ? null : numbers('rmsprop', 'mean', mean, count),
      velocity === null ? null : numbers('rmsprop', 'velocity', velocity, count),
      count,
      settings,
    );
  },
  lion(parameters, gradients, velocity, count, settings) {
    checkSizes('lion', { count });
    lionStep(
      numbers('lion', 'parameters', parameters, count),
      numbers('lion', 'gradients', gradients, count),
      numbers('lion', 'velocity', velocity, count),
      count,
      settings,
    );
  },
  lars(parameters, gradients, velocity, count, settings) {
    checkSizes('lars', { count });
    larsStep(
      numbers('lars', 'parameters', parameters, count),
      numbers('lars', 'gradients', gradients, count),
      numbers('lars', 'velocity', velocity, count),
      count,
      settings,
    );
  },
  squaredNorm(x, count) {
    checkSizes('squaredNorm', { count });
    const values = numbers('squaredNorm', 'x', x, count);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[i]! * values[i]!;
    return sum;
  },
  scale(x, count, factor) {
    checkSizes('scale', { count });
    const values = numbers('scale', 'x', x, count);
    for (let i = 0; i < count; i++) values[i]! *= factor;
  },
};

/** One step of SGD; see SgdSettings for the formula. */
function sgdStep(
  parameters: Numbers,
  gradients: Numbers,
  velocity: Numbers | null,
  count: number,
  settings: SgdSettings,
): void {
  const { learningRate, momentum, weightDecay, nesterov } = settings;
  for (let i = 0; i < count; i++) {
    const g = gradients[i]! + weightDecay * parameters[i]!;
    let update = g;
    if (velocity !== null && momentum !== 0) {
      const v = momentum * velocity[i]! + g;
      velocity[i] = v;
      update = nesterov ? g + momentum * v : v;
    }
    parameters[i]! -= learningRate * update;
  }
}

/** One step of Adam or AdamW; see AdamSettings for the formula. */
function adamStep(
  parameters: Numbers,
  gradients: Numbers,
  first: Numbers,
  second: Numbers,
  count: number,
  settings: AdamSettings,
): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, correction1, correction2 } = settings;
  for (let i = 0; i < count; i++) {
    let p = parameters[i]!;
    let g = gradients[i]!;
    if (decoupled) p -= learningRate * weightDecay * p;
    else g += weightDecay * p;
    const m = beta1 * first[i]! + (1 - beta1) * g;
    const v = beta2 * second[i]! + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] =
      p - ((learningRate / correction1) * m) / (Math.sqrt(v) / Math.sqrt(correction2) + epsilon);
  }
}

/** One step of RMSprop; see RmspropSettings for the formula. */
function rmspropStep(
  parameters: Numbers,
  gradients: Numbers,
  square: Numbers,
  mean: Numbers | null,
  velocity: Numbers | null,
  count: number,
  settings: RmspropSettings,
): void {
  const { learningRate, alpha, epsilon, momentum, weightDecay, centered } = settings;
  for (let i = 0; i < count; i++) {
    const g = gradients[i]! + weightDecay * parameters[i]!;
    square[i] = alpha * square[i]! + (1 - alpha) * g * g;
    let spread = square[i]!;
    if (centered && mean !== null) {
      mean[i] = alpha * mean[i]! + (1 - alpha) * g;
      spread = Math.max(spread - mean[i]! * mean[i]!, 0);
    }
    let update = g / (Math.sqrt(spread) + epsilon);
    if (velocity !== null && momentum !== 0) {
      velocity[i] = momentum * velocity[i]! + update;
      update = velocity[i]!;
    }
    parameters[i]! -= learningRate * update;
  }
}

/** One step of Lion; see LionSettings for the formula. What is not finite gives NaN, so that a diverged network is seen. */
function lionStep(
  parameters: Numbers,
  gradients: Numbers,
  velocity: Numbers,
  count: number,
  { learningRate, beta1, beta2, weightDecay }: LionSettings,
): void {
  for (let i = 0; i < count; i++) {
    const [p, g, v] = [parameters[i]!, gradients[i]!, velocity[i]!];
    const c = beta1 * v + (1 - beta1) * g;
    parameters[i] = p - learningRate * (Math.sign(c) + (c - c) + weightDecay * p);
    velocity[i] = beta2 * v + (1 - beta2) * g;
  }
}

/** One step of LARS; see LarsSettings for the formula. */
function larsStep(
  parameters: Numbers,
  gradients: Numbers,
  velocity: Numbers,
  count: number,
  { rate, momentum, weightDecay }: LarsSettings,
): void {
  for (let i = 0; i < count; i++) {
    const v = momentum * velocity[i]! + rate * (gradients[i]! + weightDecay * parameters[i]!);
    velocity[i] = v;
    parameters[i]! -= v;
  }
}
