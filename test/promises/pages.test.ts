import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../workers/app.ts";
import { systemDeps } from "../../workers/platform/deps.ts";
import { newWorld, type Person, random, type World } from "./world.ts";

const nowMs = 1_800_000_000_000;
const app = createApp({ ...systemDeps, now: () => nowMs });

/** nobody signed in · a stranger · once a member · observer · participant · host, who owns what the path names */
type Statuses = readonly [number, number, number, number, number, number];
const askers = [null, "eve", "fay", "olu", "ben", "ada"] as const satisfies readonly (Person | null)[];
const all = (status: number): Statuses => [status, status, status, status, status, status];
/** Whoever is not signed in is sent to sign in, and comes back afterwards. */
const signedIn = (status: number): Statuses => [303, status, status, status, status, status];
/** A form's end is a redirect whatever came of it; what came of it is in `changes`. */
const form = all(303);

interface Row {
  expect: Statuses;
  form?: (world: World) => Record<string, string>;
  /** Whose asking may change anything in the database; nobody's if it is not given. */
  changes?: readonly (typeof everybody)[number][];
}
const everybody = ["eve", "fay", "olu", "ben", "ada"] as const;

const pages: Record<string, Row> = {
  "GET /": { expect: all(200) },
  "GET /help": { expect: all(200) },
  "GET /companion": { expect: all(200) },
  "GET /prices": { expect: all(200) },
  "GET /terms": { expect: all(200) },
  "GET /imprint": { expect: all(200) },
  "GET /security": { expect: all(200) },
  "GET /status": { expect: all(200) },
  "GET /privacy": { expect: all(200) },
  "GET /promises": { expect: all(200) },
  "GET /runs": { expect: all(200) },
  "GET /design": { expect: all(200) },
  "GET /privacy/register.jsonld": { expect: all(200) },
  "GET /privacy/versions/:version": { expect: all(200) },
  "GET /privacy/versions/:version/:file{\\w+\\.txt}": { expect: all(200) },
  "GET /picture.png": { expect: all(200) },
  "GET /favicon.svg": { expect: all(200) },
  "GET /manifest.webmanifest": { expect: all(200) },
  "GET /robots.txt": { expect: all(200) },
  "GET /.well-known/security.txt": { expect: all(200) },
  "GET /.well-known/sessionlinked-wishes.json": { expect: all(200) },
  "GET /.well-known/gpc.json": { expect: all(200) },
  "GET /sitemap.xml": { expect: all(200) },
  "GET /openapi.json": { expect: all(200) },
  "GET /assets/:name": { expect: all(404) },
  "GET /rooms/:sessionId": { expect: all(426) },
  // Ada's profile is not published: its sound is not there for anybody (A4).
  "GET /hub/:profileId/sample": { expect: all(404) },

  "GET /sign-up": { expect: [200, 303, 303, 303, 303, 303] },
  "GET /sign-up/confirm": { expect: all(200) },
  "POST /sign-up": { expect: all(422) },
  "GET /sign-in": { expect: [200, 303, 303, 303, 303, 303] },
  "GET /reset": { expect: all(200) },
  "POST /reset": { expect: all(422) },
  "GET /reset/finish": { expect: all(200) },
  "GET /account": { expect: signedIn(200) },
  "GET /account/privacy": { expect: signedIn(200) },
  "POST /account/privacy/export": { expect: form, changes: everybody },
  "GET /account/privacy/export/:exportId": { expect: signedIn(404) },
  "POST /account/privacy/restriction": { expect: form, form: () => ({ restrict: "yes" }), changes: everybody },
  "POST /account/privacy/counting": { expect: form, form: () => ({ object: "yes" }), changes: everybody },
  "POST /account/privacy/consents": {
    expect: form,
    form: ({ sessionId }) => ({ purpose: "recording", sessionId }),
    changes: ["ada"],
  },
  "POST /account/privacy/requests": {
    expect: form,
    form: () => ({ kind: "other", details: "What else?" }),
    changes: everybody,
  },
  "GET /account/decisions": { expect: signedIn(200) },
  "POST /account/decisions/:decisionId/appeal": { expect: form, form: () => ({ text: "It is wrong." }) },
  "GET /account/erase": { expect: signedIn(200) },
  "POST /account/erase": { expect: form },
  "GET /account/erase/confirm": { expect: all(200) },
  "POST /account/erase/confirm": { expect: all(410) },
  "GET /erasure/:erasureId": { expect: all(404) },
  "GET /account/email": { expect: all(200) },
  "POST /account/email/confirm": { expect: all(410) },
  "POST /account/details": {
    expect: form,
    form: () => ({ displayName: "Renamed", language: "de" }),
    changes: everybody,
  },
  "POST /account/email": { expect: form, form: () => ({ email: "" }) },
  "GET /account/take-back": { expect: all(200) },
  "POST /account/take-back": { expect: all(410) },
  "GET /.well-known/change-password": { expect: all(303) },
  "POST /account/passkeys/rename": {
    expect: form,
    form: ({ passkeyId }) => ({ id: passkeyId.ada, label: "Laptop" }),
    changes: ["ada"],
  },
  "POST /account/passkeys/remove": { expect: form, form: ({ passkeyId }) => ({ id: passkeyId.ada }), changes: ["ada"] },
  "POST /account/sign-ins/end": { expect: form, form: ({ signInId }) => ({ id: signInId.ada }), changes: ["ada"] },
  "POST /account/sign-ins/end-others": { expect: form },
  "POST /account/sign-out": { expect: form, changes: everybody },
  "GET /account/profile": { expect: signedIn(200) },
  "POST /account/profile": { expect: form, form: () => ({ bio: "Plays at noon." }), changes: everybody },
  "GET /account/profile/delete": { expect: signedIn(200) },
  "GET /account/profile/sample/delete": { expect: signedIn(200) },
  "POST /account/profile/delete": { expect: form, changes: ["ada"] },
  "GET /account/profile/sample": { expect: signedIn(404) },
  "POST /account/profile/sample": { expect: signedIn(422) },
  "POST /account/profile/sample/delete": { expect: form, changes: everybody },
  "POST /account/profile/unblock": { expect: form, form: ({ blockId }) => ({ blockId }), changes: ["ada"] },

  // Ada's profile is not published: there is no such person on the Hub, for herself neither (A4).
  "GET /hub": { expect: all(200) },
  "GET /hub/:profileId": { expect: all(404) },
  "GET /hub/:profileId/picture.png": { expect: all(404) },
  "GET /hub/:profileId/report": { expect: all(404) },
  "POST /hub/:profileId/report": { expect: all(404), form: () => ({ reason: "spam" }) },
  "POST /hub/:profileId/message": { expect: signedIn(404), form: () => ({ text: "Hello" }) },
  "POST /hub/:profileId/invite": { expect: signedIn(404), form: ({ sessionId }) => ({ sessionId }) },
  "POST /hub/:profileId/block": { expect: signedIn(404) },
  "GET /hub/answer": { expect: signedIn(410) },
  "POST /hub/answer": { expect: signedIn(410), form: () => ({ text: "Hello" }) },
  "POST /hub/answer/block": { expect: signedIn(410) },
  // Ada and Ben write to each other; to everybody else there is no conversation.
  "GET /messages": { expect: signedIn(200) },
  "GET /messages/:conversationId": { expect: [303, 404, 404, 404, 200, 200] },
  "POST /messages/:conversationId": {
    expect: [303, 404, 404, 404, 303, 303],
    form: () => ({ text: "Hello" }),
    changes: ["ben", "ada"],
  },
  "POST /messages/:conversationId/block": { expect: [303, 404, 404, 404, 303, 303], changes: ["ben", "ada"] },
  "GET /messages/:conversationId/delete": { expect: [303, 404, 404, 404, 200, 200] },
  "POST /messages/:conversationId/delete": { expect: [303, 404, 404, 404, 303, 303], changes: ["ben", "ada"] },
  "GET /messages/:conversationId/report": { expect: [303, 404, 404, 404, 200, 200] },
  "POST /messages/:conversationId/report": {
    expect: [303, 404, 404, 404, 303, 303],
    form: () => ({ reason: "abuse" }),
    changes: ["ben", "ada"],
  },

  "GET /sitemap-pages.xml": { expect: all(200) },
  "GET /:name{sitemap-[0-9]+\\.xml}": { expect: all(404) },

  "GET /companion/authorize": { expect: all(400) },
  "POST /companion/authorize": { expect: all(400) },
  // An operator's sign-in is their own; a person's is nothing here.
  "GET /operator": { expect: all(303) },
  "GET /operator/sign-in": { expect: all(200) },
  "POST /operator/sign-in": { expect: all(401), form: () => ({ key: "a guess", code: "000000" }) },
  "POST /operator/sign-out": { expect: all(303) },
  "POST /operator/requests": { expect: all(303), form: () => ({ kind: "access" }) },
  "POST /operator/requests/:requestId": { expect: all(303), form: () => ({ do: "check-identity", how: "Not at all" }) },
  "GET /operator/appeals/:id/take.wav": { expect: all(303) },
  "GET /operator/reports/:id/take.wav": { expect: all(303) },
  "POST /operator/reports/:reportId": { expect: all(303), form: () => ({ do: "close" }) },
  "POST /operator/appeals/:appealId": { expect: all(303), form: () => ({ do: "uphold" }) },
  "POST /operator/holds": { expect: all(303), form: () => ({ what: "logs" }) },
  "POST /operator/holds/:holdId": { expect: all(303), form: () => ({ do: "release" }) },
  "POST /operator/breaches": { expect: all(303), form: () => ({ kind: "data" }) },
  "POST /operator/breaches/:breachId": { expect: all(303), form: () => ({ do: "close" }) },

  "GET /device": { expect: signedIn(200) },
  "POST /device": { expect: signedIn(200), form: () => ({ code: "BCDF-GHJK", answer: "yes" }) },

  "GET /waitlist": { expect: all(200) },
  "POST /waitlist": { expect: all(422) },
  "GET /waitlist/confirm": { expect: all(200) },
  "POST /waitlist/confirm": { expect: all(410) },
  "GET /unsubscribe": { expect: all(200) },
  "POST /unsubscribe": { expect: all(410) },

  "GET /sessions": { expect: signedIn(200) },
  "POST /sessions": { expect: form, form: () => ({ name: "Another" }), changes: everybody },
  "GET /sessions/:sessionId": { expect: [303, 404, 404, 200, 200, 200] },
  "GET /sessions/:sessionId/room": { expect: [303, 404, 404, 200, 200, 200] },
  "GET /sessions/:sessionId/credits": { expect: [303, 404, 404, 200, 200, 200] },
  "GET /sessions/:sessionId/credits.csv": { expect: [303, 404, 404, 200, 200, 200] },
  "GET /sessions/:sessionId/credits.xml": { expect: [303, 404, 404, 200, 200, 200] },
  "GET /sessions/:sessionId/invites": { expect: form },
  "POST /sessions/:sessionId/invites": {
    expect: [303, 404, 404, 303, 303, 303],
    form: () => ({ role: "participant", uses: "1" }),
    changes: ["ada"],
  },
  "POST /sessions/:sessionId/invites/:inviteId/revoke": { expect: form, changes: ["ada"] },
  "POST /sessions/:sessionId/members/:memberId/role": {
    expect: form,
    form: () => ({ role: "observer" }),
    changes: ["ada"],
  },
  "GET /sessions/:sessionId/members/:memberId/remove": { expect: [303, 404, 404, 303, 303, 200] },
  "POST /sessions/:sessionId/members/:memberId/remove": { expect: form, changes: ["ada"] },
  "POST /sessions/:sessionId/settings": { expect: form, changes: ["ada"] },
  "POST /sessions/:sessionId/guests": { expect: form, changes: ["ada"] },
  // A guest's cookie opens these, and a sign-in does not; the test below opens them as a guest.
  "GET /sessions/:sessionId/guest": { expect: all(404) },
  "GET /sessions/:sessionId/guest/leave": { expect: all(404) },
  "POST /sessions/:sessionId/guest/leave": { expect: all(404) },
  // Of a link that nobody made; workers/sessions/phones.test.ts has a good one.
  // Of a link that nobody made; workers/sessions/broadcasts.test.ts has a good one.
  "GET /listen/:link": { expect: all(404) },
  "GET /phone/:link": { expect: all(404) },
  "POST /phone/:link": { expect: all(404) },
  "GET /sessions/:sessionId/phone": { expect: all(404) },
  "GET /invite/:code/guest": { expect: form },
  // Whoever is signed in comes in as who they are.
  "POST /invite/:code/guest": { expect: [422, 303, 303, 303, 303, 303], changes: ["eve", "fay"] },
  "POST /sessions/:sessionId/evening": {
    expect: [303, 404, 404, 303, 303, 303],
    form: () => ({ startsAt: "2099-12-03T20:00", timeZone: "Europe/Berlin", minutes: "120", repeats: "weekly" }),
    changes: ["ada"],
  },
  "POST /sessions/:sessionId/evening/cancel": { expect: form, changes: [] },
  "GET /sessions/:sessionId/evening.ics": { expect: [303, 404, 404, 303, 303, 303] },
  "GET /sessions/:sessionId/leave": { expect: [303, 404, 404, 200, 200, 200] },
  // A session needs its host: the only one cannot leave.
  "POST /sessions/:sessionId/leave": { expect: [303, 404, 404, 303, 303, 303], changes: ["olu", "ben"] },
  "GET /sessions/:sessionId/delete": { expect: [303, 404, 404, 303, 303, 200] },
  "POST /sessions/:sessionId/delete": { expect: [303, 404, 404, 303, 303, 303], changes: ["ada"] },
  "GET /sessions/:sessionId/deleted": { expect: signedIn(404) },
  "GET /sessions/:sessionId/recordings/:recordingId/delete": { expect: [303, 404, 404, 303, 303, 200] },
  "POST /sessions/:sessionId/recordings/:recordingId/delete": { expect: form, changes: ["ada"] },
  "GET /sessions/:sessionId/recordings/:recordingId/report": { expect: [303, 404, 404, 200, 200, 303] },
  "POST /sessions/:sessionId/recordings/:recordingId/report": {
    expect: [303, 404, 404, 303, 303, 303],
    form: () => ({ reason: "spam" }),
    changes: ["olu", "ben"],
  },
  "GET /recordings": { expect: signedIn(200) },
  "GET /recordings/:recordingId/delete": { expect: [303, 404, 404, 404, 404, 200] },
  "POST /recordings/:recordingId/delete": { expect: form, changes: ["ada"] },
  "GET /invite": { expect: all(404) },
  "GET /invite/:code": { expect: all(200) },
  "POST /invite/:code": { expect: [200, 303, 303, 303, 303, 303], changes: ["eve", "fay"] },
};

