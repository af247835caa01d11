/**
 * A program of its own: MIDI clock or MIDI timecode leaves for eight seconds at a real JACK port while every core is busy, and JACK itself says when
 * each tick was there. Prints how far each was from where it should have been, in milliseconds, as JSON.
 */
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { scheduleAt } from "../../companion/engine/clock/schedule-at.node.ts";
import { loadJackMidi, openJackMidiPort } from "../../companion/engine/midi/jack-midi-port.node.ts";
import { midiClockDriver } from "../../companion/engine/midi/midi-clock.std.ts";
import { mtcDriver } from "../../companion/engine/midi/mtc.std.ts";
import { TickStream } from "../../companion/engine/transport/tick-stream.std.ts";
import { Jack } from "../../dev/demo/jack.ts";
import { JackEar } from "../../dev/demo/jack-ear.ts";
import { initialMap } from "../../protocol/timeline.ts";
import { initialTransport } from "../../protocol/transport.ts";

const MEASURED_MS = 8_000;
/** Of the first second nothing is measured: the busy loops begin. */
const SKIPPED = 50;

const jack = await Jack.start();
const found: Record<string, number[]> = {};
const busy = Array.from(
  { length: 2 * availableParallelism() },
  () => new Worker("for (let at = 0; ; at++) Math.sqrt(at);", { eval: true }),
);
try {
  for (const driver of [midiClockDriver(), mtcDriver()]) {
    const jackMidi = loadJackMidi();
    const port = openJackMidiPort(jackMidi, "Ticks");
    const ear = await JackEar.open(jackMidi, jack, "Ear", [await jack.until("Ticks:out")]);
    const idealMs: number[] = [];
    const ticks = new TickStream({
      driver,
      map: () => initialMap,
      clock: { nowSessionMs: machineNowMs, toLocalMs: (atMs) => atMs, scheduleAtSession: scheduleAt },
      port: {
        ...port,
        sendAt: (bytes, localMs) => {
          // Start and Continue only announce the clock that follows.
          if (bytes.at(-1) === 0xf8 || bytes[0] === 0xf1) idealMs.push(localMs);
          port.sendAt(bytes, localMs);
        },
      },
    });
    const startsAtMs = machineNowMs() + 500;
    ticks.takeUp({ ...initialTransport, motion: "playing", atMs: startsAtMs }, startsAtMs);
    await sleep(MEASURED_MS);
    ticks.stop();
    await sleep(200);
    const came = ear.heard.filter(({ bytes }) => bytes[0] === 0xf8 || bytes[0] === 0xf1);
    ear.close();
    await port.close();
    if (came.length !== idealMs.length) throw new Error(`${idealMs.length} ticks left, ${came.length} came.`);
    const apartMs = came.map(({ jackMs }, at) => jackMs - (idealMs[at] ?? 0)).slice(SKIPPED);
    const middle = apartMs.toSorted((one, other) => one - other)[apartMs.length >> 1] ?? 0;
    found[driver.name] = apartMs.map((one) => one - middle);
  }
} finally {
  for (const worker of busy) await worker.terminate();
  await jack.stop();
}
console.log(JSON.stringify(found));
process.exit(0);
