import { de } from "./words/host.de.std.ts";
import { en, type HostWords } from "./words/host.en.std.ts";

/** They come with the parts that say them, and are in no page's first script. */
export const hostWords = (): HostWords => (document.documentElement.lang === "de" ? de : en);
