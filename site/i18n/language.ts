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

/** The language of ours that a tag names, in capitals or not, of whatever country (RFC 5646 section 2.1.1); `null`: none. */
export function languageOf(tag: string): Language | null {
  const [named] = tag.toLowerCase().split("-");
  return languages.find((language) => language === named) ?? null;
}

/**
 * The language to answer in: the one the address asks for, else the best of `Accept-Language` (RFC 9110 section 12.5.4), else
 * English. Nothing is stored: there is no cookie before sign-in (A7).
 */
export function negotiate(asked: string | undefined, accept: string | undefined): Language {
  const wanted = languageOf(asked ?? "");
  if (wanted !== null) return wanted;
  for (const { type, q } of parseAccept((accept ?? "").slice(0, ACCEPT_MAX_CHARS))) {
    const language = languageOf(type);
    if (q > 0 && language !== null) return language;
  }
  return "en";
}
