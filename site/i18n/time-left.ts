import type { Language } from "./language.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const units: Record<Language, { day: [string, string]; hour: string; minute: string; soon: string }> = {
  en: { day: ["day", "days"], hour: "h", minute: "min", soon: "less than a minute" },
  // After "in", and so in the dative.
  de: { day: ["Tag", "Tagen"], hour: "Std.", minute: "Min.", soon: "weniger als einer Minute" },
};

/** How long it still is, in the two largest units, rounded down, to be read after "in": `5 days 3 h`. */
export function timeLeft(language: Language, leftMs: number): string {
  const { day, hour, minute, soon } = units[language];
  const days = Math.floor(leftMs / DAY_MS);
  const hours = Math.floor((leftMs % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((leftMs % HOUR_MS) / MINUTE_MS);
  if (days > 0) return `${days} ${day[days === 1 ? 0 : 1]}${hours === 0 ? "" : ` ${hours} ${hour}`}`;
  if (hours > 0) return `${hours} ${hour}${minutes === 0 ? "" : ` ${minutes} ${minute}`}`;
  return minutes > 0 ? `${minutes} ${minute}` : soon;
}
