/** Functions whose minimum is known, on a unit cube: what a sampler that learns must find faster than one that does not. */
import type { Axis, Coordinates } from '../../src/plan/tpe.ts';

/** A function to minimise and the space that it is defined on. */
export interface KnownFunction {
  readonly name: string;
  readonly axes: readonly Axis[];
  /** A point without the axes that it does not have. */
  settle(point: Coordinates): Coordinates;
  at(point: Coordinates): number;
}

function onCube(name: string, dimensions: number, at: (x: number[]) => number): KnownFunction {
  return {
    name,
    axes: Array.from({ length: dimensions }, () => ({ kind: 'number' })),
    settle: (point) => point,
    at: (point) => at(point as number[]),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const HARTMANN = {
  alpha: [1, 1.2, 3, 3.2],
  a: [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  p: [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ],
};

/** A bowl, three classical functions, one with many hollows, and one whose axes depend on a choice. */
export const KNOWN_FUNCTIONS: readonly KnownFunction[] = [
  onCube('sphere, 4 axes', 4, (x) => sum(x.map((value, axis) => (value - 0.3 - 0.05 * axis) ** 2))),
  onCube('Branin, 2 axes', 2, ([u = 0, v = 0]) => {
    const [x, y] = [15 * u - 5, 15 * v];
    const parabola = y - (5.1 * x ** 2) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6;
    return parabola ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  }),
  onCube('Rosenbrock, 3 axes', 3, (u) => {
    const x = u.map((value) => 4 * value - 2);
    return sum(
      x.slice(1).map((next, axis) => {
        const own = x[axis] as number;
        return 100 * (next - own ** 2) ** 2 + (1 - own) ** 2;
      }),
    );
  }),
  onCube(
    'Hartmann, 6 axes',
    6,
    (x) =>
      -sum(
        HARTMANN.alpha.map((alpha, row) => {
          const squares = x.map((value, axis) => {
            const [a, p] = [HARTMANN.a[row]?.[axis] ?? 0, HARTMANN.p[row]?.[axis] ?? 0];
            return a * (value - p) ** 2;
          });
          return alpha * Math.exp(-sum(squares));
        }),
      ),
  ),
  onCube('Ackley, 5 axes', 5, (u) => {
    const x = u.map((value) => 10 * value - 4);
    const [square, wave] = [x.map((value) => value ** 2), x.map((value) => Math.cos(2 * Math.PI * value))];
    return 20 + Math.E - 20 * Math.exp(-0.2 * Math.sqrt(sum(square) / 5)) - Math.exp(sum(wave) / 5);
  }),
  {
    name: 'four kinds, each with axes of its own',
    axes: [
      { kind: 'category', prior: [0.25, 0.25, 0.25, 0.25] },
      { kind: 'number' },
      { kind: 'number' },
      { kind: 'number', levels: 6 },
    ],
    settle: ([kind = 0, weight, width, steps]) => [
      kind,
      weight,
      kind === 2 ? width : undefined,
      kind >= 2 ? steps : undefined,
    ],
    at: ([kind = 0, weight = 0, width = 0, steps = 0]) =>
      ([0.6, 0.4, 0.2, 0.3][kind] ?? 0) +
      (weight - 0.7) ** 2 +
      (kind === 2 ? (width - 0.15) ** 2 : 0) +
      (kind >= 2 ? 0.3 * Math.abs(steps - 0.75) : 0),
  },
];
