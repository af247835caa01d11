import type { SessionId } from "../../../protocol/ids.ts";
import { RecordingId } from "../../../protocol/ids.ts";
import { PART_MIN_BYTES } from "../../../protocol/limits.ts";
import type { PostBody } from "../../../protocol/room.ts";
import { type ApiClient, ApiError } from "../api/api-client.std.ts";
import { chatOf, type ExportData, notesOf, type RecordingRow, readExport } from "./export-data.std.ts";
import { type ReadBytes, readZip, type ZipEntry } from "./zip-reader.std.ts";

export type ImportApi = Pick<
  ApiClient,
  | "createSession"
  | "listSessions"
  | "readRecording"
  | "createRecording"
  | "putPart"
  | "completeRecording"
  | "putProfile"
  | "putSample"
>;

/** A room of the other instance, entered as oneself. */
export interface ImportRoom {
  /** Resolves when the room has logged it, also where it had before. `later`: it takes no more from one member just now. */
  post(eventId: string, body: PostBody): Promise<"logged" | "later">;
  leave(): void;
}

/** What an import that was broken off is found again by. */
export interface Journal {
  /** Where a session of the archive went; `null`: nowhere yet. */
  sessionOf(oldId: string): SessionId | null;
  /** When one was asked for whose answer has not come; `null`: none was. */
  askedAtMs(oldId: string): number | null;
  ask(oldId: string, atMs: number): void;
  keep(oldId: string, sessionId: SessionId): void;
  /** Everything that sessions of the archive have become. */
  readonly kept: readonly SessionId[];
}

export interface ImportOptions {
  read: ReadBytes;
  sizeBytes: number;
  api: ImportApi;
  enter(sessionId: SessionId): Promise<ImportRoom>;
  journal: Journal;
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  say(line: string): void;
}

export interface Imported {
  profile: boolean;
  sessions: number;
  notes: number;
  /** Lines of chat. */
  lines: number;
  takes: number;
  /** Takes that had been there before, whole. */
  known: number;
  /** Takes whose sound is not in the archive, or that the other instance refuses, with why. */
  left: { name: string; why: string }[];
}

const VERIFY_AGAIN_MS = 200;
/** A second gives a member's bucket enough for another fifty lines. */
const POST_AGAIN_MS = 1_000;
/** So far may this machine's clock be from the other instance's. */
const CLOCKS_APART_MS = 10 * 60_000;

/**
 * Brings what is a person's own in an export's archive to another instance: their profile, kept private; for each session that they shared or
 * wrote in, a session of their own with their takes, their notes as they stood last, and what they said, in its order. The room stamps it
 * with the time at which it was brought: when it was said stands in the archive. Others' words and sound are not theirs to bring. Ids stay
 * what they were, or are made of those, so doing it again, or going on after it was broken off, finds what is there and sends the rest.
 */
export async function importArchive(options: ImportOptions): Promise<Imported> {
  const { read, say } = options;
  const files = await readZip(read, options.sizeBytes);
  const textOf = async (name: string) => {
    const entry = files.get(name);
    if (entry === undefined) throw new Error(`${name} is not in the archive.`);
    return new TextDecoder().decode(await read(entry.offset, entry.size));
  };
  const data = readExport(await textOf("data.json"), await textOf("data.schema.json"));
  const imported: Imported = { profile: false, sessions: 0, notes: 0, lines: 0, takes: 0, known: 0, left: [] };
  const [profile] = data.tables.profiles;
  if (profile !== undefined) {
    await putProfile(options, profile, files.get("audio/profile sample"));
    imported.profile = true;
    say("The profile is there; it stays private until you publish it.");
  }
  const [notes, chat] = [notesOf(data), chatOf(data)];
  const takes = Map.groupBy(
    data.tables.recordings.filter(({ state }) => state === "complete"),
    ({ sessionId }) => sessionId,
  );
  for (const oldId of new Set([...takes.keys(), ...notes.keys(), ...chat.keys()])) {
    const own = takes.get(oldId) ?? [];
    const sessionId = await sessionFor(options, data, oldId, own);
    imported.sessions++;
    const room = await options.enter(sessionId);
    try {
      // A take may lie no farther than the session's transport has been.
      const farthest = Math.max(0, ...own.map(({ timelineFrames }) => timelineFrames));
      const locate = { kind: "transport", transport: { command: "locate", positionFrames: farthest } } as const;
      const post = async (eventId: string, body: PostBody) => {
        while ((await room.post(eventId, body)) === "later") await options.sleep(POST_AGAIN_MS);
      };
      if (farthest > 0) await post(await idOf("locate", oldId, String(farthest)), locate);
      for (const note of notes.get(oldId) ?? []) {
        await post(await idOf("note", note.noteId, JSON.stringify(note)), note);
        imported.notes++;
      }
      for (const { eventId, body } of chat.get(oldId) ?? []) {
        await post(await idOf("chat", oldId, eventId), body);
        imported.lines++;
      }
    } finally {
      room.leave();
    }
    for (const take of own) {
      const became = await bringTake(options, files, sessionId, take);
      if (became === "new") imported.takes++;
      else if (became === "known") imported.known++;
      else imported.left.push({ name: take.name, why: became.why });
      say(`${take.name}: ${typeof became === "string" ? (became === "new" ? "there" : "was there") : became.why}`);
    }
  }
  return imported;
}

