/**
 * What TensorBoard's HParams plug-in reads: the experiment with its hyperparameters and metrics, and of each session its
 * start and its end.
 *
 * Source: plugin_data.proto and api.proto of the plug-in, and google/protobuf/struct.proto.
 */

import type { PbfWriter } from 'pbf';
import { largestOf, smallestOf } from '../extremes.ts';
import type { Setting } from '../record/settings.ts';
import { message, type SummaryValue } from './event-file.ts';

/** How a session ended; unknown where it was broken off. */
export type SessionStatus = 'unknown' | 'success' | 'failure';

/** A swept setting with the values that it took. */
export interface Hyperparameter {
  readonly name: string;
  readonly values: readonly Setting[];
}

const STATUS: Readonly<Record<SessionStatus, number>> = { unknown: 0, success: 1, failure: 2 };
const TYPES = { string: 1, boolean: 2, number: 3 } as const;

/** The experiment. Units: `time` in milliseconds since 1970. */
export function experimentValue(experiment: {
  readonly name: string;
  readonly time: number;
  readonly hyperparameters: readonly Hyperparameter[];
  readonly metrics: readonly string[];
}): SummaryValue {
  return pluginValue('experiment', 2, (data) => {
    data.writeStringField(6, experiment.name);
    data.writeDoubleField(3, experiment.time / 1000);
    for (const parameter of experiment.hyperparameters) data.writeMessage(4, writeHyperparameter, parameter);
    for (const metric of experiment.metrics) data.writeMessage(5, writeMetric, metric);
  });
}

/** The start of a session; sessions of one group are shown as one, with their mean. Units: `time` as above. */
export function sessionStartValue(session: {
  readonly group: string;
  readonly time: number;
  readonly settings: readonly (readonly [string, Setting])[];
}): SummaryValue {
  return pluginValue('session_start_info', 3, (data) => {
    for (const entry of session.settings) data.writeMessage(1, writeEntry, entry);
    data.writeStringField(4, session.group);
    data.writeDoubleField(5, session.time / 1000);
  });
}

/** The end of a session. Units: `time` as above. */
export function sessionEndValue(status: SessionStatus, time: number): SummaryValue {
  return pluginValue('session_end_info', 4, (data) => {
    data.writeVarintField(1, STATUS[status]);
    data.writeDoubleField(2, time / 1000);
  });
}

/** The values of a hyperparameter as one type: text where they are of several. */
export function typed(values: readonly Setting[]): { type: keyof typeof TYPES; values: readonly Setting[] } {
  const [type = 'string', ...others] = new Set(values.map((value) => typeof value));
  if (others.length > 0 || type === 'string') return { type: 'string', values: values.map(String) };
  return { type: type as 'boolean' | 'number', values };
}

function pluginValue(tag: string, field: number, write: (data: PbfWriter) => void): SummaryValue {
  const content = message((plugin) => {
    plugin.writeVarintField(1, 0);
    plugin.writeMessage(field, (_: undefined, data) => write(data), undefined);
  });
  return { tag: `_hparams_/${tag}`, plugin: 'hparams', content };
}

function writeHyperparameter({ name, values }: Hyperparameter, info: PbfWriter): void {
  const { type, values: shown } = typed(values);
  info.writeStringField(1, name);
  info.writeVarintField(4, TYPES[type]);
  if (type !== 'number') {
    info.writeMessage(5, writeList, [...new Set(shown)]);
    return;
  }
  const numbers = shown as readonly number[];
  info.writeMessage(
    6,
    ([min, max]: readonly [number, number], interval) => {
      interval.writeDoubleField(1, min);
      interval.writeDoubleField(2, max);
    },
    [smallestOf(numbers), largestOf(numbers)],
  );
}

function writeMetric(tag: string, info: PbfWriter): void {
  info.writeMessage(1, (_: undefined, name) => name.writeStringField(2, tag), undefined);
}

function writeList(values: readonly Setting[], list: PbfWriter): void {
  for (const value of values) list.writeMessage(1, writeValue, value);
}

function writeEntry([key, value]: readonly [string, Setting], entry: PbfWriter): void {
  entry.writeStringField(1, key);
  entry.writeMessage(2, writeValue, value);
}

function writeValue(value: Setting, writer: PbfWriter): void {
  if (typeof value === 'number') writer.writeDoubleField(2, value);
  else if (typeof value === 'boolean') writer.writeBooleanField(4, value);
  else writer.writeStringField(3, value);
}
