import * as z from "zod";
import { Accent } from "./accents.ts";
import { currencyCodes } from "./currencies.ts";
import { BlockId, ConversationId, ProfileId, SessionId } from "./ids.ts";
import { instruments, knownInstruments } from "./instruments.ts";
import {
  BIO_MAX_GRAPHEMES,
  DAW_MAX_GRAPHEMES,
  HUB_PAGE_SIZE_DEFAULT,
  HUB_PAGE_SIZE_MAX,
  INSTRUMENT_MAX_GRAPHEMES,
  INSTRUMENTS_MAX,
  LANGUAGES_MAX,
  MESSAGE_MAX_GRAPHEMES,
  RATE_MAX_MINOR,
  REPORT_MAX_GRAPHEMES,
  SEARCH_MAX_CHARS,
} from "./limits.ts";
import { Role } from "./roles.ts";
import { fold } from "./search-text.ts";
import { graphemeCount } from "./sessions.ts";

/** Characters that no text of a person's may hold: controls, halves of a character, and what turns the direction of what follows. */
const unseen = /(?![\n\t])[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Several lines in a person's own words: normalised (NFC), never shorter than a character, at most `maxGraphemes` of them. */
const prose = (maxGraphemes: number) =>
  z
    .string()
    .max(maxGraphemes * 16, "This text is too long.")
    .transform((text) =>
      text
        .normalize("NFC")
        .replaceAll(/\r\n?/g, "\n")
        .replaceAll(/\n{3,}/g, "\n\n")
        .trim(),
    )
    .refine((text) => !unseen.test(text), "This text holds control characters.")
    .refine((text) => text.length > 0, "This needs some words.")
    .refine((text) => graphemeCount(text) <= maxGraphemes, `This text has more than ${maxGraphemes} characters.`);

/** One line: a name of a thing. */
const label = (maxGraphemes: number) =>
  z
    .string()
    .max(maxGraphemes * 16, "This is too long.")
    .transform((text) => text.normalize("NFC").trim().replaceAll(/\s+/g, " "))
    .refine((text) => !unseen.test(text), "This holds control characters.")
    .refine((text) => /[\p{L}\p{N}]/u.test(text), "This needs a letter or a digit.")
    .refine((text) => graphemeCount(text) <= maxGraphemes, `This has more than ${maxGraphemes} characters.`);

export const Bio = prose(BIO_MAX_GRAPHEMES);
export const Daw = label(DAW_MAX_GRAPHEMES);
/** A name from the list, in either language, becomes the list's own; others stay as they were written. */
export const Instrument = label(INSTRUMENT_MAX_GRAPHEMES).transform(
  (name) =>
    knownInstruments.find((known) => fold(known) === fold(name) || fold(instruments[known]) === fold(name)) ?? name,
);

export const availabilities = ["open", "later", "closed"] as const;
export const Availability = z.enum(availabilities);
export type Availability = z.infer<typeof Availability>;

/** What the form offers; any other name may be written. */
export const daws = [
  "Ableton Live",
  "Ardour",
  "Bitwig Studio",
  "Cubase",
  "Digital Performer",
  "FL Studio",
  "GarageBand",
  "Logic Pro",
  "Nuendo",
  "Pro Tools",
  "Reaper",
  "Reason",
  "Studio One",
  "Tracktion Waveform",
] as const;

/** Languages on offer (BCP 47); their names come from `Intl.DisplayNames`. */
export const languageCodes = [
  ...["ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "ga", "he", "hi", "hr", "hu", "id"],
  ...["is", "it", "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "sw", "th", "tr"],
  ...["uk", "vi", "yo", "zh"],
] as const;
export const LanguageCode = z
  .string()
  .refine((code) => (languageCodes as readonly string[]).includes(code), "This language is not on the list.");

export const Currency = z.enum(currencyCodes, { error: "This currency is not on the list." });
export const Rate = z.object({
  amountMinor: z
    .int()
    .min(0, "A rate cannot be below zero.")
    .max(RATE_MAX_MINOR, "This is more than an hour can cost here."),
  currency: Currency,
});
export type Rate = z.infer<typeof Rate>;

const distinct = <Item>(schema: z.ZodType<Item, Item>, max: number, key: (item: Item) => string) =>
  z
    .array(schema)
    .transform((items) => [...new Map(items.map((item) => [key(item), item])).values()])
    .refine((items) => items.length <= max, `There is room for ${max}.`);

/** Promise A3: what a person may tell about themselves. Everything is optional; what is left out is cleared. */
export const PutProfile = z.object({
  daw: Daw.nullable().default(null),
  instruments: distinct(Instrument, INSTRUMENTS_MAX, fold).default([]),
  languages: distinct(LanguageCode, LANGUAGES_MAX, (code) => code).default([]),
  rate: Rate.nullable().default(null),
  bio: Bio.nullable().default(null),
  availability: Availability.nullable().default(null),
});
export type PutProfile = z.infer<typeof PutProfile>;

/** Promises A4, V2: all that anybody sees of a person on the Hub. Built by one function, from nothing but a published profile. */
export const PublicProfile = z.strictObject({
  profileId: ProfileId,
  displayName: z.string(),
  daw: z.string().nullable(),
  instruments: z.array(z.string()),
  languages: z.array(z.string()),
  rate: Rate.nullable(),
  bio: z.string().nullable(),
  availability: Availability.nullable(),
  hasSample: z.boolean(),
  /** The hue that stands for this person wherever they are seen. */
  accent: Accent,
});
export type PublicProfile = z.infer<typeof PublicProfile>;

/** The same for its owner, who also sees whether others do. */
export const OwnProfile = PublicProfile.extend({
  /** `null` until something is told. */
  profileId: ProfileId.nullable(),
  publishedAtMs: z.int().nullable(),
  sampleBytes: z.int().nullable(),
});
export type OwnProfile = z.infer<typeof OwnProfile>;

const amount = z.coerce.number().int().min(0).max(RATE_MAX_MINOR);

/** A search; every part narrows it. Rates are in minor units of `currency`, both ends included. */
export const HubQuery = z.object({
  q: z.string().max(SEARCH_MAX_CHARS).default(""),
  instrument: Instrument.optional(),
  daw: Daw.optional(),
  language: LanguageCode.optional(),
  availability: Availability.optional(),
  currency: Currency.optional(),
  rateMin: amount.optional(),
  rateMax: amount.optional(),
  limit: z.coerce.number().int().min(1).max(HUB_PAGE_SIZE_MAX).default(HUB_PAGE_SIZE_DEFAULT),
  cursor: z.string().max(200).optional(),
});
export type HubQuery = z.infer<typeof HubQuery>;

/**
 * `corrected`: words that nobody on the Hub uses, and what was looked for in their place. `dropped`: words that were left out because nobody
 * has them together with the others.
 */
export const HubPage = z.object({
  items: z.array(PublicProfile).max(HUB_PAGE_SIZE_MAX),
  nextCursor: z.string().nullable(),
  corrected: z.array(z.object({ typed: z.string(), sought: z.array(z.string()) })),
  dropped: z.array(z.string()),
});
export type HubPage = z.infer<typeof HubPage>;

export const Message = z.object({ text: prose(MESSAGE_MAX_GRAPHEMES) });
export const HubInvite = z.object({ sessionId: SessionId, role: Role.exclude(["host"]).default("participant") });

/** What is wrong with a person, and with a take. */
export const personReasons = ["underage", "abuse", "impersonation", "not-theirs", "spam", "other"] as const;
export const takeReasons = ["not-theirs", "not-agreed", "abuse", "spam", "other"] as const;
export const reportReasons = [...new Set([...personReasons, ...takeReasons])];
const details = prose(REPORT_MAX_GRAPHEMES).or(z.literal("")).default("");
export const CreateReport = z.object({ reason: z.enum(personReasons), details });
export const CreateTakeReport = z.object({ reason: z.enum(takeReasons), details });

/** The link in an invitation's mail: whoever got that mail answers or blocks its sender with it, and neither learns an address. */
const AnswerToken = z.string().min(40).max(400);
export const HubAnswer = Message.extend({ answer: AnswerToken });
/** Whom to block: by their profile, by a conversation with them, or by a mail that came from them. */
export const CreateBlock = z.union([
  z.strictObject({ profileId: ProfileId }),
  z.strictObject({ conversationId: ConversationId }),
  z.strictObject({ answer: AnswerToken }),
]);

/** What a person of ours sees of a report; behind the operator's key only. */
export const OpenReport = z.object({
  reportId: z.string(),
  reason: z.enum(reportReasons),
  details: z.string(),
  createdAtMs: z.int(),
  /** Whether it is about a take that is still there, and can be heard. */
  hasTake: z.boolean(),
});
/** All open reports about one account, as one line: a hundred about the same person are one thing to decide. */
export const ReportedAccount = z.object({
  accountId: z.string(),
  displayName: z.string(),
  profileId: z.string().nullable(),
  reports: z.int(),
  /** How many different accounts they came from; all that came without one count as one. */
  reporters: z.int(),
  oldestAtMs: z.int(),
  newestAtMs: z.int(),
  /** The first of them, those about age before all others. */
  shown: z.array(OpenReport),
});
export type ReportedAccount = z.infer<typeof ReportedAccount>;

/** Somebody who cannot write to the account that asks. */
export const Block = z.object({ blockId: BlockId, displayName: z.string(), createdAtMs: z.int() });