type ProfileRow = ExportData["tables"]["profiles"][number];

async function putProfile({ api, read }: ImportOptions, row: ProfileRow, sample: ZipEntry | undefined): Promise<void> {
  const { rateMinor, rateCurrency, daw, instruments, languages, bio, availability } = row.words;
  const rate = rateMinor === null || rateCurrency === null ? null : { amountMinor: rateMinor, currency: rateCurrency };
  await api.putProfile({ daw, instruments, languages, bio, availability, rate });
  if (sample !== undefined) await api.putSample(await read(sample.offset, sample.size));
}

/** The session that stands for one of the archive: where its takes are already, or where the journal says, or a new one. */
async function sessionFor(
  { api, journal, nowMs }: ImportOptions,
  { tables }: ExportData,
  oldId: string,
  takes: readonly RecordingRow[],
): Promise<SessionId> {
  const kept = journal.sessionOf(oldId);
  if (kept !== null) return kept;
  for (const { id } of takes) {
    const there = await find(api, id);
    if (there === null) continue;
    journal.keep(oldId, there.sessionId);
    return there.sessionId;
  }
  const name = tables.sessions.find(({ id }) => id === oldId)?.name ?? "Imported";
  const askedAtMs = journal.askedAtMs(oldId);
  // Of one that was asked for when the network went, the answer may be all that is missing.
  const unheard =
    askedAtMs === null
      ? undefined
      : (await api.listSessions()).find(
          (one) =>
            one.name === name &&
            one.role === "host" &&
            one.createdAtMs >= askedAtMs - CLOCKS_APART_MS &&
            !journal.kept.includes(one.sessionId),
        );
  if (unheard === undefined) journal.ask(oldId, nowMs());
  const { sessionId } = unheard ?? (await api.createSession(name));
  journal.keep(oldId, sessionId);
  return sessionId;
}

/** A recording by its id, if it is there and this person's to see. */
async function find(api: ImportApi, id: string) {
  const recordingId = RecordingId.safeParse(id);
  if (!recordingId.success) return null;
  return await api.readRecording(recordingId.data).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === "not-found") return null;
    throw error;
  });
}

type Became = "new" | "known" | { why: string };

async function bringTake(
  { api, read, sleep }: ImportOptions,
  files: Map<string, ZipEntry>,
  sessionId: SessionId,
  take: RecordingRow,
): Promise<Became> {
  const recordingId = RecordingId.safeParse(take.id);
  const sound = [...files].find(([name]) => name.startsWith(`audio/${take.id} `))?.[1];
  const { sha256, frames, place } = take;
  if (!recordingId.success || sound === undefined || sha256 === null || frames === null || place === null)
    return { why: "its sound is not in the archive" };
  const known = await find(api, take.id);
  if (known?.state === "complete") return known.sha256 === sha256 ? "known" : { why: "something else has its id" };
  try {
    const { id, takeId, name, sampleRateHz, channels, encoding, timelineFrames, startedAtMs, bpm } = take;
    const opened = await api.createRecording(sessionId, {
      recordingId: recordingId.data,
      takeId,
      name,
      format: { sampleRateHz, channels, encoding },
      timelineFrames,
      startedAtMs,
      bpm,
      partBytes: PART_MIN_BYTES,
    });
    const parts = Math.ceil(sound.size / opened.partBytes);
    for (let number = 1; number <= parts; number++) {
      if (opened.partsHeld?.includes(number)) continue;
      const from = (number - 1) * opened.partBytes;
      const bytes = await read(sound.offset + from, Math.min(opened.partBytes, sound.size - from));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      await api.putPart(opened.recordingId, number, bytes, btoa(String.fromCharCode(...digest)));
    }
    const complete = { sizeBytes: sound.size, frames, sha256, parts, ...place };
    while ((await api.completeRecording(opened.recordingId, complete)).state !== "complete")
      await sleep(VERIFY_AGAIN_MS);
    return id === opened.recordingId ? "new" : { why: "it came under another id" };
  } catch (error) {
    // What no repetition mends is told of this take, and keeps no other from coming.
    if (error instanceof ApiError && !error.retryable) return { why: error.message };
    throw error;
  }
}

/** An event's id that is the same for the same thing, so that the room knows it again (RFC 9562, version 8). */
async function idOf(...parts: readonly string[]): Promise<string> {
  const text = new TextEncoder().encode(["sessionlinked import", ...parts].join("\n"));
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", text)).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
