/** What the view's end of the sound is made of: its state, and what it asks of the session. */
import type { DelayMode } from "../../audio/delay-mode.ts";
import type { LaneMix } from "../../audio/lane-mixer.ts";
import type { BufferChoice } from "../../audio/playout.ts";
import type { MemberId } from "../../protocol/ids.ts";
import type { AnnouncedCommand, MemberStatus, Signal } from "../../protocol/room.ts";
import type { PeerReading } from "../engine/clock/peer-clocks.std.ts";
import type { InputChannels } from "../engine/sound/browser-messages.std.ts";
import type { BrowserSound } from "../engine/sound/browser-sound.dom.ts";
import type { InputTrouble } from "../engine/sound/devices.std.ts";
import type { SoundRefusal } from "../engine/sound/input.dom.ts";
import type { tellingOf } from "./agreement.std.ts";
import type { Boot } from "./boot.std.ts";
import type { ViewState } from "./model.std.ts";

/** Where the sound stands. `trouble` is what a person should know, and stays until they have done something about it. */
export interface SoundState {
  power: "off" | "opening" | "on";
  trouble: SoundRefusal | InputTrouble | "output-gone" | "stopped" | null;
  /** `null`: nothing is played from here. */
  inputId: string | null;
  outputId: string;
  channels: InputChannels;
  buffer: BufferChoice;
  /** What the person asked for; `delays` says what is in force. */
  delay: DelayMode;
  isMuted: boolean;
  /** For this session alone, so it is kept nowhere. */
  isDirect: boolean;
}

export interface Level {
  peak: number;
  shortTermLufs: number;
}

export interface SoundDevice {
  deviceId: string;
  label: string;
}

export type KeptSound = Partial<Pick<SoundState, "channels" | "buffer" | "delay">> & {
  inputId?: string;
  outputId?: string;
  mixes?: ReadonlyMap<MemberId, LaneMix>;
};

export interface ViewSoundOptions {
  boot: Boot;
  state(): ViewState;
  signal(to: MemberId, signal: Signal): void;
  /** One of the others is heard, for the first time or again. */
  onLinked(): void;
  /** A bar at the playhead. */
  barMs(): number;
  setStatus(status: Partial<MemberStatus>): void;
  /** There is sound: what it captures lies here, so long after it was played. */
  onEngine(engine: Pick<BrowserSound, "memory" | "captureMs" | "tapFor">): void;
  onCapture(captureMs: number): void;
  /** A device of an earlier visit is not there, and the system's own is used. */
  onOtherDevice(): void;
  /** What one of the others tells of their clock over the lane. */
  /** There are lanes to the others now, or there are none any more. */
  onPower(isOn: boolean): void;
  /** How long the others take to be told over the lanes has been measured anew. */
  onWays(): void;
  onReading(from: MemberId, reading: PeerReading): void;
  /** What one of the others has pressed, and announces over the lane (P77). */
  onAnnounced(from: MemberId, command: AnnouncedCommand): void;
  /** What people must know of the words at once. */
  onWords(telling: NonNullable<ReturnType<typeof tellingOf>>): void;
}
