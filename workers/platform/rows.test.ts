import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeAll, expect, test, vi } from "vitest";
import {
  deliveries,
  exports,
  mailPreferences,
  privacyRequests,
  profiles,
  sessionEvenings,
} from "../../migrations/schema.ts";
import { newWorld, type World } from "../../test/promises/world.ts";
import { createApp } from "../app.ts";
import { createChallenge } from "../auth/challenges.ts";
import { sealedText } from "../testing/addresses.ts";
import { SEALED } from "../testing/rows.ts";
import { db } from "../testing/tables.ts";
import { systemDeps } from "./deps.ts";

const nowMs = 1_800_000_000_000;
const app = createApp({ ...systemDeps, now: () => nowMs });
let world: World;
const token = "t".repeat(43);
beforeAll(async () => {
  world = await newWorld(nowMs);
  const { sessionId } = world;
  const [accountId, otherId] = [world.accountId.ada, world.accountId.ben];
  await db.update(profiles).set({ publishedAtMs: 1, hubPosition: sql`rowid` });
  await db.insert(mailPreferences).values({ accountId, language: "en" });
  await db.insert(sessionEvenings).values({
    ...{ sessionId, startsAt: "2099-12-03T20:00", timeZone: "Europe/Berlin", minutes: 60, repeats: "weekly" },
  });
  const place = '{"at":"end"}';
  await db.insert(exports).values({ id: "exp_1", accountId, requestedAtMs: nowMs, place, expiresAtMs: nowMs + 1e9 });
  await db.insert(privacyRequests).values({
    ...{ id: "prq_1", accountId, kind: "other", details: "", receivedAtMs: nowMs, dueAtMs: nowMs },
  });
  await (await createChallenge(env.DB, systemDeps, "reset", accountId, {}, token)).insert.run();
  await db.insert(deliveries).values({
    ...{ recordingId: world.recordingId, receiverMemberId: world.memberId.ben, sessionId, sha256: "" },
    name: await sealedText(accountId, "take", "Bass"),
    ...{ ownerAccountId: accountId, receiverAccountId: otherId, deliveredAtMs: nowMs },
  });
});

const open = async (path: string) => {
  const address = path
    .replace("SESSION", world.sessionId)
    .replace("PROFILE", world.profileId)
    .replace("CONVERSATION", world.conversationId)
    .replace("RECORDING", world.recordingId)
    .replace("TOKEN", token);
  const headers = {
    Accept: path.startsWith("/api") ? "*/*" : "text/html",
    Cookie: `__Host-session=${world.token.ada}`,
  };
  const response = await app.request(`https://sessionlinked.test${address}`, { headers }, env);
  await response.arrayBuffer();
  return response.status;
};

const sessionPages = [
  "/sessions",
  "/sessions/SESSION",
  "/sessions/SESSION/credits",
  "/sessions/SESSION/credits.csv",
  "/sessions/SESSION/credits.xml",
];

/** A value that no schema of today takes, and the pages that read it. */
test.each<[table: string, column: string, value: unknown, pages: string[]]>([
  [
    "profiles",
    "words",
    SEALED,
    ["/hub", "/hub/PROFILE", "/hub/PROFILE/picture.png", "/account/profile", "/api/v1/hub/profiles"],
  ],
  ["profiles", "updated_at_ms", 1.5, ["/hub", "/hub/PROFILE", "/account/profile"]],
  ["conversation_sides", "unread", 0.5, ["/messages", "/messages/CONVERSATION", "/api/v1/conversations"]],
  ["conversation_sides", "last_message_at_ms", 9e15, ["/messages", "/messages/CONVERSATION"]],
  ["messages", "created_at_ms", 9e15, ["/messages", "/messages/CONVERSATION"]],
  ["sign_ins", "last_used_at_ms", 9e15, ["/account"]],
  ["accounts", "tier", "gold", ["/", "/hub", "/account", "/sessions", "/api/v1/account"]],
  ["mail_preferences", "language", "tlh", ["/", "/account", "/account/privacy"]],
  ["sessions", "created_at_ms", 9e15, sessionPages],
  ["session_members", "joined_at_ms", 9e15, sessionPages],
  ["recordings", "started_at_ms", 9e15, sessionPages],
  ["recordings", "expires_at_ms", 9e15, [...sessionPages, "/recordings"]],
  ["recordings", "encoding", "vinyl", [...sessionPages, "/recordings", "/api/v1/recordings"]],
  ["recordings", "place", "no JSON", [...sessionPages, "/recordings", "/api/v1/recordings/RECORDING"]],
  ["challenges", "data", "no JSON", ["/reset/finish?token=TOKEN"]],
  ["invites", "uses_left", 0.5, ["/sessions/SESSION", "/api/v1/sessions/SESSION/invites"]],
  ["session_evenings", "minutes", -1, ["/sessions/SESSION", "/sessions/SESSION/evening.ics"]],
  ["exports", "place", "no JSON", ["/account/privacy", "/api/v1/account/exports"]],
  ["passkeys", "transports", "no JSON", ["/account", "/api/v1/account"]],
  ["privacy_requests", "due_at_ms", 9e15, ["/account/privacy", "/api/v1/account/requests"]],
  ["deliveries", "delivered_at_ms", 9e15, ["/recordings", "/api/v1/account/deliveries"]],
])("X32: %s.%s of %s is a page and no bug, and the log says what", async (table, column, value, pages) => {
  const rows = await env.DB.prepare(`SELECT rowid AS at, ${column} AS held FROM ${table}`).all<{
    at: number;
    held: unknown;
  }>();
  expect(rows.results.length).toBeGreaterThan(0);
  await env.DB.prepare(`UPDATE ${table} SET ${column} = ?`).bind(value).run();
  const lines: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  const statuses: Record<string, number> = {};
  for (const path of pages) statuses[path] = await open(path);
  spy.mockRestore();
  for (const { at, held } of rows.results)
    await env.DB.prepare(`UPDATE ${table} SET ${column} = ?1 WHERE rowid = ?2`).bind(held, at).run();
  expect(Object.entries(statuses).filter(([, status]) => status >= 500)).toEqual([]);
  expect(lines.filter((line) => line.includes("internal-error"))).toEqual([]);
});

test("X32: one profile that nobody can read costs the others on the Hub nothing", async () => {
  const shown = async () => {
    const response = await app.request("https://sessionlinked.test/api/v1/hub/profiles", {}, env);
    return (await response.json<{ items: { profileId: string }[] }>()).items.map(({ profileId }) => profileId);
  };
  const before = await shown();
  expect(before).toContain(world.profileId);
  const words = await sealedText(world.accountId.ada, "profile", JSON.stringify({ availability: "sometimes" }));
  await env.DB.prepare("UPDATE profiles SET words = ?2 WHERE id = ?1").bind(world.profileId, words).run();
  expect(await shown()).toEqual(before.filter((id) => id !== world.profileId));
});
