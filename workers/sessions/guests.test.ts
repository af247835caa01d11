import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { roomCalls } from "../../migrations/schema.ts";
import type { GuestSeat } from "../../protocol/guests.ts";
import { GUESTS_PER_SESSION_MAX } from "../../protocol/limits.ts";
import { DAY_MS, GUEST_RETENTION_MS } from "../../protocol/retention.ts";
import type { SessionDetail } from "../../protocol/sessions.ts";
import { GUEST_COOKIE } from "../auth/guest-token.ts";
import { runJob } from "../cron/jobs.ts";
import { deliverLeft } from "../rooms/room-outbox.ts";
import { TestClient } from "../testing/room-client.ts";
import { plenty, Studio, seedPeople } from "../testing/studio.ts";
import { db } from "../testing/tables.ts";

let studio: Studio;
beforeAll(() => seedPeople(["ada", "ben"]));
beforeEach(async () => {
  studio = new Studio();
  await studio.meet({ ben: "participant" });
});

type Detail = Pick<typeof SessionDetail._output, "members" | "guestsAllowed" | "role">;
type Seat = typeof GuestSeat._output;

const path = () => `/sessions/${studio.sessionId}`;
const allow = (guestsAllowed: boolean) => studio.ask("ada", "PATCH", path(), { body: { guestsAllowed } });
async function invite(uses = 1, role = "participant"): Promise<string> {
  const made = await studio.ask("ada", "POST", `${path()}/invites`, { body: { uses, role } });
  return (await made.json<{ code: string }>()).code;
}
const networks = { next: 0 };
const come = (
  code: string,
  displayName: string,
  more: { isSixteen?: unknown; headers?: Record<string, string> } = {},
) =>
  studio.ask(null, "POST", "/guests", {
    body: { code, displayName, isSixteen: "isSixteen" in more ? more.isSixteen : true },
    headers: { "CF-Connecting-IP": `10.7.${networks.next >> 8}.${networks.next++ & 255}`, ...more.headers },
  });
const cookieIn = (response: Response) => response.headers.get("Set-Cookie")?.split(";")[0] ?? "";

/** A guest as their browser is: with the cookie, from our own pages. */
async function guestNamed(displayName: string, code?: string) {
  const response = await come(code ?? (await invite()), displayName);
  expect(response.status).toBe(201);
  const cookie = cookieIn(response);
  const seat = await response.json<Seat>();
  const ask = (method: string, below = "", headers: Record<string, string> = {}) =>
    studio.ask(null, method, `/sessions/${seat.sessionId}/guest${below}`, {
      headers: { Cookie: cookie, "Sec-Fetch-Site": "same-origin", ...headers },
    });
  const enter = async () => {
    const response = await ask("POST", "/tickets");
    if (response.status !== 201) return response.status;
    const client = await TestClient.knock(seat.sessionId, (await response.json<{ ticket: string }>()).ticket);
    client.hello();
    return client;
  };
  return { ...seat, cookie, ask, enter };
}
async function inside(guest: Awaited<ReturnType<typeof guestNamed>>): Promise<TestClient> {
  const client = await guest.enter();
  if (typeof client === "number") throw new Error(`No ticket: ${client}`);
  await client.hear("welcome");
  return client;
}
const detail = async () => await (await studio.ask("ada", "GET", path())).json<Detail>();
const names = async () => (await detail()).members.map(({ displayName }) => displayName).sort();
const rows = async () =>
  (await env.DB.prepare("SELECT 1 FROM session_guests WHERE session_id = ?").bind(studio.sessionId).all()).results
    .length;
const keyOf = (memberId: string) => env.RECORDINGS.head(`keys/${memberId}`);

