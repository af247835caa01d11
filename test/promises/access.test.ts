import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { initialTransport } from "../../protocol/transport.ts";
import { createApp } from "../../workers/app.ts";
import { systemDeps } from "../../workers/platform/deps.ts";
import { askAs, newWorld, type Person, random, type World } from "./world.ts";

const nowMs = 1_800_000_000_000;
const app = createApp({ ...systemDeps, now: () => nowMs });

/** nobody signed in · a stranger · once a member · observer · participant · host, who owns what the path names */
type Statuses = readonly [number, number, number, number, number, number];
const askers = [null, "eve", "fay", "olu", "ben", "ada"] as const satisfies readonly (Person | null)[];

interface Row {
  expect: Statuses;
  body?: (world: World) => unknown;
  headers?: Record<string, string>;
}

const own: Statuses = [401, 200, 200, 200, 200, 200];
const ownChange: Statuses = [401, 204, 204, 204, 204, 204];
/** Somebody else's sign-in or passkey is not there. */
const onlyOwner: Statuses = [401, 404, 404, 404, 404, 204];
const all = (status: number): Statuses => [status, status, status, status, status, status];
const members: Statuses = [401, 404, 404, 200, 200, 200];
const host = (status: number): Statuses => [401, 404, 404, 403, 403, status];
const empty = () => ({});

