/**
 * Reader of NPZ files, which numpy.savez and savez_compressed write: a ZIP archive with an NPY file for each array. The
 * archive's directory is read by yauzl, the members here, as streams whose checksum is held against the directory's.
 * Nothing is ever unpacked to disk, so the name of a member is only a name, whatever path it spells.
 *
 * Source: numpy.lib.format; PKWARE APPNOTE 6.3.10 (stored, deflated, ZIP64).
 */
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader } from 'yauzl';
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type DataFile, withDataFile } from '../bytes/file.ts';
import { inflatingReader, refuseImpossible } from '../bytes/inflate.ts';
import { type ByteReader, checkedReader, rangeReader, take } from '../bytes/reader.ts';
import { type Member, memberName, refuseDuplicates } from './members.ts';
import { holdAgainstLength, readNpyHeader } from './npy.ts';
import type { Tensor } from './tensor.ts';

const EXTENSION = '.npy';
/** An entry takes more memory than its bytes in the file. */
const MOST_MEMBERS = 100_000;
const STORED = 0;
const DEFLATED = 8;

/**
 * Lists the arrays of an NPZ file by the names they were saved with. Headers are read and held against the length of
 * their members.
 *
 * Errors: DataError DATA_ZIP (no archive, a damaged one, too many members), DATA_KEY (a name twice), and those of
 * {@link withDataFile}. What is wrong with one member alone is its refusal: DATA_ZIP (encrypted, compressed by another
 * method than deflate), DATA_TRUNCATED, DATA_TRAILING, DATA_COMPRESSED, and those of {@link readNpyHeader}.
 */
export function listNpz(path: string): Promise<readonly Member[]> {
  return withDataFile(path, async (file) => {
    const directory = await readDirectory(file);
    refuseDuplicates(
      directory.map(({ key }) => key),
      path,
    );
    const members: Member[] = [];
    for (const place of directory) members.push(await openMember(file, place));
    return members;
  });
}

/** A member of the archive: its key, its line of the directory, and where its bytes begin. */
interface Place {
  readonly key: string;
  readonly entry: Entry;
  readonly start: number;
}

async function openMember(file: DataFile, place: Place): Promise<Member> {
  const { key, entry } = place;
  const where = memberName(file.path, key);
  try {
    const reader = memberReader(file, place, where);
    try {
      const header = await readNpyHeader(reader, where);
      holdAgainstLength(header, entry.uncompressedSize, where);
      const tensor: Tensor = {
        where,
        info: header.info,
        path: file.path,
        stamp: file.stamp,
        async elements(again) {
          const elements = checkedReader(memberReader(again, place, where), entry.crc32, where);
          await take(elements, header.headerBytes, 'the header', where);
          return elements;
        },
      };
      return { key, tensor };
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof DataError && error.code !== 'DATA_FILE_CHANGED') return { key, refusal: error };
    throw error;
  }
}

function memberReader(file: DataFile, { entry, start }: Place, where: string): ByteReader {
  const { compressedSize, uncompressedSize, compressionMethod } = entry;
  const end = start + compressedSize;
  if (entry.isEncrypted()) throw memberError(where, 'is not encrypted', 'encryption');
  if (compressionMethod === STORED) {
    if (compressedSize !== uncompressedSize) {
      throw memberError(where, `has as many bytes as it takes`, `${uncompressedSize} in ${compressedSize}`);
    }
    return rangeReader(file, start, end);
  }
  if (compressionMethod !== DEFLATED) {
    throw memberError(where, 'is stored or deflated', `method ${compressionMethod}`);
  }
  refuseImpossible(uncompressedSize, compressedSize, `the archive promises ${uncompressedSize} bytes`, where);
  return inflatingReader({ file, start, end, format: 'deflate' }, where);
}

function memberError(where: string, rule: string, found: string): DataError {
  return new DataError(
    'DATA_ZIP',
    `${where}: a member of an NPZ file ${rule}, got ${found}. Save it again with numpy.savez or savez_compressed.`,
    { where, rule, found },
  );
}

async function readDirectory(file: DataFile): Promise<readonly Place[]> {
  const archive = new Archive(file);
  try {
    return await Promise.race([listPlaces(archive, file.stamp.sizeBytes), archive.failed]);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(
      'DATA_ZIP',
      `${file.path}: an NPZ file must be an intact ZIP archive, got "${printable(reason)}". Fetch or save the file again.`,
      { file: file.path, reason },
      { cause },
    );
  }
}

async function listPlaces(archive: Archive, sizeBytes: number): Promise<readonly Place[]> {
  const zip = await fromRandomAccessReaderPromise(archive, sizeBytes, {
    autoClose: false,
    // Names are decoded below: yauzl would refuse a whole archive for one that spells a path.
    decodeStrings: false,
    validateEntrySizes: true,
  });
  if (zip.entryCount > MOST_MEMBERS) throw new Error(`${zip.entryCount} members, of at most ${MOST_MEMBERS}`);
  const places: Place[] = [];
  for await (const entry of zip.eachEntry()) {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    places.push({ key: keyOf(entry), entry, start: fileDataStart });
  }
  return places;
}

/** The name that an array was saved with: numpy appends the extension. */
function keyOf({ generalPurposeBitFlag, fileName, extraFields }: Entry): string {
  // A buffer, since the archive was opened without decoding strings.
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileName as unknown as Buffer, extraFields, true);
  return name.endsWith(EXTENSION) ? name.slice(0, -EXTENSION.length) : name;
}

/** A data file as yauzl reads it. `failed` rejects where a read fails, or yauzl itself in what it makes of the bytes. */
class Archive extends RandomAccessReader {
  readonly failed: Promise<never>;
  readonly #file: DataFile;
  #fail: (error: unknown) => void = () => {};

  constructor(file: DataFile) {
    super();
    this.#file = file;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Its listener may be gone when it rejects.
    this.failed.catch(() => {});
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    const within = Math.max(0, Math.min(length, this.#file.stamp.sizeBytes - position));
    this.#file
      .read(buffer.subarray(offset, offset + within), position)
      .then(() => callback(null, within))
      .catch(this.#fail);
  }
}
