import { BLOCK_MS } from "../../../audio/capture-ring.ts";
import type { DelayMode } from "../../../audio/delay-mode.ts";
import { DeviceClock } from "../../../audio/device-clock.ts";
import type { BufferChoice } from "../../../audio/playout.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { LANE_PACKET_FRAMES } from "../../../protocol/limits.ts";
import type { AnnouncedCommand } from "../../../protocol/room.ts";
import type { Device } from "../capture/source.std.ts";
import type { IceServer } from "../links/peer.std.ts";
import type { FromTap, ToTap } from "../sound/tap-messages.std.ts";
import type { SoundEnd } from "./sound-end.std.ts";
import { type LanesHeard, TappedLanes } from "./tapped-lanes.std.ts";

/** Blocks that a window has captured, in order: the number of the first since its device was opened, and the sound, interleaved, 24-bit. */
export interface CapturedBlocks {
  firstBlock: number;
  /** What the device takes before a block is there. */
  captureMs: number;
  samples: Int32Array;
}

export interface WindowSoundOptions extends LanesHeard {
  nowMs(): number;
  onBlock(frame: number, input: Int32Array): void;
  /** The window has the lanes: it tells the others what was pressed here. */
  announce(command: AnnouncedCommand): void;
}

const FRAMES_PER_MS = 48;
const CHANNELS = 2;
/** A window tells every second; one that hangs, or was closed, announces nothing. */
const WAYS_AGE_MAX_MS = 3_000;

/**
 * The sound of a studio whose device and lanes are a window's. It counts the device's frames and knows when they were, and hands them to whoever
 * records; who hears whom is the window's own. Life: it counts from the moment it is made; windows come and go, and the count goes on, so
 * that whoever records finds a gap as long as there was no window, and everything after it in its place.
 */
export class WindowSound implements SoundEnd {
  readonly #options: WindowSoundOptions;
  readonly #openedAtMs: number;
  readonly #lanes: TappedLanes;
  #clock = new DeviceClock();
  /** Our count at the window's block 0; `undefined` until the window's first blocks. */
  #base: number | undefined;
  /** One past the last frame that was handed on. */
  #end = 0;
  #captureMs = 0;
  #ways: { farthestMs: number | null; atMs: number } = { farthestMs: null, atMs: 0 };
  readonly device: Device & { readonly openedAtMs: number };

  constructor(options: WindowSoundOptions) {
    this.#options = options;
    this.#openedAtMs = options.nowMs();
    this.#lanes = new TappedLanes(options);
    this.device = {
      sampleRateHz: 48_000,
      channels: CHANNELS,
      frameAt: (localMs) => Math.round((localMs - this.#originMs) * FRAMES_PER_MS),
      timeOf: (frame) => this.#originMs + frame / FRAMES_PER_MS,
      openedAtMs: this.#openedAtMs,
    };
  }

  /** Another window has the device and the lanes from now on. */
  begin(say: (message: ToTap) => void): void {
    this.#lanes.connect(say);
    this.#clock = new DeviceClock();
    this.#base = undefined;
  }

  take({ firstBlock, captureMs, samples }: CapturedBlocks): void {
    const blockSamples = LANE_PACKET_FRAMES * CHANNELS;
    const blocks = Math.floor(samples.length / blockSamples);
    const nowMs = this.#options.nowMs();
    this.#clock.note(firstBlock + blocks, nowMs);
    this.#captureMs = captureMs;
    // A window whose first blocks came late has counted ahead: the next one begins after it all the same.
    this.#base ??=
      Math.max(this.#countAt(nowMs - captureMs) - blocks * LANE_PACKET_FRAMES, this.#end) -
      firstBlock * LANE_PACKET_FRAMES;
    this.#end = this.#base + (firstBlock + blocks) * LANE_PACKET_FRAMES;
    for (let block = 0; block < blocks; block++)
      this.#options.onBlock(
        this.#base + (firstBlock + block) * LANE_PACKET_FRAMES,
        samples.subarray(block * blockSamples, (block + 1) * blockSamples),
      );
  }

  /** What the window's lanes tell beside it. */
  hear(told: FromTap): void {
    this.#lanes.hear(told);
  }

  /** Whole blocks since the sound was opened. */
  #countAt(localMs: number): number {
    return Math.max(0, Math.ceil((localMs - this.#openedAtMs) / BLOCK_MS)) * LANE_PACKET_FRAMES;
  }

  /** When our frame 0 was, by what the window's device does. */
  get #originMs(): number {
    const { originMs } = this.#clock;
    if (originMs === null || this.#base === undefined) return this.#openedAtMs;
    return originMs - this.#captureMs - this.#base / FRAMES_PER_MS;
  }

  /** The window has measured how far the others are, or that one of them cannot be told. */
  followWays(farthestMs: number | null): void {
    this.#ways = { farthestMs, atMs: this.#options.nowMs() };
  }

  farthestMs(): number | null {
    return this.#options.nowMs() - this.#ways.atMs > WAYS_AGE_MAX_MS ? null : this.#ways.farthestMs;
  }

  announce(command: AnnouncedCommand): void {
    this.#options.announce(command);
  }

  sendMessage(to: MemberId, bytes: Uint8Array<ArrayBuffer>): void {
    this.#lanes.sendMessage(to, bytes);
  }

  keep(memberIds: readonly MemberId[]): void {
    this.#lanes.keep(memberIds);
  }

  // Lanes and mix are the window's, which hears the room itself, and says whether it hears what is announced.
  readonly hearsAnnounced = false;
  playNote(): void {}
  async open(): Promise<void> {}
  enter(): void {}
  setMembers(): void {}
  handleSignal(): void {}
  mix(): void {}
  followClock(): void {}
  readonly words = { state: "alone" } as const;
  set iceServers(_: readonly IceServer[]) {}
  set muted(_: boolean) {}
  set direct(_: boolean) {}
  set buffer(_: BufferChoice) {}
  set delay(_: DelayMode) {}
  report(): Promise<null> {
    return Promise.resolve(null);
  }
  async close(): Promise<void> {}
}
