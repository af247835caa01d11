import { type Availability, fold, type HubQuery, searchWords } from "../../protocol/hub.ts";
import { instruments as german, isKnownInstrument } from "../../protocol/instruments.ts";

/**
 * How the Hub finds a profile. `hub_search` is a full-text index whose row id is the profile's position, so that its matches come newest
 * first without being sorted or counted: a page costs its own rows, however many profiles match. What is searched by anything but words
 * (an instrument, a price range) is a word of its own in the column `tags`; "·" keeps it apart from what people write. The index's
 * tokenizer is told nothing of languages: words come to it folded by `searchWords`, the same way from a profile and from a search.
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

/** The columns of `hub_search` for a profile. */
export function columnsOf(profile: Indexed) {
  const { displayName, daw, instruments, languages, bio, availability, rateMinor, rateCurrency } = profile;
  const named = instruments.flatMap((name) => (isKnownInstrument(name) ? [name, german[name]] : [name]));
  const line = (texts: readonly string[]) => texts.flatMap(searchWords).join(" ");
  const tags = [
    ...instruments.map((instrument) => `i·${fold(instrument)}`),
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

/** One typed word, and what else is accepted for it where nobody uses it. */
export interface Sought {
  typed: string;
  instead: readonly string[];
}

const quoted = (word: string) => `"${word}"`;

/** A word counts from its beginning, but a single letter would fit half the Hub. */
const accepted = ({ typed, instead }: Sought) =>
  instead.length > 0
    ? `(${instead.map(quoted).join(" OR ")})`
    : [...typed].length < 2
      ? quoted(typed)
      : `${quoted(typed)}*`;

/** Where all words must stand, from the nearest fit to the farthest: in the name, there or among the skills, anywhere. */
const tiers = ["{name}", "{name skills}", "{name skills bio}"] as const;

type Filters = Pick<HubQuery, "instrument" | "daw" | "language" | "availability" | "currency" | "rateMin" | "rateMax">;

function tagsOf({ instrument, daw, language, availability, currency, rateMin, rateMax }: Filters): string[] {
  const tags = [
    ...(instrument === undefined ? [] : [`i·${fold(instrument)}`]),
    ...(daw === undefined ? [] : [`d·${fold(daw)}`]),
    ...(language === undefined ? [] : [`l·${language}`]),
    ...(availability === undefined ? [] : [`a·${availability}`]),
  ].map(quoted);
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
  const all = words.map(accepted).join(" AND ");
  const fits = tiers.map((columns) => `${columns} : (${all})`);
  return fits.map((fit, tier) => {
    const only = tier === 0 ? `(${fit})` : `((${fit}) NOT (${fits[tier - 1]}))`;
    return narrowed === "" ? only : `(${narrowed}) AND ${only}`;
  });
}
