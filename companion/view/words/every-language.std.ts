import { de } from "./view.de.std.ts";
import { en, type Words } from "./view.en.std.ts";

/** For a window that does not know its language before it begins; a page of the site loads its own alone. */
export const wordsOf: Record<"en" | "de", Words> = { en, de };
