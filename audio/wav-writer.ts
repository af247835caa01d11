import type { StemFormat } from "../protocol/recordings.ts";
import { encode, frameBytesOf } from "./pcm.ts";
import { xmlText } from "./xml.ts";

/**
 * Broadcast Wave headers (EBU Tech 3285 version 2; RF64 by EBU Tech 3306). One layout for every stem, so that the header has the same
 * length however long the take becomes:
 *
 *     RIFF/RF64 · JUNK (28 bytes, becomes ds64 past 4 GiB) · bext · iXML · fmt · fact (float only) · data
 *
 * More than two channels are written as WAVE_FORMAT_EXTENSIBLE with no speaker named (Microsoft, Multiple Channel Audio Data): they are inputs.
 */
export interface StemInfo {
  format: StemFormat;
  /** bext Description: what a person calls it. */
  description: string;
  /** bext OriginatorReference: unique, at most 32 ASCII characters. */
  reference: string;
  /** 64 bytes of UMID (SMPTE ST 330 basic UMID in the first 32). */
  umid: Uint8Array;
  /** Frames at the stem's own rate from the session's origin to its first frame. */
  timeReference: number;
  startedAtMs: number;
  project: string;
  /** What the take is called; `takeId` is what all stems of one roll share. */
  take: string;
  takeId?: string;
  track: string;
  bpm: number;
}

const BEXT_BYTES = 602 + 256;
const RIFF_MAX_BYTES = 0xffffffff;
const DS64_AT = 12;
/** What is not PCM needs an extension of `fmt`, here an empty one, and its number of frames (Microsoft, Multiple Channel Audio Data). */
const FACT_BYTES = 8 + 4;
const FMT_BYTES = 16;
const FMT_FLOAT_BYTES = 18;
const FMT_EXTENSIBLE_BYTES = 40;
const EXTENSIBLE = 0xfffe;
/** What follows the two bytes of a codec in the GUID that names it. */
const SUBFORMAT_REST = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71] as const;

/**
 * The header of a stem that holds `dataBytes` of sound. Its length depends on the texts in `info` only, unless it has to have a given one,
 * in front of sound that is there already: then what is missing to it is white space behind the XML.
 */
export function wavHeader(info: StemInfo, dataBytes: number, lengthBytes?: number): Uint8Array<ArrayBuffer> {
  const { format } = info;
  let ixml = new TextEncoder().encode(ixmlOf(info));
  const float = format.encoding === "float32";
  const isExtensible = format.channels > 2;
  const fmtBytes = isExtensible ? FMT_EXTENSIBLE_BYTES : float ? FMT_FLOAT_BYTES : FMT_BYTES;
  const fixedBytes = 12 + 36 + 8 + BEXT_BYTES + 8 + 8 + fmtBytes + (float ? FACT_BYTES : 0) + 8;
  if (lengthBytes !== undefined) {
    const room = new Uint8Array(Math.max(ixml.length, lengthBytes - fixedBytes)).fill(0x20);
    room.set(ixml);
    ixml = room;
  }
  // A chunk of odd length is followed by a byte that its size does not count (RIFF).
  const ixmlBytes = ixml.length + (ixml.length & 1);
  const headerBytes = fixedBytes + ixmlBytes;
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const text = (value: string, length = value.length) => {
    for (let index = 0; index < Math.min(value.length, length); index++) {
      const code = value.charCodeAt(index);
      bytes[at + index] = code < 128 ? code : 0x3f;
    }
    at += length;
  };
  const u16 = (value: number) => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const u32 = (value: number) => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const u64 = (value: number) => {
    view.setBigUint64(at, BigInt(value), true);
    at += 8;
  };
  at = 8;
  text("WAVE");
  at = DS64_AT;
  text("JUNK");
  u32(28);
  at += 28;
  text("bext");
  u32(BEXT_BYTES);
  const started = new Date(info.startedAtMs).toISOString();
  text(info.description, 256);
  text("SessionLinked", 32);
  text(info.reference, 32);
  text(started.slice(0, 10), 10);
  text(started.slice(11, 19), 8);
  u64(info.timeReference);
  u16(2);
  bytes.set(info.umid.subarray(0, 64), at);
  // The UMID, ten bytes of loudness that nobody has measured (0x7FFF, Tech 3285 2.3), and 180 reserved.
  at += 64;
  for (let value = 0; value < 5; value++) u16(0x7fff);
  at += 180;
  const mode = format.channels === 1 ? "mono" : format.channels === 2 ? "stereo" : "multitrack";
  text(`A=PCM,F=${format.sampleRateHz},W=${float ? 32 : 24},M=${mode},T=SessionLinked\r\n`, 256);
  text("iXML");
  u32(ixml.length);
  bytes.set(ixml, at);
  at += ixmlBytes;
  text("fmt ");
  const codec = float ? 3 : 1;
  u32(fmtBytes);
  u16(isExtensible ? EXTENSIBLE : codec);
  u16(format.channels);
  u32(format.sampleRateHz);
  u32(format.sampleRateHz * frameBytesOf(format));
  u16(frameBytesOf(format));
  u16(float ? 32 : 24);
  if (isExtensible) {
    u16(22);
    u16(float ? 32 : 24);
    u32(0);
    u16(codec);
    bytes.set(SUBFORMAT_REST, at);
    at += SUBFORMAT_REST.length;
  } else if (float) u16(0);
  if (float) {
    text("fact");
    u32(4);
    u32(0);
  }
  text("data");
  return sizeHeader(bytes, format, dataBytes);
}

