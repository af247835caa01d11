/** Was gesagt wird, solange ein Upload weniger fasst, als gespielt wird. Nach Gehör geschrieben, nicht übersetzt. */
import type { UplinkWords } from "./uplink.en.std.ts";

export const de: UplinkWords = {
  heardIn: {
    narrow: "Upload dort ausgelastet: Du hörst sie in 16 Bit",
    stereo: "Upload dort ausgelastet: Du hörst sie in 16 Bit, zu Stereo zusammengemischt",
    mono: "Upload dort ausgelastet: Du hörst sie in 16 Bit und mono",
    opus: "Upload dort ausgelastet: Du hörst sie komprimiert, wie weit weg, ist solange nicht bekannt",
    back: "Upload dort wieder frei: Du hörst sie, wie sie spielen",
  },
  uplink: {
    narrow: "Dein Upload ist ausgelastet: Die anderen hören dich in 16 Bit. Deine Takes bleiben, wie sie sind.",
    stereo:
      "Dein Upload ist ausgelastet: Die anderen hören dich in 16 Bit, zu Stereo zusammengemischt. Deine Takes bleiben, wie sie sind.",
    mono: "Dein Upload ist ausgelastet: Die anderen hören dich in 16 Bit und mono. Deine Takes bleiben, wie sie sind.",
    opus: "Dein Upload ist ausgelastet: Die anderen hören dich mono oder komprimiert. Deine Takes bleiben, wie sie sind. Halt andere Uploads an oder nimm ein Kabel.",
  },
};
