import { de } from "./words/agree.de.std.ts";
import { type AgreeWords, en } from "./words/agree.en.std.ts";

/** They come with the parts that say them, and are in no page's first script. */
export const agreeWords = (): AgreeWords => (document.documentElement.lang === "de" ? de : en);
