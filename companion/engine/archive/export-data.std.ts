import * as z from "zod";
import { Availability, Currency } from "../../../protocol/hub.ts";
import { ClockPoint, RecordingName, Sha256Hex, StemFormat } from "../../../protocol/recordings.ts";
import { TransportState } from "../../../protocol/room.ts";

/** What an export's archive holds that can be brought to another instance: the person's own things. The rest stands in it to be read. */
const text = z.string().transform((json, context) => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    context.addIssue({ code: "custom", message: "This is no JSON." });
    return z.NEVER;
  }
});

const ProfileWords = z.object({
  daw: z.string().nullable(),
  instruments: z.array(z.string()),
  languages: z.array(z.string()),
  bio: z.string().nullable(),
  rateMinor: z.int().nullable(),
  rateCurrency: Currency.nullable(),
  availability: Availability.nullable(),
});
const nothing = { daw: null, instruments: [], languages: [], bio: null, rateMinor: null, rateCurrency: null };
const ProfileRow = z.object({
  /** One text of JSON; empty where nothing was ever told. */
  words: z.union([z.literal("").transform(() => ({ ...nothing, availability: null })), text.pipe(ProfileWords)]),
});

const Place = z.object({
  clock: z.array(ClockPoint),
  transportAtStart: TransportState,
  transportAtEnd: TransportState,
});

const RecordingRow = z.object({
  id: z.string(),
  sessionId: z.string(),
  takeId: z.uuid(),
  name: RecordingName,
  state: z.string(),
  ...StemFormat.shape,
  timelineFrames: z.int(),
  startedAtMs: z.number(),
  bpm: z.number(),
  sizeBytes: z.int().nullable(),
  frames: z.int().nullable(),
  sha256: Sha256Hex.nullable(),
  place: text.pipe(Place).nullable(),
});
export type RecordingRow = z.infer<typeof RecordingRow>;

const Event = z.looseObject({
  seq: z.int(),
  eventId: z.string(),
  from: z.string().nullish(),
  body: z.looseObject({ kind: z.string() }),
});
const NoteBody = z.object({
  kind: z.literal("note"),
  noteId: z.uuid(),
  text: z.string(),
  about: z.object({ takeId: z.uuid(), positionFrames: z.int() }).optional(),
});
export type NoteBody = z.infer<typeof NoteBody>;
const ChatBody = z.object({ kind: z.literal("chat"), text: z.string().min(1) });
/** What the person said, by the id that it had. */
export interface ChatLine {
  eventId: string;
  body: z.infer<typeof ChatBody>;
}

export const FORMAT = "sessionlinked-export/2";

const ExportData = z.object({
  format: z.literal(FORMAT),
  tables: z.object({
    profiles: z.array(ProfileRow),
    sessions: z.array(z.object({ id: z.string(), name: z.string() })),
    recordings: z.array(RecordingRow),
  }),
  rooms: z.array(z.object({ memberId: z.string(), sessionId: z.string(), events: z.array(Event) })),
});
export type ExportData = z.infer<typeof ExportData>;

/**
 * Reads `data.json`, which has to be what the archive's own JSON Schema says it is, and of a format that is known here. Throws an error for the
 * person.
 */
export function readExport(data: string, schema: string): ExportData {
  let [value, shape]: unknown[] = [];
  try {
    [value, shape] = [JSON.parse(data), JSON.parse(schema)];
  } catch {
    throw new Error("The archive's data could not be read.");
  }
  const declared = z.looseObject({ type: z.literal("object") }).safeParse(shape);
  if (!declared.success || !z.fromJSONSchema(declared.data).safeParse(value).success)
    throw new Error("The archive's data is not what its own schema says: it was changed, or is not whole.");
  const parsed = ExportData.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`This program cannot read the archive: ${z.prettifyError(parsed.error).split("\n")[0]}`);
}

/** Lines of the rooms that are the person's own and read as one kind, by session, in the order in which the room logged them. */
function ownLines<Body>({ rooms }: ExportData, kind: z.ZodType<Body>) {
  const bySession = new Map<string, { seq: number; eventId: string; body: Body }[]>();
  for (const { memberId, sessionId, events } of rooms) {
    const lines = bySession.get(sessionId) ?? [];
    for (const { seq, eventId, from, body } of events) {
      const read = kind.safeParse(body);
      if (from === memberId && read.success) lines.push({ seq, eventId, body: read.data });
    }
    if (lines.length > 0) bySession.set(sessionId, lines);
  }
  // Whoever left and came back has a seat, and a list, for each time.
  for (const lines of bySession.values()) lines.sort((one, other) => one.seq - other.seq);
  return bySession;
}

/** The person's own notes of each session as they stood last, by session. Deleted ones are left out. */
export const notesOf = (data: ExportData): Map<string, NoteBody[]> =>
  new Map(
    [...ownLines(data, NoteBody)].map(([sessionId, lines]) => {
      const last = new Map(lines.map(({ body }) => [body.noteId, body]));
      return [sessionId, [...last.values()].filter(({ text }) => text !== "")];
    }),
  );

/** What the person said in each session, by session. */
export const chatOf = (data: ExportData): Map<string, ChatLine[]> => ownLines(data, ChatBody);
