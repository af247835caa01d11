import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { stereoLayout } from "../../audio/lane-layout.ts";
import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import { inputsNeeded } from "../../companion/engine/recording/input-list.std.ts";
import type { SoundSource } from "../../companion/engine/sound/sound-messages.std.ts";
import { StudioSound } from "../../companion/engine/studio/studio-sound.node.ts";
import { MemberId } from "../../protocol/ids.ts";
import { idleStatus, type Member } from "../../protocol/room.ts";

export const ADA = MemberId.parse("mem_00000000000000000000000000");
export const BEN = MemberId.parse("mem_00000000000000000000000001");
const members: Member[] = [
  { memberId: ADA, displayName: "Ada", role: "participant", connected: true, status: idleStatus },
  { memberId: BEN, displayName: "Ben", role: "participant", connected: true, status: idleStatus },
];

/** Two sound processes, as two companions have them, that are told of each other by `meet`; each has a folder of its own in `folder`. */
export class PairOfEnds {
  readonly #ends = new Map<MemberId, StudioSound>();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(self: MemberId, source: SoundSource, traces: boolean, lane = stereoLayout): Promise<StudioSound> {
    const folder = join(this.#folder, self);
    mkdirSync(folder);
    const sound = new StudioSound({
      source,
      inputs: inputsNeeded([], lane),
      lane,
      inputSinceMs: null,
      traces,
      folder,
      links: true,
      role: () => "participant",
      onBlock: () => undefined,
      onOtherRate: () => undefined,
      onLink: () => undefined,
      onMessage: () => undefined,
      onKept: () => undefined,
      onAnnounced: () => undefined,
      onReading: () => undefined,
      signal: (to, signal) => this.#ends.get(to)?.handleSignal(self, signal),
      nowMs: machineNowMs,
      barMs: () => 2_000,
      onLatency: () => undefined,
      emit: () => undefined,
    });
    this.#ends.set(self, sound);
    await sound.open();
    return sound;
  }

  meet(iceServers: StudioSound["iceServers"], buffer: StudioSound["buffer"]): void {
    for (const [self, sound] of this.#ends) {
      sound.iceServers = iceServers;
      sound.buffer = buffer;
      sound.enter(self);
      sound.setMembers(members, null);
    }
  }

  /** One after the other: two clients that give their ports back at once have been seen to wait for each other in jackd. */
  async close(): Promise<void> {
    for (const sound of this.#ends.values()) await sound.close();
  }
}
