import { type Currency, currencyCodes } from "../../protocol/currencies.ts";
import { availabilities, daws, languageCodes } from "../../protocol/hub.ts";
import { instruments, knownInstruments } from "../../protocol/instruments.ts";
import { spellingPairs } from "../hub/edit-distance.ts";
import { columnsOf } from "../hub/search-index.ts";

const first =
  "Nora Tomasz Amara Luca Aoi Yael Jonas Priya Mateo Fatima Hannah Olu Sigrún Karim Ben Ida Noor Émile Zoë Björn Chiara Dao Elif Femi".split(
    " ",
  );
const last =
  "Lindqvist Zieliński Okafor Ferrante Yamamoto Ben-Ami Weber Raman Rojas Rezai Müller Adeyemi Jónsdóttir Haddad Achterberg Novák Silva O’Brien Dubois Kaya Nguyen Petrov Costa Andersen".split(
    " ",
  );
const words =
  "record dry stems evening tuned room mics brushes odd metres gospel chops click film folk soul harmonies arrangement analogue prepared strings quarter tones classical reading answer weather field composer mastering spring reverb baritone chorus session".split(
    " ",
  );
const rare = ["theremin", "hurdygurdy", "glockenspiel", "nyckelharpa"];

/** Park and Miller's minimal standard: the same crowd from the same seed. */
function chanceFrom(seed: number) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** People `from` to `to`. A few things are common, most are rare, as they are. */
export function crowd(from: number, to: number) {
  return Array.from({ length: to - from }, (_, at) => {
    const number = from + at + 1;
    const chance = chanceFrom(number * 7_919 + 1);
    chance();
    // Squared, so that the beginning of a list is common and its end rare.
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() ** 2 * items.length)] as Item;
    const several = <Item>(items: readonly Item[], max: number) => [
      ...new Set(Array.from({ length: 1 + Math.floor(chance() * max) }, () => pick(items))),
    ];
    const bio = Array.from({ length: 24 }, () => pick(words)).join(" ");
    return {
      number,
      displayName: `${pick(first)} ${pick(last)}`,
      daw: pick(daws),
      instruments: several(knownInstruments, 3),
      languages: several(languageCodes, 3),
      bio: number % 5_000 === 0 ? `${bio} ${rare[(number / 5_000) % rare.length]}` : bio,
      availability: pick(availabilities),
      rateMinor: 100 * Math.round(20 + 180 * chance() ** 2),
      rateCurrency: pick<Currency>(currencyCodes),
    };
  });
}

const idOf = (kind: string, number: number) => `${kind}_${String(number).padStart(26, "0")}`;
/** The profile of a number. */
export const profileOf = (number: number) => idOf("pro", number);

/** A thing of somebody's under their key. */
export type Seal = (keyId: string, kind: "name" | "profile", text: string) => Promise<string>;

/**
 * Their published profiles, with accounts, index and spellings, in one statement a table. `keys`: so many keys there are for all of them,
 * each person next to another with another key.
 */
export async function crowdStatements(
  from: number,
  to: number,
  seal: Seal,
  keys: number,
): Promise<{ sql: string; json: string }[]> {
  const people = await Promise.all(
    crowd(from, to).map(async ({ number, displayName, ...said }) => {
      const keyId = `crowd_${number % keys}`;
      const [name, text] = [await seal(keyId, "name", displayName), await seal(keyId, "profile", JSON.stringify(said))];
      return { number, displayName, ...said, name, text };
    }),
  );
  const json = JSON.stringify(
    people.map((person) => ({
      number: person.number,
      name: person.name,
      text: person.text,
      ...Object.fromEntries(Object.entries(columnsOf(person)).map(([name, value]) => [`index_${name}`, value])),
    })),
  );
  const used = new Set(
    people.flatMap((person) => Object.values({ ...columnsOf(person), tags: "" }).flatMap((text) => text.split(" "))),
  );
  const id = (kind: string) => `'${kind}_' || substr('00000000000000000000000000' || (value ->> 'number'), -26)`;
  return [
    {
      // Nobody writes to them: their addresses open for nobody.
      sql: `INSERT INTO accounts (id, email, email_index, display_name, tier, created_at_ms)
         SELECT ${id("acc")}, ${id("acc")} || ':AAAA', value ->> 'number', value ->> 'name', 'free', 0 FROM json_each(?)`,
      json,
    },
    {
      sql: `INSERT INTO profiles (id, account_id, words, published_at_ms, hub_position, updated_at_ms)
         SELECT ${id("pro")}, ${id("acc")}, value ->> 'text', 0, value ->> 'number', 0 FROM json_each(?)`,
      json,
    },
    {
      sql: `INSERT INTO hub_search (rowid, name, skills, bio, tags)
         SELECT value ->> 'number', value ->> 'index_name', value ->> 'index_skills', value ->> 'index_bio', value ->> 'index_tags'
         FROM json_each(?)`,
      json,
    },
    {
      sql: "INSERT INTO hub_spellings (spelling, word) SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE 1 ON CONFLICT DO NOTHING",
      json: spellingPairs(used),
    },
  ];
}

/** Every kind of search there is, and mixtures that meet in much, in little, and in nothing. */
export const searches: Record<string, string> = {
  everybody: "",
  "a common word": "q=dry",
  "a common word's beginning": "q=sess",
  "two letters": "q=gu",
  "a name": "q=nora lindqvist",
  "a rare word": "q=theremin",
  "a slip": "q=theremni",
  "three slips": "q=sesion arangement stringz",
  "six words": "q=dry room mics odd click film",
  "an instrument": `instrument=${knownInstruments[0]}`,
  "an instrument in German": `q=${instruments.Violin}`,
  "a rare instrument": `instrument=${knownInstruments.at(-1)}`,
  "a DAW": `daw=${daws[0]}`,
  "a language": `language=${languageCodes[0]}`,
  availability: "availability=open",
  "a currency": "currency=EUR",
  "a rate range": "currency=EUR&rateMin=2333&rateMax=7777",
  "a narrow range": "currency=EUR&rateMin=12300&rateMax=12300",
  "an empty range": "currency=ZAR&rateMin=1&rateMax=3",
  "instrument and DAW": `instrument=${knownInstruments[1]}&daw=${daws[2]}`,
  "two that hardly meet": `instrument=${knownInstruments.at(-1)}&daw=${daws.at(-1)}&language=${languageCodes.at(-1)}`,
  "everything at once": `q=dry roo&instrument=${knownInstruments[0]}&daw=${daws[0]}&language=${languageCodes[0]}&availability=open&currency=EUR&rateMin=2000&rateMax=9000`,
  "a word nobody says": "q=zzzzqqqq",
};
