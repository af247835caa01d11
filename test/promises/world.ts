import { env } from "cloudflare:workers";
import { type MemberId, newId, randomBase32, type SessionId } from "../../protocol/ids.ts";
import type { Role } from "../../protocol/roles.ts";
import { initialTransport } from "../../protocol/transport.ts";
import type { createApp } from "../../workers/app.ts";
import { sha256Hex } from "../../workers/platform/hash.ts";
import { objectKey, peaksKey } from "../../workers/recordings/keys.ts";
import { inviteHash } from "../../workers/sessions/invite-store.ts";

/**
 * The same small world for every promise about who may see or do what: Ada hosts a session, Ben takes part, Olu listens, Pat takes part
 * as well, Fay was there once, Eve never was. Ada has shared one recording and is uploading another.
 */
export const cast = {
  ada: "host",
  ben: "participant",
  olu: "observer",
  pat: "participant",
  fay: null,
  eve: null,
} as const;
export type Person = keyof typeof cast;
export const people = Object.keys(cast) as Person[];

export const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

export interface World {
  nowMs: number;
  sessionId: SessionId;
  recordingId: string;
  uploadingId: string;
  inviteId: string;
  inviteCode: string;
  /** Ada's profile, which she has not published. */
  profileId: string;
  /** Ada and Ben have written to each other. */
  conversationId: string;
  /** Ada has blocked Eve, and Ben has reported Ada. */
  blockId: string;
  reportId: string;
  accountId: Record<Person, string>;
  memberId: Record<Person, MemberId>;
  signInId: Record<Person, string>;
  passkeyId: Record<Person, string>;
  token: Record<Person, string>;
}

const each = <Value>(value: (who: Person) => Value) =>
  Object.fromEntries(people.map((who) => [who, value(who)])) as Record<Person, Value>;

