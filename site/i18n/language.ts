import { parseAccept } from "hono/utils/accept";

/** The languages that the site speaks. A page's words lie together in one `words({ en, de })`; a missing one does not compile. */
export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** Both catalogues of one page. German must have exactly the shape of English. */
export function words<Messages>(catalogues: { en: Messages; de: NoInfer<Messages> }): Record<Language, Messages> {
  return catalogues;
}

/** A browser that names more languages than fit is heard as far as that. */
const ACCEPT_MAX_CHARS = 500;

const isLanguage = (tag: string): tag is Language => (languages as readonly string[]).includes(tag);

/**
 * The language to answer in: the one the address asks for, else the best of `Accept-Language` (RFC 9110 section 12.5.4), else
 * English. Nothing is stored: there is no cookie before sign-in (A7).
 */
export function negotiate(asked: string | undefined, accept: string | undefined): Language {
  if (asked !== undefined && isLanguage(asked)) return asked;
  for (const { type, q } of parseAccept((accept ?? "").slice(0, ACCEPT_MAX_CHARS))) {
    const [language = ""] = type.toLowerCase().split("-");
    if (q > 0 && isLanguage(language)) return language;
  }
  return "en";
}
