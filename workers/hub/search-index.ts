import type { Availability, HubQuery } from "../../protocol/hub.ts";
import { kinsOf, type Meaning } from "../../protocol/instrument-words.ts";
import { instruments as german, isKnownInstrument } from "../../protocol/instruments.ts";
import { fold, indexWords } from "../../protocol/search-text.ts";

/**
 * How the Hub finds a profile. `hub_search` is a full-text index whose row id is the profile's position, so that its matches come newest
 * first without being sorted or counted: a page costs its own rows, however many profiles match. What is searched by anything but words
 * (an instrument, a price range) is a word of its own in the column `tags`; "·" keeps it apart from what people write. The index's
 * tokenizer is told nothing of languages: words come to it from protocol/search-text.ts, the same way from a profile and from a search. What
 * an instrument is called besides is not in the index: a search's word that means one looks for its tag as well.
 */
export interface Indexed {
  displayName: string;
  daw: string | null;
  instruments: readonly string[];
  languages: readonly string[];
  bio: string | null;
  availability: Availability | null;
  rateMinor: number | null;
  rateCurrency: string | null;
}

/** Rates lie in a tree that divides by four: deep enough for the highest rate that may be asked. */
const RATE_LEVELS = 14;

const rateNode = (currency: string, level: number, place: number) =>
  `r·${currency.toLowerCase()}·${level}·${place.toString(36)}`;

/** Every node that a rate lies under, from its exact value to the root. */
export function nodesOf(amountMinor: number, currency: string): string[] {
  return Array.from({ length: RATE_LEVELS }, (_, level) =>
    rateNode(currency, level, Math.floor(amountMinor / 4 ** level)),
  );
}

/** The fewest nodes that hold a range and nothing outside it: at most six on each level. */
export function nodesWithin(minMinor: number, maxMinor: number, currency: string): string[] {
  const nodes: string[] = [];
  let [low, high, level] = [minMinor, maxMinor, 0];
  while (low <= high) {
    const top = level === RATE_LEVELS - 1;
    while (low <= high && (top || low % 4 !== 0)) nodes.push(rateNode(currency, level, low++));
    while (low <= high && high % 4 !== 3) nodes.push(rateNode(currency, level, high--));
    if (low > high) break;
    [low, high, level] = [low / 4, (high - 3) / 4, level + 1];
  }
  return nodes;
}

/** An instrument of the list is itself; one in a person's own words belongs to others as well. */
const withKin = (name: string) => (isKnownInstrument(name) ? [name] : [name, ...kinsOf(name)]);
const instrumentTag = (name: string) => `i·${fold(name)}`;

/** The columns of `hub_search` for a profile. */
export function columnsOf(profile: Indexed) {
  const { displayName, daw, instruments, languages, bio, availability, rateMinor, rateCurrency } = profile;
  const named = instruments.flatMap((name) => (isKnownInstrument(name) ? [name, german[name]] : [name]));
  const line = (texts: readonly string[]) => texts.flatMap(indexWords).join(" ");
  const tags = [
    ...new Set(instruments.flatMap(withKin).map(instrumentTag)),
    ...(daw === null ? [] : [`d·${fold(daw)}`]),
    ...languages.map((code) => `l·${code}`),
    ...(availability === null ? [] : [`a·${availability}`]),
    ...(rateMinor === null || rateCurrency === null ? [] : nodesOf(rateMinor, rateCurrency)),
    ...(rateCurrency === null ? [] : [`c·${rateCurrency.toLowerCase()}`]),
  ];
  return {
    name: line([displayName]),
    skills: line([...named, ...(daw === null ? [] : [daw])]),
    bio: line(bio === null ? [] : [bio]),
    tags: tags.join(" "),
  };
}

/** One thing that is looked for: a typed word, or several that mean one, and what else is accepted for it. */
export interface Sought {
  typed: string;
  /** The index's words for it; all of one form are one way to fit. */
  forms: readonly (readonly string[])[];
  meaning: Meaning | null;
  /** Where nobody uses it: the words of others that are one slip away. */
  instead: readonly string[];
}

