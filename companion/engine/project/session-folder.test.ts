import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMidiFile } from "../../../audio/midi-file.ts";
import { newId, type RecordingId, SessionId } from "../../../protocol/ids.ts";
import type { StemFormat } from "../../../protocol/recordings.ts";
import { initialMap, type TimelineMap } from "../../../protocol/timeline.ts";
import { readInput } from "../capture/input-file.node.ts";
import { Recorder } from "../recording/recorder.std.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import type { Stem } from "../stems/stem.std.ts";
import { SessionFolder } from "./session-folder.node.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A stem with one tick, this many seconds after record was pressed. */
interface Wanted {
  name: string;
  format: StemFormat;
  atSeconds: number;
  tickSeconds: number;
  preRollSeconds?: number;
}
const wanted: Wanted[] = [
  {
    name: "Guitar & <voice>",
    format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
    atSeconds: 2,
    tickSeconds: 1,
  },
  {
    name: "Keys 'live'",
    format: { sampleRateHz: 48_000, channels: 2, encoding: "float32" },
    atSeconds: 12.5,
    tickSeconds: 0.25,
  },
  {
    name: "Schlägel",
    format: { sampleRateHz: 48_000, channels: 2, encoding: "pcm24" },
    atSeconds: 6,
    tickSeconds: 1.5,
    preRollSeconds: 3,
  },
  {
    name: "Drums",
    format: { sampleRateHz: 48_000, channels: 8, encoding: "pcm24" },
    atSeconds: 1,
    tickSeconds: 1.25,
  },
];
/** No two channels of a stem tick alike. */
const tickOf = (channel: number) => 2 ** 22 - channel * 2 ** 12;
const SECONDS = 2;

async function record(
  { name, format, atSeconds, tickSeconds, preRollSeconds = 0 }: Wanted,
  place: string,
): Promise<Stem> {
  const rateHz = format.sampleRateHz;
  const state = { motion: "recording", positionFrames: atSeconds * 48_000, atMs: 1e6, bpm: 96 } as const;
  const recorder = new Recorder(nodeDisk, place, {
    recordingId: newId("rec", (length) => crypto.getRandomValues(new Uint8Array(length))) as RecordingId,
    sessionId: SessionId.parse("ses_00000000000000000000000000"),
    takeId: crypto.randomUUID(),
    name: name.replaceAll(/[<>&]/g, "_"),
    format,
    timelineFrames: (atSeconds - preRollSeconds) * 48_000,
    startedAtMs: 1e6 - preRollSeconds * 1000,
    bpm: 96,
    transportAtStart: state,
    sharing: "local",
    project: "Folder",
  });
  const frames = (SECONDS + preRollSeconds) * rateHz;
  const samples = new Int32Array(frames * format.channels);
  const at = Math.round((preRollSeconds + tickSeconds) * rateHz);
  for (let channel = 0; channel < format.channels; channel++) samples[at * format.channels + channel] = tickOf(channel);
  // Somebody talks before they press record.
  for (let frame = 0; frame < preRollSeconds * rateHz; frame++) samples[frame * format.channels] = 9_999;
  recorder.write(samples);
  for (const frame of [0, frames / 2, frames])
    recorder.mark({ frame, atMs: 1e6 - preRollSeconds * 1000 + (frame / rateHz) * 1000, errorMs: 0.2 });
  return await recorder.finish({ ...state, motion: "stopped" });
}

/** What a .rpp says, block in block (its plain text format: `<NAME …` opens, `>` closes, every other line is a key and its values). */
interface Block {
  name: string;
  values: Map<string, string[]>;
  blocks: Block[];
}
function parseRpp(text: string): Block {
  const root: Block = { name: "", values: new Map(), blocks: [] };
  const stack = [root];
  for (const line of text.trimEnd().split("\n")) {
    const words = [...line.trim().matchAll(/"([^"]*)"|'([^']*)'|`([^`]*)`|(\S+)/g)].map(
      (m) => m[1] ?? m[2] ?? m[3] ?? m[4] ?? "",
    );
    const top = stack.at(-1);
    if (top === undefined) throw new Error("A block was closed that was not open.");
    if (line.trim() === ">") stack.pop();
    else if (line.trim().startsWith("<")) {
      const block = { name: [words[0]?.slice(1), ...words.slice(1)].join(" "), values: new Map(), blocks: [] };
      top.blocks.push(block);
      stack.push(block);
    } else top.values.set(words[0] ?? "", words.slice(1));
  }
  expect(stack).toEqual([root]);
  return root;
}

