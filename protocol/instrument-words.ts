import { instruments, type KnownInstrument, knownInstruments } from "./instruments.ts";
import { fold } from "./search-text.ts";

/**
 * Synonyms: by which words people look for whoever plays an instrument, in both languages: the instrument's other names, the person, and
 * the family it belongs to. A plural stands for its singular,
 * and a word's beginning finds it too.
 */
const strings = "strings, string section, string player, streicherinnen, streicher, streichinstrumente";
const brass = "brass, brass section, horn section, blechbläserinnen, blechbläser, blech, bläserinnen, bläsersatz";
const woodwind = "woodwinds, winds, reeds, holzbläserinnen, holzbläser, bläserinnen, bläsersatz";
const keys = "keys, keyboardists, keyboarder, keyboarderinnen, tasten, tasteninstrumente";
const guitar = "guitars, guitarists, guitar players, gitarren, gitarristinnen, gitarristen, lead guitar, rhythm guitar";
const engineer =
  "sound engineers, audio engineers, engineers, tontechnikerinnen, tonmeisterinnen, toningenieurinnen, tontechnik";

const words: Record<KnownInstrument, string> = {
  Accordion: `accordionists, squeezebox, accordion player, akkordeonistinnen, akkordeonisten, akkordeonspielerinnen, ziehharmonika, ${keys}`,
  "Acoustic guitar": `${guitar}, acoustic, classical guitar, nylon guitar, western guitar, folk guitar, fingerstyle, akustische gitarre, konzertgitarre, westerngitarre`,
  Arranging:
    "arrangers, arrangements, arranger, orchestration, orchestrators, arrangeurinnen, arrangeur, arrangeure, orchestrierung",
  Banjo: "banjoists, banjo player, banjospielerinnen, banjoistinnen",
  Bass: "bassists, bass player, bass guitar, electric bass, e bass, ebass, e bassist, e bassistin, bassistinnen, bassisten, bassgitarre, rhythm section",
  Bassoon: `bassoonists, bassoon player, fagottistinnen, fagottisten, ${woodwind}`,
  Cello: `cellists, cello player, violoncello, celli, cellistinnen, cellisten, ${strings}`,
  Clarinet: `clarinettists, clarinetists, clarinet player, klarinettistinnen, klarinettisten, klarinetten, ${woodwind}`,
  "Double bass": `double bassists, bassists, bass player, upright bass, contrabass, acoustic bass, kontrabassistinnen, bassistinnen, bassisten, bassgeige, ${strings}`,
  Drums:
    "drummers, drum kit, drumset, drum set, drum player, schlagzeugerinnen, schlagzeuger, trommeln, trommlerinnen, trommler, percussion section, rhythm section",
  "Electric guitar": `${guitar}, electric, e gitarre, egitarre, e gitarrist, e gitarristin, elektrische gitarre, stromgitarre`,
  Flute: `flautists, flutists, flute player, piccolo, querflöte, flötistinnen, flötisten, flöten, ${woodwind}`,
  "French horn": `horns, horn players, hornists, hornistinnen, hornisten, waldhorn, ${brass}`,
  Harmonica: "harmonica player, harpist, blues harp, mouth organ, mundharmonikaspielerinnen, bluesharp",
  Harp: "harpists, harp player, harfenistinnen, harfenisten, harfenspielerinnen, harfen, strings",
  Keyboards: `${keys}, keyboard players, rhodes, electric piano, clavinet, keyboardspielerinnen, e piano, epiano`,
  "Lap steel": "lap steel guitar, lap steel player, slide guitar, steel guitar, lapsteel, hawaiigitarre",
  Mandolin: "mandolinists, mandolin player, mandolinenspielerinnen, mandolinistinnen, mandolinen",
  Mastering: `mastering engineers, masters, masteringstudio, mastering studio, mastern, ${engineer}`,
  Mixing: `mixing engineers, mix engineers, mixers, mixdown, mixes, abmischen, abmischung, mischung, mischerinnen, mixen, ${engineer}`,
  Oboe: `oboists, oboe player, oboistinnen, oboisten, oboen, english horn, cor anglais, ${woodwind}`,
  Organ: `organists, organ player, hammond, hammond organ, church organ, organistinnen, organisten, orgeln, hammondorgel, kirchenorgel, ${keys}`,
  Oud: "oud player, oudists, oudspielerinnen, ud",
  "Pedal steel": "pedal steel guitar, pedal steel player, steel guitar, slide guitar, pedalsteel",
  Percussion:
    "percussionists, percussion player, congas, bongos, cajon, tambourine, shaker, timpani, perkussionistinnen, percussionistinnen, perkussion, schlagwerk, trommeln, rhythm section",
  Piano: `pianists, piano players, grand piano, pianistinnen, pianisten, klavierspielerinnen, flügel, klaviere, ${keys}`,
  Production:
    "producers, music producers, record producers, beatmakers, beats, beat maker, programming, produzentinnen, produzenten, musikproduktion, produzieren",
  Rap: "rappers, mcs, mc, emcees, hip hop vocals, rapperinnen, sprechgesang",
  Saxophone: `saxophonists, saxophones, sax, sax player, saxes, alto sax, tenor sax, baritone sax, saxofonistinnen, saxofonisten, saxophonistinnen, saxophonisten, saxofone, saxophon, horns, horn section, ${woodwind}`,
  Sitar: "sitarists, sitar player, sitarspielerinnen, sitaristinnen",
  Songwriting:
    "songwriters, lyricists, lyrics, composers, composition, toplining, topliners, liedermacherinnen, texterinnen, songtexte, komponistinnen, komponisten, komposition, liedtexte",
  Synthesizer: `synths, synthesists, synthesizers, synth player, modular, moog, synthesizerspielerinnen, synthies, ${keys}`,
  Trombone: `trombonists, trombone player, posaunistinnen, posaunisten, posaunen, horns, ${brass}`,
  Trumpet: `trumpeters, trumpet player, flugelhorn, cornet, trompeterinnen, trompeten, flügelhorn, horns, ${brass}`,
  Tuba: `tubists, tubaists, tuba player, sousaphone, tubistinnen, tubisten, sousafon, ${brass}`,
  Turntables: "djs, dj, deejays, turntablists, turntablism, scratching, scratches, decks, plattenspielerinnen, djane",
  Ukulele: "ukulelists, uke, ukulele player, ukulelenspielerinnen, ukulelen",
  Vibraphone:
    "vibraphonists, vibes, vibist, mallets, marimba, xylophone, vibrafonistinnen, vibraphonistinnen, vibraphon, stabspiele",
  Viola: `violists, viola player, bratschistinnen, bratschisten, bratschen, ${strings}`,
  Violin: `violinists, fiddlers, fiddle, violin player, violins, geigerinnen, geiger, geigen, violinistinnen, violinisten, violine, ${strings}`,
  Voice:
    "vocalists, vocals, singers, singing, vocal, backing vocals, backing singers, lead vocals, choir, voices, sängerinnen, sänger, saenger, saengerinnen, vokalistinnen, stimmen, singen, chor, backgroundgesang, vox",
};

