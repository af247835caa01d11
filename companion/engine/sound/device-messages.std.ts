/** What the sound process's main thread and its device's thread say to each other. Both are this program's own, so nothing is parsed. */
import type { LaneMix } from "../../../audio/lane-mixer.ts";
import type { LaneLevel, PlayerState } from "../../../audio/lane-players.ts";
import type { BufferChoice } from "../../../audio/playout.ts";
import type { MemberId } from "../../../protocol/ids.ts";

export interface DeviceStart {
  /** The capture ring. */
  ring: SharedArrayBuffer;
  /** Stereo interleaved, 24-bit integers. */
  input: SharedArrayBuffer;
  openedAtMs: number;
  traces: boolean;
}

/** What whoever plays the lanes is told, whatever the device. */
export type ToPlayers =
  | { type: "add"; memberId: MemberId; memory: SharedArrayBuffer }
  | { type: "remove"; memberId: MemberId }
  | { type: "mix"; memberId: MemberId; mix: LaneMix }
  | { type: "buffer"; buffer: BufferChoice }
  | { type: "late"; isLate: boolean }
  | { type: "hold"; holds: readonly { memberId: MemberId; holdMs: number }[]; monitorMs: number | null };

export type ToDeviceThread =
  | ToPlayers
  /** Ends the thread; what was heard is kept in the folder. */
  | { type: "close"; folder: string };

/** A few times a second. */
export interface FromDeviceThread {
  states: (readonly [MemberId, PlayerState])[];
  levels: LaneLevel[];
  skips: number;
}