/** Makes a header of this layout true of `dataBytes` of sound, in place: the only fields of it that change while a take grows. */
export function sizeHeader(
  header: Uint8Array<ArrayBuffer>,
  format: StemFormat,
  dataBytes: number,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const riffBytes = header.byteLength - 8 + dataBytes + (dataBytes & 1);
  const large = riffBytes > RIFF_MAX_BYTES;
  const frames = Math.floor(dataBytes / frameBytesOf(format));
  const id = (at: number, text: string) => {
    for (let index = 0; index < 4; index++) header[at + index] = text.charCodeAt(index);
  };
  id(0, large ? "RF64" : "RIFF");
  view.setUint32(4, large ? RIFF_MAX_BYTES : riffBytes, true);
  id(DS64_AT, large ? "ds64" : "JUNK");
  view.setBigUint64(DS64_AT + 8, BigInt(large ? riffBytes : 0), true);
  view.setBigUint64(DS64_AT + 16, BigInt(large ? dataBytes : 0), true);
  view.setBigUint64(DS64_AT + 24, BigInt(large ? frames : 0), true);
  if (format.encoding === "float32") view.setUint32(header.byteLength - 12, large ? RIFF_MAX_BYTES : frames, true);
  view.setUint32(header.byteLength - 4, large ? RIFF_MAX_BYTES : dataBytes, true);
  return header;
}

/**
 * iXML 3.01: what a DAW or a field recorder's tools show of a take. There is no timecode, so frames are counted at 30, without drop; the
 * place is in samples. Stems of one roll are one family.
 */
function ixmlOf({ project, take, takeId, track, bpm, timeReference, format, reference }: StemInfo): string {
  const element = (name: string, value: string | number) => `<${name}>${xmlText(String(value))}</${name}>`;
  const speed = [
    element("TIMECODE_RATE", "30/1"),
    element("TIMECODE_FLAG", "NDF"),
    element("FILE_SAMPLE_RATE", format.sampleRateHz),
    element("AUDIO_BIT_DEPTH", format.encoding === "pcm24" ? 24 : 32),
    element("DIGITIZER_SAMPLE_RATE", format.sampleRateHz),
    element("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", Math.floor(timeReference / 2 ** 32)),
    element("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", timeReference % 2 ** 32),
    element("TIMESTAMP_SAMPLE_RATE", format.sampleRateHz),
  ];
  const tracks = sidesOf(format.channels).map(
    (side, at) =>
      `<TRACK>${element("CHANNEL_INDEX", at + 1)}${element("INTERLEAVE_INDEX", at + 1)}${element("NAME", track + side)}</TRACK>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<BWFXML>',
    element("IXML_VERSION", "3.01"),
    element("PROJECT", project),
    element("TAKE", take),
    element("FILE_UID", reference),
    takeId === undefined ? "" : `<FILE_SET>${element("FAMILY_UID", takeId)}</FILE_SET>`,
    `<SPEED>${speed.join("")}</SPEED>`,
    `<TRACK_LIST>${element("TRACK_COUNT", tracks.length)}${tracks.join("")}</TRACK_LIST>`,
    element("USER", `tempo ${bpm} bpm`),
    "</BWFXML>",
  ].join("");
}

/** What tells a track's channels apart. */
const sidesOf = (channels: number): string[] =>
  channels === 1 ? [""] : channels === 2 ? [" L", " R"] : Array.from({ length: channels }, (_, at) => ` ${at + 1}`);

/** A header that says nothing but how its sound is written: for sound that is nobody's take. */
export const plainInfo = (format: StemFormat): StemInfo => ({
  format,
  description: "",
  reference: "",
  umid: new Uint8Array(64),
  timeReference: 0,
  startedAtMs: 0,
  project: "",
  take: "",
  track: "",
  bpm: 120,
});

/** A whole file in memory, for sound that is not a stem: `samples` are 24-bit values, interleaved. */
export function wavFile(format: StemFormat, samples: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const sound = encode(samples, format.encoding);
  const header = wavHeader(plainInfo(format), sound.byteLength);
  const file = new Uint8Array(header.byteLength + sound.byteLength + (sound.byteLength & 1));
  file.set(header);
  file.set(sound, header.byteLength);
  return file;
}
