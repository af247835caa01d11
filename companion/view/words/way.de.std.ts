/** Was über den Weg zu den eigenen Ohren gesagt wird: Treiber, Upload, der der anderen. Nach Gehör geschrieben, nicht übersetzt. */
import type { WayWords } from "./way.en.std.ts";

export const de: WayWords = {
  path: {
    windows: [
      "Windows, gemeinsamer Modus",
      "nimm den kleinsten Puffer im Fenster deines Interface, und keine Klangeffekte",
    ],
    mac: ["Core Audio", "nimm dasselbe Interface für Eingang und Ausgang"],
    linux: ["Der Soundserver des Systems", "stell ihn auf 128 Samples (PipeWire: clock.force-quantum)"],
    mobile: ["Der Mixer des Handys", "nimm Kopfhörer mit Kabel oder einen Rechner mit Interface"],
    bluetooth: ["Bluetooth", "nimm Kopfhörer mit Kabel: Über Funk kann niemand mitspielen"],
    other: ["Der Mixer deines Systems", "nimm ein Interface und dort den kleinsten Puffer"],
  },
  told: (ms) => `+ ${ms} ms, wie das System sagt`,
  measured: (ms, error) => `+ ${ms} ± ${error} ms, gemessen`,
  unknown: "Wie viel später dadurch alles kommt, steht hier, sobald der Ton an oder geprüft ist.",
  heardIn: {
    narrow: "Upload dort ausgelastet: Du hörst sie in 16 Bit",
    mono: "Upload dort ausgelastet: Du hörst sie in 16 Bit und mono",
    opus: "Upload dort ausgelastet: Du hörst sie komprimiert, wie weit weg, ist solange nicht bekannt",
    back: "Upload dort wieder frei: Du hörst sie, wie sie spielen",
  },
  uplink: {
    narrow: "Dein Upload ist ausgelastet: Die anderen hören dich in 16 Bit. Deine Takes bleiben, wie sie sind.",
    mono: "Dein Upload ist ausgelastet: Die anderen hören dich in 16 Bit und mono. Deine Takes bleiben, wie sie sind.",
    opus: "Dein Upload ist ausgelastet: Die anderen hören dich mono oder komprimiert. Deine Takes bleiben, wie sie sind. Halt andere Uploads an oder nimm ein Kabel.",
  },
};
