import { de } from "./words/sound-on.de.std.ts";
import { en, type SoundOnWords } from "./words/sound-on.en.std.ts";

/** They come with the parts that say them, and are in no page's first script. */
export const soundOnWords = (): SoundOnWords => (document.documentElement.lang === "de" ? de : en);
