/** Reads a zip of stored files (PKWARE APPNOTE 4.3, with ZIP64): where each file's bytes lie, without reading them. */
export interface ZipEntry {
  offset: number;
  size: number;
}

/** Bytes of the archive, from a place on; fewer than asked for only at its end. */
export type ReadBytes = (from: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

const END = 0x06054b50;
const END_64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const COMMENT_MAX_BYTES = 65_535;
/** A list of files larger than this is nobody's export. */
const CENTRAL_MAX_BYTES = 64 * 1024 * 1024;
const NONE_32 = 0xffff_ffff;

/** Throws an error for the person where the file is no such zip, or is cut off. */
export async function readZip(read: ReadBytes, sizeBytes: number): Promise<Map<string, ZipEntry>> {
  try {
    return await readEntries(read, sizeBytes);
  } catch (error) {
    // A number in it that points beyond what is there.
    if (error instanceof RangeError) throw brokenZip();
    throw error;
  }
}

const brokenZip = () => new Error("This is not a whole archive. Fetch it once more.");
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const long = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

async function readEntries(read: ReadBytes, sizeBytes: number): Promise<Map<string, ZipEntry>> {
  const broken = brokenZip();
  const tailFrom = Math.max(0, sizeBytes - END_BYTES - LOCATOR_BYTES - COMMENT_MAX_BYTES);
  const tail = viewOf(await read(tailFrom, sizeBytes - tailFrom));
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) throw broken;
  let [count, length, from] = [
    tail.getUint16(end + 10, true),
    tail.getUint32(end + 12, true),
    tail.getUint32(end + 16, true),
  ];
  if (end >= LOCATOR_BYTES && (from === NONE_32 || count === 0xffff)) {
    const large = viewOf(await read(long(tail, end - LOCATOR_BYTES + 8), 56));
    if (large.byteLength < 56 || large.getUint32(0, true) !== END_64) throw broken;
    [count, length, from] = [long(large, 32), long(large, 40), long(large, 48)];
  }
  if (length > CENTRAL_MAX_BYTES || from + length > sizeBytes) throw broken;
  const list = await read(from, length);
  const view = viewOf(list);
  const files = new Map<string, ZipEntry>();
  for (let at = 0, left = count; left > 0; left--) {
    if (at + 46 > length || view.getUint32(at, true) !== CENTRAL || view.getUint16(at + 10, true) !== 0) throw broken;
    let [size, header] = [view.getUint32(at + 24, true), view.getUint32(at + 42, true)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    if (nameBytes === undefined || extraBytes === undefined || commentBytes === undefined) throw broken;
    const name = new TextDecoder().decode(list.subarray(at + 46, at + 46 + nameBytes));
    for (let extra = at + 46 + nameBytes; extra < at + 46 + nameBytes + extraBytes; ) {
      const bytes = view.getUint16(extra + 2, true);
      let place = extra + 4;
      if (view.getUint16(extra, true) === 1) {
        if (size === NONE_32) [size, place] = [long(view, place), place + 8];
        // Its packed size, which of a stored file is the same.
        if (view.getUint32(at + 20, true) === NONE_32) place += 8;
        if (header === NONE_32) header = long(view, place);
      }
      extra += 4 + bytes;
    }
    const local = viewOf(await read(header, 30));
    if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) throw broken;
    const offset = header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    if (offset + size > sizeBytes) throw broken;
    files.set(name, { offset, size });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return files;
}