/** The files of a zip, by its central directory (PKWARE APPNOTE 4.3.12); stored ones only, which is what is written. */
function unzip(bytes: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = bytes.lastIndexOf("PK\x05\x06", undefined, "latin1");
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    expect([bytes.readUInt32LE(at), bytes.readUInt16LE(at + 10)]).toEqual([0x02014b50, 0]);
    const [size, nameBytes] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28)];
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    files.set(bytes.toString("utf8", at + 46, at + 46 + nameBytes), bytes.subarray(from, from + size));
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

/** The value of an XPath expression, by libxml2, which also refuses what is not well-formed. */
const xpath = (xml: Buffer, expression: string) =>
  execFileSync("xmllint", ["--nonet", "--xpath", expression, "-"], { input: xml, encoding: "utf8" }).trimEnd();

describe("a session's folder", () => {
  const stems: Stem[] = [];
  beforeAll(async () => {
    for (const one of wanted) stems.push(await record(one, folder));
    const place = new SessionFolder(folder, "Folder & <co>");
    // All at once, as they may arrive.
    await Promise.all(stems.map((stem) => place.add(stem, stem.path)));
  });

  test("C7: an aligned copy begins at bar one, holds the tick at its frame, and silence where nobody had pressed record", async () => {
    for (const [at, { atSeconds, tickSeconds }] of wanted.entries()) {
      const sound = await readInput(join(folder, "aligned", basename(stems[at]?.path ?? "")));
      const loud = [...sound.entries()].filter(([, sample]) => sample !== 0).map(([n]) => n >> 1);
      expect([...new Set(loud)]).toEqual([Math.round((atSeconds + tickSeconds) * 48_000)]);
    }
  });

  test("the Reaper project is well-formed, and every stem of it is there and in place", () => {
    const project = parseRpp(readFileSync(join(folder, "session.rpp"), "utf8")).blocks[0] as Block;
    expect(project.name).toMatch(/^REAPER_PROJECT 0\.1 /);
    expect(project.values.get("TEMPO")).toEqual(["96", "4", "4"]);
    const found = project.blocks.map((track) => {
      expect(track.name).toBe("TRACK");
      const item = track.blocks[0] as Block;
      const source = item.blocks[0] as Block;
      expect([item.name, source.name, track.blocks.length, item.blocks.length]).toEqual(["ITEM", "SOURCE WAVE", 1, 1]);
      const number = (key: string) => Number(item.values.get(key)?.[0]);
      expect(existsSync(join(folder, source.values.get("FILE")?.[0] ?? ""))).toBe(true);
      // The file begins at the origin, so an item at `POSITION` plays it from there.
      expect(number("SOFFS")).toBe(number("POSITION"));
      const channels = track.values.get("NCHAN")?.[0];
      return { name: track.values.get("NAME")?.[0], at: number("POSITION"), length: number("LENGTH"), channels };
    });
    expect(found).toEqual([
      { name: "Drums", at: 1, length: SECONDS, channels: "8" },
      { name: "Guitar _ _voice_", at: 2, length: SECONDS },
      { name: "Schlägel", at: 6, length: SECONDS },
      { name: "Keys 'live'", at: 12.5, length: SECONDS },
    ]);
  });

  test("the DAWproject is well-formed, names what its format names, and every file of it is there and in place", () => {
    const files = unzip(readFileSync(join(folder, "session.dawproject")));
    expect([...files.keys()].sort()).toEqual(["metadata.xml", "project.xml"]);
    // No data descriptors (APPNOTE 4.4.4, bit 3): a reader that streams finds each size before the bytes.
    expect(readFileSync(join(folder, "session.dawproject")).readUInt16LE(6) & 0b1000).toBe(0);
    const xml = files.get("project.xml") ?? Buffer.alloc(0);
    expect(xpath(files.get("metadata.xml") ?? Buffer.alloc(0), "string(/MetaData/Title)")).toBe("Folder & <co>");
    // Elements and where each may stand, as the format's published schema (DAWproject 1.0, Project.xsd) has them.
    const places = new Set([
      "Project",
      "Project/Application",
      "Project/Transport",
      "Transport/Tempo",
      "Transport/TimeSignature",
      "Project/Structure",
      "Structure/Track",
      "Track/Channel",
      "Channel/Volume",
      "Project/Arrangement",
      "Arrangement/Lanes",
      "Lanes/Lanes",
      "Lanes/Clips",
      "Clips/Clip",
      "Clip/Audio",
      "Audio/File",
      "Arrangement/Markers",
      "Markers/Marker",
      "Arrangement/TempoAutomation",
      "TempoAutomation/Target",
      "TempoAutomation/RealPoint",
      "Arrangement/TimeSignatureAutomation",
      "TimeSignatureAutomation/Target",
      "TimeSignatureAutomation/TimeSignaturePoint",
    ]);
    const count = Number(xpath(xml, "count(//*)"));
    for (let at = 1; at <= count; at++) {
      const [parent, name] = [`name((//*)[${at}]/..)`, `name((//*)[${at}])`].map((path) => xpath(xml, path));
      expect(places).toContain(parent === "" ? name : `${parent}/${name}`);
    }
    // Every id is unique, and every reference has its target.
    expect(xpath(xml, "count(//*[@id and (@id = preceding::*/@id or @id = ancestor::*/@id)])")).toBe("0");
    expect(
      xpath(xml, "count(//Lanes/@track[not(. = //Track/@id)]) + count(//@destination[not(. = //Channel/@id)])"),
    ).toBe("0");
    expect([xpath(xml, "string(/Project/@version)"), xpath(xml, "string(//Tempo/@value)")]).toEqual(["1.0", "96"]);
    const clips = wanted.map((_, index) => {
      const at = index + 1;
      const of = (path: string) => xpath(xml, `string((//Clip)[${at}]/${path})`);
      const file = join(folder, of("Audio/File/@path"));
      const info = execFileSync("sndfile-info", [file], { encoding: "utf8" });
      const value = (label: string) => Number(new RegExp(`^${label}\\s*:\\s*([0-9.]+)`, "m").exec(info)?.[1]);
      expect(of("Audio/File/@external")).toBe("true");
      expect([of("Audio/@channels"), of("Audio/@sampleRate")].map(Number)).toEqual([
        value("Channels"),
        value("Sample Rate"),
      ]);
      expect(Number(of("Audio/@duration"))).toBeCloseTo(value("Frames") / value("Sample Rate"), 9);
      expect(of("@playStart")).toBe(of("@time"));
      // As wide as its sound is the channel that the clip's track plays through.
      const track = xpath(xml, `string((//Clip)[${at}]/ancestor::Lanes[@track][1]/@track)`);
      const wide = Number(xpath(xml, `string(//Track[@id = "${track}"]/Channel/@audioChannels)`));
      expect(wide).toBe(value("Channels"));
      return [of("@name"), Number(of("@time")), Number(of("@duration")), wide];
    });
    expect(clips).toEqual([
      ["Drums", 1, SECONDS, 8],
      ["Guitar _ _voice_", 2, SECONDS, 1],
      ["Schlägel", 6, SECONDS, 2],
      ["Keys 'live'", 12.5, SECONDS, 2],
    ]);
  });

  test("Ardour reads every original, puts it where its own timestamp says, and finds the sound there", () => {
    const ardour = join(folder, "ardour");
    const originals = stems.map(({ path, format, frames }) => ({ path, format, frames }));
    const read = readByArdour(ardour, originals);
    for (const [at, { format, atSeconds, tickSeconds, preRollSeconds = 0 }] of wanted.entries()) {
      const place = (atSeconds - preRollSeconds) * format.sampleRateHz;
      const ticks = ticksAt(Math.round((atSeconds + tickSeconds) * format.sampleRateHz), format);
      expect(read[at]).toEqual({ place, frames: stems[at]?.frames, ticks });
    }
  });

  test("Ardour finds the same sound at the same places in the aligned copies, all of them at bar one", () => {
    const copies = stems.map(({ path, format }, at) => {
      const end = ((wanted[at]?.atSeconds ?? 0) + SECONDS) * format.sampleRateHz;
      return { path: join(folder, "aligned", basename(path)), format, frames: end };
    });
    for (const [at, one] of readByArdour(join(folder, "ardour-aligned"), copies).entries()) {
      const { atSeconds, tickSeconds, format } = wanted[at] as Wanted;
      const ticks = ticksAt((atSeconds + tickSeconds) * 48_000, format);
      expect(one).toEqual({ place: 0, frames: copies[at]?.frames, ticks });
    }
  });

  test("C4: the session's map goes into every project and lies beside them as a MIDI file; what a person drew in it stays", async () => {
    const place = new SessionFolder(folder, "Folder & <co>");
    const map: TimelineMap = {
      ...initialMap,
      tempo: [
        { positionFrames: 0, bpm: 96 },
        { positionFrames: 240_000, bpm: 120.5 },
      ],
      signatures: [
        { positionFrames: 0, beats: 3, unit: 4 },
        { positionFrames: 480_000, beats: 6, unit: 8 },
      ],
    };
    await place.setMap(map);
    const xml = unzip(readFileSync(join(folder, "session.dawproject"))).get("project.xml") ?? Buffer.alloc(0);
    const values = (path: string) =>
      xpath(xml, path)
        .split("\n")
        .map((one) => one.trim());
    expect(values("//RealPoint/@time | //RealPoint/@value")).toEqual([
      'time="0"',
      'value="96"',
      'time="5"',
      'value="120.5"',
    ]);
    expect(values("//TimeSignature/@numerator | //TimeSignaturePoint/@numerator")).toEqual([
      'numerator="3"',
      'numerator="3"',
      'numerator="6"',
    ]);
    const reaper = parseRpp(readFileSync(join(folder, "session.rpp"), "utf8")).blocks[0] as Block;
    expect(reaper.values.get("TEMPO")).toEqual(["96", "3", "4"]);
    expect(reaper.blocks.map(({ name }) => name)).toEqual(["TEMPOENVEX", ...wanted.map(() => "TRACK")]);
    expect(readMidiFile(readFileSync(join(folder, "session.mid")))).toEqual({
      ok: true,
      map: { tempo: map.tempo, signatures: map.signatures },
      markers: [],
    });
    await place.setMap({ ...initialMap, tempo: [{ positionFrames: 0, bpm: 96 }] });
  });

  test("what is placed is not placed again by the next run; a copy that somebody deleted is", async () => {
    const again = new SessionFolder(folder, "Folder & <co>");
    expect(stems.map(({ recordingId }) => again.has(recordingId))).toEqual([true, true, true, true]);
    const copy = join(folder, "aligned", basename(stems[0]?.path ?? ""));
    const before = readFileSync(copy);
    rmSync(copy);
    const third = new SessionFolder(folder, "Folder & <co>");
    expect(stems.map(({ recordingId }) => third.has(recordingId))).toEqual([false, true, true, true]);
    await third.add(stems[0] as Stem, stems[0]?.path ?? "");
    expect(readFileSync(copy)).toEqual(before);
  });

  test("a manifest that is broken, or of another program, is none", () => {
    const place = join(folder, "broken");
    mkdirSync(place);
    for (const text of ["", "{", "[1]", '[{"recordingId":"../../x"}]']) {
      writeFileSync(join(place, "session.json"), text);
      expect(new SessionFolder(place, "x").has("../../x")).toBe(false);
    }
  });
});

