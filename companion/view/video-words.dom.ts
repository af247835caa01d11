import { de } from "./words/video.de.std.ts";
import { en, type VideoWords } from "./words/video.en.std.ts";

/** They come with the parts that say them, and are in no page's first script. */
export const videoWords = (): VideoWords => (document.documentElement.lang === "de" ? de : en);
