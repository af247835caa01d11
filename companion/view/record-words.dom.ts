import { de } from "./words/record.de.std.ts";
import { en, type RecordWords } from "./words/record.en.std.ts";

/** They come with the parts that say them, and are in no page's first script. */
export const recordWords = (): RecordWords => (document.documentElement.lang === "de" ? de : en);
