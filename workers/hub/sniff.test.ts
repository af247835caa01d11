import { expect, test } from "vitest";
import { headerOf } from "../testing/studio.ts";
import { sniff } from "./sniff.ts";

const text = (words: string) => new TextEncoder().encode(words);
const join = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  new Uint8Array(parts.flatMap((part) => [...part]));
const frame = [0xff, 0xfb, 0x90, 0x64, 0, 0, 0, 0];
/** An ID3v2.4 tag of so many bytes after its head. */
const tag = (sizeBytes: number, flags = 0) =>
  join(text("ID3"), [4, 0, flags, 0, 0, sizeBytes >> 7, sizeBytes & 0x7f], new Uint8Array(sizeBytes));
const wav = (sound: number) => join(headerOf({ dataBytes: sound }), new Uint8Array(sound));

test("X33: a sound is told by its bytes, behind a tag as well", () => {
  expect(sniff(wav(64))).toBe("audio/wav");
  expect(sniff(join(text("fLaC"), new Uint8Array(60)))).toBe("audio/flac");
  expect(sniff(join(text("OggS"), new Uint8Array(60)))).toBe("audio/ogg");
  expect(sniff(join(text("\0\0\0 ftypM4A "), new Uint8Array(60)))).toBe("audio/mp4");
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
  ["nothing", new Uint8Array()],
])("X33: %s is refused", (_what, bytes) => {
  expect(sniff(bytes)).toBeNull();
});
