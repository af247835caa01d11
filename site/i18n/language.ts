/** The languages that the site speaks. A page's words lie together in one `words({ en, de })`; a missing one does not compile. */
export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** Both catalogues of one page. German must have exactly the shape of English. */
export function words<Messages>(catalogues: { en: Messages; de: NoInfer<Messages> }): Record<Language, Messages> {
  return catalogues;
}

const isLanguage = (tag: string): tag is Language => (languages as readonly string[]).includes(tag);

/**
 * The language to answer in: the one the address asks for, else the best of `Accept-Language` (RFC 9110 section 12.5.4), else
 * English. Nothing is stored: there is no cookie before sign-in (A7).
 */
export function negotiate(asked: string | undefined, accept: string | undefined): Language {
  if (asked !== undefined && isLanguage(asked)) return asked;
  let best: { language: Language; quality: number } | null = null;
  for (const part of (accept ?? "").slice(0, 500).split(",")) {
    const [tag = "", ...parameters] = part
      .toLowerCase()
      .split(";")
      .map((piece) => piece.trim());
    const language = tag.trim().split("-")[0] ?? "";
    const weight = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1]).find(Boolean);
    const quality = weight === undefined ? 1 : Number(weight);
    if (isLanguage(language) && quality > (best?.quality ?? 0)) best = { language, quality };
  }
  return best?.language ?? "en";
}
