/** What is said of the sound while it is on, and of the devices it is on with. */
export const en = {
  facts: {
    lies: (rate: string) =>
      `Your device says 48 kHz and runs at ${rate}: what you play is out of tune and drifts away. Set the device and the system to 48 kHz, then load the page again.`,
    rate: (rate: string) =>
      `Your interface runs at ${rate} kHz and is converted to 48. Set it to 48 kHz in its own panel: less delay, and nothing is converted.`,
    inputs: (count: number) =>
      `Your interface has ${count} inputs; a browser is given the first two. Route yours there in its mixer, or play on any eight of them from a terminal, with sessionlinked join.`,
  },
  input: "Input",
  noInput: "none",
  output: "Output",
  systemOutput: "as the system has it",
  device: (at: number) => `Device ${at}`,
  channels: { label: "Channels", both: "1 and 2", left: "only 1", right: "only 2" },
  buffer: {
    label: "Buffer",
    tight: "tight",
    balanced: "balanced",
    safe: "safe",
    choice: (name: string, ms: number) => `${name}, at most ${ms} ms`,
  },
  delay: {
    label: "Delay",
    live: "as little as can be",
    equal: "the same for all",
    bars: "whole bars later",
    inForce: (ms: string, bars: number | null) =>
      bars === null
        ? `Everybody is heard after ${ms} ms.`
        : `Everybody is heard ${bars === 1 ? "a bar" : `${bars} bars`} later.`,
    notYet: "Not in force yet: nobody's way is measured, or a bar is too long.",
  },
  direct: {
    label: "Direct path",
    means:
      "Sound without our relay in between, which is a little sooner. Whoever has switched this on as well then knows your internet address, and you know theirs; nobody else does. It counts for this session.",
  },
  muteMe: "Mute me",
  ownLevel: "Your level",
  strip: (who: string) => `How you hear ${who}`,
  level: (who: string) => `Level of ${who}`,
  mute: (who: string) => `Mute ${who} for yourself`,
  solo: (who: string) => `Hear ${who} alone`,
  muteShort: "M",
  soloShort: "S",
  gain: (who: string) => `Volume of ${who}`,
  pan: (who: string) => `Left or right: ${who}`,
  plays: (channels: number) => (channels === 1 ? "mono" : `${channels}\u00a0channels`),
  links: {
    connecting: "connecting their sound…",
    connected: "",
    failed: "their sound is gone, it comes back by itself…",
  },
  legs: {
    all: (capture: string, network: string, buffer: string, playout: string) =>
      `their device ${capture} ms, network ${network} ms, buffer ${buffer} ms, your device ${playout} ms`,
    most: (leg: string) => `most of it: ${leg}`,
    captureMs: "their device",
    networkMs: "the network",
    bufferMs: "the buffer that evens out the network",
    playoutMs: "your device",
  },
};
export type SoundOnWords = typeof en;
