/** Was über den Treiber gesagt wird, durch den der Ton geht. Nach Gehör geschrieben, nicht übersetzt. */
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
};
