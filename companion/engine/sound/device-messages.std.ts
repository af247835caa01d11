/** What the sound process's main thread and its device's thread say to each other. Both are this program's own, so nothing is parsed. */
import type { LaneMix } from "../../../audio/lane-mixer.ts";
import type { DeviceRateHz, LaneLevel, PlayerState } from "../../../audio/lane-players.ts";
import type { BufferChoice } from "../../../audio/playout.ts";
import type { MemberId } from "../../../protocol/ids.ts";

export interface DeviceStart {
  /** The capture ring, and how many inputs of the device it holds. */
  ring: SharedArrayBuffer;
  inputs: number;
  source: /** All inputs interleaved, 24-bit integers. */
    | { kind: "file"; input: SharedArrayBuffer }
    /** The compiled addon's path; and whether the machine's own inputs and loudspeakers are connected by themselves. */
    | { kind: "jack"; addon: string; connect: boolean };
  /** When frame 0 was, where this count goes on; `null`: it begins. */
  openedAtMs: number | null;
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
  | Exclude<ToPlayers, { type: "add" }>
  /** `displayName`: of the ports at which whoever it is can be recorded. */
  | (Extract<ToPlayers, { type: "add" }> & { displayName: string })
  /** Ends the thread; what was heard is kept in the folder. */
  | { type: "close"; folder: string };

export type FromDeviceThread =
  /** Once, before anything else: what the device is. */
  | { type: "opened"; originMs: number; rateHz: DeviceRateHz }
  | { type: "refused"; message: string }
  /** The device has come back at another rate, with which everything begins anew. */
  | { type: "other-rate" }
  | DeviceReport;

/** A few times a second. */
export interface DeviceReport {
  type: "report";
  states: (readonly [MemberId, PlayerState])[];
  levels: LaneLevel[];
  skips: number;
  /** When frame 0 was, as the device's own clock has it now. */
  originMs: number;
  /** What the device takes before a block is there, and after one has been played. */
  captureMs: number;
  playoutMs: number;
  /** Why the device is away, in a sentence for the person, or `""` where that is not known yet; `null` while it is there. */
  awayBecause: string | null;
}
