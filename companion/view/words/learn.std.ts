/** What is said of a controller; fetched with its part of the view, in both languages. */
export const en = {
  label: "Controller",
  before: "Pads, knobs and pedals over MIDI press and move whatever you show them here: play, a volume, who is heard.",
  connect: "Connect a controller",
  troubles: {
    denied: "This page may not use MIDI. Allow it in the lock beside the address, then connect again.",
    "old-browser": "This browser has no MIDI. Use Chrome or Edge, or the companion app.",
  },
  none: "No controller was found. Plug one in: it is there at once.",
  ports: (names: string) => `Listening to ${names}.`,
  learn: "Learn",
  choose: "Click what is to be controlled, or go there by Tab. Nothing is pressed while you choose.",
  now: (name: string) => `Now press a pad or move a knob for: ${name}`,
  list: "What was learned",
  message: (kind: string, channel: string, number: string) =>
    kind === "cc" ? `controller ${number}, channel ${channel}` : `note ${number}, channel ${channel}`,
  forget: (name: string) => `Forget ${name}`,
};
export const de: LearnWords = {
  label: "Controller",
  before:
    "Pads, Regler und Pedale über MIDI drücken und bewegen, was du ihnen hier zeigst: Play, eine Lautstärke, wer zu hören ist.",
  connect: "Controller anschließen",
  troubles: {
    denied: "Diese Seite darf kein MIDI benutzen. Erlaub es im Schloss neben der Adresse, dann schließ noch einmal an.",
    "old-browser": "Dieser Browser hat kein MIDI. Nimm Chrome oder Edge, oder die App.",
  },
  none: "Kein Controller gefunden. Steck einen an: Er ist sofort da.",
  ports: (names) => `Hört auf ${names}.`,
  learn: "Lernen",
  choose: "Klick an, was gesteuert werden soll, oder geh mit Tab dorthin. Solange du wählst, wird nichts ausgelöst.",
  now: (name) => `Jetzt ein Pad drücken oder einen Regler bewegen für: ${name}`,
  list: "Gelernt",
  message: (kind, channel, number) =>
    kind === "cc" ? `Controller ${number}, Kanal ${channel}` : `Note ${number}, Kanal ${channel}`,
  forget: (name) => `${name} vergessen`,
};
export type LearnWords = typeof en;
