import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { decodeInterleaved } from "../../../audio/pcm.ts";
import { readWavHeader } from "../../../audio/wav-reader.ts";
import { wavHeader } from "../../../audio/wav-writer.ts";
import { RecordingId, SessionId } from "../../../protocol/ids.ts";
import { peaksProblem, type StemFormat } from "../../../protocol/recordings.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import { lockFolder, takeAway } from "../stems/folder-lock.node.ts";
import { recoverStems } from "../stems/recovery.std.ts";
import { Recorder } from "./recorder.std.ts";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-recorder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const recorderPath = join(import.meta.dirname, "recorder.std.ts");
const diskPath = join(import.meta.dirname, "..", "stems", "disk.node.ts");

/** A program that records noise in real time, until it is told otherwise or dies. */
const program = (place: string) => `
  import { Recorder } from ${JSON.stringify(recorderPath)};
  import { nodeDisk } from ${JSON.stringify(diskPath)};
  const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 };
  const recorder = new Recorder(nodeDisk, ${JSON.stringify(place)}, {
    recordingId: "rec_00000000000000000000000000", sessionId: "ses_00000000000000000000000000",
    takeId: "00000000-0000-4000-8000-000000000000", name: "take",
    format: { sampleRateHz: 48000, channels: 2, encoding: "pcm24" },
    timelineFrames: 96000, startedAtMs: 0, bpm: 120, transportAtStart: stopped, sharing: "local", project: "test",
  });
  const block = new Int32Array(256).map((_, at) => at * 1000);
  const startedAt = performance.now();
  let frames = 0;
  const timer = setInterval(() => {
    while (frames < (performance.now() - startedAt) * 48) { recorder.write(block); frames += 128; }
    console.log(JSON.stringify({ atMs: performance.now(), written: frames }));
    if (recorder.error) {
      clearInterval(timer);
      recorder.finish(stopped).then((stem) => console.log(JSON.stringify({ error: recorder.error.code, frames: stem.frames })));
    }
  }, 5);
`;

const framesOf = (path: string) =>
  Number(/Frames\s*:\s*(\d+)/.exec(execFileSync("sndfile-info", [path], { encoding: "utf8" }))?.[1]);

