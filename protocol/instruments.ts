/**
 * What people play and do, by the names that the form offers: English is what is stored, German is shown beside it and found as well.
 * Anything else may be written in one's own words.
 */
export const instruments = {
  Accordion: "Akkordeon",
  "Acoustic guitar": "Akustikgitarre",
  Arranging: "Arrangement",
  Banjo: "Banjo",
  Bass: "Bass",
  Bassoon: "Fagott",
  Cello: "Cello",
  Clarinet: "Klarinette",
  "Double bass": "Kontrabass",
  Drums: "Schlagzeug",
  "Electric guitar": "E-Gitarre",
  Flute: "Flöte",
  "French horn": "Horn",
  Harmonica: "Mundharmonika",
  Harp: "Harfe",
  Keyboards: "Keyboards",
  "Lap steel": "Lap-Steel",
  Mandolin: "Mandoline",
  Mastering: "Mastering",
  Mixing: "Mischen",
  Oboe: "Oboe",
  Organ: "Orgel",
  Oud: "Oud",
  "Pedal steel": "Pedal-Steel",
  Percussion: "Percussion",
  Piano: "Klavier",
  Production: "Produktion",
  Rap: "Rap",
  Saxophone: "Saxofon",
  Sitar: "Sitar",
  Songwriting: "Songwriting",
  Synthesizer: "Synthesizer",
  Trombone: "Posaune",
  Trumpet: "Trompete",
  Tuba: "Tuba",
  Turntables: "Plattenspieler",
  Ukulele: "Ukulele",
  Vibraphone: "Vibrafon",
  Viola: "Bratsche",
  Violin: "Geige",
  Voice: "Gesang",
} as const;
export type KnownInstrument = keyof typeof instruments;
export const knownInstruments = Object.keys(instruments) as KnownInstrument[];

export const isKnownInstrument = (name: string): name is KnownInstrument => Object.hasOwn(instruments, name);
