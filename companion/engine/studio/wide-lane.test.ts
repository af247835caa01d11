import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stereoLayout } from "../../../audio/lane-layout.ts";
import { wavFile } from "../../../audio/wav-writer.ts";
import { relayCredentials, startRelay } from "../../../dev/turn.ts";
import { MemberId } from "../../../protocol/ids.ts";
import { idleStatus, type Member } from "../../../protocol/room.ts";
import { machineNowMs } from "../clock/machine-clock.node.ts";
import type { KeptSound } from "../copies/copy-keeper.std.ts";
import { StudioSound } from "./studio-sound.node.ts";

const ADA = MemberId.parse("mem_00000000000000000000000000");
const BEN = MemberId.parse("mem_00000000000000000000000001");
const SECRET = "of a wide lane";
const INPUTS = 10;
/** Which of Ada's ten inputs go out. */
const LANE = [9, 0, 1, 2, 3, 4, 5, 6];
const FRAMES = 3 * 48_000;

const folder = mkdtempSync(join(tmpdir(), "sessionlinked-wide-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("C2, P88: eight of an interface's ten inputs are in the ring of another companion, over a real relay, as they were captured, to the bit", async () => {
  const relay = await startRelay({ secret: SECRET });
  const ends = new Map<MemberId, StudioSound>();
  const path = join(folder, "ten.wav");
  // Noise of all 24 bits, of which no two places are alike.
  const noise = new Int32Array(new Uint8Array(randomBytes(FRAMES * INPUTS * 4)).buffer).map((value) => value >> 8);
  writeFileSync(path, wavFile({ sampleRateHz: 48_000, channels: INPUTS, encoding: "pcm24" }, noise));
  const kept: KeptSound[] = [];
  const states: string[] = [];
  const open = async (self: MemberId, inputs: number, lane = stereoLayout) => {
    const sound = new StudioSound({
      source: { kind: "file", path },
      inputs,
      lane,
      links: true,
      inputSinceMs: null,
      traces: false,
      folder,
      role: () => "participant",
      onBlock: () => undefined,
      onOtherRate: () => undefined,
      onLink: (_, isConnected) => {
        if (isConnected) states.push(self);
      },
      onMessage: () => undefined,
      onKept: (sound) => kept.push(sound),
      signal: (to, signal) => ends.get(to)?.handleSignal(self, signal),
      nowMs: machineNowMs,
      barMs: () => 2_000,
      onLatency: () => undefined,
      onAnnounced: () => undefined,
      onReading: () => undefined,
      emit: () => undefined,
    });
    ends.set(self, sound);
    await sound.open();
    return sound;
  };
  try {
    await open(ADA, INPUTS, { inputs: LANE, pans: Array(LANE.length).fill(0) });
    const ben = await open(BEN, 2);
    const members: Member[] = [ADA, BEN].map((memberId) => {
      return { memberId, displayName: memberId, role: "participant", connected: true, status: idleStatus };
    });
    for (const [self, sound] of ends) {
      sound.iceServers = [relayCredentials(SECRET, relay)];
      sound.enter(self);
      sound.setMembers(members, null);
      // A frame has a place in session time once the clock is known.
      sound.followClock({ offsetMs: 1_000_000, driftPpm: 0, errorMs: 1, roundTripMs: 1, samples: 1 });
    }
    await expect.poll(() => new Set(states).size).toBe(2);
    ben.keep([ADA]);
    const inputOf = (frame: number, channel: number) => noise[(frame % FRAMES) * INPUTS + (LANE[channel] ?? 0)] ?? 0;
    const inSixteen = (sample: number) => Math.min(2 ** 15 - 1, Math.round(sample / 256)) * 256;
    // Where packets were lost on a busy machine it goes out in 16 bit for a while.
    const counted = { exact: 0, inSixteen: 0, others: 0 };
    const count = () => {
      for (const { channels, frame, samples } of kept.splice(0)) {
        if (channels !== LANE.length) continue;
        for (let at = 0; at < samples.length; at += channels) {
          const place = frame + at / channels;
          const one = samples.subarray(at, at + channels);
          // What never came, and what came folded down before Ada knew that Ben has a use for all of it.
          if (one.subarray(2).every((sample) => sample === 0)) continue;
          if (one.every((sample, channel) => sample === inputOf(place, channel))) counted.exact++;
          else if (one.every((sample, channel) => sample === inSixteen(inputOf(place, channel)))) counted.inSixteen++;
          else counted.others++;
        }
      }
      return counted.exact;
    };
    // Fifty milliseconds of all eight: beside much else a lane is in fewer bits again before long.
    await expect.poll(count).toBeGreaterThan(2_400);
    expect(counted.others).toBe(0);
  } finally {
    for (const sound of ends.values()) await sound.close();
    await relay.stop();
  }
});
