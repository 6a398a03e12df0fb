/**
 * The part of TensorFlow.js that this folder calls, so that the build needs none of its 270 MB. Users of the package have
 * the real declarations in its place, against which `npm run test:long` compiles this folder too.
 */
declare module '@tensorflow/tfjs' {
  export type Shape = (number | null)[];
  export type DataType = 'float32' | 'int32' | 'bool' | 'complex64' | 'string';

  export class Tensor {
    readonly shape: number[];
    readonly isDisposed: boolean;
    dataSync(): Float32Array;
  }
  export type Scalar = Tensor;
  export type Tensor2D = Tensor;
  export type GradSaveFunc = (save: Tensor[]) => void;

  export function scalar(value: number): Scalar;
  export function tensor2d(values: Float32Array, shape: [number, number]): Tensor2D;
  export function add<T extends Tensor>(a: Tensor, b: Tensor): T;
  export function mul<T extends Tensor>(a: Tensor, b: Tensor | number): T;
  export function customGrad<T extends Tensor>(
    f: (...inputs: (Tensor | GradSaveFunc)[]) => {
      value: T;
      gradFunc: (upstream: T, saved: Tensor[]) => Tensor | Tensor[];
    },
  ): (...inputs: Tensor[]) => T;

  export namespace serialization {
    type ConfigDictValue = boolean | number | string | null | ConfigDictArray | ConfigDict;
    interface ConfigDict {
      [key: string]: ConfigDictValue;
    }
    interface ConfigDictArray extends Array<ConfigDictValue> {}
    interface SerializableConstructor<T extends Serializable> {
      // biome-ignore lint/suspicious/noExplicitAny: as TensorFlow.js declares it
      new (...args: any[]): T;
      className: string;
      fromConfig(cls: SerializableConstructor<T>, config: ConfigDict): T;
    }
    abstract class Serializable {
      getClassName(): string;
      abstract getConfig(): ConfigDict;
      static fromConfig<T extends Serializable>(cls: SerializableConstructor<T>, config: ConfigDict): T;
    }
    function registerClass<T extends Serializable>(cls: SerializableConstructor<T>): unknown;
  }

  interface LayerArgs {
    inputShape?: Shape;
    batchInputShape?: Shape;
    batchSize?: number;
    dtype?: DataType;
    name?: string;
    trainable?: boolean;
    weights?: Tensor[];
    inputDType?: DataType;
  }

  export namespace layers {
    abstract class Layer extends serialization.Serializable {
      constructor(args?: LayerArgs);
      call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[];
      addLoss(losses: () => Scalar): void;
      computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[];
      getConfig(): serialization.ConfigDict;
    }
  }
}