describe("the recorder", () => {
  test("kill -9 in mid take costs less than a second, and what is left is a file that others open", async () => {
    const place = mkdtempSync(join(folder, "kill-"));
    const script = join(place, "record.ts");
    writeFileSync(script, program(place));
    const child = spawn("node", [script], { stdio: ["ignore", "pipe", "inherit"] });
    const told: { atMs: number; written: number }[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => told.push(JSON.parse(line)));
    await expect.poll(() => told.at(-1)?.written ?? 0).toBeGreaterThan(2.6 * 48_000);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    const path = join(place, "take.wav");
    // Whatever it had written a second before its death, by its own clock, is in the file.
    const diedAtMs = told.at(-1)?.atMs ?? 0;
    const safe = told.findLast(({ atMs }) => atMs <= diedAtMs - 1_000);
    expect(safe?.written).toBeGreaterThan(48_000);
    expect(framesOf(path)).toBeGreaterThanOrEqual(safe?.written ?? Number.POSITIVE_INFINITY);
    expect(execFileSync("ffprobe", ["-v", "error", "-show_format", path], { encoding: "utf8" })).toContain(
      "time_reference=96000",
    );

    // On the next start it is found, made whole and offered, with its peaks; a second start finds nothing to repair.
    const torn = statSync(path).size;
    const [stem, ...others] = await recoverStems(nodeDisk, place);
    expect(others).toEqual([]);
    expect(stem).toMatchObject({ repaired: true, name: "take", timelineFrames: 96_000, sharing: "local" });
    expect(stem?.frames).toBe(framesOf(path));
    expect(stem?.sha256).toBe(createHash("sha256").update(readFileSync(path)).digest("hex"));
    expect(Math.abs(statSync(path).size - torn)).toBeLessThan(6);
    const peaks = new Int8Array(readFileSync(`${path}.peaks`));
    expect(peaksProblem(peaks, 2)).toBeNull();
    expect(Math.max(...peaks)).toBe((255_000 - 1_000) >> 16);
    expect(await recoverStems(nodeDisk, place)).toEqual([stem]);
  });

  test("C6, P88: of a stem of eight channels that was torn in mid frame every whole frame is kept, and its waveform has each channel's own", async () => {
    const place = mkdtempSync(join(folder, "eight-"));
    const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;
    const format = { sampleRateHz: 48_000, channels: 8, encoding: "pcm24" } as const;
    const recorder = new Recorder(nodeDisk, place, {
      recordingId: RecordingId.parse("rec_00000000000000000000000000"),
      sessionId: SessionId.parse("ses_00000000000000000000000000"),
      takeId: "00000000-0000-4000-8000-000000000000",
      name: "Drums",
      format,
      timelineFrames: 0,
      startedAtMs: 0,
      bpm: 120,
      transportAtStart: stopped,
      sharing: "local",
      project: "test",
    });
    // Each channel swings by another share of full scale, a channel's tenth of it.
    const frames = 5_000;
    const samples = Int32Array.from({ length: frames * 8 }, (_, at) => {
      const [frame, channel] = [Math.floor(at / 8), at % 8];
      return (frame % 2 === 0 ? 1 : -1) * ((channel + 1) * 2 ** 19 + frame);
    });
    recorder.write(samples);
    const whole = await recorder.finish(stopped);
    const sidecar = JSON.parse(readFileSync(`${whole.path}.json`, "utf8"));
    expect(sidecar.format).toEqual(format);
    // As if it had died: no hash yet, and half of a frame behind the last that it wrote.
    const { sha256: _, ...torn } = sidecar;
    writeFileSync(`${whole.path}.json`, JSON.stringify(torn));
    rmSync(`${whole.path}.peaks`);
    writeFileSync(whole.path, readFileSync(whole.path).subarray(0, whole.headerBytes + 4_000 * 24 + 11));
    const [stem] = await recoverStems(nodeDisk, place);
    expect(stem).toMatchObject({ repaired: true, frames: 4_000, format });
    const bytes = readFileSync(whole.path);
    expect(stem?.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(readWavHeader(bytes)).toMatchObject({ channels: 8, frames: 4_000, dataAtBytes: whole.headerBytes });
    expect(decodeInterleaved(bytes.subarray(whole.headerBytes), "pcm24")).toEqual(
      Float64Array.from(samples.subarray(0, 4_000 * 8)),
    );
    const peaks = new Int8Array(readFileSync(`${whole.path}.peaks`));
    expect(peaksProblem(peaks, 8)).toBeNull();
    const ofChannel = (channel: number) => [0, 1].map((side) => peaks[2 * channel + side]);
    for (let channel = 0; channel < 8; channel++)
      expect(ofChannel(channel)).toEqual([-(channel + 1) * 8 - 1, (channel + 1) * 8]);
  });

  test("a header that lies and a torn last frame are mended; a sidecar that is none of ours is left alone", async () => {
    const place = mkdtempSync(join(folder, "lies-"));
    const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;
    const recorder = new Recorder(nodeDisk, place, {
      recordingId: RecordingId.parse("rec_00000000000000000000000000"),
      sessionId: SessionId.parse("ses_00000000000000000000000000"),
      takeId: "00000000-0000-4000-8000-000000000000",
      name: "lies",
      format: { sampleRateHz: 44_100, channels: 1, encoding: "float32" },
      timelineFrames: 0,
      startedAtMs: 0,
      bpm: 120,
      transportAtStart: stopped,
      sharing: "local",
      project: "test",
    });
    recorder.write(new Int32Array(44_100).fill(2 ** 22));
    const { path, headerBytes } = recorder.stem;
    const whole = readFileSync(path);
    const torn = Buffer.concat([whole, Buffer.from([1, 2, 3])]);
    torn.writeUInt32LE(0x7fffffff, 4);
    torn.writeUInt32LE(12, headerBytes - 4);
    writeFileSync(path, torn);
    writeFileSync(join(place, "other.wav.json"), "{}");
    writeFileSync(join(place, "other.wav"), "not ours");
    const [stem] = await recoverStems(nodeDisk, place);
    expect(stem).toMatchObject({ frames: 44_100, repaired: true });
    expect(readFileSync(path)).toEqual(whole);
    expect(framesOf(path)).toBe(44_100);
    expect([...new Int8Array(readFileSync(`${path}.peaks`))].slice(0, 2)).toEqual([64, 64]);
    expect(readFileSync(join(place, "other.wav"), "utf8")).toBe("not ours");
  });

  test("two companions never work in one folder; a lock that a dead one left is taken over", () => {
    const place = mkdtempSync(join(folder, "lock-"));
    lockFolder(place)();
    writeFileSync(join(place, "companion.lock"), String(process.ppid));
    expect(() => lockFolder(place)).toThrow(/Another companion/);
    const dead = spawnSync("true").pid;
    writeFileSync(join(place, "companion.lock"), String(dead));
    lockFolder(place)();
    expect(readdirSync(place)).toEqual([]);
  });

  test("X33: a stale lock whose process number lives again as another program is taken over", () => {
    const place = mkdtempSync(join(folder, "lock-again-"));
    const path = join(place, "companion.lock");
    const own = lockFolder(place);
    const { started } = JSON.parse(readFileSync(path, "utf8"));
    expect(started).not.toBe("");
    own();
    const again = spawn("sleep", ["60"]);
    writeFileSync(path, JSON.stringify({ pid: again.pid, started: `${started}0` }));
    lockFolder(place)();
    again.kill();
    expect(readdirSync(place)).toEqual([]);
  });

  test("X33: of two companions that find one stale lock at once, one has the folder", () => {
    const place = mkdtempSync(join(folder, "lock-race-"));
    const path = join(place, "companion.lock");
    // The other found it stale as well, and was quicker: by the time that we take it away, theirs is in its place.
    const other = spawn("sleep", ["60"]);
    writeFileSync(path, JSON.stringify({ pid: other.pid, started: "" }));
    const theirs = readFileSync(path, "utf8");
    expect(() => takeAway(path, { pid: process.pid, started: "" })).toThrow(/Another companion/);
    expect([readFileSync(path, "utf8"), readdirSync(place)]).toEqual([theirs, ["companion.lock"]]);
    other.kill();
    // They have gone again.
    rmSync(path);
    takeAway(path, { pid: process.pid, started: "" });
    // A lock is there whole or not at all.
    const unlock = lockFolder(place);
    expect(JSON.parse(readFileSync(path, "utf8")).pid).toBe(process.pid);
    expect(readdirSync(place)).toEqual(["companion.lock"]);
    unlock();
  });

  test.each([
    ["whose first sector is zeros", (whole: Buffer) => whole.fill(0, 0, 512)],
    ["whose header is zeros", (whole: Buffer, header: number) => whole.fill(0, 0, header)],
    ["of half a header", (whole: Buffer) => whole.subarray(0, 700)],
    ["without a byte", () => Buffer.alloc(0)],
  ] as const)("X33: a torn take %s is given back as a file that others open", async (name, tear) => {
    const place = mkdtempSync(join(folder, "zeroed-"));
    const recorder = new Recorder(nodeDisk, place, {
      recordingId: RecordingId.parse("rec_00000000000000000000000000"),
      sessionId: SessionId.parse("ses_00000000000000000000000000"),
      takeId: crypto.randomUUID(),
      name: "take",
      format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
      timelineFrames: 96_000,
      startedAtMs: 0,
      bpm: 120,
      transportAtStart: { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 },
      sharing: "local",
      project: "A project with a name",
    });
    recorder.write(new Int32Array(48_000).fill(2 ** 22));
    const { path, headerBytes } = recorder.stem;
    writeFileSync(path, tear(readFileSync(path), headerBytes));
    const [stem] = await recoverStems(nodeDisk, place);
    const frames = name.includes("zeros") ? 48_000 : 0;
    expect(stem).toMatchObject({ repaired: true, frames, headerBytes });
    expect(framesOf(path)).toBe(frames);
    expect(statSync(path).size).toBe(stem?.sizeBytes);
    expect(
      readFileSync(path)
        .subarray(headerBytes)
        .every((byte, at) => byte === (at % 3 === 2 ? 0x40 : 0)),
    ).toBe(true);
    if (frames > 0)
      expect(execFileSync("ffprobe", ["-v", "error", "-show_format", path], { encoding: "utf8" })).toContain(
        "time_reference=96000",
      );
  });

  test("X33: a take that cannot be mended keeps no other from being given back", async () => {
    const place = mkdtempSync(join(folder, "unmendable-"));
    const record = (digit: string) => {
      const recorder = new Recorder(nodeDisk, place, {
        recordingId: RecordingId.parse(`rec_${digit.repeat(26)}`),
        sessionId: SessionId.parse("ses_00000000000000000000000000"),
        takeId: crypto.randomUUID(),
        name: `take ${digit}`,
        format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
        timelineFrames: 0,
        startedAtMs: Number(digit),
        bpm: 120,
        transportAtStart: { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 },
        sharing: "local",
        project: "",
      });
      recorder.write(new Int32Array(48_000).fill(1));
      return recorder.stem.path;
    };
    const [folded, , blank, endless, listed] = ["1", "2", "3", "4", "5"].map(record);
    rmSync(folded ?? "");
    mkdirSync(folded ?? "");
    writeFileSync(`${blank}.json`, Buffer.alloc(400));
    writeFileSync(
      `${endless}.json`,
      readFileSync(`${endless}.json`, "utf8").replace(/"headerBytes": \d+/, '"headerBytes": 1e12'),
    );
    writeFileSync(`${listed}.json`, "[]");
    mkdirSync(join(place, "no take.wav.json"));
    expect((await recoverStems(nodeDisk, place)).map(({ name, frames }) => [name, frames])).toEqual([
      ["take 2", 48_000],
    ]);
  });

  test("X33: an iXML of odd length has its pad byte outside its size", () => {
    for (const name of ["a", "ab"]) {
      const bytes = wavHeader({ ...tagged({ sampleRateHz: 48_000, channels: 1, encoding: "pcm24" }), track: name }, 0);
      const at = Buffer.from(bytes).indexOf("iXML");
      const sizeBytes = new DataView(bytes.buffer).getUint32(at + 4, true);
      expect(bytes[at + 8 + sizeBytes - 1]).toBe(">".charCodeAt(0));
      expect(Buffer.from(bytes).indexOf("fmt ", at)).toBe(at + 8 + sizeBytes + (sizeBytes & 1));
    }
  });

  test("a full disk ends the take with an error, and what was played until then is safe", () => {
    const place = mkdtempSync(join(folder, "full-"));
    const script = join(place, "record.ts");
    writeFileSync(script, program(place));
    // A file may grow to 600 blocks of 1,024 bytes; the signal that says so is ignored, so that the write fails as on a full disk.
    const run = spawnSync("bash", ["-c", `trap '' XFSZ; ulimit -f 600; exec node ${script}`], {
      encoding: "utf8",
    });
    const said = JSON.parse(run.stdout.trim().split("\n").at(-1) ?? "");
    expect(said.error).toBe("EFBIG");
    expect(said.frames / 48_000).toBeGreaterThan(1.5);
    expect(framesOf(join(place, "take.wav"))).toBe(said.frames);
  });

  test("EBU Tech 3306: past 4 GiB a stem is RF64 with a header of the same length, and other programs read it to its end", () => {
    const format = { sampleRateHz: 96_000, channels: 2, encoding: "float32" } as const;
    const dataBytes = 2 ** 32 + 96_000 * 8;
    const [small, large] = [wavHeader(tagged(format), 800), wavHeader(tagged(format), dataBytes)];
    expect(large.byteLength).toBe(small.byteLength);
    const ascii = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
    expect(ascii(small).slice(0, 16)).toMatch(/^RIFF....WAVEJUNK/s);
    expect(ascii(large).slice(0, 16)).toBe("RF64\xff\xff\xff\xffWAVEds64");
    // A hole, and a second of a tone at its end: 4 GiB that take less than one megabyte of the disk.
    const path = join(folder, "large.wav");
    const tone = Float32Array.from({ length: 2 * 96_000 }, (_, at) => 0.5 * Math.sin((at >> 1) / 35));
    const file = openSync(path, "w");
    writeSync(file, large, 0, large.byteLength, 0);
    writeSync(file, new Uint8Array(tone.buffer), 0, tone.byteLength, large.byteLength + dataBytes - tone.byteLength);
    closeSync(file);
    const frames = dataBytes / 8;
    expect(framesOf(path)).toBe(frames);
    expect(probe(path).streams[0]).toMatchObject({ codec_name: "pcm_f32le", duration_ts: frames, channels: 2 });
    const [general, audio] = mediaInfo(path);
    expect(general).toMatchObject({ Format_Profile: "RF64", FileSize: String(statSync(path).size) });
    expect(audio).toMatchObject({ SamplingCount: String(frames), SamplingRate: "96000" });
    const end = execFileSync("ffmpeg", ["-v", "error", "-sseof", "-1", "-i", path, "-f", "f32le", "-"], {
      maxBuffer: 2e6,
    });
    expect(end.equals(new Uint8Array(tone.buffer))).toBe(true);
  });

  const formats = [44_100, 48_000, 88_200, 96_000].flatMap((sampleRateHz) =>
    ([1, 2, 8] as const).flatMap((channels) =>
      (["pcm24", "float32"] as const).map((encoding) => ({ sampleRateHz, channels, encoding }) as StemFormat),
    ),
  );
  test.each(formats)(
    "EBU Tech 3285, iXML: $sampleRateHz Hz, $channels channels, $encoding: other programs read the sound, its place and its names",
    async (format) => {
      const place = mkdtempSync(join(folder, "format-"));
      const recording = { motion: "recording", positionFrames: 96_000, atMs: 0, bpm: 93.5 } as const;
      const recorder = new Recorder(nodeDisk, place, {
        recordingId: RecordingId.parse("rec_00000000000000000000000000"),
        sessionId: SessionId.parse("ses_00000000000000000000000000"),
        takeId: "00000000-0000-4000-8000-000000000000",
        name: "Bass take 3",
        format,
        timelineFrames: 96_000,
        startedAtMs: Date.UTC(2026, 10, 25, 12, 30, 5),
        bpm: 93.5,
        transportAtStart: recording,
        sharing: "local",
        project: "Rock & <Roll>",
        takeName: "3",
      });
      const samples = Int32Array.from(
        { length: 4_411 * format.channels },
        (_, at) => ((at * 7_919) % 2 ** 24) - 2 ** 23,
      );
      recorder.write(samples);
      const { path } = await recorder.finish(recording);
      expect(framesOf(path)).toBe(4_411);
      const { streams, format: container } = probe(path);
      expect(streams[0]).toMatchObject({
        codec_name: format.encoding === "pcm24" ? "pcm_s24le" : "pcm_f32le",
        sample_rate: String(format.sampleRateHz),
        channels: format.channels,
        duration_ts: 4_411,
      });
      expect(container.tags).toMatchObject({
        time_reference: String(2 * format.sampleRateHz),
        encoded_by: "SessionLinked",
        originator_reference: "rec_00000000000000000000000000",
        date: "2026-11-25",
        creation_time: "12:30:05",
      });
      const [general, audio] = mediaInfo(path);
      expect(general).toMatchObject({ Producer: "SessionLinked", Description: "Rock & <Roll>: Bass take 3" });
      expect(audio).toMatchObject({ Delay: "2.000", Delay_Source: "Container (bext)", SamplingCount: "4411" });
      const decoded = execFileSync("ffmpeg", ["-v", "error", "-i", path, "-f", "s32le", "-c:a", "pcm_s32le", "-"]);
      expect(new Int32Array(new Uint8Array(decoded).buffer).map((sample) => sample >> 8)).toEqual(samples);
      // sox reads more strictly than the others: it has nothing to remark, but what it says of everybody's floats in this form, ffmpeg's too.
      const isExtensibleFloat = format.channels > 2 && format.encoding === "float32";
      expect(spawnSync("sox", ["--info", path], { encoding: "utf8" }).stderr).toBe(
        isExtensibleFloat ? "sox WARN wav: wave header missing extended part of fmt chunk\n" : "",
      );
      const ixml = /<BWFXML>.*<\/BWFXML>/.exec(readFileSync(path, "latin1"))?.[0] ?? "";
      for (const element of [
        "<PROJECT>Rock &amp; &lt;Roll&gt;</PROJECT><TAKE>3</TAKE>",
        "<FAMILY_UID>00000000-0000-4000-8000-000000000000</FAMILY_UID>",
        "<TIMECODE_RATE>30/1</TIMECODE_RATE>",
        `<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>${2 * format.sampleRateHz}</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>`,
        `<TRACK_COUNT>${format.channels}</TRACK_COUNT>`,
        `<NAME>Bass take 3${{ 1: "", 2: " R" }[format.channels] ?? ` ${format.channels}`}</NAME>`,
        "<USER>tempo 93.5 bpm</USER>",
      ])
        expect(ixml).toContain(element);
      execFileSync("xmllint", ["--noout", "-"], { input: ixml });
    },
  );
});

const tagged = (format: StemFormat) => ({
  format,
  description: "long",
  reference: "rec",
  umid: new Uint8Array(64),
  timeReference: 2 ** 33 + 5,
  startedAtMs: 0,
  project: "a < b & c",
  take: "1",
  track: "bass",
  bpm: 93.5,
});

interface Probe {
  streams: Record<string, unknown>[];
  format: { tags: Record<string, string> };
}
const probe = (path: string): Probe =>
  JSON.parse(
    execFileSync("ffprobe", ["-v", "error", "-of", "json", "-show_format", "-show_streams", path], {
      encoding: "utf8",
    }),
  );

const mediaInfo = (path: string): Record<string, string>[] =>
  JSON.parse(execFileSync("mediainfo", ["--Output=JSON", "--Full", path], { encoding: "utf8" })).media.track;
