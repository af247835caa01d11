import { LANE_PACKET_FRAMES } from "../../protocol/limits.ts";
import { buildJackAddon, loadJackAddon } from "../engine/capture/jack-addon.node.ts";
import { JackDevice } from "../engine/capture/jack-source.node.ts";
import type { Captured } from "../engine/transport/test-roll.std.ts";

/** A test roll is over by then. */
const KEPT_MS = 15_000;
/** A fraction of what the device's ring holds. */
const TURN_MS = 10;

/** What the inputs on JACK hear while a DAW rolls: its metronome, where its output is connected to them. Throws `JackRefused` where there is no JACK. */
export function openRollEar() {
  const blocks: { frame: number; samples: Float32Array }[] = [];
  const device = new JackDevice({
    addon: loadJackAddon(buildJackAddon()),
    inputs: 2,
    connect: false,
    openedAtMs: null,
    onBlock(frame, [left = new Float32Array(), right = left]) {
      // Either input will do, and nothing is lost of a click that is on both.
      blocks.push({ frame, samples: left.map((sample, at) => sample + (right[at] ?? 0)) });
      if ((blocks.length * LANE_PACKET_FRAMES * 1000) / device.rateHz > KEPT_MS) blocks.shift();
    },
  });
  const timer = setInterval(() => device.turn(), TURN_MS);
  return {
    captured(fromMs: number, untilMs: number): Captured | null {
      const { rateHz, originMs, latencyMs } = device;
      const msOf = (frame: number) => originMs - latencyMs.captureMs + (frame / rateHz) * 1000;
      const kept = blocks.filter(({ frame }) => msOf(frame) >= fromMs && msOf(frame) < untilMs);
      const [first] = kept;
      if (first === undefined) return null;
      const samples = new Float32Array((kept.at(-1)?.frame ?? first.frame) - first.frame + LANE_PACKET_FRAMES);
      for (const { frame, samples: block } of kept) samples.set(block, frame - first.frame);
      return { samples, rateHz, startsAtMs: msOf(first.frame) };
    },
    close() {
      clearInterval(timer);
      device.close();
    },
  };
}
