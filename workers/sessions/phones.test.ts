import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { MemberId } from "../../protocol/ids.ts";
import { PHONE_LIFETIME_MS, PHONE_LINK_LIFETIME_MS } from "../../protocol/limits.ts";
import type { PhoneSeat } from "../../protocol/phones.ts";
import type { PostBody } from "../../protocol/room.ts";
import type { JoinTicket, SessionDetail } from "../../protocol/sessions.ts";
import { PHONE_COOKIE } from "../auth/phone-token.ts";
import { TestClient } from "../testing/room-client.ts";
import { Studio, seedPeople } from "../testing/studio.ts";

let studio: Studio;
beforeAll(() => seedPeople(["ada", "ben"]));
beforeEach(async () => {
  studio = new Studio();
  await studio.meet({ ben: "participant" });
});

const path = () => `/sessions/${studio.sessionId}`;
const own = { "Sec-Fetch-Site": "same-origin" };
type Ticket = typeof JoinTicket._output;

async function inside(response: Response): Promise<TestClient> {
  expect(response.status).toBe(201);
  const client = await TestClient.knock(studio.sessionId, (await response.json<Ticket>()).ticket);
  client.hello();
  await client.hear("welcome");
  return client;
}
const enter = async (who: string) => await inside(await studio.ask(who, "POST", `${path()}/tickets`));
const linkOf = async (who: string) => {
  const made = await studio.ask(who, "POST", `${path()}/phone`);
  expect(made.status).toBe(201);
  return (await made.json<{ link: string }>()).link;
};
const networks = { next: 0 };
const connect = (link: string, headers: Record<string, string> = own) =>
  studio.ask(null, "POST", "/phones", {
    body: { link },
    headers: { "CF-Connecting-IP": `10.8.0.${networks.next++}`, ...headers },
  });

/** A phone as its browser is: with the cookie, from our own pages. */
async function phoneOf(who: string) {
  const response = await connect(await linkOf(who));
  expect(response.status).toBe(201);
  const cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  expect(cookie).toContain(PHONE_COOKIE);
  const { memberId } = await response.json<typeof PhoneSeat._output>();
  const knock = (headers: Record<string, string> = own, at = path()) =>
    studio.ask(null, "POST", `${at}/phone/tickets`, { headers: { Cookie: cookie, ...headers } });
  return { memberId, knock, enter: async () => await inside(await knock()) };
}
const idOf = async (who: string) => {
  const { members } = await (await studio.ask("ada", "GET", path())).json<typeof SessionDetail._output>();
  return members.find(({ displayName }) => displayName === who)?.memberId as MemberId;
};
const play: PostBody = { kind: "transport", transport: { command: "play" } };

describe("a member's phone", () => {
  test("P83, C1: it comes in by its owner's link, under their name, and moves the transport and nothing else", async () => {
    const ben = await enter("ben");
    const phone = await phoneOf("ben");
    const client = await phone.enter();
    const benId = await idOf("ben");
    const seen = await ben.hear("members", ({ members }) =>
      members.some(({ memberId, connected }) => memberId === phone.memberId && connected),
    );
    const shown = seen.members.find(({ memberId }) => memberId === phone.memberId);
    expect(shown).toMatchObject({ displayName: "ben", phoneOf: benId, role: "participant" });
    expect(await client.ask(play)).toMatchObject({ from: phone.memberId });
    expect(await client.ask({ kind: "chat", text: "hello" })).toBe("forbidden");
    expect(await client.ask({ kind: "transport", transport: { command: "tempo", bpm: 90 } })).toBe("forbidden");
    expect(await client.ask({ kind: "end" })).toBe("forbidden");
    // It is nobody of the session's people, and no other route knows it.
    const { members } = await (await studio.ask("ada", "GET", path())).json<typeof SessionDetail._output>();
    expect(members.map(({ memberId }) => memberId)).not.toContain(phone.memberId);
  });

  test("P83: one phone for each, and none is left when its owner sends it away, or has gone", async () => {
    await enter("ben");
    const first = await (await phoneOf("ben")).enter();
    const second = await (await phoneOf("ben")).enter();
    expect(await first.closed).toBe(4411);
    expect((await studio.ask("ben", "DELETE", `${path()}/phone`)).status).toBe(204);
    expect(await second.closed).toBe(4411);
    expect((await studio.ask("ben", "DELETE", `${path()}/phone`)).status).toBe(204);

    const third = await phoneOf("ben");
    const client = await third.enter();
    const benId = await idOf("ben");
    const removed = await studio.ask("ada", "DELETE", `${path()}/members/${benId}`);
    expect(removed.status).toBe(204);
    expect(await client.closed).toBe(4411);
    expect((await third.knock()).status).toBe(404);
  });

  test("P83: of two who use one link at the same time one comes in, and the other's page says that it is used", async () => {
    await enter("ben");
    const link = await linkOf("ben");
    const answers = await Promise.all(Array.from({ length: 4 }, () => connect(link)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404]);
    const [seat] = answers.filter(({ status }) => status === 201);
    const cookie = seat?.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    expect(answers.filter((answer) => answer.headers.has("Set-Cookie"))).toEqual([seat]);
    await inside(await studio.ask(null, "POST", `${path()}/phone/tickets`, { headers: { Cookie: cookie, ...own } }));
  });

  test("P83, P54: whoever is made to listen has no phone; whoever is sent out is out with it, and the door is theirs", async () => {
    const host = await enter("ada");
    await enter("ben");
    const benId = await idOf("ben");
    const phone = await phoneOf("ben");
    const client = await phone.enter();
    await host.ask({ kind: "kick", memberId: benId, keepOut: true });
    expect(await client.closed).toBe(4412);
    const again = await TestClient.knock(studio.sessionId, (await (await phone.knock()).json<Ticket>()).ticket);
    again.hello();
    expect(await again.closed).toBe(4412);
    await host.ask({ kind: "admit", memberId: benId });
    const back = await phone.enter();
    const listens = await studio.ask("ada", "PATCH", `${path()}/members/${benId}`, { body: { role: "observer" } });
    expect(listens.status).toBe(200);
    expect(await back.closed).toBe(4411);
    expect((await phone.knock()).status).toBe(404);
    expect((await studio.ask("ben", "POST", `${path()}/phone`)).status).toBe(403);
  });

  // The last, because it moves the clock on, and limits go by it.
  test("P83, X40: a link is good once, for minutes, from our own page; a forged, a foreign and an old one open nothing", async () => {
    await enter("ben");
    const link = await linkOf("ben");
    expect((await connect(link, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    const forged = `${link.slice(0, 30)}${link[30] === "a" ? "b" : "a"}${link.slice(31)}`;
    expect((await connect(forged)).status).toBe(404);
    expect((await connect(link)).status).toBe(201);
    expect((await connect(link)).status).toBe(404);
    const old = await linkOf("ben");
    await studio.setTime(studio.nowMs + PHONE_LINK_LIFETIME_MS);
    expect((await connect(old)).status).toBe(404);
    const phone = await phoneOf("ben");
    expect((await phone.knock({ "Sec-Fetch-Site": "cross-site" })).status).toBe(404);
    expect((await phone.knock({ ...own, Cookie: `${PHONE_COOKIE}=${link}` })).status).toBe(404);
    const first = path();
    await studio.meet({});
    expect((await phone.knock()).status).toBe(404);
    expect((await phone.knock(own, first)).status).toBe(201);
    await studio.setTime(studio.nowMs + PHONE_LIFETIME_MS);
    expect((await phone.knock(own, first)).status).toBe(404);
  });
});
