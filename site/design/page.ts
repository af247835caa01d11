import type { Language } from "../i18n/language.ts";

/** What every view is told about the request it answers. Nothing here names another person. */
export interface Page {
  language: Language;
  /** The address asked for the language, so links keep asking. */
  languageAsked: boolean;
  /** Path without the query. */
  path: string;
  /** The query without the language, or "": what a change of language keeps. */
  search: string;
  /** Scheme and host that the reader used. */
  origin: string;
  account: {
    displayName: string;
    accent: number;
    /** Messages that the reader has not read yet. */
    unread: number;
  } | null;
  nowMs: number;
}

/** An address on this site that keeps the reader's chosen language. */
export function href(
  page: Pick<Page, "language" | "languageAsked">,
  path: string,
  language = page.languageAsked ? page.language : undefined,
): string {
  if (language === undefined) return path;
  const [before = "", ...fragment] = path.split("#");
  const asked = `${before}${before.includes("?") ? "&" : "?"}lang=${language}`;
  return [asked, ...fragment].join("#");
}
