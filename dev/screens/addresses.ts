import { createHash, randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { accountErasures, challenges, erasureReceipts, recordings, sessionMembers } from "../../migrations/schema.ts";
import { SessionId } from "../../protocol/ids.ts";
import type { pagesOfOne } from "../../workers/pages/routes.ts";
import { keyOfToken, sealUnder } from "../../workers/platform/personal-seal.ts";
import { recordingRow } from "../../workers/testing/rows.ts";
import type { Platform } from "../platform.ts";
import { sealSeeded, seedAccount } from "../seed.ts";

type Pattern = (typeof pagesOfOne)[number];

/** A small world behind the pages that are about one thing, and where each of them is in it for the account behind `token`. */
export async function addressesOfOne(
  platform: Platform,
  token: string,
): Promise<Record<Pattern, { path: string; status?: number; lands?: string }>> {
  const { origin } = platform;
  const db = drizzle(platform.db);
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
  const link = async (kind: (typeof challenges.$inferInsert)["kind"], data: object = {}): Promise<string> => {
    const secret = randomBytes(32).toString("base64url");
    const hash = createHash("sha256").update(secret).digest("hex");
    const json = JSON.stringify(data);
    // Who is waiting for an account is sealed under the link itself.
    const kept =
      kind === "sign-up" ? await sealUnder(await keyOfToken(secret), "token", "step", randomBytes, json) : json;
    await db
      .insert(challenges)
      .values({ idHash: hash, kind, data: kept, createdAtMs: nowMs, expiresAtMs: nowMs + 3_600_000 });
    return secret;
  };
  const waiting = { email: "cal@example.org", displayName: "Cal", isSixteen: true };
  const ben = await seedAccount(platform, { email: "ben@example.org", displayName: "Ben Webster", tier: "free" });
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
  const phone = await ask(token, "POST", `${session}/phone`);
  const gone = await ask(token, "POST", "/sessions", { name: "To be deleted" });
  await ask(token, "DELETE", `/sessions/${gone.sessionId}`);
  const bens = await ask(ben.token, "POST", "/sessions", { name: "Ballads" });
  const broadcast = await ask(ben.token, "POST", `/sessions/${bens.sessionId}/broadcast`);
  const guest = await ask(token, "POST", `${session}/invites`, {});
  await ask(ben.token, "POST", "/invites/accept", { code: guest.code });
  const members = await db
    .select()
    .from(sessionMembers)
    .where(eq(sessionMembers.sessionId, SessionId.parse(own.sessionId)));
  const member = members.find(({ role }) => role === "participant");
  const host = members.find(({ role }) => role === "host");
  if (member === undefined || host === undefined) throw new Error("The session has no two members.");
  const first = await ask(ben.token, "POST", `/sessions/${bens.sessionId}/invites`, {});
  await ask(token, "POST", "/invites/accept", { code: first.code });
  const third = await ask(ben.token, "POST", "/sessions", { name: "Blues" });
  await ask(ben.token, "PATCH", `/sessions/${third.sessionId}`, { guestsAllowed: true });
  const second = await ask(ben.token, "POST", `/sessions/${third.sessionId}/invites`, {});

  const recordingId = `rec_${"0".repeat(26)}`;
  await db.insert(recordings).values({
    ...recordingRow({ id: recordingId, sessionId: host.sessionId, accountId: host.accountId, memberId: host.memberId }),
    name: await sealSeeded(platform, host.accountId, "take", "Guitar"),
    startedAtMs: nowMs,
    createdAtMs: nowMs,
    completedAtMs: nowMs,
    expiresAtMs: nowMs + 5 * 86_400_000,
  });
  const bensTake = `rec_${"1".repeat(26)}`;
  await db.insert(recordings).values({
    ...recordingRow({
      id: bensTake,
      sessionId: host.sessionId,
      accountId: member.accountId,
      memberId: member.memberId,
    }),
    name: await sealSeeded(platform, member.accountId, "take", "Tenor"),
    startedAtMs: nowMs,
    createdAtMs: nowMs,
    completedAtMs: nowMs,
    expiresAtMs: nowMs + 5 * 86_400_000,
  });
  const erasureId = `era_${"0".repeat(26)}`;
  await db.insert(accountErasures).values({
    id: erasureId,
    cause: "person",
    confirmedAtMs: nowMs,
    dueAtMs: nowMs + 30 * 86_400_000,
    step: "",
    finishedAtMs: nowMs + 4_000,
  });
  const counts = { signIns: 2, accounts: 1, recordings: 12, rooms: 3, roomLines: 87, reports_reporterAccountId: 1 };
  await db.insert(erasureReceipts).values({ erasureId, counts: JSON.stringify(counts), finishedAtMs: nowMs });
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
    "/invite/:code/guest": { path: `/invite/${second.code}/guest`, lands: `/invite/${second.code}` },
    "/messages/:conversationId": { path: `/messages/${conversationId}` },
    "/messages/:conversationId/delete": { path: `/messages/${conversationId}/delete` },
    "/messages/:conversationId/report": { path: `/messages/${conversationId}/report` },
    "/reset/finish": { path: `/reset/finish?token=${await link("reset")}` },
    "/sessions/:sessionId": { path: session },
    "/sessions/:sessionId/credits": { path: `${session}/credits` },
    "/sessions/:sessionId/delete": { path: `${session}/delete` },
    "/sessions/:sessionId/deleted": { path: `/sessions/${gone.sessionId}/deleted` },
    // An account's sign-in is no guest's cookie.
    "/sessions/:sessionId/guest": { path: `${session}/guest`, status: 404 },
    "/sessions/:sessionId/guest/leave": { path: `${session}/guest/leave`, status: 404 },
    "/sessions/:sessionId/phone": { path: `${session}/phone`, status: 404 },
    "/listen/:link": { path: `/listen/${broadcast.link}` },
    "/phone/:link": { path: `/phone/${phone.link}` },
    "/privacy/versions/:version": { path: "/privacy/versions/10?beside=9" },
    "/sessions/:sessionId/invites": { path: `${session}/invites`, lands: session },
    "/sessions/:sessionId/room": { path: `${session}/room` },
    "/sessions/:sessionId/leave": { path: `/sessions/${bens.sessionId}/leave` },
    "/sessions/:sessionId/members/:memberId/remove": { path: `${session}/members/${member.memberId}/remove` },
    "/recordings/:recordingId/delete": { path: `/recordings/${recordingId}/delete` },
    "/sessions/:sessionId/recordings/:recordingId/delete": { path: `${session}/recordings/${recordingId}/delete` },
    "/sessions/:sessionId/recordings/:recordingId/report": { path: `${session}/recordings/${bensTake}/report` },
    "/sign-up/confirm": {
      path: `/sign-up/confirm?token=${await link("sign-up", { person: waiting, newsWording: null })}`,
    },
    "/unsubscribe": { path: "/unsubscribe?token=faded" },
    "/waitlist/confirm": { path: "/waitlist/confirm?token=faded" },
  };
}
