import { de } from "./words/broadcast.de.std.ts";
import { type BroadcastWords, en } from "./words/broadcast.en.std.ts";

/** They come with the parts that say them, and are in no page's first script. */
export const broadcastWords = (): BroadcastWords => (document.documentElement.lang === "de" ? de : en);
