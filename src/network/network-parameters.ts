/** The parameters and buffers of a network: their memory, their initial numbers, and what acts on them beside the optimizer. */
import type { KernelArray, Operations } from '../kernel/operations.ts';
import { uniformStream } from '../random.ts';
import type { ArrayScope } from './array-scope.ts';
import type { LayerArrays } from './chain.ts';
import { allNodes, type ChainPlan, type NodePlan } from './chain-plan.ts';
import { countOf, type ParameterAction, type ParameterPlan, type TrainedArray } from './layer.ts';
import { createParameter, type Parameter } from './parameter.ts';

/** Everything that a network trains or keeps. */
export class NetworkParameters {
  /** In order of the layers. */
  readonly trained: readonly TrainedArray[];
  readonly parameters: readonly Parameter[];
  readonly buffers: readonly Parameter[];
  readonly #byNode = new Map<NodePlan, LayerArrays>();
  readonly #regularizers: readonly (() => void)[];
  readonly #constraints: readonly (() => void)[];

  constructor(
    operations: Operations,
    scope: ArrayScope,
    plan: ChainPlan,
    seed: number,
    checkAlive: () => void,
  ) {
    const [trained, parameters, buffers]: [TrainedArray[], Parameter[], Parameter[]] = [[], [], []];
    const [regularizers, constraints]: [(() => void)[], (() => void)[]] = [[], []];
    const bind =
      (action: ParameterAction, array: TrainedArray, { shape }: ParameterPlan) =>
      (): void =>
        action(operations, array, shape);
    // A random stream for each layer that draws: changing one layer leaves the initial weights of the others.
    let drawing = 0;
    for (const node of allNodes(plan)) {
      const { name } = node.listed;
      const drawn = node.plan.parameters.some(({ initial }) => typeof initial === 'function');
      const next = uniformStream(seed, 'weights', drawing);
      if (drawn) drawing += 1;
      const arrays: LayerArrays = {
        parameters: node.plan.parameters.map((parameter) => {
          const count = countOf(parameter.shape);
          const array = { values: scope.numbers(count), gradient: scope.numbers(count) };
          if (typeof parameter.initial === 'function') parameter.initial(array.values.values, next);
          else if (parameter.initial !== 0) array.values.values.fill(parameter.initial);
          const { regularize, constrain } = parameter;
          if (regularize !== undefined) regularizers.push(bind(regularize, array, parameter));
          if (constrain !== undefined) constraints.push(bind(constrain, array, parameter));
          parameters.push(
            createParameter(`${name}.${parameter.name}`, parameter.shape, array.values, checkAlive),
          );
          return array;
        }),
        buffers: node.plan.buffers.map((buffer): KernelArray => {
          const array = scope.numbers(countOf(buffer.shape));
          array.values.fill(buffer.initial);
          buffers.push(createParameter(`${name}.${buffer.name}`, buffer.shape, array, checkAlive));
          return array;
        }),
      };
      trained.push(...arrays.parameters);
      this.#byNode.set(node, arrays);
    }
    [this.trained, this.parameters, this.buffers] = [trained, parameters, buffers];
    [this.#regularizers, this.#constraints] = [regularizers, constraints];
    this.constrain();
  }

  of(node: NodePlan): LayerArrays {
    return this.#byNode.get(node)!;
  }

  /** Add to the gradients what does not come from the samples. */
  regularize(): void {
    for (const add of this.#regularizers) add();
  }

  /** Bring the values back to where they may be. */
  constrain(): void {
    for (const project of this.#constraints) project();
  }

  isFinite(): boolean {
    return this.trained.every(({ values }) => values.values.every(Number.isFinite));
  }
}
