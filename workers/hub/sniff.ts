/**
 * Media type by content: what a file is by its bytes, or `null` for anything that is not sound. Its name and its stated type are not asked, and
 * a beginning that fits is not enough where a few bytes more can tell.
 */
export function sniff(bytes: Uint8Array): string | null {
  if (textAt(bytes, 0, 4) === "RIFF" && textAt(bytes, 8, 4) === "WAVE") return holdsSound(bytes) ? "audio/wav" : null;
  if (textAt(bytes, 0, 4) === "fLaC") return beginsFlac(bytes) ? "audio/flac" : null;
  if (textAt(bytes, 0, 4) === "OggS") return beginsOggSound(bytes) ? "audio/ogg" : null;
  if (textAt(bytes, 4, 4) === "ftyp")
    return /^(M4A |M4B |mp42|mp41|isom|iso2|dash)$/.test(textAt(bytes, 8, 4)) && holdsSoundTrack(bytes)
      ? "audio/mp4"
      : null;
  const start = textAt(bytes, 0, 3) === "ID3" ? soundAfterTag(bytes) : 0;
  return start !== null && isMpegFrame(bytes, start) ? "audio/mpeg" : null;
}

const textAt = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** A block of 34 bytes that says what the stream is comes first, and then more (RFC 9639, 8.2). */
const beginsFlac = (bytes: Uint8Array): boolean =>
  ((bytes[4] ?? 1) & 0x7f) === 0 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 34 && bytes.length > 42;

const oggHeads = ["OpusHead", "\x01vorbis", "\x7fFLAC", "Speex "];

/** The first page begins a stream and holds the head of one codec (RFC 3533, 6); a film's first is its picture's. */
function beginsOggSound(bytes: Uint8Array): boolean {
  const isFirst = bytes[4] === 0 && ((bytes[5] ?? 0) & 2) !== 0;
  const at = 27 + (bytes[26] ?? 0);
  return isFirst && oggHeads.some((head) => textAt(bytes, at, head.length) === head);
}

/** Boxes and chunks that are looked at: files have a dozen, and one of nothing but empty ones is an attack on the processor. */
const PARTS_MAX = 1_000;

/** Whether the description of a file has a track of sound and none of pictures (ISO 14496-12, 8.4.3): it lies in `moov`, before or after the sound. */
function holdsSoundTrack(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const handlers: string[] = [];
  let looked = 0;
  const walk = (from: number, to: number): void => {
    for (let at = from; at + 8 <= to && looked < PARTS_MAX; looked++) {
      const [size, type] = [view.getUint32(at), textAt(bytes, at + 4, 4)];
      const end = size === 0 ? to : at + size;
      if (size !== 0 && size < 8) return;
      if (type === "moov" || type === "trak" || type === "mdia") walk(at + 8, Math.min(end, to));
      if (type === "hdlr") handlers.push(textAt(bytes, at + 16, 4));
      at = end;
    }
  };
  walk(0, bytes.length);
  return handlers.includes("soun") && !handlers.includes("vide");
}

/** Whether a WAVE file has a format and some sound after it. Chunks begin at even places (RIFF MCI, 1991, chapter 2). */
function holdsSound(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hasFormat = false;
  for (let at = 12, looked = 0; at + 8 <= bytes.length && looked < PARTS_MAX; looked++) {
    const size = view.getUint32(at + 4, true);
    const id = textAt(bytes, at, 4);
    if (id === "data") return hasFormat && at + 8 < bytes.length;
    hasFormat ||= id === "fmt " && size >= 16;
    at += 8 + size + (size % 2);
  }
  return false;
}

/** Padding that a tagger may leave behind its tag. */
const PADDING_MAX_BYTES = 4_096;

/** Where the sound begins behind an ID3v2 tag (id3v2.4.0-structure, 3.1): ten bytes, a size of four times seven bits, a footer if it says so. */
function soundAfterTag(bytes: Uint8Array): number | null {
  const [flags = 0, a = 0x80, b = 0, c = 0, d = 0] = bytes.subarray(5, 10);
  if (((a | b | c | d) & 0x80) !== 0) return null;
  const sizeBytes = (a << 21) | (b << 14) | (c << 7) | d;
  let at = 10 + sizeBytes + ((flags & 0x10) === 0 ? 0 : 10);
  const last = Math.min(at + PADDING_MAX_BYTES, bytes.length);
  while (at < last && bytes[at] === 0) at++;
  return at < bytes.length ? at : null;
}

/** MPEG-1 and 2, layer III: eleven bits of sync, a version, layer and bit rate that exist (ISO 11172-3, 2.4.2.3). */
function isMpegFrame(bytes: Uint8Array, at: number): boolean {
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  const isFrame = first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08;
  return isFrame && third >> 4 !== 0xf && (third & 0x0c) !== 0x0c;
}