/** What the API answers to whom. `all(…)` is what needs nobody: there, an empty body shows that no door stands before the schema. */
const matrix: Record<string, Row> = {
  "GET /api/v1/health": { expect: all(200) },
  "GET /api/v1/runs": { expect: all(200) },

  "POST /api/v1/passwords/start": { expect: all(422), body: empty },
  "POST /api/v1/sign-up/password": { expect: all(422), body: empty },
  "POST /api/v1/sign-up/passkey/start": { expect: all(422), body: empty },
  "POST /api/v1/sign-up/passkey": { expect: all(422), body: empty },
  "POST /api/v1/sign-up": { expect: all(422), body: empty },
  "POST /api/v1/sign-in/password/start": { expect: all(422), body: empty },
  "POST /api/v1/sign-in/password": { expect: all(422), body: empty },
  "POST /api/v1/sign-in/second-factor": { expect: all(422), body: empty },
  "POST /api/v1/sign-in/passkey/start": { expect: all(200), body: empty },
  "POST /api/v1/sign-in/passkey": { expect: all(422), body: empty },
  "POST /api/v1/sign-out": { expect: all(204) },
  "POST /api/v1/reset": { expect: all(422), body: empty },
  "POST /api/v1/reset/finish": { expect: all(422), body: empty },
  "POST /api/v1/token": { expect: all(400) },
  "POST /api/v1/device": { expect: all(422), body: empty },
  "POST /api/v1/account/email/confirm": { expect: all(422), body: empty },
  "POST /api/v1/account/take-back": { expect: all(422), body: empty },

  "GET /api/v1/account": { expect: own },
  "PATCH /api/v1/account": { expect: own, body: empty },
  "POST /api/v1/account/email": {
    expect: [401, 202, 202, 202, 202, 202],
    body: () => ({ email: `${random(4).join("")}@example.org` }),
  },
  "DELETE /api/v1/account/sign-ins": { expect: ownChange },
  "DELETE /api/v1/account/sign-ins/{signInId}": { expect: onlyOwner },
  "POST /api/v1/account/erasure": { expect: [401, 202, 202, 202, 202, 202] },
  "POST /api/v1/account/erasure/confirm": { expect: all(422), body: empty },
  "POST /api/v1/account/exports": { expect: [401, 202, 202, 202, 202, 202] },
  "GET /api/v1/account/exports": { expect: own },
  // Nobody has one, and nobody could have another's.
  "GET /api/v1/account/exports/{exportId}/archive": { expect: [401, 404, 404, 404, 404, 404] },
  "PUT /api/v1/account/restriction": { expect: ownChange },
  "DELETE /api/v1/account/restriction": { expect: ownChange },
  "GET /api/v1/account/deliveries": { expect: own },
  "GET /api/v1/deletion-wishes": { expect: own },
  "GET /api/v1/copy-seed": { expect: own },
  "POST /api/v1/deletion-wishes/{recordingId}": {
    expect: [401, 404, 404, 404, 404, 404],
    body: () => ({ answer: "deleted" }),
  },
  "PUT /api/v1/account/counting-objection": { expect: ownChange },
  "DELETE /api/v1/account/counting-objection": { expect: ownChange },
  "GET /api/v1/account/decisions": { expect: own },
  // Nobody has one, and nobody could appeal against another's.
  "POST /api/v1/account/decisions/{decisionId}/appeal": {
    expect: [401, 404, 404, 404, 404, 404],
    body: () => ({ text: "It is wrong." }),
  },
  "GET /api/v1/account/consents": { expect: own },
  "DELETE /api/v1/account/consents/recording/{sessionId}": { expect: onlyOwner },
  "GET /api/v1/account/requests": { expect: own },
  "POST /api/v1/account/requests": {
    expect: [401, 201, 201, 201, 201, 201],
    body: () => ({ kind: "other", details: "What else?" }),
  },
  "GET /api/v1/erasures/{erasureId}": { expect: all(404) },

  "POST /api/v1/account/password": { expect: [401, 422, 422, 422, 422, 422], body: empty },
  "POST /api/v1/account/passkeys/start": { expect: own },
  "POST /api/v1/account/passkeys": { expect: [401, 422, 422, 422, 422, 422], body: empty },
  "PATCH /api/v1/account/passkeys/{passkeyId}": { expect: onlyOwner, body: () => ({ label: "Laptop" }) },
  "DELETE /api/v1/account/passkeys/{passkeyId}": { expect: onlyOwner },
  "POST /api/v1/account/second-factor/start": { expect: own },
  "POST /api/v1/account/second-factor": { expect: [401, 403, 403, 403, 403, 403], body: () => ({ code: "000000" }) },
  "DELETE /api/v1/account/second-factor": { expect: [401, 404, 404, 404, 404, 404] },
  "POST /api/v1/account/recovery-codes": { expect: [401, 409, 409, 409, 409, 409] },

  "GET /api/v1/profile": { expect: own },
  "PUT /api/v1/profile": { expect: own, body: () => ({ bio: "Plays at noon." }) },
  "DELETE /api/v1/profile": { expect: ownChange },
  // Who says nothing of themselves has nothing to publish.
  "PUT /api/v1/profile/publication": { expect: [401, 409, 409, 409, 409, 200], body: empty },
  "DELETE /api/v1/profile/publication": { expect: own },
  "GET /api/v1/profile/sample": { expect: [401, 404, 404, 404, 404, 404] },
  "PUT /api/v1/profile/sample": { expect: [401, 415, 415, 415, 415, 415], body: empty },
  "DELETE /api/v1/profile/sample": { expect: own },
  "GET /api/v1/hub/profiles": { expect: all(200) },
  // Not published: not there, for its owner neither (A4).
  "GET /api/v1/hub/profiles/{profileId}": { expect: all(404) },
  "GET /hub/{profileId}/sample": { expect: all(404) },

  "POST /api/v1/hub/profiles/{profileId}/messages": {
    expect: [401, 404, 404, 404, 404, 404],
    body: () => ({ text: "Hello" }),
  },
  // Ada and Ben write to each other; to everybody else there is no conversation.
  "GET /api/v1/conversations": { expect: own },
  "GET /api/v1/conversations/{conversationId}": { expect: [401, 404, 404, 404, 200, 200] },
  "GET /api/v1/conversations/{conversationId}/messages": { expect: [401, 404, 404, 404, 200, 200] },
  "POST /api/v1/conversations/{conversationId}/messages": {
    expect: [401, 404, 404, 404, 202, 202],
    body: () => ({ text: "Hello" }),
  },
  "PUT /api/v1/conversations/{conversationId}/read": { expect: [401, 404, 404, 404, 204, 204] },
  "DELETE /api/v1/conversations/{conversationId}": { expect: [401, 404, 404, 404, 204, 204] },
  "POST /api/v1/conversations/{conversationId}/reports": {
    expect: [401, 404, 404, 404, 202, 202],
    body: () => ({ reason: "spam" }),
  },
  "POST /api/v1/hub/profiles/{profileId}/invites": {
    expect: [401, 404, 404, 404, 404, 404],
    body: ({ sessionId }) => ({ sessionId }),
  },
  "POST /api/v1/hub/profiles/{profileId}/reports": { expect: all(404), body: () => ({ reason: "spam" }) },
  "POST /api/v1/hub/answers": { expect: [401, 422, 422, 422, 422, 422], body: empty },
  "GET /api/v1/blocks": { expect: own },
  "POST /api/v1/blocks": { expect: [401, 404, 404, 404, 404, 404], body: ({ profileId }) => ({ profileId }) },
  "DELETE /api/v1/blocks/{blockId}": { expect: onlyOwner },
  "POST /api/v1/sessions/{sessionId}/members/{memberId}/reports": {
    expect: [401, 404, 404, 202, 202, 202],
    body: () => ({ reason: "underage" }),
  },
  "POST /api/v1/waitlist": {
    expect: all(202),
    body: () => ({ email: `${random(4).join("")}@example.org`, consent: true }),
  },
  "POST /api/v1/waitlist/confirm": { expect: all(410), body: () => ({ token: "faded" }) },
  // Without the operator's key these are not there, signed in or not.
  "GET /api/v1/operator/reports": { expect: all(404) },
  "GET /api/v1/operator/requests": { expect: all(404) },
  "GET /api/v1/operator/breaches": { expect: all(404) },
  "POST /api/v1/operator/operators": { expect: all(404), body: () => ({ name: "Eve" }) },
  "POST /api/v1/operator/breaches": { expect: all(404), body: () => ({}) },
  "POST /api/v1/operator/breaches/{breachId}": { expect: all(404), body: () => ({ do: "close" }) },
  "POST /api/v1/operator/requests": {
    expect: all(404),
    body: () => ({ kind: "other", details: "By mail", email: "a@example.org", receivedAtMs: nowMs }),
  },
  "POST /api/v1/operator/requests/{requestId}": { expect: all(404), body: () => ({ do: "answer", answer: "Yes" }) },
  "POST /api/v1/operator/reports/{reportId}/close": { expect: all(404) },
  "POST /api/v1/operator/reports/{reportId}/delete-account": {
    expect: all(404),
    body: () => ({ ground: "terms", facts: "It was shown that they are younger than 16." }),
  },

  "POST /api/v1/sessions": { expect: [401, 201, 201, 201, 201, 201], body: () => ({ name: "Another" }) },
  "GET /api/v1/sessions": { expect: own },
  "GET /api/v1/sessions/{sessionId}": { expect: members },
  "PATCH /api/v1/sessions/{sessionId}": {
    expect: host(200),
    body: () => ({ settings: { recordingPermitted: false } }),
  },
  "PUT /api/v1/sessions/{sessionId}/evening": {
    expect: host(200),
    body: () => ({ startsAt: "2099-12-03T20:00", timeZone: "Europe/Berlin", minutes: 120, repeats: "weekly" }),
  },
  "DELETE /api/v1/sessions/{sessionId}/evening": { expect: host(204) },
  "DELETE /api/v1/sessions/{sessionId}": { expect: host(202) },
  "PATCH /api/v1/sessions/{sessionId}/members/{memberId}": { expect: host(200), body: () => ({ role: "observer" }) },
  "DELETE /api/v1/sessions/{sessionId}/members/{memberId}": { expect: host(204) },
  // For guests; this member is none.
  "DELETE /api/v1/sessions/{sessionId}/members/{memberId}/invite": { expect: [401, 404, 404, 403, 403, 404] },
  "POST /api/v1/sessions/{sessionId}/invites": { expect: host(201), body: empty },
  "GET /api/v1/sessions/{sessionId}/invites": { expect: host(200) },
  "DELETE /api/v1/sessions/{sessionId}/invites/{inviteId}": { expect: host(204) },
  "POST /api/v1/invites/accept": { expect: own, body: ({ inviteCode }) => ({ code: inviteCode }) },
  // A guest's cookie opens these, and a sign-in does not; the test below asks as a guest.
  "POST /api/v1/guests": { expect: all(422), body: empty },
  "GET /api/v1/sessions/{sessionId}/guest": { expect: all(404) },
  "POST /api/v1/sessions/{sessionId}/guest/tickets": { expect: all(404) },
  "DELETE /api/v1/sessions/{sessionId}/guest": { expect: all(404) },
  "POST /api/v1/sessions/{sessionId}/phone": { expect: [401, 404, 404, 403, 201, 201] },
  "DELETE /api/v1/sessions/{sessionId}/phone": { expect: [401, 404, 404, 403, 204, 204] },
  // A phone's cookie opens this, and a sign-in does not; workers/sessions/phones.test.ts asks as a phone.
  "POST /api/v1/phones": { expect: all(404), body: () => ({ link: "made-up" }) },
  "POST /api/v1/sessions/{sessionId}/phone/tickets": { expect: all(404) },
  "POST /api/v1/sessions/{sessionId}/broadcast": { expect: host(201) },
  "DELETE /api/v1/sessions/{sessionId}/broadcast": { expect: host(204) },
  // A seat opens this, and a sign-in does not; workers/sessions/broadcasts.test.ts asks with one.
  "POST /api/v1/sessions/{sessionId}/listener/tickets": { expect: all(404), body: () => ({ seat: "made-up" }) },
  "POST /api/v1/sessions/{sessionId}/tickets": { expect: [401, 404, 404, 201, 201, 201] },

  "POST /api/v1/sessions/{sessionId}/recordings": { expect: [401, 404, 404, 403, 422, 422], body: empty },
  "GET /api/v1/recordings": { expect: own },
  "GET /api/v1/sessions/{sessionId}/recordings": { expect: members },
  "GET /api/v1/recordings/{recordingId}": { expect: members },
  "GET /api/v1/recordings/{recordingId}/file": { expect: [401, 404, 404, 403, 200, 200] },
  "GET /api/v1/recordings/{recordingId}/peaks": { expect: [401, 404, 404, 403, 200, 200] },
  "GET /api/v1/sessions/{sessionId}/recordings.zip": { expect: [401, 404, 404, 403, 200, 200] },
  "PUT /api/v1/recordings/{recordingId}/parts/{number}": { expect: [401, 404, 404, 404, 404, 400] },
  "POST /api/v1/recordings/{recordingId}/complete": {
    expect: [401, 404, 404, 404, 404, 409],
    body: () => ({
      sizeBytes: 100,
      frames: 1,
      sha256: "0".repeat(64),
      parts: 1,
      transportAtStart: initialTransport,
      transportAtEnd: initialTransport,
    }),
  },
  "POST /api/v1/recordings/{recordingId}/reports": {
    expect: [401, 404, 404, 202, 202, 409],
    body: () => ({ reason: "spam" }),
  },
  "DELETE /api/v1/recordings/{recordingId}": { expect: [401, 404, 404, 403, 403, 204] },
};

