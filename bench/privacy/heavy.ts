import { randomBytes } from "node:crypto";
import type { Platform } from "../../dev/platform.ts";
import { sealSeeded, sealUnderNewKey, seedAccount } from "../../dev/seed.ts";
import { steady } from "../../dev/steady.ts";
import { type AccountId, newId } from "../../protocol/ids.ts";
import { DAY_MS } from "../../protocol/retention.ts";

export const TAKES = 1_000;
export const EVENTS = 100_000;
/** Lines of another person's history that are over their time, among as many that are not. */
export const OVERDUE = 5_000;
/** What is asked of a platform over loopback: each request of the bench may be made twice. */
export const http = steady({ fetch: (...args: Parameters<typeof fetch>) => fetch(...args) });

const SESSIONS = 10;
const TAKE_BYTES = 2_000;
/** Objects that are written at once. */
const AT_ONCE = 50;

/** Texts that nobody else has and no encoding makes of anything else. */
export interface Marks {
  address: string;
  /** In the names of their sessions, takes and devices, in what their profile says to them alone, and in their own name if it was never published. */
  words: string;
  /** In what they publish, their name with it, so that the Hub finds them by it. */
  published: string;
}

export interface Heavy {
  accountId: string;
  token: string;
  marks: Marks;
}

const mark = () => `zq${randomBytes(8).toString("hex")}qz`;
const random = (bytes: number) => new Uint8Array(randomBytes(bytes));

/** Somebody with a thousand takes in ten sessions, and a hundred thousand lines of history; on the Hub or not. */
export async function heavyPerson(platform: Platform, isOnHub: boolean): Promise<Heavy> {
  const { db, recordings } = platform;
  const marks = { address: mark(), words: mark(), published: mark() };
  const displayName = `Name ${isOnHub ? marks.published : marks.words}`;
  const person = { displayName, email: `${marks.address}@example.org`, tier: "studio" as const };
  const { accountId, token } = await seedAccount(platform, person);
  await profile(platform, token, marks, isOnHub);
  const sessions = Array.from({ length: SESSIONS }, () => newId("ses", random));
  for (const sessionId of sessions) {
    const memberId = newId("mem", random);
    await db.batch([
      db
        .prepare("INSERT INTO sessions (id, name, recording_permitted, created_at_ms) VALUES (?, ?, 1, 0)")
        .bind(sessionId, await sealUnderNewKey(platform, sessionId, "session", `Session ${marks.words}`)),
      db
        .prepare(
          "INSERT INTO session_members (session_id, account_id, member_id, role, joined_at_ms) VALUES (?, ?, ?, 'host', 0)",
        )
        .bind(sessionId, accountId, memberId),
    ]);
  }
  const takes = Array.from({ length: TAKES }, (_, at) => ({
    id: newId("rec", random),
    sessionId: sessions[at % SESSIONS] ?? "",
  }));
  await db
    .prepare(
      `INSERT INTO recordings (id, session_id, member_id, account_id, take_id, name, state, sample_rate_hz, channels, encoding, timeline_frames,
         started_at_ms, bpm, part_bytes, size_bytes, created_at_ms, completed_at_ms)
       SELECT json_extract(value, '$.id'), json_extract(value, '$.sessionId'), 'mem', ?2, 't', ?3, 'complete', 48000, 1, 'pcm24', 0, 0, 120,
         5242880, ?4, 0, 0 FROM json_each(?1)`,
    )
    .bind(
      JSON.stringify(takes),
      accountId,
      await sealSeeded(platform, accountId, "take", `Take ${marks.words}`),
      TAKE_BYTES,
    )
    .run();
  const sound = new Uint8Array(TAKE_BYTES).fill(7);
  for (let from = 0; from < TAKES; from += AT_ONCE)
    await Promise.all(
      takes
        .slice(from, from + AT_ONCE)
        .map(({ id, sessionId }) => recordings.put(`recordings/${sessionId}/${id}.wav`, sound)),
    );
  await history(platform, accountId, `Device ${marks.words}`, EVENTS, Date.now());
  return { accountId, token, marks };
}

/** A profile that said one thing while it was private, and may say another since it is on the Hub. */
async function profile(platform: Platform, token: string, { words, published }: Marks, isOnHub: boolean) {
  const put = async (path: string, body?: unknown) => {
    const answer = await http.fetch(`${platform.origin}/api/v1/profile${path}`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`The profile was not taken: ${await answer.text()}`);
  };
  await put("", { bio: `Says ${words}`, daw: words });
  if (!isOnHub) return;
  await put("", { bio: `Plays ${published}` });
  await put("/publication");
}

/** Lines of an account's history, the newest at `lastMs`, a millisecond apart. */
async function history(platform: Platform, accountId: AccountId, label: string, lines: number, lastMs: number) {
  await platform.db
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?4)
       INSERT INTO sign_in_events (id, account_id, method, label, at_ms) SELECT ?1 || ?3 || i, ?1, 'password', ?2, ?3 - i FROM n`,
    )
    .bind(accountId, await sealSeeded(platform, accountId, "device", label), lastMs, lines)
    .run();
}

/** Somebody of whose history half is over its time. */
export async function longAgo(platform: Platform): Promise<void> {
  const person = { displayName: "Long ago", email: "long-ago@example.org", tier: "free" as const };
  const { accountId } = await seedAccount(platform, person);
  await history(platform, accountId, "A device", OVERDUE, Date.now());
  await history(platform, accountId, "A device", OVERDUE, Date.now() - 100 * DAY_MS);
}
