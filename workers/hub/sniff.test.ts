import { expect, test } from "vitest";
import { box, flac, join, mp4, oggPage, text, track } from "../testing/sounds.ts";
import { headerOf } from "../testing/studio.ts";
import { sniff } from "./sniff.ts";

const frame = [0xff, 0xfb, 0x90, 0x64, 0, 0, 0, 0];
/** An ID3v2.4 tag of so many bytes after its head. */
const tag = (sizeBytes: number, flags = 0) =>
  join(text("ID3"), [4, 0, flags, 0, 0, sizeBytes >> 7, sizeBytes & 0x7f], new Uint8Array(sizeBytes));
const wav = (sound: number) => join(headerOf({ dataBytes: sound }), new Uint8Array(sound));

test("X33: a sound is told by its bytes, behind a tag as well", () => {
  expect(sniff(wav(64))).toBe("audio/wav");
  expect(sniff(flac)).toBe("audio/flac");
  for (const codec of ["OpusHead", "\x01vorbis", "\x7fFLAC", "Speex   "])
    expect(sniff(oggPage(codec))).toBe("audio/ogg");
  expect(sniff(mp4("M4A ", track("soun")))).toBe("audio/mp4");
  expect(sniff(mp4("isom", box("free", new Uint8Array(9)), track("soun")))).toBe("audio/mp4");
  expect(sniff(new Uint8Array(frame))).toBe("audio/mpeg");
  expect(sniff(join(tag(300), frame))).toBe("audio/mpeg");
  expect(sniff(join(tag(300), new Uint8Array(1_000), frame))).toBe("audio/mpeg");
  expect(sniff(join(tag(200, 0x10), text("3DI"), new Uint8Array(7), frame))).toBe("audio/mpeg");
});

test.each<[string, Uint8Array]>([
  ["FLAC behind an ID3 tag", join(tag(300), text("fLaC"), new Uint8Array(60))],
  ["a page behind an ID3 tag", join(tag(300), text("<html><script>"))],
  ["a tag and nothing", tag(300)],
  ["a tag that says it is longer than the file", join(text("ID3"), [4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f], frame)],
  ["a tag whose size is not of seven bits", join(text("ID3"), [4, 0, 0, 0, 0, 0x80, 0], frame)],
  ["RIFF of twelve bytes", text("RIFF\x04\0\0\0WAVE")],
  ["a WAVE head without sound", headerOf({})],
  ["sound without a format", join(text("RIFF\x20\0\0\0WAVEdata\x08\0\0\0"), new Uint8Array(8))],
  ["WEBP", join(text("RIFF    WEBP"), new Uint8Array(60))],
  ["a film", join(text("\0\0\0 ftypqt  "), new Uint8Array(60))],
  ["a page", text("<html><script>")],
  ["FLAC of four bytes", text("fLaC")],
  ["a page that begins like FLAC", text("fLaC<html><script>alert(1)</script></html>, and more than forty bytes of it")],
  ["Ogg of four bytes", text("OggS")],
  ["a page that begins like Ogg", text("OggS<html><script>alert(1)</script></html>")],
  ["an Ogg film", oggPage("\x80theora")],
  ["Ogg from its middle", oggPage("OpusHead", 0)],
  ["MP4 of twelve bytes", text("\0\0\0 ftypisom")],
  ["a page that begins like MP4", text("\0\0\0\x14ftypisom\0\0\0\0<html><script>alert(1)</script></html>")],
  ["an MP4 film", mp4("isom", track("vide"), track("soun"))],
  ["an MP4 of words", mp4("isom", track("text"))],
  ["an MP4 whose boxes have no size", join(box("ftyp", text("M4A "), new Uint8Array(4)), [0, 0, 0, 1], text("moov"))],
  ["nothing", new Uint8Array()],
])("X33: %s is refused", (_what, bytes) => {
  expect(sniff(bytes)).toBeNull();
});

test("X26: a file of nothing but empty chunks or boxes is not read to its end", () => {
  let asked = 0;
  const counted = (bytes: Uint8Array) =>
    new Proxy(bytes, {
      get: (target, name) => {
        if (name === "subarray") asked++;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const riff = join(text("RIFF    WAVE"), new Uint8Array(400_000));
  const boxes = join(
    box("ftyp", text("M4A "), new Uint8Array(4)),
    ...Array.from({ length: 40_000 }, () => [0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65]),
  );
  for (const bytes of [riff, boxes]) expect(sniff(counted(bytes))).toBeNull();
  expect(asked).toBeLessThan(5_000);
});
