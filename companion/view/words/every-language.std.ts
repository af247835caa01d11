import { words as de } from "./de.std.ts";
import { words as en } from "./en.std.ts";
import type { Words } from "./words.std.ts";

/** For a window that does not know its language before it begins; a page of the site loads its own alone. */
export const wordsOf: Record<"en" | "de", Words> = { en, de };