const quoted = (word: string) => `"${word}"`;
const any = (parts: readonly string[]) => `(${parts.join(" OR ")})`;
const every = (parts: readonly string[]) => `(${parts.join(" AND ")})`;

/** How near a fit is: where its words may stand, and whether a beginning of one is enough. From the nearest to the farthest. */
const fits = [
  { columns: "{name}", isExact: true, beyond: [] },
  { columns: "{name skills}", isExact: true, beyond: [0] },
  { columns: "{name skills bio}", isExact: true, beyond: [1] },
  { columns: "{name}", isExact: false, beyond: [2] },
  { columns: "{name skills}", isExact: false, beyond: [2, 3] },
  { columns: "{name skills bio}", isExact: false, beyond: [2, 4] },
] as const;

/** A cursor of the Hub names one of its tiers. */
export const isTier = (text: string) => /^[0-5]?$/.test(text);

function accepted({ forms, meaning, instead }: Sought, { columns, isExact }: (typeof fits)[number]): string {
  // A word counts from its beginning, but a single letter would fit half the Hub.
  const one = (word: string) =>
    isExact || ([...word].length < 2 && /^[ -~]$/.test(word)) ? quoted(word) : `${quoted(word)}*`;
  const words = [...forms.map((form) => every(form.map(one))), ...instead.map(quoted)];
  const meant = columns === "{name}" ? [] : [...(meaning?.exact ?? []), ...(isExact ? [] : (meaning?.near ?? []))];
  const tags = meant.length === 0 ? [] : [`({tags} : ${any(meant.map((name) => quoted(instrumentTag(name))))})`];
  return any([`(${columns} : ${any(words)})`, ...tags]);
}

type Filters = Pick<HubQuery, "instrument" | "daw" | "language" | "availability" | "currency" | "rateMin" | "rateMax">;

function tagsOf({ instrument, daw, language, availability, currency, rateMin, rateMax }: Filters): string[] {
  const tags = [
    ...(instrument === undefined ? [] : [any(withKin(instrument).map(instrumentTag).map(quoted))]),
    ...(daw === undefined ? [] : [quoted(`d·${fold(daw)}`)]),
    ...(language === undefined ? [] : [quoted(`l·${language}`)]),
    ...(availability === undefined ? [] : [quoted(`a·${availability}`)]),
  ];
  if (currency === undefined) return tags;
  if (rateMin === undefined && rateMax === undefined) return [...tags, quoted(`c·${currency.toLowerCase()}`)];
  const nodes = nodesWithin(rateMin ?? 0, rateMax ?? 4 ** RATE_LEVELS - 1, currency);
  return [...tags, `(${nodes.map(quoted).join(" OR ")})`];
}

/**
 * The index's own question for each tier of a search, nearest first; no tier holds what an earlier one does. `[null]`: everybody who is
 * published. Empty: nobody can match.
 */
export function matchesOf(filters: Filters, words: readonly Sought[]): (string | null)[] {
  const { rateMin = 0, rateMax = Number.POSITIVE_INFINITY } = filters;
  if (filters.currency !== undefined && rateMin > rateMax) return [];
  const tags = tagsOf(filters);
  const narrowed = tags.length === 0 ? "" : `{tags} : (${tags.join(" AND ")})`;
  if (words.length === 0) return [narrowed === "" ? null : narrowed];
  const asked = fits.map((fit) => every(words.map((word) => accepted(word, fit))));
  return fits.map(({ beyond }, tier) => {
    const nearer = beyond.map((one) => asked[one] ?? "");
    const only = nearer.length === 0 ? (asked[tier] ?? "") : `(${asked[tier]} NOT ${any(nearer)})`;
    return narrowed === "" ? only : `(${narrowed}) AND ${only}`;
  });
}

/** One question for all tiers together: whether anybody fits at all. */
export function anyMatchOf(filters: Filters, words: readonly Sought[]): string {
  const tags = tagsOf(filters);
  const farthest = [fits[2], fits[5]].map((fit) => every(words.map((word) => accepted(word, fit))));
  return every([...(tags.length === 0 ? [] : [`({tags} : ${every(tags)})`]), any(farthest)]);
}
