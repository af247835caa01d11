import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { HubQuery } from "../../protocol/hub.ts";
import { knownInstruments } from "../../protocol/instruments.ts";
import { firstPage } from "../http/paging.ts";
import { systemDeps } from "../platform/deps.ts";
import { person } from "../testing/person.ts";
import { searchHub } from "./search.ts";

/** For each instrument: who plays it, how people call it besides, what family it belongs to; in both languages. */
const table: Record<(typeof knownInstruments)[number], readonly string[]> = {
  Accordion: ["accordionist", "squeezebox", "Akkordeonistin", "Akkordeonist", "keys"],
  "Acoustic guitar": [
    "guitar",
    "guitarist",
    "acoustic guitarist",
    "classical guitar",
    "Gitarre",
    "Gitarristin",
    "Akustikgitarre",
  ],
  Arranging: ["arranger", "orchestrator", "Arrangeur", "Arrangeurin"],
  Banjo: ["banjo player", "banjoist", "Banjospieler", "Banjospielerin"],
  Bass: ["bassist", "bassists", "bass player", "bass guitar", "e-bass", "E-Bassistin", "Bassistin", "Bassisten"],
  Bassoon: ["bassoonist", "Fagott", "Fagottist", "Fagottistin", "woodwind", "Holzbläser"],
  Cello: ["cellist", "cello player", "violoncello", "Cellistin", "Cellisten", "strings", "Streicher"],
  Clarinet: ["clarinettist", "clarinetist", "Klarinettist", "Klarinettistin", "woodwinds", "Bläser"],
  "Double bass": [
    "double bassist",
    "upright bass",
    "bass player",
    "bassist",
    "Kontrabassistin",
    "Kontrabass",
    "strings",
  ],
  Drums: ["drummer", "drummers", "drum kit", "Schlagzeuger", "Schlagzeugerin", "drum"],
  "Electric guitar": [
    "guitar",
    "guitarist",
    "guitar player",
    "lead guitar",
    "E-Gitarrist",
    "Gitarristen",
    "Gitarristin",
  ],
  Flute: ["flautist", "flutist", "flute player", "Querflöte", "Flötistin", "woodwind", "Holzbläserin"],
  "French horn": ["horn", "hornist", "horn player", "Waldhorn", "Hornistin", "brass", "Blechbläser"],
  Harmonica: ["harmonica player", "blues harp", "Mundharmonika", "Mundharmonikaspieler"],
  Harp: ["harpist", "harp player", "Harfenist", "Harfenistin", "strings"],
  Keyboards: ["keys", "keyboardist", "keyboard player", "Keyboarder", "Keyboarderin", "Tasten", "Rhodes"],
  "Lap steel": ["lap steel player", "slide guitar", "steel guitar", "Lap-Steel"],
  Mandolin: ["mandolinist", "mandolin player", "Mandoline", "Mandolinistin"],
  Mastering: ["mastering engineer", "engineer", "Toningenieur", "Tontechniker"],
  Mixing: ["mixing engineer", "mix engineer", "mixer", "engineer", "Abmischen", "Mischen", "Tonmeisterin"],
  Oboe: ["oboist", "Oboistin", "woodwind", "Holzbläser"],
  Organ: ["organist", "Hammond", "Orgel", "Organistin", "keys"],
  Oud: ["oud player", "Oudspieler"],
  "Pedal steel": ["pedal steel player", "steel guitar", "Pedal-Steel"],
  Percussion: ["percussionist", "congas", "cajón", "Perkussionist", "Percussionistin", "Perkussion"],
  Piano: ["pianist", "piano player", "Klavier", "Pianistin", "Flügel", "keys", "Tasten"],
  Production: ["producer", "music producer", "beatmaker", "Produzent", "Produzentin", "Musikproduktion"],
  Rap: ["rapper", "MC", "Rapperin", "Sprechgesang"],
  Saxophone: ["sax", "saxophonist", "sax player", "tenor sax", "Saxofonist", "Saxophonistin", "Saxophon", "horns"],
  Sitar: ["sitar player", "sitarist", "Sitarspieler"],
  Songwriting: ["songwriter", "lyricist", "composer", "Texterin", "Komponist", "Liedermacher"],
  Synthesizer: ["synth", "synths", "synth player", "modular", "keys"],
  Trombone: ["trombonist", "trombone player", "Posaunist", "Posaunistin", "brass", "horns"],
  Trumpet: ["trumpeter", "trumpet player", "flugelhorn", "Trompeter", "Trompeterin", "brass", "Bläser"],
  Tuba: ["tubist", "sousaphone", "Tubistin", "brass", "Blechbläser"],
  Turntables: ["DJ", "DJs", "turntablist", "Plattenspieler", "scratching"],
  Ukulele: ["uke", "ukulele player", "Ukulelenspieler"],
  Vibraphone: ["vibes", "vibraphonist", "Vibraphon", "Vibrafonistin", "mallets"],
  Viola: ["violist", "viola player", "Bratschist", "Bratschistin", "strings", "Streicherin"],
  Violin: [
    "violinist",
    "fiddler",
    "fiddle",
    "violin player",
    "Geiger",
    "Geigerin",
    "Violinistin",
    "strings",
    "Streicher",
  ],
  Voice: [
    "singer",
    "singers",
    "vocalist",
    "vocals",
    "backing vocals",
    "Sänger",
    "Saengerin",
    "Sängerinnen",
    "Stimme",
    "Gesang",
  ],
};

const LIMIT = 50;

beforeAll(async () => {
  for (const instrument of knownInstruments)
    await (await person(`Somebody ${knownInstruments.indexOf(instrument)}`)).publish({ instruments: [instrument] });
});

describe("A4: the Hub finds who plays it, by any of its words", () => {
  test.each(knownInstruments)("%s", async (instrument) => {
    for (const q of table[instrument]) {
      const { page, rowsRead } = await searchHub(env, systemDeps, HubQuery.parse({ q, limit: LIMIT }), firstPage);
      const found = page.items.flatMap((one) => one.instruments);
      expect(found, q).toContain(instrument);
      expect([page.dropped, page.corrected], q).toEqual([[], []]);
      expect(rowsRead, q).toBeLessThanOrEqual(20 * LIMIT);
    }
  });
});
