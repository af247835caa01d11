/** Words of the DAW's part of the view, in both languages. German is written, not translated. */
const en = {
  label: "DAW",
  before: "Connect your DAW, and everybody's transports are one: press play in any of them.",
  connect: "Connect a DAW",
  asking: "Asking for this computer's MIDI ports…",
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
    "no-port": "This port cannot be opened: it has gone, or another program uses it.",
    "daw-gone": "The port has gone: your DAW no longer follows the session. It is taken up again when it is back.",
    "daw-muted":
      "The DAW says again and again what others undo, so it is no longer listened to. Look for a loop in its cables.",
    "daw-flood": "The port says more than can be meant: part of it is not listened to.",
    forbidden: "Your role does not move the session's transport: the DAW is put back.",
  },
};

const de: typeof en = {
  label: "DAW",
  before: "Verbinde deine DAW, und alle Transporte sind einer: Drück Play, wo du willst.",
  connect: "DAW verbinden",
  asking: "Frage nach den MIDI-Ports dieses Rechners…",
  none: "Es gibt keinen MIDI-Port, der in beide Richtungen geht. Auf dem Mac den IAC-Bus einschalten (Audio-MIDI-Setup), unter Windows einen Loopback-Port installieren, dann noch einmal nachsehen.",
  again: "Noch einmal nachsehen",
  port: "Port",
  daw: "DAW",
  other: "eine andere",
  language: "Sie spricht",
  languages: { mmc: "MMC", mackie: "Mackie Control", clock: "MIDI-Clock", mtc: "MIDI-Timecode" },
  use: "Verbinden",
  switchOn: (daw, what) => `In ${daw}: ${what}`,
  on: (port, language) => `${port}, mit ${language}`,
  measuring: "Die Sessionzeit wird gemessen, einen Moment noch.",
  off: (ms) => `${ms} ms neben der Session`,
  noPlace: "Sie sagt nicht, wo sie steht.",
  presses: (presses) => (presses === 1 ? "1 Tastendruck" : `${presses} Tastendrücke`),
  stop: "Trennen",
  troubles: {
    "old-browser": "Dieser Browser kann kein MIDI. Chromium, Edge und die Desktop-App können es.",
    denied: "MIDI ist für diese Seite nicht erlaubt. Erlaub es neben der Adresse und versuch es noch einmal.",
    "no-port": "Dieser Port lässt sich nicht öffnen: Er ist weg, oder ein anderes Programm benutzt ihn.",
    "daw-gone": "Der Port ist weg: Deine DAW folgt der Session nicht mehr. Sobald er zurück ist, geht es weiter.",
    "daw-muted":
      "Die DAW sagt immer wieder, was andere rückgängig machen, deshalb wird nicht mehr auf sie gehört. Such nach einer Schleife in ihren Kabeln.",
    "daw-flood": "Der Port sagt mehr, als gemeint sein kann: Ein Teil davon bleibt ungehört.",
    forbidden: "Deine Rolle bewegt den Transport der Session nicht: Die DAW wird zurückgestellt.",
  },
};

export const dawWords = { en, de };
export type DawTrouble = keyof (typeof en)["troubles"];
