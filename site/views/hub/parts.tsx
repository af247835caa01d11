import { currencies } from "../../../protocol/currencies.ts";
import { languageCodes, type PublicProfile } from "../../../protocol/hub.ts";
import {
  instruments,
  isKnownInstrument,
  type KnownInstrument,
  knownInstruments,
} from "../../../protocol/instruments.ts";
import { fold } from "../../../protocol/search-text.ts";
import type { Page } from "../../design/page.ts";
import { alphabetical, languageName, money } from "../../i18n/format.ts";
import { hubText } from "../../i18n/hub.ts";
import type { Language } from "../../i18n/language.ts";

/** Where a search may begin: what is looked for most, on the Hub and on the home page. */
export const often: readonly KnownInstrument[] = [
  "Voice",
  "Drums",
  "Bass",
  "Electric guitar",
  "Piano",
  "Violin",
  "Cello",
  "Saxophone",
  "Mixing",
];

/** An instrument's name as the reader knows it. */
export const instrumentName = (language: Language, name: string) =>
  language === "de" && isKnownInstrument(name) ? instruments[name] : name;

const byWord = new Map(
  knownInstruments.flatMap((name) => [name, instruments[name]].map((word) => [fold(word), name] as const)),
);
/** A word of the index as the reader knows it: an instrument's name in their language, where it is one. */
export function wordFor(language: Language, word: string): string {
  const name = byWord.get(word);
  return name === undefined ? word : language === "de" ? instruments[name] : name.toLowerCase();
}

type Options = readonly (readonly [value: string, label: string])[];
const options = new Map<string, Options>();

/** A list in the reader's order, sorted once for each language. */
function sorted(
  language: Language,
  name: string,
  values: readonly string[],
  label: (value: string) => string,
): Options {
  const known = options.get(name + language);
  if (known !== undefined) return known;
  const order = alphabetical(language);
  const made = values.map((value) => [value, label(value)] as const).sort((a, b) => order(a[1], b[1]));
  options.set(name + language, made);
  return made;
}
export const languageOptions = (language: Language) =>
  sorted(language, "languages", languageCodes, (code) => languageName(language, code));
export const instrumentOptions = (language: Language) =>
  sorted(language, "instruments", knownInstruments, (name) => instrumentName(language, name));

/** What an hour costs, set like an instrument: the number, its currency, and per what. */
export function RateTag({ page, rate }: { page: Page; rate: PublicProfile["rate"] }) {
  if (rate === null) return null;
  return (
    <span class="rate instrument">
      {money(page.language, rate.amountMinor, rate.currency, currencies[rate.currency])}
      <span class="soft">{hubText[page.language].per}</span>
    </span>
  );
}

/** Free, later, not: a filled, a half and a hollow ring, and the words for it. */
export function AvailabilityTag({ page, availability }: { page: Page; availability: PublicProfile["availability"] }) {
  if (availability === null) return null;
  return <span class={`free ${availability}`}>{hubText[page.language].availabilities[availability]}</span>;
}

/** What somebody plays, as clips in their colour. */
export function Clips({ page, instruments: names }: { page: Page; instruments: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <ul class="clips">
      {names.map((name) => (
        <li dir="auto" itemprop="knowsAbout">
          {instrumentName(page.language, name)}
        </li>
      ))}
    </ul>
  );
}

export const languageNames = (page: Page, codes: readonly string[]) =>
  codes.map((code) => languageName(page.language, code)).join(", ");

/** What the last form did, or why it could not; said once at the head of the page. */
export function Notice({ good, bad }: { good?: string | undefined; bad?: string | undefined }) {
  if (bad !== undefined)
    return (
      <p class="notice" role="alert">
        {bad}
      </p>
    );
  if (good === undefined) return null;
  return (
    <p class="notice good" role="status">
      {good}
    </p>
  );
}
