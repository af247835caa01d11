import { createHash, randomBytes } from "node:crypto";
import type { pagesOfOne } from "../../workers/pages/routes.ts";
import type { Platform } from "../platform.ts";
import { seedAccount } from "../seed.ts";

type Pattern = (typeof pagesOfOne)[number];

/** A small world behind the pages that are about one thing, and where each of them is in it for the account behind `token`. */
export async function addressesOfOne(
  platform: Platform,
  token: string,
): Promise<Record<Pattern, { path: string; status?: number; lands?: string }>> {
  const { db, origin } = platform;
  const nowMs = Date.now();
  const ask = async (who: string, method: string, path: string, body?: unknown): Promise<Record<string, string>> => {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${who}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  };
  const link = async (kind: string, data: object = {}): Promise<string> => {
    const secret = randomBytes(32).toString("base64url");
    const hash = createHash("sha256").update(secret).digest("hex");
    await db
      .prepare(
        "INSERT INTO challenges (id_hash, kind, account_id, data, created_at_ms, expires_at_ms) VALUES (?, ?, NULL, ?, ?, ?)",
      )
      .bind(hash, kind, JSON.stringify(data), nowMs, nowMs + 3_600_000)
      .run();
    return secret;
  };
  const waiting = { email: "cal@example.org", displayName: "Cal", isSixteen: true };
  const ben = await seedAccount(db, { email: "ben@example.org", displayName: "Ben Webster", tier: "free" });
  await ask(ben.token, "PUT", "/profile", {
    daw: "Reaper",
    instruments: ["Tenor saxophone", "Clarinet"],
    languages: ["en", "de"],
    bio: "Ballads, late.",
    rate: { amountMinor: 4_500, currency: "EUR" },
    availability: "open",
  });
  const { profileId } = await ask(ben.token, "PUT", "/profile/publication");

  const { conversationId } = await ask(token, "POST", `/hub/profiles/${profileId}/messages`, {
    text: "Would you play on a slow waltz? It needs a tenor, low and late.",
  });
  await ask(ben.token, "POST", `/conversations/${conversationId}/messages`, {
    text: "Gladly. I am free on Thursday after nine. Which key?",
  });

  const own = await ask(token, "POST", "/sessions", { name: "Verse in D" });
  const session = `/sessions/${own.sessionId}`;
  await ask(token, "POST", `${session}/invites`, {});
  const gone = await ask(token, "POST", "/sessions", { name: "To be deleted" });
  await ask(token, "DELETE", `/sessions/${gone.sessionId}`);
  const bens = await ask(ben.token, "POST", "/sessions", { name: "Ballads" });
  const guest = await ask(token, "POST", `${session}/invites`, {});
  await ask(ben.token, "POST", "/invites/accept", { code: guest.code });
  const member = await db
    .prepare("SELECT member_id AS id FROM session_members WHERE session_id = ? AND role = 'participant'")
    .bind(own.sessionId)
    .first<{ id: string }>();
  const first = await ask(ben.token, "POST", `/sessions/${bens.sessionId}/invites`, {});
  await ask(token, "POST", "/invites/accept", { code: first.code });
  const third = await ask(ben.token, "POST", "/sessions", { name: "Blues" });
  const second = await ask(ben.token, "POST", `/sessions/${third.sessionId}/invites`, {});

  const recordingId = `rec_${"0".repeat(20)}`;
  await db
    .prepare(
      `INSERT INTO recordings (id, session_id, member_id, account_id, take_id, name, state, sample_rate_hz, channels, encoding, timeline_frames,
         started_at_ms, bpm, part_bytes, created_at_ms, completed_at_ms, expires_at_ms)
       SELECT ?1, session_id, member_id, account_id, 'take', 'Guitar', 'complete', 48000, 1, 'pcm24', 0, ?2, 120, 5242880, ?2, ?2, ?3
       FROM session_members WHERE session_id = ?4 AND role = 'host'`,
    )
    .bind(recordingId, nowMs, nowMs + 5 * 86_400_000, own.sessionId)
    .run();
  const erasureId = `era_${"0".repeat(26)}`;
  await db
    .prepare(
      "INSERT INTO account_erasures (id, account_id, cause, confirmed_at_ms, due_at_ms, step, finished_at_ms) VALUES (?, NULL, 'person', ?, ?, '', ?)",
    )
    .bind(erasureId, nowMs, nowMs + 30 * 86_400_000, nowMs + 4_000)
    .run();
  const counts = { signIns: 2, accounts: 1, recordings: 12, rooms: 3, roomLines: 87, reports_reporterAccountId: 1 };
  await db
    .prepare("INSERT INTO erasure_receipts (erasure_id, counts, finished_at_ms) VALUES (?, ?, ?)")
    .bind(erasureId, JSON.stringify(counts), nowMs)
    .run();
  const authorize = new URLSearchParams({
    response_type: "code",
    client_id: "companion",
    redirect_uri: "http://127.0.0.1:49152/callback",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    state: "long enough",
  });
  return {
    "/account/erase/confirm": { path: `/account/erase/confirm?token=${await link("erasure")}` },
    "/erasure/:erasureId": { path: `/erasure/${erasureId}` },
    "/account/email": { path: `/account/email?token=${await link("email")}` },
    "/account/take-back": { path: `/account/take-back?token=${await link("take-back")}` },
    "/companion/authorize": { path: `/companion/authorize?${authorize}` },
    "/hub/:profileId": { path: `/hub/${profileId}` },
    "/hub/:profileId/report": { path: `/hub/${profileId}/report` },
    "/hub/answer": { path: "/hub/answer?token=faded", status: 410 },
    "/invite": { path: "/invite?code=faded", status: 404 },
    "/invite/:code": { path: `/invite/${second.code}` },
    "/messages/:conversationId": { path: `/messages/${conversationId}` },
    "/messages/:conversationId/delete": { path: `/messages/${conversationId}/delete` },
    "/messages/:conversationId/report": { path: `/messages/${conversationId}/report` },
    "/reset/finish": { path: `/reset/finish?token=${await link("reset")}` },
    "/sessions/:sessionId": { path: session },
    "/sessions/:sessionId/credits": { path: `${session}/credits` },
    "/sessions/:sessionId/delete": { path: `${session}/delete` },
    "/sessions/:sessionId/deleted": { path: `/sessions/${gone.sessionId}/deleted` },
    "/sessions/:sessionId/invites": { path: `${session}/invites`, lands: session },
    "/sessions/:sessionId/room": { path: `${session}/room` },
    "/sessions/:sessionId/leave": { path: `/sessions/${bens.sessionId}/leave` },
    "/sessions/:sessionId/members/:memberId/remove": { path: `${session}/members/${member?.id}/remove` },
    "/recordings/:recordingId/delete": { path: `/recordings/${recordingId}/delete` },
    "/sessions/:sessionId/recordings/:recordingId/delete": { path: `${session}/recordings/${recordingId}/delete` },
    "/sign-up/confirm": {
      path: `/sign-up/confirm?token=${await link("sign-up", { person: waiting, newsWording: null })}`,
    },
    "/unsubscribe": { path: "/unsubscribe?token=faded" },
    "/waitlist/confirm": { path: "/waitlist/confirm?token=faded" },
  };
}
