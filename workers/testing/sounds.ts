/** The least of each kind of file that is sound by its bytes. */
export const text = (words: string) => new TextEncoder().encode(words);
export const join = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  new Uint8Array(parts.flatMap((part) => [...part]));

/** FLAC's first block says what the stream is; an Ogg page's head and its one segment; a box of MP4. */
export const flac = join(text("fLaC"), [0x80, 0, 0, 34], new Uint8Array(34), [0xff, 0xf8, 0x69, 0x18]);
export const oggPage = (codec: string, flags = 2) =>
  join(text("OggS"), [0, flags], new Uint8Array(20), [1, codec.length], text(codec));
export const box = (type: string, ...parts: readonly Uint8Array[]): Uint8Array => {
  const body = join(...parts);
  const size = body.length + 8;
  return join([0, 0, size >> 8, size & 0xff], text(type), body);
};
export const track = (kind: string) =>
  box("trak", box("mdia", box("hdlr", new Uint8Array(8), text(kind), new Uint8Array(13))));
export const mp4 = (brand: string, ...tracks: Uint8Array[]) =>
  join(box("ftyp", text(brand), new Uint8Array(4)), box("mdat", new Uint8Array(60)), box("moov", ...tracks));