const tables = [
  "accounts",
  "sign_ins",
  "passkeys",
  "mail_preferences",
  "sessions",
  "session_members",
  "session_guests",
  "session_evenings",
  "session_erasures",
  "invites",
  "recordings",
  "device_codes",
  "profiles",
  "blocks",
  "reports",
  "conversations",
  "conversation_sides",
  "messages",
  "account_erasures",
  "exports",
  "restrictions",
  "counting_objections",
  "recording_consents",
  "privacy_requests",
];
function rowOf(route: string): Row {
  const row = pages[route];
  if (row === undefined) throw new Error("No such row.");
  return row;
}

/** Every row of every table goes, whoever refers to whom. */
async function empty(): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const own = results.map(({ name }) => name).filter((name) => !/^hub_|^d1_/.test(name));
  await env.DB.batch([
    env.DB.prepare("PRAGMA defer_foreign_keys = ON"),
    ...own.map((name) => env.DB.prepare(`DELETE FROM ${name}`)),
  ]);
}

/** What of the database is not the noise of asking: no rate limits, no steps, no time of last use. */
async function contents(): Promise<string> {
  const rows = await env.DB.batch(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)));
  return JSON.stringify(rows.map(({ results }) => results));
}

function addressOf(route: string, world: World): string {
  const path = (route.split(" ")[1] ?? "")
    .replace(":sessionId", world.sessionId)
    .replace(":memberId", world.memberId.pat)
    .replace(":inviteId", world.inviteId)
    .replace(":recordingId", world.recordingId)
    .replace(":profileId", world.profileId)
    .replace(":conversationId", world.conversationId)
    .replace(":reportId", world.reportId)
    .replace(":code", world.inviteCode)
    .replace(":version", "1")
    .replace(":file{\\w+\\.txt}", "en.txt")
    .replace(":name", "nothing.css");
  return `https://sessionlinked.test${path}`;
}