function pathFor(route: string, world: World): string {
  const unfinished = /parts|complete/.test(route);
  return (route.split(" ")[1] ?? "")
    .replace("{sessionId}", world.sessionId)
    .replace("{profileId}", world.profileId)
    .replace("{conversationId}", world.conversationId)
    .replace("{blockId}", world.blockId)
    .replace("{reportId}", world.reportId)
    .replace("{memberId}", world.memberId.pat)
    .replace("{inviteId}", world.inviteId)
    .replace("{recordingId}", unfinished ? world.uploadingId : world.recordingId)
    .replace("{number}", "1")
    .replace("{signInId}", world.signInId.ada)
    .replace("{passkeyId}", world.passkeyId.ada);
}

function rowOf(route: string): Row {
  const row = matrix[route];
  if (row === undefined) throw new Error("No such row.");
  return row;
}

const { paths } = await (await askAs(app, null, "GET", "/openapi.json")).json<{
  paths: Record<string, Record<string, unknown>>;
}>();
const routes = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

/** What the worlds hold that a request could change; what is noted of a visit itself is not among it. */
const tables = [
  "accounts",
  "passkeys",
  "sessions",
  "session_members",
  "session_guests",
  "session_evenings",
  "invites",
  "recordings",
  "recording_parts",
  "blocks",
  "reports",
  "conversations",
  "conversation_sides",
  "messages",
];
async function contents(): Promise<string> {
  const rows = await env.DB.batch(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table} ORDER BY rowid`)));
  return JSON.stringify(rows.map(({ results }) => results));
}

describe("X18, C1: every route, asked by everybody", () => {
  let shared: World;
  beforeAll(async () => {
    shared = await newWorld(nowMs);
  });

  test("the matrix names every route, and no other", () => {
    expect(Object.keys(matrix).sort()).toEqual([...routes].sort());
  });

  const ask = async (route: string, who: Person | null, world: World) => {
    const row = rowOf(route);
    const token = who === null ? null : world.token[who];
    const method = route.split(" ")[0] ?? "";
    const response = await askAs(app, token, method, pathFor(route, world), row.body?.(world), row.headers);
    if (response.status >= 400) expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    const said = response.status >= 400 ? await response.text() : await response.arrayBuffer();
    return [who, response.status, said] as const;
  };
  const askersOf = (route: string) => askers.map((who, at) => ({ who, status: rowOf(route).expect[at] ?? 0 }));
  const isRefused = ({ status }: { status: number }) => status >= 400;

  // Whoever is refused changes nothing, so all of them are asked in one world, which is the same afterwards. They come first: what is
  // compared grows with every world.
  const refusing = Object.keys(matrix).filter((route) => askersOf(route).some(isRefused));
  test.each(refusing)("%s refuses", async (route) => {
    const before = await contents();
    for (const { who, status } of askersOf(route).filter(isRefused)) {
      const [, found, said] = await ask(route, who, shared);
      expect([who, found], String(said)).toEqual([who, status]);
    }
    expect(await contents()).toBe(before);
  });

  // What is granted changes a world of the route's own, where the host asks last; what only looks needs none.
  const granting = Object.keys(matrix).filter((route) => !askersOf(route).every(isRefused));
  test.each(granting)("%s grants", async (route) => {
    const own = route.startsWith("GET ") ? shared : await newWorld(nowMs);
    for (const { who, status } of askersOf(route).filter((asker) => !isRefused(asker))) {
      const [, found, said] = await ask(route, who, own);
      expect([who, found], String(said)).toEqual([who, status]);
    }
  });

  test("X40: a guest's cookie opens their own session's three routes; everywhere else a guest is nobody", async () => {
    const world = await newWorld(nowMs);
    const mine: Record<string, number> = {
      "GET /api/v1/sessions/{sessionId}/guest": 200,
      "POST /api/v1/sessions/{sessionId}/guest/tickets": 201,
      "DELETE /api/v1/sessions/{sessionId}/guest": 204,
    };
    const last = "DELETE /api/v1/sessions/{sessionId}/guest";
    const askGuest = async (route: string, where: World) => {
      const row = rowOf(route);
      const headers = { ...row.headers, Cookie: `__Host-guest=${world.guest.token}`, "Sec-Fetch-Site": "same-origin" };
      const path = pathFor(route, where);
      return (await askAs(app, null, route.split(" ")[0] ?? "", path, row.body?.(where), headers)).status;
    };
    for (const route of [...Object.keys(matrix).filter((one) => one !== last), last]) {
      if (route in mine) expect([route, await askGuest(route, shared)]).toEqual([route, 404]);
      expect([route, await askGuest(route, world)]).toEqual([route, mine[route] ?? rowOf(route).expect[0]]);
    }
  });
});
