import type { StudioSound } from "./studio-sound.node.ts";

/** What a studio needs of its sound, wherever device and lanes are. */
export type SoundEnd = Pick<
  StudioSound,
  | "device"
  | "open"
  | "enter"
  | "iceServers"
  | "setMembers"
  | "handleSignal"
  | "mix"
  | "muted"
  | "direct"
  | "words"
  | "buffer"
  | "delay"
  | "hearsAnnounced"
  | "farthestMs"
  | "announce"
  | "sendMessage"
  | "playNote"
  | "keep"
  | "followClock"
  | "report"
  | "close"
>;
