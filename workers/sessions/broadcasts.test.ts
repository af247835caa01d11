import { env, exports } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BroadcastLink } from "../../protocol/broadcasts.ts";
import { BROADCAST_LIFETIME_MS } from "../../protocol/limits.ts";
import type { JoinTicket } from "../../protocol/sessions.ts";
import { signBroadcast } from "../auth/broadcast-token.ts";
import { TestClient } from "../testing/room-client.ts";
import { Studio, seedPeople } from "../testing/studio.ts";

let studio: Studio;
beforeAll(() => seedPeople(["ada", "ben", "cy"]));
beforeEach(async () => {
  studio = new Studio();
  await studio.meet({ ben: "participant", cy: "observer" });
});

const path = () => `/sessions/${studio.sessionId}`;
type Ticket = typeof JoinTicket._output;

async function inside(response: Response): Promise<TestClient> {
  expect(response.status).toBe(201);
  const client = await TestClient.knock(studio.sessionId, (await response.json<Ticket>()).ticket);
  client.hello();
  return client;
}
const enter = async (who: string) => await inside(await studio.ask(who, "POST", `${path()}/tickets`));
async function begin(): Promise<string> {
  const made = await studio.ask("ada", "POST", `${path()}/broadcast`);
  expect(made.status).toBe(201);
  return (await made.json<typeof BroadcastLink._output>()).link;
}
/** What the page behind a link was drawn with. */
async function seatOf(link: string): Promise<string> {
  const page = await open(`/listen/${link}`);
  expect(page.status).toBe(200);
  const boot = /data-boot="([^"]*)"/.exec(await page.text())?.[1] ?? "";
  return (JSON.parse(boot.replaceAll("&quot;", '"')) as { seat: string }).seat;
}
const open = (at: string) => exports.default.fetch(`https://sessionlinked.test${at}`);
const networks = { next: 0 };
const knock = (seat: string, at = path()) =>
  studio.ask(null, "POST", `${at}/listener/tickets`, {
    body: { seat },
    headers: { "CF-Connecting-IP": `10.9.0.${networks.next++}` },
  });

describe("a session's broadcast", () => {
  test("P85, C1: off until its host begins it; then whoever has the link listens, without an account", async () => {
    const ben = await enter("ben");
    expect((await ben.hear("welcome")).listeners).toBeNull();
    for (const who of ["ben", "cy"])
      for (const method of ["POST", "DELETE"])
        expect((await studio.ask(who, method, `${path()}/broadcast`)).status).toBe(403);
    const link = await begin();
    await ben.hear("members", ({ listeners }) => listeners?.length === 0);
    // The same again, while it is on: a host who has lost it asks anew.
    expect(await begin()).toBe(link);
    const listener = await inside(await knock(await seatOf(link)));
    const { memberId, role } = await listener.hear("welcome");
    expect(role).toBe("observer");
    await ben.hear("members", ({ listeners }) => listeners?.includes(memberId) === true);
    expect(await listener.ask({ kind: "chat", text: "hello" })).toBe("forbidden");

    expect((await studio.ask("ada", "DELETE", `${path()}/broadcast`)).status).toBe(204);
    expect(await listener.closed).toBe(4417);
    await ben.hear("members", ({ listeners }) => listeners === null);
    const late = await inside(await knock(await seatOf(link)));
    expect(await late.closed).toBe(4417);
    expect(await begin()).not.toBe(link);
  });

  test("P85, V1: the page behind the link says nothing of the session: no name of it and of nobody, and sets no cookie", async () => {
    const page = await open(`/listen/${await begin()}`);
    expect(page.headers.get("Set-Cookie")).toBeNull();
    const html = await page.text();
    const { name } = await (await studio.ask("ada", "GET", path())).json<{ name: string }>();
    for (const word of [name, "ada", "ben"]) expect(html).not.toContain(word);
    expect(html).toContain("noindex");
  });

  // The last, because it moves the clock on, and limits go by it.
  test("P85, X40: a forged link or seat, one of another session, and one that is too old open nothing", async () => {
    const link = await begin();
    const seat = await seatOf(link);
    const forge = (text: string) => `${text.slice(0, 30)}${text[30] === "a" ? "b" : "a"}${text.slice(31)}`;
    expect((await open(`/listen/${forge(link)}`)).status).toBe(404);
    expect((await open(`/listen/${seat}`)).status).toBe(404);
    for (const bad of [forge(seat), link, "made-up"]) expect((await knock(bad)).status).toBe(404);
    const first = path();
    await studio.meet({});
    expect((await knock(seat)).status).toBe(404);
    expect((await knock(seat, first)).status).toBe(201);
    await studio.setTime(studio.nowMs + BROADCAST_LIFETIME_MS);
    expect((await knock(seat, first)).status).toBe(404);
    // The page's own clock is the machine's.
    const over = { sessionId: studio.sessionId, id: "over", expiresAtMs: Date.now() };
    expect((await open(`/listen/${await signBroadcast(env, over)}`)).status).toBe(404);
  });
});
