/** What is said while an up-link holds less than is played. */
export const en = {
  heardIn: {
    narrow: "their up-link is full: you hear them in 16 bit",
    stereo: "their up-link is full: you hear them in 16 bit, folded down to stereo",
    mono: "their up-link is full: you hear them in 16 bit, in mono",
    opus: "their up-link is full: you hear them compressed, and how far away is not known meanwhile",
    back: "their up-link is free again: you hear them as they play",
  },
  uplink: {
    narrow: "Your up-link is full: the others hear you in 16 bit. Your takes are untouched.",
    stereo: "Your up-link is full: the others hear you in 16 bit, folded down to stereo. Your takes are untouched.",
    mono: "Your up-link is full: the others hear you in 16 bit, in mono. Your takes are untouched.",
    opus: "Your up-link is full: the others hear you in mono, or compressed. Your takes are untouched. Stop other uploads, or use a cable.",
  },
};
export type UplinkWords = typeof en;
