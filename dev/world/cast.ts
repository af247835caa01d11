import type { z } from "zod";
import type { PutProfile } from "../../protocol/hub.ts";
import type { Tier } from "../../protocol/retention.ts";
import type { Role } from "../../protocol/roles.ts";
import type { PostBody } from "../../protocol/room.ts";
import { BAR_FRAMES, LOOP_FRAMES, type Part } from "./instruments.ts";

/** Who lives in the seeded world, and what they have made. All of it is invented. */

export interface Musician {
  key: string;
  displayName: string;
  tier: Tier;
  profile: z.input<typeof PutProfile>;
}

export const NEWCOMER = "robin";

export const musicians: readonly Musician[] = [
  {
    key: NEWCOMER,
    displayName: "Robin Hale",
    tier: "studio",
    profile: {
      instruments: ["Voice", "Keyboards"],
      daw: "Ardour",
      languages: ["en"],
      bio: "New here. Sings, and owns a piano.",
    },
  },
  {
    key: "mara",
    displayName: "Mara Lindqvist",
    tier: "studio",
    profile: {
      instruments: ["Drums", "Percussion"],
      daw: "Reaper",
      languages: ["sv", "en", "de"],
      bio: "Drums in a garage in Malmö, on a line that is faster than the bus. Sticks, brushes, and a floor tom older than me.",
      rate: { amountMinor: 4_500, currency: "EUR" },
      availability: "open",
    },
  },
  {
    key: "tomas",
    displayName: "Tomás Vidal",
    tier: "pro",
    profile: {
      instruments: ["Bass guitar", "Electric guitar"],
      daw: "Bitwig Studio",
      languages: ["es", "en"],
      bio: "Bass first, guitar when nobody looks. Lisbon by day, Valencia by night train.",
      rate: { amountMinor: 4_000, currency: "EUR" },
      availability: "open",
    },
  },
  {
    key: "ines",
    displayName: "Ines Aydın",
    tier: "studio",
    profile: {
      instruments: ["Piano", "Synthesizer"],
      daw: "Ableton Live",
      languages: ["tr", "de", "en"],
      bio: "Electric piano, strings that are not strings, and the occasional note nobody asked for.",
      availability: "later",
    },
  },
  {
    key: "joachim",
    displayName: "Joachim Brandt",
    tier: "free",
    profile: {
      instruments: ["Violin", "Viola"],
      languages: ["de"],
      bio: "Orchestra in the daytime, everything else after ten.",
      rate: { amountMinor: 6_000, currency: "EUR" },
      availability: "open",
    },
  },
  {
    key: "naledi",
    displayName: "Naledi Mokoena",
    tier: "pro",
    profile: {
      instruments: ["Voice", "Acoustic guitar"],
      daw: "Logic Pro",
      languages: ["en", "fr"],
      bio: "Harmonies to order. Sends three takes, and you keep the second.",
      availability: "open",
    },
  },
  {
    key: "piotr",
    displayName: "Piotr Zieliński",
    tier: "free",
    profile: {
      instruments: ["Trumpet", "Flugelhorn"],
      daw: "Cubase",
      languages: ["pl", "en"],
      bio: "Horn lines written while you wait.",
      availability: "open",
    },
  },
  {
    key: "sunniva",
    displayName: "Sunniva Dahl",
    tier: "free",
    profile: { instruments: ["Cello"], languages: ["no", "en"], bio: "Cello, low and slow.", availability: "closed" },
  },
];

/** What waits unread for whoever is new, and one conversation that has an answer. */
export const messages: readonly { from: string; to: string; text: string }[] = [
  { from: "mara", to: NEWCOMER, text: "Welcome. We play on Tuesdays after nine, and there is room for a voice." },
  { from: "naledi", to: NEWCOMER, text: "You sing? Then we need to talk about thirds." },
  { from: "joachim", to: "mara", text: "Would you put brushes under a waltz? I have eight violins and no floor." },
  { from: "mara", to: "joachim", text: "Gladly. Send it at 92, I will be slow on purpose." },
];

