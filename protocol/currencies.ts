/** Currencies that a rate may be in, with the digits of their minor unit (ISO 4217, list one). */
export const currencies = {
  EUR: 2,
  USD: 2,
  GBP: 2,
  CHF: 2,
  AUD: 2,
  BGN: 2,
  BRL: 2,
  CAD: 2,
  CZK: 2,
  DKK: 2,
  HUF: 2,
  ILS: 2,
  INR: 2,
  ISK: 0,
  JPY: 0,
  KRW: 0,
  MXN: 2,
  NOK: 2,
  NZD: 2,
  PLN: 2,
  RON: 2,
  RSD: 2,
  SEK: 2,
  SGD: 2,
  TRY: 2,
  UAH: 2,
  ZAR: 2,
} as const;
export type Currency = keyof typeof currencies;
export const currencyCodes = Object.keys(currencies) as [Currency, ...Currency[]];

/**
 * An amount as a person types it, in minor units; `null` if it is none or finer than the currency. Both `12.50` and `12,50` are read; a
 * separator of thousands is not, because nobody can tell it from the other.
 */
export function readAmount(text: string, currency: Currency): number | null {
  const digits = currencies[currency];
  const match = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, whole = "", part = ""] = match;
  if (part.length > digits) return null;
  return Number(whole) * 10 ** digits + Number(part.padEnd(digits, "0") || "0");
}

/** The reverse of `readAmount`: what a field is filled with again. */
export function writeAmount(amountMinor: number, currency: Currency): string {
  const digits = currencies[currency];
  const whole = Math.floor(amountMinor / 10 ** digits);
  const part = amountMinor % 10 ** digits;
  return part === 0 ? String(whole) : `${whole}.${String(part).padStart(digits, "0")}`;
}