/** What stands beside an instrument's name and means the person: of no use alone. */
const people = new Set(
  [
    "player",
    "players",
    "musician",
    "musicians",
    "session",
    "spieler",
    "spielerin",
    "spielerinnen",
    "musiker",
    "musikerin",
  ].concat(["musikerinnen", "studio"]),
);
/** What joins words and says nothing itself. */
const joining = new Set(
  [
    "a",
    "an",
    "the",
    "and",
    "or",
    "of",
    "for",
    "to",
    "with",
    "in",
    "und",
    "oder",
    "mit",
    "fur",
    "fuer",
    "der",
    "die",
  ].concat(["das", "ein", "eine", "einen", "im"]),
);

const known = new Map<string, Set<KnownInstrument>>();
/** Of a plural, also the singular; of "Gitarristinnen" also "Gitarristin" and "Gitarrist". */
const singulars = (phrase: string) =>
  /[^s]s$/.test(phrase)
    ? [phrase, phrase.slice(0, -1)]
    : phrase.endsWith("innen")
      ? [phrase, phrase.slice(0, -3), phrase.slice(0, -5)]
      : [phrase];
for (const instrument of knownInstruments)
  for (const phrase of [instrument, instruments[instrument], ...words[instrument].split(", ")])
    for (const key of singulars(fold(phrase))) known.set(key, (known.get(key) ?? new Set()).add(instrument));
const PHRASE_MAX_WORDS = 3;
const SHORTEST_BEGINNING = 3;
const SHORTEST_ENDING = 6;

/** What a search's word means: `exact` by a word that is known, `near` by the beginning or the end of one. */
export interface Meaning {
  exact: readonly KnownInstrument[];
  near: readonly KnownInstrument[];
}

/** "drumm" begins a word that is known; "Jazzgitarristin" ends with one. */
function nearTo(word: string): KnownInstrument[] {
  const near = new Set<KnownInstrument>();
  const length = [...word].length;
  for (const [phrase, meant] of known) {
    if (phrase.includes("·")) continue;
    const begins = length >= SHORTEST_BEGINNING && phrase.startsWith(word);
    const ends = phrase.length >= SHORTEST_ENDING && word.endsWith(phrase);
    if (begins || ends) for (const instrument of meant) near.add(instrument);
  }
  return [...near];
}

/** What one word, or several that belong together, mean. `null`: no instrument at all. */
export function meaningOf(phrase: readonly string[]): Meaning | null {
  const exact = [...(known.get(phrase.join("·")) ?? [])];
  const near = phrase.length === 1 ? nearTo(phrase[0] ?? "") : [];
  return exact.length === 0 && near.length === 0 ? null : { exact, near: near.filter((one) => !exact.includes(one)) };
}

/** Cuts the words of a search where one thing ends: "bass player" is one. Who merely plays, and what merely joins, is left out. */
export function phrasesOf(typed: readonly string[]): { words: readonly string[]; meaning: Meaning | null }[] {
  const phrases: { words: readonly string[]; meaning: Meaning | null }[] = [];
  for (let at = 0; at < typed.length; ) {
    const lengths = Array.from({ length: PHRASE_MAX_WORDS }, (_, less) => PHRASE_MAX_WORDS - less);
    const length = lengths.find((one) => one === 1 || known.has(typed.slice(at, at + one).join("·"))) ?? 1;
    const words = typed.slice(at, at + length);
    phrases.push({ words, meaning: meaningOf(words) });
    at += length;
  }
  const isIdle = ({ words: [word = "", ...more] }: { words: readonly string[] }) =>
    more.length === 0 && (joining.has(word) || (people.has(word) && phrases.some(({ meaning }) => meaning !== null)));
  const kept = phrases.filter((phrase) => !isIdle(phrase));
  return kept.length === 0 ? phrases : kept;
}

/** Which of the list an instrument in a person's own words belongs to: "Tenor saxophone" is a saxophone, "Slide guitar" a steel guitar. */
export function kinsOf(name: string): readonly KnownInstrument[] {
  const folded = fold(name).split("·");
  return (
    meaningOf(folded)?.exact ?? (known.has(folded.at(-1) ?? "") ? [...(known.get(folded.at(-1) ?? "") ?? [])] : [])
  );
}
