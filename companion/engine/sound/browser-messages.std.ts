/** What the page, its lanes worker and its audio thread say to each other. All three are this program's own, so nothing is parsed. */
import type { LaneLevel, PlayerState } from "../../../audio/lane-players.ts";
import type { LatencyLegs } from "../../../audio/latency.ts";
import type { UplinkLevel } from "../../../audio/uplink-budget.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import type { AnnouncedCommand, Signal } from "../../../protocol/room.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { SessionLine } from "../clock/session-clock.std.ts";
import type { HeardSignal } from "../links/early-signals.std.ts";
import type { LinkedMember, SentIn } from "../links/link-set.std.ts";
import type { Carries, Fingerprints, IceServer, PeerState } from "../links/peer.std.ts";
import type { WordsState } from "../links/room-words.std.ts";
import type { ToPlayers } from "./device-messages.std.ts";

/** Which of a device's inputs is played: the first, the second, or both as a stereo pair. */
export type InputChannels = "both" | "left" | "right";

export type ToLanes =
  /** `memory`: the capture ring. `originMs`: the page's time origin, which all three count from. */
  | { type: "open"; memory: SharedArrayBuffer; originMs: number }
  | { type: "ice-servers"; iceServers: readonly IceServer[] }
  | {
      type: "members";
      memberId: MemberId;
      maySend: boolean;
      isObserver: boolean;
      members: readonly LinkedMember[];
      /** What they have signalled before there was sound here. */
      early: readonly HeardSignal[];
    }
  | { type: "signal"; from: MemberId; signal: Signal }
  /** The room is there again: what was signalled while it was not is lost. */
  | { type: "again" }
  /** What is pressed here, for everybody at once. */
  | { type: "announce"; command: AnnouncedCommand }
  /** What is played here on a MIDI instrument, and when by the page's clock (P87). */
  | { type: "note"; bytes: Uint8Array<ArrayBuffer>; atMs: number }
  | ({ type: "clock" } & SessionLine)
  /** What the device takes before a block is in the ring, and after one has been played. */
  | { type: "device"; captureMs: number; playoutMs: number }
  /** Whether this person is heard, and as whom: silence is sent while not. */
  | { type: "live"; live: "programme" | "talkback" | "silent" }
  /** Whoever keeps safety copies speaks over this port (tap-messages.std.ts), and hears what the device captures too if they record that (`CapturedBlocks`). */
  | { type: "tap"; port: MessagePort; isRecorded: boolean }
  | { type: "players"; states: readonly (readonly [MemberId, PlayerState])[] }
  | { type: "peer"; peer: number; told: PeerTold }
  | { type: "channel"; peer: number; channel: RTCDataChannel; carries: Carries };

/** What the page's end of a peer has to tell. */
export type PeerTold =
  | { type: "signal"; signal: Signal }
  | { type: "state"; state: PeerState }
  | { type: "relayed"; isRelayed: boolean | null }
  | { type: "fingerprints"; fingerprints: Fingerprints };

export type FromLanes =
  | { type: "signal"; to: MemberId; signal: Signal }
  | { type: "link"; memberId: MemberId; state: PeerState }
  | { type: "words"; state: WordsState }
  | { type: "reading"; from: MemberId; reading: PeerReading }
  | { type: "announced"; from: MemberId; command: AnnouncedCommand }
  /** What one of the others plays on a MIDI instrument, and when it sounds here by the page's clock. */
  | { type: "note"; from: MemberId; bytes: Uint8Array<ArrayBuffer>; atMs: number }
  | {
      type: "latencies";
      latencies: { memberId: MemberId; legs: LatencyLegs }[];
      levels: SentIn[];
    }
  /** What is played here goes out in less than it was, or in more again. */
  | { type: "uplink"; level: UplinkLevel }
  | { type: "add"; memberId: MemberId; memory: SharedArrayBuffer }
  | { type: "remove"; memberId: MemberId }
  | { type: "open-peer"; peer: number; offers: boolean; isDirect: boolean; iceServers: readonly IceServer[] }
  | { type: "signal-peer"; peer: number; signal: Signal }
  | { type: "close-peer"; peer: number };

export type ToDevice = ToPlayers | { type: "channels"; channels: InputChannels };

/** About every 40 ms: how loud everybody is, this person's own input first; less often, how the players are. */
export interface FromDevice {
  own: { peak: number; shortTermLufs: number };
  levels: LaneLevel[];
  states: (readonly [MemberId, PlayerState])[] | null;
}

/** What a transform of the lanes worker is told of its track. */
export interface TransformOptions {
  peer: number;
  side: "send" | "receive";
}
