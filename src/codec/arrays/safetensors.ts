/**
 * Reader of safetensors files: eight bytes with the length of the header, the header as JSON, and the elements of all
 * tensors, row-major and little-endian, one after the other.
 *
 * Source: the format's specification in its repository, huggingface/safetensors ("Format" in the README).
 */
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type DataFile, withDataFile } from '../bytes/file.ts';
import { rangeReader, take, trailing, truncated } from '../bytes/reader.ts';
import type { ElementType } from './element-type.ts';
import { repeatedKey } from './json-keys.ts';
import { type Member, memberName } from './members.ts';
import { describeTensor, elementCount, payloadBytes, type TensorInfo } from './tensor.ts';

const LENGTH_BYTES = 8;
/** The limit of the format's own library. */
const LONGEST_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';

const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  BOOL: 'bool',
  U8: 'u8',
  I8: 'i8',
  U16: 'u16',
  I16: 'i16',
  U32: 'u32',
  I32: 'i32',
  U64: 'u64',
  I64: 'i64',
  F16: 'f16',
  BF16: 'bf16',
  F32: 'f32',
  F64: 'f64',
};

/** One entry of the header. */
interface Entry {
  readonly key: string;
  /** The type's name in the file. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Lists the tensors of a safetensors file in the order of their bytes. These are whole, without gap and overlap, as the
 * format demands, and each is as long as its type and shape say.
 *
 * Errors: DataError DATA_SAFETENSORS, DATA_KEY (a name twice), DATA_TRUNCATED, DATA_TRAILING, and those of
 * {@link withDataFile}. A tensor of another type is refused alone, with DATA_TYPE.
 */
export function listSafetensors(path: string): Promise<readonly Member[]> {
  return withDataFile(path, async (file) => {
    const { text, start } = await readHeader(file);
    const entries = parse(text, path);
    holdAgainstLength(entries, start, file);
    return entries.map((entry) => member(entry, start, file));
  });
}

async function readHeader(file: DataFile): Promise<{ text: string; start: number }> {
  const { path, stamp } = file;
  const reader = rangeReader(file, 0, stamp.sizeBytes);
  const prefix = Buffer.from(
    await take(reader, LENGTH_BYTES, 'the header length of this safetensors file', path),
  );
  const length = Number(prefix.readBigUInt64LE(0));
  if (length > LONGEST_HEADER_BYTES) {
    throw headerError(path, `the header takes at most ${LONGEST_HEADER_BYTES} bytes`, String(length));
  }
  if (length > stamp.sizeBytes - LENGTH_BYTES) {
    throw truncated(
      path,
      `the header of this safetensors file takes ${length} bytes`,
      stamp.sizeBytes - LENGTH_BYTES,
    );
  }
  const bytes = await take(reader, length, 'the header', path);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), start: LENGTH_BYTES + length };
  } catch (cause) {
    throw headerError(path, 'the header is JSON in UTF-8', 'other bytes', cause);
  }
}

function parse(text: string, path: string): readonly Entry[] {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? printable(cause.message) : String(cause);
    throw headerError(path, 'the header is JSON in UTF-8', `"${reason}"`, cause);
  }
  if (!isObject(header)) throw headerError(path, 'the header is an object', text.slice(0, 1));
  const repeated = repeatedKey(text);
  if (repeated !== undefined) {
    throw new DataError(
      'DATA_KEY',
      `${path}: every key stands once, got "${printable(repeated)}" twice. Save the file again with other names.`,
      { file: path, key: repeated },
    );
  }
  return Object.entries(header)
    .filter(([key]) => key !== METADATA)
    .map(([key, value]) => parseEntry(key, value, path))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
}

function parseEntry(key: string, value: unknown, path: string): Entry {
  const where = memberName(path, key);
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  if (typeof dtype !== 'string')
    throw headerError(where, 'dtype is a string', JSON.stringify(dtype) ?? 'nothing');
  if (!isCounts(shape) || Number.isNaN(elementCount(shape))) {
    throw headerError(
      where,
      `shape is a list of extents of at most ${Number.MAX_SAFE_INTEGER} bytes`,
      shown(shape),
    );
  }
  if (!isCounts(offsets) || offsets.length !== 2 || (offsets[0] as number) > (offsets[1] as number)) {
    throw headerError(where, 'data_offsets is [begin, end]', shown(offsets));
  }
  const [begin, end] = offsets as readonly [number, number];
  return { key, dtype, shape, begin, end };
}

function holdAgainstLength(entries: readonly Entry[], start: number, { path, stamp }: DataFile): void {
  const held = stamp.sizeBytes - start;
  let reached = 0;
  for (const { key, begin, end } of entries) {
    const where = memberName(path, key);
    if (end > held) throw truncated(where, `the header promises bytes ${begin} to ${end} of the data`, held);
    if (begin !== reached) {
      const found = begin < reached ? 'an overlap' : 'a gap';
      throw headerError(where, `the bytes begin at ${reached}, where those before end`, `${begin}, ${found}`);
    }
    reached = end;
  }
  if (held > reached) throw trailing(path, `the header promises ${reached} bytes of data`, `${held}`);
}

function member({ key, dtype, shape, begin, end }: Entry, start: number, { path, stamp }: DataFile): Member {
  const where = memberName(path, key);
  const type = Object.hasOwn(ELEMENT_TYPES, dtype) ? ELEMENT_TYPES[dtype] : undefined;
  if (type === undefined) {
    const refusal = new DataError(
      'DATA_TYPE',
      `${where}: the elements must be of ${Object.keys(ELEMENT_TYPES).join(', ')}, got ${shown(dtype)}. ` +
        'Other tensors are not read; save it as float32.',
      { where, found: dtype },
    );
    return { key, refusal };
  }
  const info: TensorInfo = { type, shape, columnMajor: false, bigEndian: false };
  if (end - begin !== payloadBytes(info)) {
    const rule = `${describeTensor(info)} takes ${payloadBytes(info)} bytes`;
    return { key, refusal: headerError(where, rule, String(end - begin)) };
  }
  const elements = async (file: DataFile) => rangeReader(file, start + begin, start + end);
  return { key, tensor: { where, info, path, stamp, elements } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
}

const LONGEST_SHOWN = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return printable(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

function headerError(where: string, rule: string, found: string, cause?: unknown): DataError {
  return new DataError(
    'DATA_SAFETENSORS',
    `${where}: in a safetensors file ${rule}, got ${found}. The file is damaged: save it again.`,
    { where, rule, found },
    { cause },
  );
}
