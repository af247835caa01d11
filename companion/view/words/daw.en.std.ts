/** What is said before a DAW is connected. */
export const en = {
  label: "DAW",
  before: "Connect your DAW, and everybody's transports are one: press play in any of them.",
  connect: "Connect a DAW",
  asking: "Asking for this computer's MIDI ports…",
};

export type DawWords = typeof en;