describe("guests", () => {
  test("A5, C1: where the host allows it, a link, a name and 16 years are enough to be in the room; nowhere else, and off at first", async () => {
    const code = await invite(3);
    expect((await detail()).guestsAllowed).toBe(false);
    expect((await come(code, "Cleo")).status).toBe(403);
    expect((await allow(true)).status).toBe(200);
    expect((await come(code, "Cleo", { isSixteen: false })).status).toBe(422);
    expect((await come(code, "SessionLinked")).status).toBe(422);
    expect((await come("0000000000", "Cleo")).status).toBe(404);
    expect(await rows()).toBe(0);

    const cleo = await guestNamed("Cleo", code);
    expect(cleo).toMatchObject({ role: "participant", sessionId: studio.sessionId });
    expect(cleo.expiresAtMs).toBe(studio.nowMs + GUEST_RETENTION_MS);
    const client = await inside(cleo);
    const { members } = await client.hear("members");
    expect(members.find(({ memberId }) => memberId === cleo.memberId)).toMatchObject({
      displayName: "Cleo",
      guest: true,
    });
    const [said] = [await client.ask({ kind: "chat", text: "Hello" })];
    expect(said).toMatchObject({ from: cleo.memberId });
    // Their members see who is a guest, and the guest sees who is there.
    expect((await detail()).members.at(-1)).toMatchObject({ displayName: "Cleo", guest: true, role: "participant" });
    expect((await (await cleo.ask("GET")).json<Detail>()).members).toHaveLength(3);
    // One use of the invite is spent for each guest.
    await guestNamed("Dora", code);
    await guestNamed("Eda", code);
    expect((await come(code, "Fred")).status).toBe(404);
  });

  test("V1: nobody comes in under the name of somebody who is there, in whatever letters", async () => {
    await allow(true);
    const code = await invite(5);
    for (const name of ["ada", "A d a", "ＡＤＡ", "Ben."])
      expect([name, (await come(code, name)).status]).toEqual([name, 422]);
    await guestNamed("Cleo", code);
    expect((await come(code, "CLEO")).status).toBe(422);
  });

  test("V2, H6: the name lies sealed under a key of its own; a copy of the tables names nobody", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleopatra");
    const row = await env.DB.prepare("SELECT * FROM session_guests WHERE member_id = ?").bind(cleo.memberId).first();
    expect(JSON.stringify(row)).not.toContain("Cleopatra");
    expect(JSON.stringify(row)).not.toContain(cleo.cookie.split("=")[1]);
    expect(await keyOf(cleo.memberId)).not.toBeNull();
  });

  test("X40: a forged, a foreign and an old guest's token open nothing", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleo");
    const first = path();
    await studio.meet();
    await allow(true);
    const dora = await guestNamed("Dora");
    const as = async (cookie: string, at: string) =>
      (await studio.ask(null, "GET", `${at}/guest`, { headers: { Cookie: cookie } })).status;
    expect(await as(cleo.cookie, first)).toBe(200);
    expect(await as(dora.cookie, first)).toBe(404);
    expect(await as(cleo.cookie, path())).toBe(404);
    expect(await as(`${cleo.cookie}x`, first)).toBe(404);
    expect(await as(`${GUEST_COOKIE}=`, first)).toBe(404);
    // A guest's token is nobody's sign-in, nor a sign-in's a guest's.
    const token = cleo.cookie.split("=")[1] ?? "";
    expect((await studio.ask(null, "GET", first, { headers: { Cookie: `__Host-session=${token}` } })).status).toBe(401);
    expect((await studio.ask(null, "GET", first, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401);
    expect((await studio.ask("ada", "GET", `${first}/guest`)).status).toBe(404);
    // Another site's page asks for nothing in their name.
    expect((await cleo.ask("POST", "/tickets", { "Sec-Fetch-Site": "cross-site" })).status).toBe(404);
    expect((await cleo.ask("DELETE", "", { "Sec-Fetch-Site": "cross-site" })).status).toBe(404);
    expect((await come(await invite(), "Eda", { headers: { "Sec-Fetch-Site": "cross-site" } })).status).toBe(403);
    studio.nowMs += GUEST_RETENTION_MS;
    expect(await as(cleo.cookie, first)).toBe(404);
  });

  test("X41: a link that goes to a thousand people lets in as many guests as there are places, and its host ends it", async () => {
    await allow(true);
    const code = await invite(32);
    const statuses = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, at) => (await come(code, `Somebody ${String.fromCharCode(65 + at)}`)).status,
      ),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(GUESTS_PER_SESSION_MAX);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(await rows()).toBe(GUESTS_PER_SESSION_MAX);
    // Those who were refused have left no key.
    const { objects } = await env.RECORDINGS.list({ prefix: "keys/mem_" });
    const held = await env.DB.prepare("SELECT member_id AS id FROM session_guests").all<{ id: string }>();
    expect(objects.map(({ key }) => key.slice(5)).filter((id) => !held.results.some((row) => row.id === id))).toEqual(
      [],
    );
    // Withdrawn, it lets nobody else in, and those who are in stay; without guests they go as well.
    expect((await allow(false)).status).toBe(200);
    expect(await rows()).toBe(0);
    expect((await come(code, "Late")).status).toBe(403);
  });

  test("X42: a host who allows guests no more takes those out who are in, and their names with them", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleo");
    const client = await inside(cleo);
    await allow(false);
    expect(await client.closed).toBe(4411);
    expect(await cleo.enter()).toBe(404);
    expect(await names()).toEqual(["ada", "ben"]);
    expect(await keyOf(cleo.memberId)).toBeNull();
    const room = await studio.deps.reachRoom(env, studio.sessionId);
    expect(JSON.stringify(await room.snapshot())).not.toContain("Cleo");
  });

  test("X37, C1: a host makes a guest listen, never a host, and whoever is taken out does not come back by the same link", async () => {
    await allow(true);
    const code = await invite(5);
    const cleo = await guestNamed("Cleo", code);
    const client = await inside(cleo);
    const about = (method: string, body?: unknown, who = "ada") =>
      studio.ask(who, method, `${path()}/members/${cleo.memberId}`, body === undefined ? {} : { body });
    expect((await about("PATCH", { role: "host" })).status).toBe(409);
    expect((await about("PATCH", { role: "observer" }, "ben")).status).toBe(403);
    expect((await about("PATCH", { role: "observer" })).status).toBe(200);
    expect((await (await cleo.ask("GET")).json<Detail>()).role).toBe("observer");
    await expect.poll(() => client.heard.some(({ type }) => type === "events")).toBe(true);
    // There is no account to report; the answer says what to do.
    const report = { reason: "underage" };
    const reported = await studio.ask("ben", "POST", `${path()}/members/${cleo.memberId}/reports`, { body: report });
    expect(reported.status).toBe(409);
    expect((await reported.json<{ detail: string }>()).detail).toContain("can take them out");
    expect((await about("DELETE", undefined, "ben")).status).toBe(403);
    expect((await about("DELETE")).status).toBe(204);
    expect(await client.closed).toBe(4411);
    expect((await come(code, "Cleo again")).status).toBe(404);
    expect((await about("DELETE")).status).toBe(404);
  });

  test("X37, P54: a guest who is kept out is not back by the same link, and is in again as soon as a host says so", async () => {
    await allow(true);
    const code = await invite(5);
    const cleo = await guestNamed("Cleo", code);
    const host = await TestClient.join(studio.sessionId, "host");
    const client = await inside(cleo);
    const ben = (await detail()).members.find(({ displayName }) => displayName === "ben")?.memberId ?? "";
    const end = (memberId: string, who = "ada") => studio.ask(who, "DELETE", `${path()}/members/${memberId}/invite`);
    await host.ask({ kind: "kick", memberId: cleo.memberId, keepOut: true });
    expect(await client.closed).toBe(4412);
    expect((await end(cleo.memberId, "ben")).status).toBe(403);
    expect((await end(cleo.memberId)).status).toBe(204);
    expect((await end(cleo.memberId)).status).toBe(204);
    expect((await end(ben)).status).toBe(404);
    expect((await come(code, "Cleo again")).status).toBe(404);
    const again = await cleo.enter();
    expect(typeof again === "number" ? again : await again.closed).toBe(4412);
    await host.ask({ kind: "admit", memberId: cleo.memberId });
    await inside(cleo);
  });

  test("E3: whoever leaves takes their name and their words along, and the key is gone", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleo");
    const client = await inside(cleo);
    await client.ask({ kind: "chat", text: "Under the bridge" });
    const left = await cleo.ask("DELETE");
    expect(left.status).toBe(204);
    expect(left.headers.get("Set-Cookie")).toContain("Max-Age=0");
    expect(await client.closed).toBe(4411);
    expect([await rows(), await keyOf(cleo.memberId)]).toEqual([0, null]);
    expect((await cleo.ask("GET")).status).toBe(404);
    const said = JSON.stringify(await (await studio.deps.reachRoom(env, studio.sessionId)).snapshot());
    expect(said).not.toContain("Cleo");
    expect(said).not.toContain("Under the bridge");
  });

  test("E3, X20: where the room cannot be reached, leaving is asked for again, and the guest is still one", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleo");
    const reach = studio.deps.reachRoom;
    studio.deps.reachRoom = async () => {
      throw new Error("The room is away.");
    };
    expect((await cleo.ask("DELETE")).status).toBe(503);
    studio.deps.reachRoom = reach;
    expect((await cleo.ask("DELETE")).status).toBe(204);
  });

  test("X43, E6: a day later the sweep ends a guest, row and key, and the room forgets the name", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleo");
    const client = await inside(cleo);
    studio.nowMs += DAY_MS - 1;
    await runJob(env, studio.deps, "retention:sessionGuests");
    expect(await rows()).toBe(1);
    studio.nowMs += 1;
    expect(await names()).toEqual(["ada", "ben"]);
    await runJob(env, studio.deps, "retention:sessionGuests");
    expect([await rows(), await keyOf(cleo.memberId)]).toEqual([0, null]);
    await deliverLeft(env, studio.deps, 60, plenty());
    expect(await client.closed).toBe(4411);
    const room = await studio.deps.reachRoom(env, studio.sessionId);
    expect((await room.snapshot()).members.map(({ displayName }) => displayName)).not.toContain("Cleo");
  });

  test("X43, E2: a session that is deleted is deleted for its guests, and their keys go with it", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleo");
    const client = await inside(cleo);
    expect((await studio.ask("ada", "DELETE", path())).status).toBeLessThan(300);
    expect(await client.closed).toBe(4410);
    expect((await cleo.ask("GET")).status).toBe(404);
    expect(await cleo.enter()).toBe(404);
    expect([await rows(), await keyOf(cleo.memberId)]).toEqual([0, null]);
  });

  test("X44: whoever signs in is another person, and the guest stays what they are until they leave", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleo");
    const response = await studio.ask("ben", "GET", `${path()}/guest`, { headers: { Cookie: cleo.cookie } });
    expect((await response.json<Detail & { memberId: string }>()).memberId).toBe(cleo.memberId);
    // The account's own routes know the account alone.
    const own = await studio.ask("ben", "GET", path(), { headers: { Cookie: cleo.cookie } });
    expect((await own.json<{ memberId: string }>()).memberId).not.toBe(cleo.memberId);
  });

  test("P55: a room that is told everything anew keeps its guests", async () => {
    await allow(true);
    const cleo = await guestNamed("Cleo");
    const client = await inside(cleo);
    // A decision that does not parse any more is told as the state.
    await db.insert(roomCalls).values({
      eventId: crypto.randomUUID(),
      sessionId: studio.sessionId,
      fromMemberId: cleo.memberId,
      body: "torn",
      createdAtMs: 0,
    });
    await deliverLeft(env, studio.deps, 60, plenty());
    expect(await client.ask({ kind: "chat", text: "Still here" })).toMatchObject({ from: cleo.memberId });
  });
});
