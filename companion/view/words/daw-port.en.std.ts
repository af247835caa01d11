/** What is said of a DAW at a port of the browser. */
export const en = {
  none: "There is no MIDI port that goes both ways. On a Mac switch on the IAC bus (Audio MIDI Setup), on Windows install a loopback port, then look again.",
  again: "Look again",
  port: "Port",
  daw: "DAW",
  other: "another one",
  language: "It speaks",
  languages: { mmc: "MMC", mackie: "Mackie Control", clock: "MIDI clock", mtc: "MIDI timecode" },
  use: "Connect",
  switchOn: (daw: string, what: string) => `In ${daw}: ${what}`,
  on: (port: string, language: string) => `${port}, by ${language}`,
  measuring: "Session time is being measured; a moment more.",
  off: (ms: string) => `${ms} ms off the session`,
  noPlace: "It tells no place.",
  presses: (presses: number) => (presses === 1 ? "1 press" : `${presses} presses`),
  stop: "Disconnect",
  troubles: {
    "old-browser": "This browser has no MIDI. Chromium, Edge and the desktop app have it.",
    denied: "MIDI was not allowed for this page. Allow it beside the address, then try again.",
    "no-ear":
      "No input could be opened to hear your DAW at. Allow the microphone beside the address, or roll without it.",
    "no-port": "This port cannot be opened: it has gone, or another program uses it.",
    "daw-gone": "The port has gone: your DAW no longer follows the session. It is taken up again when it is back.",
    "daw-muted":
      "The DAW says again and again what others undo, so it is no longer listened to. Look for a loop in its cables.",
    "daw-flood": "The port says more than can be meant: part of it is not listened to.",
    forbidden: "Your role does not move the session's transport: the DAW is put back.",
  },
};

export type DawPortWords = typeof en;
export type DawTrouble = keyof DawPortWords["troubles"];
