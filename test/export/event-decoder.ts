/**
 * Reads TensorBoard event files without any code of the exporter: another protocol buffer library over the published
 * schemas, and the checksum by long division.
 */
import protobuf from 'protobufjs';

const SCHEMA = `
  syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
  message Summary { repeated SummaryValue value = 1; }
  message SummaryValue {
    string tag = 1;
    oneof value { float simple_value = 2; Tensor tensor = 8; }
    Metadata metadata = 9;
  }
  message Tensor { int32 dtype = 1; Shape tensor_shape = 2; }
  message Shape { message Dim { int64 size = 1; string name = 2; } repeated Dim dim = 2; }
  message Metadata { PluginData plugin_data = 1; string display_name = 2; string summary_description = 3; int32 data_class = 4; }
  message PluginData { string plugin_name = 1; bytes content = 2; }

  message HParams {
    int32 version = 1;
    oneof data { Experiment experiment = 2; SessionStart session_start_info = 3; SessionEnd session_end_info = 4; }
  }
  message Experiment {
    string description = 1; string user = 2; double time_created_secs = 3;
    repeated HParamInfo hparam_infos = 4; repeated MetricInfo metric_infos = 5; string name = 6;
  }
  message HParamInfo {
    string name = 1; string display_name = 2; string description = 3; int32 type = 4;
    oneof domain { List domain_discrete = 5; Interval domain_interval = 6; }
  }
  message Interval { double min_value = 1; double max_value = 2; }
  message MetricInfo { MetricName name = 1; string display_name = 3; string description = 4; int32 dataset_type = 5; }
  message MetricName { string group = 1; string tag = 2; }
  message SessionStart {
    map<string, Value> hparams = 1; string model_uri = 2; string monitor_url = 3; string group_name = 4;
    double start_time_secs = 5;
  }
  message SessionEnd { int32 status = 1; double end_time_secs = 2; }
  message Value { oneof kind { int32 null_value = 1; double number_value = 2; string string_value = 3; bool bool_value = 4; } }
  message List { repeated Value values = 1; }
`;
const { root } = protobuf.parse(SCHEMA);
const DECODED = { longs: Number, bytes: Buffer, defaults: false } as const;

export interface DecodedValue {
  readonly tag: string;
  readonly simpleValue?: number;
  readonly tensor?: unknown;
  readonly metadata: { readonly pluginData: { readonly pluginName: string }; readonly dataClass: number };
  /** The content of the HParams plug-in. */
  readonly hparams?: Readonly<Record<string, unknown>>;
}

export interface DecodedEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion?: string;
  readonly values: readonly DecodedValue[];
}

/** Every event of a file. Throws where a length or a checksum is wrong. */
export function decodeEventFile(file: Uint8Array): DecodedEvent[] {
  const bytes = Buffer.from(file);
  const events: DecodedEvent[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(offset));
    expectChecksum(bytes.subarray(offset, offset + 8), bytes.readUInt32LE(offset + 8));
    const data = bytes.subarray(offset + 12, offset + 12 + length);
    if (data.length !== length) throw new Error(`record at ${offset} is longer than the file`);
    expectChecksum(data, bytes.readUInt32LE(offset + 12 + length));
    events.push(decodeEvent(data));
    offset += 12 + length + 4;
  }
  return events;
}

function decodeEvent(data: Uint8Array): DecodedEvent {
  const { wallTime, step = 0, fileVersion, summary } = decode('Event', data);
  const values = (summary?.value ?? []).map(
    (value: { metadata: { pluginData: { content?: Uint8Array } } }) => {
      const { content } = value.metadata.pluginData;
      return content === undefined ? value : { ...value, hparams: decode('HParams', content) };
    },
  );
  return { wallTime, step, ...(fileVersion !== undefined && { fileVersion }), values };
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests check.
function decode(name: string, data: Uint8Array): any {
  const type = root.lookupType(name);
  return type.toObject(type.decode(data), DECODED);
}

function expectChecksum(bytes: Uint8Array, stored: number): void {
  // Undo the mask: subtract the constant, rotate left by 15.
  const rotated = (stored - 0xa282ead8) >>> 0;
  const unmasked = ((rotated << 15) | (rotated >>> 17)) >>> 0;
  const computed = longDivision(bytes);
  if (unmasked !== computed) throw new Error(`checksum ${unmasked} stored, ${computed} computed`);
}

/** CRC-32C, one bit after another (RFC 3720, appendix B.4: 32 zero bytes give 0x8a9136aa). */
export function longDivision(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
    }
  }
  return ~remainder >>> 0;
}
