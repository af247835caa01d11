import type { Language } from "./language.ts";

const locale: Record<Language, string> = { en: "en-GB", de: "de-DE" };

/** What a calendar can show (ECMA-262, time values): a time beyond it is shown as its end. Every date of a page goes through it. */
export const shown = (ms: number) => (Number.isNaN(ms) ? 0 : Math.max(-8.64e15, Math.min(8.64e15, ms)));

/** An instant as machines read it (RFC 3339). */
export const iso = (ms: number): string => new Date(shown(ms)).toISOString();

/** What is kept of formats, of which the code names a few dozen: to make one costs more than to write a hundred numbers with it. */
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numbersOf(language: Language, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = numberFormats.get(key) ?? new Intl.NumberFormat(locale[language], options);
  numberFormats.set(key, format);
  return format;
}

function datesOf(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale[language], options);
  dateFormats.set(key, format);
  return format;
}

/** A date as prose, in UTC: `24 November 2026`. */
export const date = (language: Language, ms: number) =>
  datesOf(language, { dateStyle: "long", timeZone: "UTC" }).format(shown(ms));

/** A date and time in UTC, said as such. */
export const dateTime = (language: Language, ms: number) =>
  `${datesOf(language, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(shown(ms))} UTC`;

/** A date with its weekday and a time, in a zone that is named beside it: `Thursday, 3 December 2026 at 20:00`. */
export const fullDateTime = (language: Language, ms: number, timeZone: string) =>
  new Intl.DateTimeFormat(locale[language], { dateStyle: "full", timeStyle: "short", timeZone }).format(shown(ms));

export const number = (language: Language, value: number) => numbersOf(language).format(value);

/** An hour's price, without the digits that say nothing: `€45`, `45,50 €`. */
export const money = (language: Language, amountMinor: number, currency: string, digits: number) =>
  numbersOf(language, {
    style: "currency",
    currency,
    minimumFractionDigits: amountMinor % 10 ** digits === 0 ? 0 : digits,
    maximumFractionDigits: digits,
  }).format(amountMinor / 10 ** digits);

const names = new Map<Language, Intl.DisplayNames>();

/** A language's name in the reader's: `Portuguese`, `Portugiesisch`. */
export function languageName(language: Language, code: string): string {
  const known = names.get(language) ?? new Intl.DisplayNames(locale[language], { type: "language" });
  names.set(language, known);
  return known.of(code) ?? code;
}

/** Alphabetical as the reader's language has it. */
export const alphabetical = (language: Language) => new Intl.Collator(locale[language]).compare;

/** Whole days with their unit, rounded: `30 days`. */
export const days = (language: Language, durationMs: number) =>
  numbersOf(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(Math.round(durationMs / 86_400_000));

/** A measured value with as many decimals as it was measured to. */
export const decimal = (language: Language, value: number, places: number) =>
  numbersOf(language, { minimumFractionDigits: places, maximumFractionDigits: places }).format(value);
