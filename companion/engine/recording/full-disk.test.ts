import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-full-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const engine = join(import.meta.dirname, "..");

/** A recording controller with a device in real time, two inputs armed, recording from its first half second on until it is warned. */
const program = (place: string) => `
  import { randomBytes } from "node:crypto";
  import { FileDevice } from "${engine}/capture/file-source.node.ts";
  import { machineClocks } from "${engine}/clock/machine-clock.node.ts";
  import { RecordingController } from "${engine}/recording/recording-controller.std.ts";
  import { nodeDisk } from "${engine}/stems/disk.node.ts";
  import { TakeRecorder } from "${engine}/recording/take-recorder.std.ts";
  import { StemLibrary } from "${engine}/upload/stem-library.std.ts";
  import { newId } from "${engine}/../../protocol/ids.ts";
  process.on("SIGXFSZ", () => undefined);
  const say = (line) => console.log(JSON.stringify({ atMs: performance.now(), ...line }));
  let state = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 };
  const onWarning = (code, message) => say({ say: "warning", code, message });
  const [folder, sessionId] = [${JSON.stringify(place)}, "ses_00000000000000000000000000"];
  const library = new StemLibrary({
    api: {}, disk: nodeDisk, folder, sessionId, nowMs: () => Date.now(), onWarning,
    onRecovered: () => undefined, onProgress: () => undefined, onShared: () => undefined,
  });
  const takes = new TakeRecorder({
    disk: nodeDisk, folder, sessionId, sessionName: "Full", library, onWarning,
    newRecordingId: () => newId("rec", (length) => new Uint8Array(randomBytes(length))),
    onRecording: () => undefined, onRecorded: (stem) => say({ say: "recorded", stem }),
  });
  const input = Int32Array.from({ length: 96_000 }, (_, at) => (at * 7_919) % 2 ** 22);
  const device = new FileDevice(input, ({ frame, input }) => controller.block(frame, input));
  const controller = new RecordingController({
    takes, device, inputs: [{ name: "Guitar", channels: [0] }, { name: "Keys", channels: [0, 1] }], clocks: machineClocks,
    sessionAt: (atMs) => ({ atMs, errorMs: 0.1 }), state: () => state, mayRecord: () => true, suffix: () => "x",
    encoding: "pcm24", onStatus: (status) => say({ say: "status", ...status }), onWarning,
  });
  device.open();
  controller.preRollSeconds = 0;
  controller.arm("Guitar", true);
  controller.arm("Keys", true);
  setTimeout(() => {
    const before = state;
    state = { motion: "recording", positionFrames: 0, atMs: performance.now(), bpm: 120 };
    controller.execute({ before, after: state }, device.frameAt(machineClocks.monotonicMs()));
  }, 500);
`;

test("X24: the disk is full in mid take: said at once to the person and to the others, and every stem up to then is whole", async () => {
  const script = join(folder, "controller.ts");
  writeFileSync(script, program(folder));
  // Files may grow to 700 blocks of 1,024 bytes: about two and a half seconds of the stereo input.
  const child = spawn("bash", ["-c", `ulimit -f 700; exec node ${script}`], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line)));
  const said = (kind: string) => lines.filter((line) => line.say === kind);
  await expect.poll(() => said("recorded").length).toBe(2);
  child.kill("SIGKILL");
  const warning = said("warning").find(({ code }) => code === "recorder");
  expect(warning?.message).toMatch(/The disk refused .*what was played until now is safe\./);
  const off = said("status").at(-1);
  expect(off).toMatchObject({ armed: true, recording: false });
  // At once: nothing else is said in between but what concerns the same end.
  const between = lines.slice(lines.indexOf(warning ?? {}) + 1, lines.indexOf(off ?? {}));
  expect(between.filter(({ say }) => say !== "status" && say !== "warning")).toEqual([]);
  for (const { stem } of said("recorded") as { stem: { path: string; frames: number; sha256: string } }[]) {
    const info = spawnSync("sndfile-info", [stem.path], { encoding: "utf8" }).stdout;
    expect(Number(/Frames\s*:\s*(\d+)/.exec(info)?.[1])).toBe(stem.frames);
    expect(stem.frames / 48_000).toBeGreaterThan(1.5);
    expect(JSON.parse(readFileSync(`${stem.path}.json`, "utf8"))).toMatchObject({
      sha256: stem.sha256,
      frames: stem.frames,
    });
  }
});
