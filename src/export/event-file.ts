/**
 * TensorBoard event files: records of a length, its checksum, an Event and its checksum.
 *
 * Source: the TFRecord framing and event.proto, summary.proto of TensorFlow.
 */
import crc32c from 'crc-32/crc32c.js';
import { PbfWriter } from 'pbf';

/** One entry of an event; a number, or the data of a plug-in. */
export type SummaryValue =
  | { readonly tag: string; readonly number: number }
  | { readonly tag: string; readonly plugin: string; readonly content: Uint8Array };

/** Units: `time` in milliseconds since 1970. Precision: numbers are stored as float32. */
export interface SummaryEvent {
  readonly time: number;
  readonly step: number;
  readonly values: readonly SummaryValue[];
}

const FILE_VERSION = 'brain.Event:2';
const DT_FLOAT = 1;
/** Plug-ins that read tensors. */
const DATA_CLASS_TENSOR = 2;
const SCALARS = 'scalars';
const DATA_CLASS_SCALAR = 1;

/** A name by which TensorBoard knows an event file, the same for the same time. */
export function eventFileName(time: number): string {
  return `events.out.tfevents.${String(Math.floor(time / 1000)).padStart(10, '0')}.covgrad`;
}

/** An event file; it begins with the event that states the version. Units: `time` in milliseconds since 1970. */
export function eventFile(time: number, events: readonly SummaryEvent[]): Uint8Array {
  const version = message((writer) => {
    writer.writeDoubleField(1, time / 1000);
    writer.writeStringField(3, FILE_VERSION);
  });
  return Buffer.concat([version, ...events.map(encodeEvent)].map(frame));
}

/** A protocol buffer message. */
export function message(write: (writer: PbfWriter) => void): Uint8Array {
  const writer = new PbfWriter();
  write(writer);
  return writer.finish();
}

/** Shapes: u64 length, u32 masked checksum of it, the bytes, u32 masked checksum of them; all little-endian. */
function frame(bytes: Uint8Array): Uint8Array {
  const record = Buffer.alloc(12 + bytes.length + 4);
  record.writeBigUInt64LE(BigInt(bytes.length));
  record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8);
  record.set(bytes, 12);
  record.writeUInt32LE(maskedChecksum(bytes), 12 + bytes.length);
  return record;
}

/** CRC-32C, rotated and shifted by a constant so that checksums of data that hold checksums stay good ones. */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c.buf(bytes);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

function encodeEvent({ time, step, values }: SummaryEvent): Uint8Array {
  return message((event) => {
    event.writeDoubleField(1, time / 1000);
    event.writeVarintField(2, step);
    event.writeMessage(5, writeSummary, values);
  });
}

function writeSummary(values: readonly SummaryValue[], summary: PbfWriter): void {
  for (const value of values) summary.writeMessage(1, writeValue, value);
}

function writeValue(value: SummaryValue, writer: PbfWriter): void {
  writer.writeStringField(1, value.tag);
  if ('number' in value) {
    writer.writeFloatField(2, value.number);
    writer.writeMessage(9, writeMetadata, { plugin: SCALARS, dataClass: DATA_CLASS_SCALAR });
    return;
  }
  writer.writeMessage(8, writeEmptyTensor, undefined);
  const { plugin, content } = value;
  writer.writeMessage(9, writeMetadata, { plugin, content, dataClass: DATA_CLASS_TENSOR });
}

/** Readers expect a tensor in every value: for those that are all metadata, one of no elements. */
function writeEmptyTensor(_: undefined, tensor: PbfWriter): void {
  tensor.writeVarintField(1, DT_FLOAT);
  tensor.writeMessage(
    2,
    (_shape: undefined, shape) =>
      shape.writeMessage(2, (size: number, dim) => dim.writeVarintField(1, size), 0),
    undefined,
  );
}

interface Metadata {
  readonly plugin: string;
  readonly content?: Uint8Array;
  readonly dataClass: number;
}

function writeMetadata({ plugin, content, dataClass }: Metadata, metadata: PbfWriter): void {
  metadata.writeMessage(
    1,
    (_: undefined, data) => {
      data.writeStringField(1, plugin);
      if (content !== undefined) data.writeBytesField(2, content);
    },
    undefined,
  );
  metadata.writeVarintField(4, dataClass);
}
