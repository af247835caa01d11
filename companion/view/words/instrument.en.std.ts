/** What is said of MIDI notes, played and heard. */
export const en = {
  label: "MIDI notes",
  before:
    "Play the others a MIDI keyboard, and let what they play sound on a synth of yours: as notes, in time, beside your sound.",
  beforeListening: "Let what the others play on MIDI keyboards sound on a synth of yours.",
  connect: "Connect an instrument",
  asking: "Asking for this computer's MIDI ports…",
  none: "No MIDI port was found. Plug in a keyboard, or start a synth that has a MIDI input: it stands here at once.",
  ways: { in: "You play on", out: "The others sound on" },
  nothing: "nothing",
  open: {
    in: "What you play goes to the others, as notes.",
    out: "The others' notes sound there.",
  },
  muted: "You are muted: your notes go to nobody.",
  gone: {
    in: (port: string) => `${port} is not there, and nothing you held sounds on. Plug it in: it is taken up by itself.`,
    out: (port: string) =>
      `${port} is not there: the others' notes sound nowhere. Plug it in: it is taken up by itself.`,
  },
  taken: {
    in: (port: string) => `${port} cannot be opened: another program has it. Close it there, then try again.`,
    out: (port: string) => `${port} cannot be opened: another program has it. Close it there, then try again.`,
  },
  again: "Try again",
  unheard: "Somebody plays MIDI notes. To hear them, connect and choose a synth under “The others sound on”.",
  who: "Who plays notes",
  you: "you",
  stop: "Disconnect the instrument",
  troubles: {
    "old-browser": "This browser has no MIDI. Chrome, Edge and the desktop app have it.",
    denied: "This page may not use MIDI. Allow it beside the address, then connect again.",
  },
};

export type InstrumentWords = typeof en;
