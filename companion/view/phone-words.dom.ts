import { de } from "./words/phone.de.std.ts";
import { en, type PhoneWords } from "./words/phone.en.std.ts";

/** They come with the parts that say them, and are in no page's first script. */
export const phoneWords = (): PhoneWords => (document.documentElement.lang === "de" ? de : en);
