import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Relay, relayCredentials, startRelay } from "../../../dev/turn.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";
import { MediaLink } from "./media.node.ts";

const SECRET = "test";
let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({ secret: SECRET });
});
afterAll(async () => {
  await relay.stop();
});

describe("the media lane", () => {
  test("C2: two ends find each other though one came late and the first offer went to nobody", async () => {
    const links: MediaLink[] = [];
    let [heard, offers] = [0, 0];
    const make = (at: 0 | 1) => {
      const link = new MediaLink({
        iceServers: () => [relayCredentials(SECRET, relay)],
        // Two devices whose rates differ.
        rateHz: () => (at === 0 ? 44_100 : 48_000),
        offers: at === 0,
        signal: (signal: Signal) => {
          if (signal.kind === "offer") offers++;
          links[1 - at]?.handleSignal(signal);
        },
        onMedia: (samples) => {
          if (at === 1 && samples.some((sample) => Math.abs(sample) > 1_000)) heard++;
        },
      });
      links[at] = link;
    };
    make(0);
    await expect.poll(() => offers).toBeGreaterThan(0);
    make(1);
    const tone = Int32Array.from(
      { length: LANE_PACKET_FRAMES * 2 },
      (_, at) => Math.sin((2 * Math.PI * 3 * (at >> 1)) / LANE_PACKET_FRAMES) * 2 ** 21,
    );
    const timer = setInterval(() => links[0]?.send(tone), 2);
    await expect.poll(() => heard).toBeGreaterThan(10);
    clearInterval(timer);
    for (const link of links) link.close();
  });
});