async function open(
  route: string,
  world: World,
  who: Person | null,
  site = "same-origin",
  cookie = who === null ? undefined : `__Host-session=${world.token[who]}`,
): Promise<Response> {
  const method = route.split(" ")[0] ?? "";
  const form = pages[route]?.form?.(world) ?? {};
  return await app.request(
    addressOf(route, world),
    {
      method,
      redirect: "manual",
      headers: {
        Accept: "text/html",
        "Sec-Fetch-Site": site,
        "CF-Connecting-IP": `10.${[...random(3)].join(".")}`,
        ...(cookie === undefined ? {} : { Cookie: cookie }),
        ...(method === "POST" ? { "Content-Type": "application/x-www-form-urlencoded" } : {}),
      },
      ...(method === "POST" ? { body: new URLSearchParams(form).toString() } : {}),
    },
    env,
  );
}

const routes = [
  ...new Set(
    app.routes
      .filter(({ method, path }) => method !== "ALL" && !path.startsWith("/api/") && !path.includes("*"))
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

async function statusOf(route: string, world: World, who: Person | null): Promise<number> {
  const response = await open(route, world, who);
  await response.arrayBuffer();
  // What a page shows of somebody is kept nowhere, the browser included: the next person at it could leaf back.
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html") === true;
  if (isPage && who !== null) expect([route, response.headers.get("Cache-Control")]).toEqual([route, "no-store"]);
  return response.status;
}

describe("X18: every page, opened by everybody, and kept in no cache", () => {
  let shared: World;
  beforeAll(async () => {
    shared = await newWorld(nowMs);
  });

  test("the list names every page, and no other", () => {
    expect(Object.keys(pages).sort()).toEqual([...routes].sort());
  });

  // Whoever may change nothing is asked in one world, which is the same after all of them. They come first: what is compared grows with
  // every world.
  test.each(Object.keys(pages))("%s", async (route) => {
    const row = rowOf(route);
    const before = await contents();
    for (const [at, who] of askers.entries())
      if (who === null || !row.changes?.includes(who))
        expect([who, await statusOf(route, shared, who)]).toEqual([who, row.expect[at]]);
    expect(await contents()).toBe(before);
  });

  const writes = Object.keys(pages).filter((route) => route.startsWith("POST"));
  test.each(writes)("%s from another site's page changes nothing", async (route) => {
    const before = await contents();
    await (await open(route, shared, "ada", "cross-site")).arrayBuffer();
    expect(await contents()).toBe(before);
  });

  // What somebody may change is gone with its world.
  const changing = Object.keys(pages).filter((route) => (rowOf(route).changes?.length ?? 0) > 0);
  test.each(changing)("%s changes what it may", async (route) => {
    const row = rowOf(route);
    for (const who of row.changes ?? []) {
      await empty();
      const world = await newWorld(nowMs);
      const untouched = await contents();
      expect([who, await statusOf(route, world, who)]).toEqual([who, row.expect[askers.indexOf(who)]]);
      expect(await contents(), `${who} changes something`).not.toBe(untouched);
    }
  });

  test("X40: a guest's cookie opens the guest's own pages, kept in no cache; everywhere else a guest is nobody", async () => {
    const world = await newWorld(nowMs);
    const last = "POST /sessions/:sessionId/guest/leave";
    const mine: Record<string, number> = {
      "GET /sessions/:sessionId/guest": 200,
      "GET /sessions/:sessionId/guest/leave": 200,
      [last]: 303,
      // The link that they came by leads on, also for a form that was left open there.
      "GET /invite/:code": 303,
      "POST /invite/:code": 303,
      "POST /invite/:code/guest": 303,
    };
    const cookie = `__Host-guest=${world.guest.token}`;
    for (const route of [...Object.keys(pages).filter((one) => one !== last), last]) {
      const response = await open(route, world, null, "same-origin", cookie);
      await response.arrayBuffer();
      expect([route, response.status]).toEqual([route, mine[route] ?? rowOf(route).expect[0]]);
      if (response.headers.get("Content-Type")?.startsWith("text/html") === true)
        expect([route, response.headers.get("Cache-Control")]).toEqual([route, "no-store"]);
      if (route !== last) continue;
      const { results } = await env.DB.prepare("SELECT 1 FROM session_guests WHERE session_id = ?")
        .bind(world.sessionId)
        .all();
      expect(results).toEqual([]);
    }
  });
});
