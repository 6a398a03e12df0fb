/** The network of a plan as a table: a layer a line. */
import { printable } from '../printable.ts';
import { drawListing } from './listing.ts';
import { formatBytes, formatCount } from './number.ts';
import type { PictureStyle } from './style.ts';
import { plainColumn } from './table.ts';
import { wrap } from './text.ts';

/** What a line says. */
export interface NetworkRow {
  readonly name: string;
  readonly kind: string;
  /** Blocks that it is inside of. */
  readonly depth: number;
  readonly penalized: boolean;
  /** Absent where there is none. */
  readonly activation?: string;
  /** Shape of a sample. */
  readonly output: readonly number[];
  readonly parameters: number;
  /** Of the forward pass of one sample. */
  readonly multiplyAdds: number;
  /** In float32: parameters with their gradients, and what a batch leaves there until the backward pass. */
  readonly bytes: number;
}

/** A network, and the points that train it. */
export interface PlannedNetwork {
  readonly points: number;
  readonly input: readonly number[];
  readonly batch: number;
  readonly layers: readonly NetworkRow[];
  /** Of a whole trial at least: the layers, gradients on their way, and what is measured. */
  readonly bytes: number;
}

/** Networks that are drawn; more are counted. */
const MOST_NETWORKS = 3;

/** Every network with its layers and their sums. */
export function renderNetworks(networks: readonly PlannedNetwork[], style: PictureStyle): string[] {
  const lines = networks
    .slice(0, MOST_NETWORKS)
    .flatMap((network) => ['', ...renderNetwork(network, networks.length > 1, style)]);
  const others = networks.slice(MOST_NETWORKS);
  if (others.length === 0) return lines;
  const points = others.reduce((sum, network) => sum + network.points, 0);
  const what = others.length === 1 ? 'network' : 'networks';
  const note = `${formatCount(others.length)} more ${what}, of ${formatCount(points)} points; --json has all.`;
  return [...lines, '', ...wrap(note, style.width, '  ')];
}

function renderNetwork(
  { points, input, batch, layers, bytes }: PlannedNetwork,
  isOneOfMany: boolean,
  style: PictureStyle,
): string[] {
  const total = (value: (row: NetworkRow) => number): number =>
    layers.reduce((sum, row) => sum + value(row), 0);
  const numbers = (label: string, unit: string, value: (row: NetworkRow) => number, write = formatCount) =>
    plainColumn(
      label,
      [...layers.map((row) => (value(row) === 0 ? '' : write(value(row)))), write(total(value))],
      { unit, align: 'right' },
    );
  const columns = [
    plainColumn('layer', [...layers.map(nameOf), 'in all']),
    plainColumn('output', [...layers.map(({ output }) => output.join(' x ')), '']),
    numbers('parameters', '', ({ parameters }) => parameters),
    numbers('multiply-adds', 'a sample', ({ multiplyAdds }) => multiplyAdds),
    numbers('kernel memory', `batch of ${formatCount(batch)}`, (row) => row.bytes, formatBytes),
    plainColumn('activation', [...layers.map(({ activation = '' }) => activation), '']),
  ];
  const of = isOneOfMany ? ` of ${points === 1 ? 'a point' : `${formatCount(points)} points`}` : '';
  const head = `network${of}  input ${input.join(' x ')}; a trial takes at least ${formatBytes(bytes)} of a kernel`;
  return [...wrap(head, style.width, '         '), '', ...drawListing(columns, style)];
}

function nameOf({ name, kind, depth, penalized }: NetworkRow): string {
  const own = name.startsWith(kind) ? name : `${name} (${kind})`;
  return `${'  '.repeat(depth)}${printable(own)}${penalized ? ', penalized' : ''}`;
}