export interface SeededStem {
  by: string;
  part: Part;
  name: string;
  /** Which roll of the transport it was recorded in. */
  roll: number;
  fromBar: number;
  bars: number;
}

export interface SeededSession {
  key: string;
  name: string;
  host: string;
  members: readonly { who: string; role: Exclude<Role, "host"> }[];
  stems: readonly SeededStem[];
  posts: readonly { who: string; body: PostBody }[];
}

const say = (who: string, text: string) => ({ who, body: { kind: "chat", text } as const });
const marker = (who: string, markerId: string, bar: number, name: string) => ({
  who,
  body: {
    kind: "transport",
    transport: { command: "marker", markerId, marker: { positionFrames: (bar - 1) * BAR_FRAMES, name } },
  } as const,
});
const tempo = (who: string) => ({
  who,
  body: { kind: "transport", transport: { command: "tempo", bpm: 96 } } as const,
});

export const LIVE = "live";
/** Who plays in the live session, and on what. The first of them starts the transport. */
export const band: readonly { who: string; parts: readonly { part: Part; pan: number }[] }[] = [
  { who: "mara", parts: [{ part: "drums", pan: 0 }] },
  {
    who: "tomas",
    parts: [
      { part: "bass", pan: 0 },
      { part: "guitar", pan: 0.35 },
    ],
  },
];

export const sessions: readonly SeededSession[] = [
  {
    key: LIVE,
    name: "Friday night, four cities",
    host: NEWCOMER,
    members: [
      { who: "mara", role: "participant" },
      { who: "tomas", role: "participant" },
      { who: "ines", role: "participant" },
      { who: "naledi", role: "observer" },
    ],
    stems: [
      { by: "mara", part: "drums", name: "Drums", roll: 1, fromBar: 1, bars: 8 },
      { by: "tomas", part: "bass", name: "Bass", roll: 1, fromBar: 1, bars: 8 },
      { by: "tomas", part: "guitar", name: "Guitar", roll: 2, fromBar: 3, bars: 12 },
      { by: "mara", part: "drums", name: "Drums", roll: 2, fromBar: 9, bars: 8 },
      { by: "ines", part: "keys", name: "Electric piano", roll: 3, fromBar: 5, bars: 10 },
    ],
    posts: [
      tempo("mara"),
      marker("mara", "0b8c1c0e-52f4-4c57-8d10-6f2f7b0f1a01", 1, "Verse"),
      marker("mara", "0b8c1c0e-52f4-4c57-8d10-6f2f7b0f1a02", 9, "Chorus"),
      say("tomas", "Line is good tonight: 11 ms to Malmö."),
      say("mara", "Take two of the chorus is the one. I rushed the first."),
      say("ines", "Piano is in from bar 5. Back after nine."),
      say("naledi", "Listening only tonight. The kick sounds huge."),
      {
        who: "mara",
        body: {
          kind: "note",
          noteId: "6c1d0b63-6d6a-4d55-8f0b-1b7f3f4b9c01",
          text: "D   A   Bm   G\nChorus: hold the G for two.",
        },
      },
      {
        who: "tomas",
        body: {
          kind: "note",
          noteId: "6c1d0b63-6d6a-4d55-8f0b-1b7f3f4b9c02",
          text: "To do: guitar double in bars 9 to 16.",
        },
      },
    ],
  },
  {
    key: "blue-hour",
    name: "Blue hour, second try",
    host: "ines",
    members: [
      { who: NEWCOMER, role: "participant" },
      { who: "naledi", role: "participant" },
    ],
    stems: [
      { by: "ines", part: "keys", name: "Piano", roll: 1, fromBar: 3, bars: 8 },
      { by: "naledi", part: "guitar", name: "Acoustic guitar", roll: 1, fromBar: 3, bars: 8 },
    ],
    posts: [tempo("ines"), say("naledi", "The second half wants a voice. Robin?")],
  },
  { key: "attic", name: "Attic demo", host: NEWCOMER, members: [], stems: [], posts: [] },
];

/** What the live session's transport goes round. */
export const LOOP = { startFrames: 0, endFrames: LOOP_FRAMES } as const;
