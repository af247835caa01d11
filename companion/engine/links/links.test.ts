import { setImmediate as turnOver } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { Signal } from "../../../protocol/room.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import { Links } from "./links.std.ts";
import { type FakePath, fakePeers } from "./peer.fake.std.ts";
import type { OpenPeer } from "./peer.std.ts";

const ADA = MemberId.parse("mem_00000000000000000000000000");
const BEN = MemberId.parse("mem_00000000000000000000000001");
const BLOCK_MS = LANE_PACKET_FRAMES / 48;
const LEVEL = 400 * 2 ** 8;
type Who = {
  memberId: MemberId;
  connected: boolean;
  role: "host" | "participant" | "observer";
  isDirect?: boolean;
  isListener?: boolean;
};

/** Two companions in virtual time, over a path that can be cut and a room that can be deaf. */
function world() {
  const path: FakePath = { isUp: true, opened: 0 };
  const room = { isUp: true, takesMs: 0 };
  let nowMs = 1_000;
  const states: string[] = [];
  const offers: string[] = [];
  const openPeer = fakePeers(path);
  const ends = new Map<MemberId, Links>();
  const signals: { dueMs: number; to: MemberId; from: MemberId; signal: Signal }[] = [];
  const words = new Map<MemberId, string>();
  const announced: [MemberId, string][] = [];
  const readings: [MemberId, PeerReading][] = [];
  const messages: [MemberId, number][] = [];
  /** What each hears of the other's instrument, and how far ahead of the instant at which it is to sound. */
  const notes: { to: MemberId; bytes: number[]; atMs: number; aheadMs: number }[] = [];
  const uplinks: string[] = [];
  /** The other lane beside each, as far as there is one. */
  const media = { isUp: true, hear: new Map<MemberId, (samples: Int16Array) => void>() };
  let nonces = 0;
  const paths: string[] = [];
  const make = (self: MemberId, open: OpenPeer = openPeer) => {
    const links = new Links({
      openPeer: (options) => {
        paths.push(`${self === ADA ? "ada" : "ben"} ${options.isDirect ? "direct" : "relayed"}`);
        return open(options);
      },
      signal: (to, signal) => {
        if (signal.kind === "offer") offers.push(self === ADA ? "ada" : "ben");
        if (room.isUp) signals.push({ dueMs: nowMs + room.takesMs, to, from: self, signal });
      },
      onState: (_, state) => states.push(`${self === ADA ? "ada" : "ben"} ${state}`),
      nowMs: () => nowMs,
      openMedia: ({ onMedia }) => {
        media.hear.set(self, onMedia);
        return {
          get isConnected() {
            return media.isUp;
          },
          handleSignal: () => undefined,
          send: (samples) => {
            const other = media.hear.get(self === ADA ? BEN : ADA);
            if (media.isUp) other?.(Int16Array.from(samples, (sample) => sample >> 8));
          },
          close: () => undefined,
        };
      },
      onUplink: (level) => {
        if (self === ADA) uplinks.push(level);
      },
      newStream: () => 7,
      newNonce: () => new Uint8Array(16).fill(++nonces),
      onNote: (_, bytes, atMs) => notes.push({ to: self, bytes: [...bytes], atMs, aheadMs: atMs - nowMs }),
      onMessage: (from, bytes) => messages.push([from, bytes.byteLength]),
      onAnnounced: (from, body) => announced.push([from, new TextDecoder().decode(body)]),
      sessionAt: (localMs) => ({ atMs: 1_000_000 + localMs, errorMs: self === ADA ? 1 : 2 }),
      onReading: (from, reading) => readings.push([from, reading]),
      onWords: (state) => words.set(self, state.state === "agreed" ? state.words.join(" ") : state.state),
    });
    links.enter(self);
    ends.set(self, links);
    return links;
  };
  const [ada, ben] = [make(ADA), make(BEN)];
  const here = (memberId: MemberId, more: Partial<Who> = {}): Who[] => [
    { memberId, connected: true, role: "participant", ...more },
  ];
  const silence = new Int32Array(LANE_PACKET_FRAMES * 2);
  // 16 bit hold it too.
  const tone = new Int32Array(LANE_PACKET_FRAMES * 2).fill(LEVEL);
  let frame = 0;
  let sinceTick = 0;
  /** Lets time pass; returns in how many of its blocks Ben heard Ada. */
  const pass = async (ms: number, maySend = true) => {
    let heard = 0;
    for (let left = ms; left > 0; left -= BLOCK_MS) {
      nowMs += BLOCK_MS;
      frame += LANE_PACKET_FRAMES;
      ends.get(ADA)?.turn(frame, tone, silence.slice(), maySend, 1_000_000 + nowMs, nowMs);
      const out = silence.slice();
      ends.get(BEN)?.turn(frame, silence, out, true, 0, nowMs);
      for (const links of ends.values()) links.sendNotes();
      if ((out[0] ?? 0) !== 0 && Math.abs((out[0] ?? 0) - LEVEL) < 100) heard++;
      for (sinceTick += BLOCK_MS; sinceTick >= 200; sinceTick -= 200) for (const links of ends.values()) links.tick();
      await turnOver();
      while ((signals[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
        const next = signals.shift();
        if (next !== undefined) ends.get(next.to)?.handleSignal(next.from, next.signal);
      }
    }
    return heard / (ms / BLOCK_MS);
  };
  ada.setMembers(here(BEN));
  ben.setMembers(here(ADA));
  return {
    ...{ path, room, openPeer, states, offers, ada, ben, here, pass, make },
    ...{ ends, words, announced, readings, messages, notes, uplinks, media, paths, nowMs: () => nowMs },
  };
}

/** A carrier with a beat of its own, whose beats come when they are called; single packets pass while so little waits, `null`: never. */
function onBeats(openPeer: OpenPeer, waitingBytes: () => number | null) {
  const beats: (() => void)[] = [];
  const open: OpenPeer = (options) => {
    const peer = openPeer(options);
    beats.push(() => {
      const bytes = options.next();
      if (bytes !== null) peer.send(bytes);
    });
    return {
      handleSignal: (signal) => peer.handleSignal(signal),
      send: (bytes) => waitingBytes() !== null && peer.send(bytes),
      isPaced: true,
      get waitingBytes() {
        return waitingBytes();
      },
      isRelayed: null,
      fingerprints: null,
      close: () => peer.close(),
    };
  };
  return { beats, open };
}

describe("links between two companions", () => {
  test("P77: what is announced comes beside the sound, and once more for whoever missed it", async () => {
    const { ada, ben, pass, announced } = world();
    ada.announce(new TextEncoder().encode("too early"));
    await pass(2_000);
    ada.announce(new TextEncoder().encode("play"));
    await pass(50);
    expect(announced).toEqual([
      [ADA, "play"],
      [ADA, "play"],
    ]);
    ada.close();
    ben.close();
  });

  test("P87: a note sounds the same time after it was played, whatever is lost; a link that ends, or a role that goes, leaves none sounding", async () => {
    const { ada, ben, pass, path, notes, nowMs, here } = world();
    await pass(2_000);
    // Of all packets every third is lost.
    path.isLost = (packet) => packet % 3 === 0;
    const playedAtMs: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      playedAtMs.push(nowMs());
      ada.playNote(Uint8Array.of(0x90, 60, 100), nowMs());
      await pass(60);
      ada.playNote(Uint8Array.of(0x80, 60, 0), nowMs());
      await pass(60);
    }
    const heard = notes.filter(({ to, bytes }) => to === BEN && bytes[0] === 0x90);
    expect(heard.map(({ atMs }, at) => Math.round((atMs - (playedAtMs[at] ?? 0)) * 10) / 10)).toEqual(
      Array(20).fill(30),
    );
    expect(ada.notesFlow).toEqual({ sent: 40, heard: 0, late: 0, refused: 0 });
    expect(ben.notesFlow).toMatchObject({ heard: 40, late: 0 });
    // What is of the system is no note.
    ada.playNote(Uint8Array.of(0xf8), nowMs());
    path.isLost = () => false;
    const last = () => notes.filter(({ to }) => to === BEN).map(({ bytes }) => bytes.join(" "));
    ada.playNote(Uint8Array.of(0x91, 64, 100), nowMs());
    await pass(100);
    expect(last().at(-1)).toBe("145 64 100");
    path.isUp = false;
    await pass(4_000);
    expect(last().slice(-5)).toEqual(["129 64 0", "176 64 0", "176 123 0", "177 64 0", "177 123 0"]);
    path.isUp = true;
    ada.playNote(Uint8Array.of(0x81, 64, 0), nowMs());
    await pass(8_000);
    ada.playNote(Uint8Array.of(0x90, 67, 100), nowMs());
    await pass(100);
    expect(last().at(-1)).toBe("144 67 100");
    ben.setMembers(here(ADA, { role: "observer" }));
    expect(last().slice(-3)).toEqual(["128 67 0", "176 64 0", "176 123 0"]);
    ada.playNote(Uint8Array.of(0x90, 69, 100), nowMs());
    await pass(100);
    expect(last().at(-1)).toBe("176 123 0");
    ada.close();
    ben.close();
  });

  test("P77: a carrier with a beat of its own brings what is announced with its next two beats", async () => {
    const { ada, ben, pass, make, here, openPeer, announced } = world();
    ada.close();
    const { beats, open } = onBeats(openPeer, () => null);
    const paced = make(ADA, open);
    paced.setMembers(here(BEN));
    await pass(2_000);
    paced.announce(new TextEncoder().encode("play"));
    expect(announced).toEqual([]);
    for (let times = 0; times < 4; times++) for (const beat of beats) beat();
    expect(announced).toEqual([
      [ADA, "play"],
      [ADA, "play"],
    ]);
    paced.close();
    ben.close();
  });

  test("P87: on a carrier with a beat notes do not wait for it while single packets pass; else the next one brings a whole chord", async () => {
    const { ada, ben, pass, make, here, openPeer, notes, nowMs } = world();
    ada.close();
    let waitingBytes: number | null = 0;
    const { beats, open } = onBeats(openPeer, () => waitingBytes);
    const paced = make(ADA, open);
    paced.setMembers(here(BEN));
    const chord = [60, 64, 67, 71, 74, 77, 81];
    const strike = () => {
      notes.length = 0;
      for (const note of chord) paced.playNote(Uint8Array.of(0x90, note, 100), nowMs());
    };
    const heard = () => notes.filter(({ bytes }) => bytes[0] === 0x90).map(({ bytes }) => bytes[1]);
    const beat = async (times: number) => {
      for (let time = 0; time < times; time++) {
        await pass(10);
        for (const one of beats) one();
      }
    };
    await beat(400);
    strike();
    expect(heard()).toEqual(chord);
    waitingBytes = null;
    strike();
    expect(heard()).toEqual([]);
    await beat(1);
    expect(heard()).toEqual(chord);
    paced.close();
    ben.close();
  });

  test("P86, X15: messages come beside the lane, and a peer that floods with them costs its own alone", async () => {
    const { ada, ben, pass, messages } = world();
    await pass(2_000);
    expect(ben.sendMessage(ADA, new Uint8Array(9))).toBe(true);
    expect(messages).toEqual([[BEN, 9]]);
    for (let times = 0; times < 10_000; times++) ben.sendMessage(ADA, new Uint8Array(9));
    expect(messages.length).toBeLessThanOrEqual(501);
    expect(ada.sendMessage(BEN, new Uint8Array(7))).toBe(true);
    expect(messages.at(-1)).toEqual([ADA, 7]);
    // A second later they are heard again.
    await pass(1_000);
    ben.sendMessage(ADA, new Uint8Array(8));
    expect(messages.at(-1)).toEqual([BEN, 8]);
    ada.close();
    ben.close();
  });

  test("P78: once a second each tells the other what session time it has, and both learn the other's clock from it", async () => {
    const { ada, ben, pass, readings } = world();
    await pass(6_000);
    for (const [from, errorMs] of [
      [ADA, 1],
      [BEN, 2],
    ] as const) {
      const heard = readings.filter(([of]) => of === from).map(([, reading]) => reading);
      expect(heard.length).toBeGreaterThanOrEqual(3);
      for (const { sentLocalMs, receivedLocalMs, peerMs, session } of heard) {
        // One clock for both here: what was told lies between the two.
        expect(peerMs).toBeGreaterThanOrEqual(sentLocalMs);
        expect(peerMs).toBeLessThanOrEqual(receivedLocalMs);
        expect(session).toEqual({ atMs: 1_000_000 + peerMs, errorMs });
      }
    }
    ada.close();
    ben.close();
  });

  test("C2: they connect and hear each other", async () => {
    const { pass, states } = world();
    await pass(1_000);
    expect(await pass(2_000)).toBeGreaterThan(0.99);
    expect(states).toEqual(expect.arrayContaining(["ada connected", "ben connected"]));
  });

  test("C2: one end makes the offers, and where a path dies it is the same end that makes another", async () => {
    const { pass, path, offers } = world();
    await pass(1_000);
    expect(offers).toEqual(["ada"]);
    path.isUp = false;
    await pass(5_000);
    path.isUp = true;
    await pass(13_000);
    expect(await pass(1_000)).toBeGreaterThan(0.99);
    expect(offers.length).toBeGreaterThan(1);
    expect(new Set(offers)).toEqual(new Set(["ada"]));
  });

  test("P86: of a lane that is kept nothing is missing though 5 % is lost, and it is kept again once they come back", async () => {
    const { ada, ben, pass, path, here } = world();
    ben.keep([ADA]);
    await pass(3_000);
    ben.takeKept();
    path.isLost = (packet) => (packet * 7_919) % 100 < 5;
    let frames = 0;
    for (let second = 0; second < 4; second++) {
      await pass(1_000);
      for (const { memberId, samples, missingFrames, sessionMs } of ben.takeKept()) {
        expect([memberId, missingFrames]).toEqual([ADA, 0]);
        expect(sessionMs).toBeGreaterThan(1_000_000);
        expect(samples.every((sample) => sample === LEVEL)).toBe(true);
        frames += samples.length / 2;
      }
    }
    expect(frames / 48_000).toBeCloseTo(4, 1);
    path.isLost = () => false;
    ben.setMembers([]);
    ada.setMembers([]);
    await pass(1_000);
    ben.setMembers(here(ADA));
    ada.setMembers(here(BEN));
    await pass(4_000);
    expect(ben.takeKept().length).toBeGreaterThan(0);
    expect(ben.keep([]).length).toBeGreaterThan(0);
    await pass(1_000);
    expect(ben.takeKept()).toEqual([]);
    ada.close();
    ben.close();
  });

  test("P66, X34: who only listens hears all of it a little later, though 5 % is lost; who plays hears gaps", async () => {
    for (const isObserver of [true, false]) {
      const { pass, path, ben } = world();
      ben.listensLate = isObserver;
      await pass(3_000);
      const before = ben.report()?.lane.concealedFrames ?? 0;
      path.isLost = (packet) => (packet * 7_919) % 100 < 5;
      await pass(4_000);
      const concealed = (ben.report()?.lane.concealedFrames ?? 0) - before;
      // Ada protects what she sends after a second; until then the losses are gaps.
      if (isObserver) expect(concealed).toBe(0);
      else expect(concealed).toBeGreaterThan(5 * LANE_PACKET_FRAMES);
    }
  });

  test("P65: they have the same four words, and other ones when the keys are others", async () => {
    const { pass, words, ada } = world();
    await pass(5_000);
    const before = words.get(ADA);
    expect(before).toMatch(/^[a-z]{4}( [a-z]{4}){3}$/);
    expect(words.get(BEN)).toBe(before);
    ada.handleSignal(BEN, { kind: "bye", connection: "lane" });
    await pass(6_000);
    expect(words.get(ADA)).toMatch(/ /);
    expect(words.get(ADA)).not.toBe(before);
    expect(words.get(BEN)).toBe(words.get(ADA));
  });

  test("P85: whoever listens to a broadcast hears all of it late, a step below the band; has no words; and their line is nobody's", async () => {
    const { pass, words, ada, ben, here, uplinks, path } = world();
    ada.setMembers(here(BEN, { role: "observer", isListener: true }));
    // As if each listened to the other: the path counts what either sends.
    ben.setMembers(here(ADA, { isListener: true }));
    ben.listensLate = true;
    await pass(5_000);
    let longestBytes = 0;
    path.isLost = (_, lengthBytes) => {
      longestBytes = Math.max(longestBytes, lengthBytes);
      return false;
    };
    expect(await pass(1_000)).toBeGreaterThan(0.99);
    // What the band hears takes three bytes a sample.
    expect(longestBytes).toBeGreaterThan(0);
    expect(longestBytes).toBeLessThan(LANE_PACKET_FRAMES * 2 * 3);
    expect(words.get(ADA) ?? "alone").toBe("alone");
    path.isLost = (packet) => (packet * 7_919) % 100 < 30;
    await pass(20_000);
    expect(uplinks).toEqual([]);
  });

  test("X13: the room's socket may be gone for a minute: sound goes on", async () => {
    const { pass, room } = world();
    await pass(1_000);
    room.isUp = false;
    expect(await pass(60_000)).toBeGreaterThan(0.99);
  });

  test("X13: the room drops somebody from its list of those connected, and their sound goes on", async () => {
    const { pass, ada, ben, here, offers } = world();
    await pass(1_000);
    ada.setMembers(here(BEN, { connected: false }));
    ben.setMembers(here(ADA, { connected: false }));
    expect(await pass(40_000)).toBeGreaterThan(0.99);
    // Back in the room they are who they were, and nothing is made anew.
    ada.setMembers(here(BEN));
    await pass(1_000);
    expect(offers).toEqual(["ada"]);
  });

  test("P80, X34: an up-link that holds no PCM leaves the sound to the media lane, says so, and climbs back", async () => {
    const { pass, path, uplinks, ada } = world();
    await pass(2_000);
    path.isLost = (packet) => (packet * 7_919) % 100 < 30;
    await pass(20_000);
    expect(uplinks).toEqual(["narrow", "mono", "opus"]);
    // How long the media lane takes nobody knows, so nothing is told; and what comes over it has no holes.
    expect(ada.latencies()).toEqual([]);
    expect(await pass(5_000)).toBeGreaterThan(0.99);
    delete path.isLost;
    await pass(70_000);
    expect(uplinks.slice(-3)).toEqual(["mono", "narrow", "full"]);
    expect(await pass(3_000)).toBeGreaterThan(0.99);
    expect(ada.latencies()).toHaveLength(1);
  });

  test("P82, V2: only when both have chosen it is the path direct, and going there and back is no gap", async () => {
    const { pass, path, paths, ada, ben, here } = world();
    await pass(3_000);
    expect(paths).toEqual(["ada relayed", "ben relayed"]);
    const before = ben.report()?.lane.concealedFrames ?? 0;
    for (const isDirect of [true, false]) {
      ada.setMembers(here(BEN, { isDirect }));
      ben.setMembers(here(ADA, { isDirect }));
      expect(await pass(5_000)).toBe(1);
      const kind = isDirect ? "direct" : "relayed";
      expect(paths.slice(-2)).toEqual([`ada ${kind}`, `ben ${kind}`]);
      await pass(10_000);
    }
    expect(path.opened).toBe(6);
    expect(ben.report()?.lane.concealedFrames).toBe(before);
  });

  test("P82: an end that hears of the choice after the offer asks for another path", async () => {
    const { pass, paths, ada, ben, here } = world();
    await pass(3_000);
    ada.setMembers(here(BEN, { isDirect: true }));
    await pass(1_000);
    expect(paths.slice(-2)).toEqual(["ada direct", "ben relayed"]);
    ben.setMembers(here(ADA, { isDirect: true }));
    await pass(6_000);
    expect(paths.slice(-2)).toEqual(["ada direct", "ben direct"]);
    expect(await pass(1_000)).toBeGreaterThan(0.99);
  });

  test("P80: whoever has no media lane is heard in mono, however full the up-link is", async () => {
    const { pass, path, uplinks, media } = world();
    media.isUp = false;
    await pass(2_000);
    path.isLost = (packet) => (packet * 7_919) % 100 < 30;
    await pass(20_000);
    expect(uplinks.at(-1)).toBe("opus");
    delete path.isLost;
    await pass(2_000);
    expect(await pass(2_000)).toBeGreaterThan(0.9);
  });

  test("X12: an offer that was lost is made again", async () => {
    const { pass, room } = world();
    room.isUp = false;
    expect(await pass(5_000)).toBe(0);
    room.isUp = true;
    await pass(8_000);
    expect(await pass(1_000)).toBeGreaterThan(0.99);
  });

  test.each([5_000, 25_000, 84_000])(
    "X12: a network that was gone for %i ms mends by itself, and soon",
    async (goneMs) => {
      const { pass, path } = world();
      await pass(1_000);
      path.isUp = false;
      await pass(goneMs);
      path.isUp = true;
      await pass(13_000);
      expect(await pass(2_000)).toBeGreaterThan(0.99);
      // A path that is down is tried again at growing distances, not in a loop.
      expect(path.opened).toBeLessThan(2 + 2 * (goneMs / 3_000 + 6));
    },
  );

  test.each([5_000, 25_000])(
    "X12: a path that was silent for %i ms carries again with its first packets, though the room is not there yet",
    async (goneMs) => {
      const { pass, path, room } = world();
      await pass(1_000);
      path.isUp = false;
      room.isUp = false;
      await pass(goneMs);
      path.isUp = true;
      await pass(300);
      expect(await pass(400)).toBeGreaterThan(0.99);
      // And so it stays, with one path and no more attempts.
      room.isUp = true;
      const { opened } = path;
      expect(await pass(20_000)).toBeGreaterThan(0.99);
      expect(path.opened).toBe(opened);
    },
  );

  test("X12: another path that is asked for while one carries is no gap", async () => {
    const { pass, path, ada, ben } = world();
    await pass(3_000);
    const { opened } = path;
    const before = ben.report()?.lane.concealedFrames ?? 0;
    ada.handleSignal(BEN, { kind: "bye", connection: "lane" });
    expect(await pass(5_000)).toBe(1);
    expect(path.opened).toBe(opened + 2);
    expect(ben.report()?.lane.concealedFrames).toBe(before);
  });

  test("X12: with the room back an attempt is made at once, whenever the next was due", async () => {
    const { pass, path, room, ada, ben } = world();
    await pass(1_000);
    path.isUp = false;
    room.isUp = false;
    await pass(84_000);
    // What is so long away is forgotten by relays and engines.
    path.ended = path.opened;
    path.isUp = true;
    room.isUp = true;
    for (const links of [ada, ben]) links.again();
    await pass(400);
    expect(await pass(400)).toBeGreaterThan(0.99);
  });

  test.each([0, 700])(
    "X12: a path that is gone for good is replaced, though the room takes %i ms: an attempt under way is waited for",
    async (takesMs) => {
      const { pass, path, room } = world();
      await pass(1_000);
      room.takesMs = takesMs;
      path.ended = path.opened;
      // One end is told that its connection is over, the other finds out by itself, while the first's offer comes.
      await pass(2_500 + 5 * takesMs + 1_000);
      expect(await pass(2_000)).toBeGreaterThan(0.99);
      expect(path.opened).toBeLessThanOrEqual(6);
    },
  );

  test.each([5_000, 12_000])(
    "P84, X12: what was signalled in %i ms without a network, and comes when that is there again, is no gap in what carries",
    async (goneMs) => {
      const { pass, path, room, states } = world();
      await pass(1_000);
      path.isUp = false;
      // As a socket does that nobody has given up yet: all of it comes late.
      room.takesMs = goneMs + 1_500;
      await pass(goneMs);
      room.takesMs = 0;
      path.isUp = true;
      await pass(300);
      const { length } = states;
      const heard = [];
      for (let second = 0; second < 20; second++) heard.push(await pass(1_000));
      expect(Math.min(...heard), states.slice(length).join()).toBeGreaterThan(0.99);
    },
  );

  test("X12: who asks while the last offer is young is made another as soon as may be, and does not wait for its end", async () => {
    const { make, here, ends, pass, offers } = world();
    // Ada's first offer comes to a page that has no sound yet.
    ends.delete(BEN);
    await pass(100);
    expect(offers).toEqual(["ada"]);
    make(BEN).setMembers(here(ADA));
    await pass(900);
    expect(offers).toEqual(["ada", "ada"]);
    expect(await pass(1_000)).toBeGreaterThan(0.99);
  });

  test("C2: whoever kept the offer that came before there was sound here answers it, and asks for no other", async () => {
    const { make, here, ends, pass, offers } = world();
    const kept: [MemberId, Signal][] = [];
    ends.set(BEN, Object.assign(make(BEN), { handleSignal: (...heard: [MemberId, Signal]) => kept.push(heard) }));
    await pass(100);
    const ben = make(BEN);
    for (const heard of kept) ben.handleSignal(...heard);
    ben.setMembers(here(ADA));
    await pass(50);
    expect(offers).toEqual(["ada"]);
    expect(await pass(1_000)).toBeGreaterThan(0.9);
    expect(offers).toEqual(["ada"]);
  });

  test("C2: whoever loads their page anew finds an offer that waits for their sound, as one who comes for the first time", async () => {
    const { make, here, ends, pass, offers, ada, ben } = world();
    await pass(1_000);
    ben.close();
    const kept: [MemberId, Signal][] = [];
    ends.set(BEN, Object.assign(make(BEN), { handleSignal: (...heard: [MemberId, Signal]) => kept.push(heard) }));
    ada.setMembers(here(BEN, { connected: false }));
    await pass(600);
    expect(offers).toEqual(["ada"]);
    ada.setMembers(here(BEN));
    await pass(50);
    expect(offers).toEqual(["ada", "ada"]);
    const again = make(BEN);
    for (const heard of kept) again.handleSignal(...heard);
    again.setMembers(here(ADA));
    await pass(50);
    expect(await pass(500)).toBeGreaterThan(0.9);
    expect(offers).toEqual(["ada", "ada"]);
  });

  test("X12: the end that does not offer may ask for another attempt", async () => {
    const { pass, path, ben } = world();
    await pass(2_000);
    const { opened } = path;
    ben.handleSignal(ADA, { kind: "bye", connection: "lane" });
    expect(path.opened).toBe(opened);
    path.isUp = false;
    await pass(3_000);
    path.isUp = true;
    await pass(6_000);
    expect(path.opened).toBeGreaterThan(opened);
    expect(await pass(1_000)).toBeGreaterThan(0.99);
  });

  test("a companion that was started anew is heard again", async () => {
    const { pass, make, here, ada } = world();
    await pass(2_000);
    ada.close();
    make(ADA).setMembers(here(BEN));
    await pass(6_000);
    expect(await pass(1_000)).toBeGreaterThan(0.99);
  });

  test("C1: an observer is not heard, whatever their program sends; promoted, they are", async () => {
    const { pass, ben, here } = world();
    ben.setMembers(here(ADA, { role: "observer" }));
    await pass(1_000);
    expect(await pass(1_000)).toBe(0);
    ben.setMembers(here(ADA));
    await pass(1_000);
    expect(await pass(1_000)).toBeGreaterThan(0.99);
    ben.setMembers(here(ADA, { role: "observer" }));
    await pass(1_000);
    expect(await pass(1_000)).toBe(0);
  });

  test("X18: who is removed is closed at once; who is gone, after half a minute without a packet", async () => {
    const { pass, ben, here, path } = world();
    await pass(1_000);
    path.isUp = false;
    ben.setMembers(here(ADA, { connected: false }));
    await pass(20_000);
    expect(ben.size).toBe(1);
    await pass(12_000);
    expect(ben.size).toBe(0);
    ben.setMembers(here(ADA));
    expect(ben.size).toBe(1);
    ben.setMembers([]);
    expect(ben.size).toBe(0);
  });

  test("X15: a peer that throws away, floods or sends alien bytes disturbs nobody else's turn", async () => {
    const { pass, make, here } = world();
    let onPacket: (bytes: Uint8Array) => void = () => undefined;
    const links = make(BEN, (options) => {
      onPacket = options.onPacket;
      options.onState("connected");
      return {
        handleSignal: () => undefined,
        send: () => undefined,
        isRelayed: null,
        fingerprints: null,
        isPaced: false,
        waitingBytes: null,
        close: () => undefined,
      };
    });
    links.setMembers(here(ADA));
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from({ length: round % 1_300 }, (_, at) => (round * 31 + at * 7) & 255);
      if (round % 3 === 0 && bytes.length > 3) bytes.set([0x53, 0x4c, 0x20 | (round & 15)]);
      onPacket(bytes);
    }
    await pass(200);
  });
});
