import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeDisk } from "../../companion/engine/stems/disk.node.ts";
import { recoverStems } from "../../companion/engine/stems/recovery.std.ts";

/** Kills a recorder five times at different moments; the most that was lost of what it had been given. */
export async function killedRecorder(folder: string): Promise<number> {
  let worstMs = 0;
  for (let round = 0; round < 5; round++) {
    const place = mkdtempSync(join(folder, "kill-"));
    const script = join(place, "record.ts");
    const disk = new URL("../../companion/engine/stems/disk.node.ts", import.meta.url).pathname;
    const recorder = new URL("../../companion/engine/recording/recorder.std.ts", import.meta.url).pathname;
    writeFileSync(
      script,
      `import { nodeDisk } from ${JSON.stringify(disk)};
       import { Recorder } from ${JSON.stringify(recorder)};
       const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 };
       const recorder = new Recorder(nodeDisk, ${JSON.stringify(place)}, { recordingId: "rec_00000000000000000000000000", sessionId: "ses_00000000000000000000000000",
         takeId: "00000000-0000-4000-8000-000000000000", name: "take", format: { sampleRateHz: 48000, channels: 2, encoding: "pcm24" },
         timelineFrames: 0, startedAtMs: 0, bpm: 120, transportAtStart: stopped, sharing: "local", project: "bench" });
       const block = new Int32Array(256); const startedAt = performance.now(); let frames = 0;
       setInterval(() => { while (frames < (performance.now() - startedAt) * 48) { recorder.write(block); frames += 128; } process.stdout.write(frames + "\\n"); }, 5);`,
    );
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    let given = 0;
    child.stdout.on("data", (text) => {
      given = Number(String(text).trim().split("\n").at(-1));
    });
    await sleep(1_300 + round * 370);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    const [stem] = await recoverStems(nodeDisk, place);
    worstMs = Math.max(worstMs, (given - (stem?.frames ?? 0)) / 48);
  }
  return worstMs;
}