/** What Ardour reads of a tick: one for each channel, in their order. */
const ticksAt = (at: number, { channels }: StemFormat) =>
  Array.from({ length: channels }, (_, channel) => ({ at, value: tickOf(channel) / 2 ** 23 }));

interface ArdourRead {
  /** Frames from the session's start to the first of the file, by the timestamp that Ardour reads in it. */
  place: number;
  frames: number;
  /** For each channel the loudest sample, with its place in the session. */
  ticks: { at: number; value: number }[];
}

/**
 * Embeds files in a new session of Debian's Ardour, by the same code that its import dialog's "add files" without copying ends in, and
 * asks it where they belong and what it reads in them. Its times are 282,240,000ths of a second.
 */
function readByArdour(place: string, files: { path: string; format: StemFormat; frames: number }[]): ArdourRead[] {
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  mkdirSync(dirname(place), { recursive: true });
  run("ardour7-new_empty_session", "-s", "48000", place, "take");
  const path = join(place, "take.ardour");
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const sources: string[] = [];
  const regions = files.map(({ path: file, format, frames }, at) => {
    const ids = Array.from({ length: format.channels }, (_, channel) => {
      const id = 1_000 + at * 10 + channel;
      sources.push(
        `<Source name="${escaped(basename(file))}" type="audio" flags="" id="${id}" origin="${escaped(file)}" channel="${channel}" gain="1"/>`,
      );
      return `source-${channel}="${id}" master-source-${channel}="${id}"`;
    });
    const ticks = frames * (282_240_000 / 48_000);
    return `<Region name="${at}" id="${2_000 + at}" type="audio" whole-file="1" external="1" start="a0@a0" length="a${ticks}@a0" sync-position="a0" ancestral-start="a0" ancestral-length="a${ticks}@a0" stretch="1" shift="1" first-edit="nothing" fade-in-active="0" fade-out-active="0" scale-amplitude="1" opaque="1" channels="${format.channels}" ${ids.join(" ")}/>`;
  });
  const session = readFileSync(path, "utf8")
    .replace("<Sources/>", `<Sources>${sources.join("")}</Sources>`)
    .replace("<Regions/>", `<Regions>${regions.join("")}</Regions>`)
    .replace(/id-counter="\d+"/, 'id-counter="9000"');
  writeFileSync(path, session);
  const script = join(place, "read.lua");
  writeFileSync(
    script,
    `local session = load_session ("${place}", "take")
     for id, region in ARDOUR.RegionFactory.regions ():iter () do
       local sound = region:to_audioregion ():to_readable ()
       local length = sound:readable_length ()
       local memory = ARDOUR.DSP.DspShm (length)
       for channel = 0, sound:n_channels () - 1 do
         local got = sound:read (memory:to_float (0), 0, length, channel)
         local samples = memory:to_float (0):array ()
         local loudest = 1
         for at = 1, length do if math.abs (samples[at]) > math.abs (samples[loudest]) then loudest = at end end
         print ("READ", region:name (), channel, got, loudest - 1, samples[loudest])
       end
     end
     session:save_state ("")`,
  );
  const lines = run("ardour7-lua", script)
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([word]) => word === "READ");
  const saved = readFileSync(path, "utf8");
  return files.map((_, at) => {
    const natural = new RegExp(`<Source [^>]*id="${1_000 + at * 10}" natural-position="a(\\d+)"`).exec(saved)?.[1];
    const frames = Number(natural ?? "0") / (282_240_000 / 48_000);
    const read = lines.filter(([, name]) => name === String(at)).map((line) => line.slice(2).map(Number));
    return {
      place: frames,
      frames: read[0]?.[1] ?? 0,
      ticks: read.map(([, , loudest = 0, value = 0]) => ({ at: frames + loudest, value })),
    };
  });
}