/** Builds the world anew, with ids and tokens of its own, so that one test's deletions are nothing to the next. */
export async function newWorld(nowMs: number): Promise<World> {
  const world: World = {
    nowMs,
    sessionId: newId("ses", random) as SessionId,
    recordingId: newId("rec", random),
    uploadingId: newId("rec", random),
    inviteId: newId("inv", random),
    inviteCode: randomBase32(10, random),
    profileId: newId("pro", random),
    conversationId: newId("cnv", random),
    blockId: newId("blk", random),
    reportId: newId("rep", random),
    accountId: each(() => newId("acc", random)),
    memberId: each(() => newId("mem", random) as MemberId),
    signInId: each(() => newId("sin", random)),
    passkeyId: each(() => newId("pky", random)),
    token: each((who) => `token-${who}-${newId("tok", random)}`),
  };
  const db = env.DB;
  const uploadId = await storeObjects(world);
  const statements = [
    db
      .prepare("INSERT INTO sessions (id, name, recording_permitted, created_at_ms) VALUES (?, 'Night', 1, ?)")
      .bind(world.sessionId, nowMs),
  ];
  for (const who of people) {
    const role: Role | null = cast[who];
    statements.push(
      db
        .prepare("INSERT INTO accounts (id, email, display_name, tier, created_at_ms) VALUES (?, ?, ?, 'pro', ?)")
        .bind(world.accountId[who], `${world.accountId[who]}@example.org`, `Shown ${who}`, nowMs),
      db
        .prepare(
          `INSERT INTO sign_ins (id, account_id, token_hash, label, kind, authenticated_at_ms, created_at_ms, last_used_at_ms, rotated_at_ms, expires_at_ms)
           VALUES (?1, ?2, ?3, 'Firefox on Linux', 'browser', ?4, ?4, ?4, ?4, ?5)`,
        )
        .bind(world.signInId[who], world.accountId[who], await sha256Hex(world.token[who]), nowMs, nowMs + 1e9),
      db
        .prepare(
          "INSERT INTO passkeys (id, account_id, public_key, counter, transports, label, created_at_ms, last_used_at_ms) VALUES (?, ?, 'key', 0, '[]', 'Key', ?, NULL)",
        )
        .bind(world.passkeyId[who], world.accountId[who], nowMs),
      db
        .prepare(
          "INSERT INTO passwords (account_id, user_identifier, record, setup_version, changed_at_ms) VALUES (?, 'identifier', 'record', 1, ?)",
        )
        .bind(world.accountId[who], nowMs),
    );
    if (role === null) continue;
    statements.push(
      db
        .prepare(
          "INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(world.sessionId, world.accountId[who], world.memberId[who], role, nowMs),
    );
  }
  statements.push(
    db
      .prepare("INSERT INTO profiles (id, account_id, bio, updated_at_ms) VALUES (?, ?, 'Plays at night.', ?)")
      .bind(world.profileId, world.accountId.ada, nowMs),
    db
      .prepare("INSERT INTO blocks (id, account_id, blocked_account_id, created_at_ms) VALUES (?, ?, ?, ?)")
      .bind(world.blockId, world.accountId.ada, world.accountId.eve, nowMs),
    db
      .prepare(
        `INSERT INTO reports (id, reporter_account_id, account_id, reason, details, created_at_ms)
         VALUES (?, ?, ?, 'spam', 'Writes too much.', ?)`,
      )
      .bind(world.reportId, world.accountId.ben, world.accountId.ada, nowMs),
  );
  const { ada, ben } = world.accountId;
  statements.push(
    db
      .prepare(
        "INSERT INTO conversations (id, first_account_id, second_account_id, created_at_ms, last_message_at_ms) VALUES (?1, min(?2, ?3), max(?2, ?3), ?4, ?4)",
      )
      .bind(world.conversationId, ada, ben, nowMs),
    ...[ada, ben].flatMap((author) => [
      db
        .prepare(
          "INSERT INTO conversation_sides (account_id, conversation_id, unread, since_ms, last_message_at_ms) VALUES (?1, ?2, 0, ?3, ?3)",
        )
        .bind(author, world.conversationId, nowMs),
      db
        .prepare(
          "INSERT INTO messages (id, conversation_id, author_account_id, reader_account_id, text, created_at_ms) VALUES (?, ?, ?, ?, 'Friday?', ?)",
        )
        .bind(newId("msg", random), world.conversationId, author, author === ada ? ben : ada, nowMs),
    ]),
  );
  const recording = (id: string, state: string, uploadId: string | null) =>
    db
      .prepare(
        `INSERT INTO recordings (id, session_id, member_id, account_id, take_id, name, state, sample_rate_hz, channels, encoding,
           timeline_frames, started_at_ms, bpm, part_bytes, upload_id, size_bytes, frames, sha256, place, held_bytes, has_peaks,
           created_at_ms, completed_at_ms, expires_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, 'Guitar', ?6, 48000, 1, 'pcm24', 0, ?7, 120, 5242880, ?8, ?9, ?10, ?11, ?12, 0, ?15, ?7, ?13, ?14)`,
      )
      .bind(
        id,
        world.sessionId,
        world.memberId.ada,
        world.accountId.ada,
        crypto.randomUUID(),
        state,
        nowMs,
        uploadId,
        state === "complete" ? SOUND.length : null,
        state === "complete" ? 1 : null,
        state === "complete" ? "0".repeat(64) : null,
        state === "complete"
          ? JSON.stringify({ clock: [], transportAtStart: initialTransport, transportAtEnd: initialTransport })
          : null,
        state === "complete" ? nowMs : null,
        nowMs + 1e9,
        state === "complete" ? 1 : 0,
      );
  statements.push(
    recording(world.recordingId, "complete", null),
    recording(world.uploadingId, "uploading", uploadId),
    db
      .prepare(
        "INSERT INTO recording_consents (account_id, session_id, wording, given_at_ms) VALUES (?, ?, 'Shared.', ?)",
      )
      .bind(world.accountId.ada, world.sessionId, nowMs),
    db
      .prepare(
        "INSERT INTO invites (id, session_id, code_hash, role, uses_left, created_at_ms, expires_at_ms) VALUES (?, ?, ?, 'participant', 5, ?, ?)",
      )
      .bind(world.inviteId, world.sessionId, await inviteHash(env, world.inviteCode), nowMs, nowMs + 1e9),
  );
  await db.batch(statements);
  return world;
}

const SOUND = new Uint8Array(1_000).fill(7);

/** The finished recording with its waveform, and an upload that has begun: its R2 id. */
async function storeObjects({ sessionId, recordingId, uploadingId }: World): Promise<string> {
  await env.RECORDINGS.put(objectKey(sessionId, recordingId), SOUND);
  await env.RECORDINGS.put(peaksKey(sessionId, recordingId), new Uint8Array([0xf0, 0x10]));
  return (await env.RECORDINGS.createMultipartUpload(objectKey(sessionId, uploadingId))).uploadId;
}

/** One request as somebody, or as nobody. Limits are not what is asked about here, so each comes from an address of its own. */
export async function askAs(
  app: ReturnType<typeof createApp>,
  token: string | null,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await app.request(
    `https://sessionlinked.test${path}`,
    {
      method,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        "CF-Connecting-IP": `10.${[...random(3)].join(".")}`,
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    },
    env,
  );
}
