import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { Conversation, ConversationMessage, Posted } from "../../protocol/messages.ts";
import { pageSchema } from "../../protocol/paging.ts";
import { MESSAGE_RETENTION_MS } from "../../protocol/retention.ts";
import { createApp } from "../app.ts";
import { sendDueMail } from "../mail/outbox.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { eraseAccount } from "../privacy/account-erasure.ts";
import { liftRestriction, restrict } from "../privacy/restriction.ts";
import { sweepTable } from "../privacy/sweep.ts";
import { person } from "../testing/person.ts";
import { writeMessage } from "./store.ts";

type Person = Awaited<ReturnType<typeof person>>;
let sent: { to: string; subject: string; text: string; html: string }[] = [];
const EMAIL = { send: async (mail: (typeof sent)[number]) => void sent.push(mail) };
const mails = async () => {
  await sendDueMail({ ...env, EMAIL } as unknown as Env, systemDeps, 1_000);
  return sent.splice(0);
};

beforeEach(async () => {
  sent = [];
  for (const table of ["profiles", "hub_search", "hub_spellings", "mail_outbox", "rate_limits", "accounts"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  const { objects } = await env.RECORDINGS.list({ prefix: "keys/cnv_" });
  await env.RECORDINGS.delete(objects.map(({ key }) => key));
});

const api = "/api/v1";
const listOf = async (who: Person) =>
  pageSchema(Conversation).parse(await (await who.call("GET", `${api}/conversations`)).json()).items;
const readBy = async (who: Person, conversationId: string, query = "") =>
  pageSchema(ConversationMessage).parse(
    await (await who.call("GET", `${api}/conversations/${conversationId}/messages${query}`)).json(),
  );
const texts = async (who: Person, conversationId: string) =>
  (await readBy(who, conversationId)).items.map(({ text }) => text);
const say = (who: Person, conversationId: string, text: string) =>
  who.call("POST", `${api}/conversations/${conversationId}/messages`, { text });

/** Two people, and the first message of one to the other's profile. */
async function begin(text = "Bass on Friday?") {
  const [ada, ben] = [await person("Ada"), await person("Ben")];
  const { profileId } = await ben.publish({ instruments: ["Bass"] });
  const path = `${api}/hub/profiles/${profileId}/messages`;
  const answer = await ada.call("POST", path, { text });
  expect(answer.status).toBe(202);
  const { conversationId } = Posted.parse(await answer.json());
  return { ada, ben, path, conversationId };
}

const keyOf = (conversationId: string) => env.RECORDINGS.head(`keys/${conversationId}`);

describe("what members write to each other", () => {
  test("E3: what was said lies under the conversation's key, which ends when both have deleted it, or one of them goes", async () => {
    const { ada, ben, conversationId } = await begin("Bass on Friday?");
    await say(ben, conversationId, "Friday is good.");
    const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM messages").all()).results);
    expect(rows).toContain(`${conversationId}:`);
    expect(rows).not.toMatch(/Friday/);
    expect(await texts(ada, conversationId)).toEqual(["Friday is good.", "Bass on Friday?"]);
    expect(await keyOf(conversationId)).not.toBeNull();
    for (const who of [ada, ben]) await who.call("DELETE", `${api}/conversations/${conversationId}`);
    expect(await keyOf(conversationId)).toBeNull();

    const other = await begin("Drums?");
    expect(await eraseAccount(env, systemDeps, other.ben.accountId, "person")).toBe(true);
    expect(await keyOf(other.conversationId)).toBeNull();
    expect(await listOf(other.ada)).toEqual([]);
  });

  test("E3: of two who write to each other for the first time at once both are heard, and one key is left", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const draft = (from: Person, to: Person, text: string) =>
      writeMessage(env, systemDeps, { authorId: from.accountId, readerId: to.accountId, text, isHeld: false }, null);
    const ids = await Promise.all([draft(ada, ben, "Hello"), draft(ben, ada, "Hi")]);
    expect(new Set(ids).size).toBe(1);
    expect((await texts(ada, ids[0] ?? "")).sort()).toEqual(["Hello", "Hi"]);
    const { objects } = await env.RECORDINGS.list({ prefix: "keys/cnv_" });
    expect(objects.map(({ key }) => key)).toEqual([`keys/${ids[0]}`]);
  });

  test("V2: a message and its answer stay on the site; a mail says who wrote and nothing of what, and neither side learns an address or an account", async () => {
    const { ada, ben, conversationId } = await begin("<b>Bass on</b> Friday?\n🎸");
    const [first, ...none] = await mails();
    expect(none).toEqual([]);
    expect([first?.to, first?.subject]).toEqual([ben.email, "Ada wrote to you"]);
    expect(first?.text).toContain(`/messages/${conversationId}`);
    expect(JSON.stringify(first)).not.toContain("Bass on");
    expect((await say(ben, conversationId, "Yes.")).status).toBe(202);
    const [second] = await mails();
    expect(second?.to).toBe(ada.email);
    expect(await texts(ada, conversationId)).toEqual(["Yes.", "<b>Bass on</b> Friday?\n🎸"]);
    expect(await texts(ben, conversationId)).toEqual(await texts(ada, conversationId));
    for (const [seen, of] of [
      [[first, await listOf(ben), await readBy(ben, conversationId)], ada],
      [[second, await listOf(ada), await readBy(ada, conversationId)], ben],
    ] as const) {
      const all = JSON.stringify(seen);
      expect(all).not.toContain(of.email);
      expect(all).not.toContain(of.accountId);
      expect(all.toLowerCase()).not.toContain("reply-to");
    }
    // Who has no profile is shown none.
    expect((await listOf(ben))[0]?.profileId).toBeNull();
    expect((await listOf(ada))[0]?.profileId).not.toBeNull();
  });

  test("unread is counted for who was written to, one mail says so until it is read, and the next comes after", async () => {
    const { ada, ben, path, conversationId } = await begin();
    for (const text of ["Or Saturday?", "Or never?"]) await ada.call("POST", path, { text });
    expect(await mails()).toHaveLength(1);
    expect([(await listOf(ben))[0]?.unread, (await listOf(ada))[0]?.unread]).toEqual([3, 0]);
    expect((await listOf(ben))[0]?.lastText).toBe("Or never?");
    expect((await ben.call("PUT", `${api}/conversations/${conversationId}/read`)).status).toBe(204);
    expect((await listOf(ben))[0]?.unread).toBe(0);
    await say(ada, conversationId, "Hello?");
    expect(await mails()).toHaveLength(1);
  });

  test("X27: what is written is bounded, and so is how often: a stranger gets few, who has answered a conversation's worth", async () => {
    const { ada, ben, path, conversationId } = await begin();
    const status = async (text: unknown) => (await ada.call("POST", path, { text })).status;
    for (const bad of ["", "  \n ", "x".repeat(1_001), "a\0b", 5, null]) expect(await status(bad)).toBe(422);
    expect(await status("👨‍👩‍👧‍👦".repeat(1_000))).toBe(202);
    let [last, times] = [202, 2];
    while (last === 202 && times < 20) [last, times] = [await status("again"), times + 1];
    expect([last, times]).toEqual([429, 6]);
    expect(await mails()).toHaveLength(1);
    expect((await say(ben, conversationId, "Slowly.")).status).toBe(202);
    for (let at = 0; at < 20; at++) expect((await say(ada, conversationId, `${at}`)).status).toBe(202);
    const { profileId: own } = await ada.publish();
    expect((await ada.call("POST", `${api}/hub/profiles/${own}/messages`, { text: "me" })).status).toBe(409);
    const page = await readBy(ada, conversationId, "?limit=10");
    expect(page.items).toHaveLength(10);
    const next = await readBy(ada, conversationId, `?limit=100&cursor=${page.nextCursor}`);
    expect([next.items.length, next.nextCursor]).toEqual([16, null]);
  });

  test("V2: who is blocked gets the same answer, reaches nobody, and sees what they wrote; lifted, the next arrives", async () => {
    const { ada, ben, conversationId } = await begin();
    await mails();
    const shape = async (response: Response) =>
      `${response.status} ${await response.text()} ${[...response.headers.keys()].sort()}`;
    const before = await shape(await say(ada, conversationId, "Hi"));
    const made = await ben.call("POST", `${api}/blocks`, { conversationId });
    const { blockId } = await made.json<{ blockId: string }>();
    const [unread] = (await listOf(ben)).map((one) => one.unread);
    expect(await shape(await say(ada, conversationId, "Are you there?"))).toBe(before);
    expect(await texts(ada, conversationId)).toContain("Are you there?");
    expect(await texts(ben, conversationId)).not.toContain("Are you there?");
    expect((await listOf(ben))[0]).toMatchObject({ unread, lastText: "Hi", isBlocked: true });
    expect(await mails()).toEqual([]);
    expect((await say(ben, conversationId, "No")).status).toBe(409);
    expect((await ben.call("DELETE", `${api}/blocks/${blockId}`)).status).toBe(204);
    await say(ada, conversationId, "Now?");
    expect(await texts(ben, conversationId)).toEqual(["Now?", "Hi", "Bass on Friday?"]);
  });

  test("G2, V2: whose data is only stored is heard by nobody, in the list as in the conversation; a third person's restriction hides nothing", async () => {
    const { ada, ben, conversationId } = await begin("Bass on Friday?");
    await say(ben, conversationId, "Yes.");
    const eve = await person("Eve");
    await restrict(env, systemDeps, eve.accountId);
    expect((await listOf(ada))[0]?.lastText).toBe("Yes.");
    await restrict(env, systemDeps, ben.accountId);
    expect((await listOf(ada))[0]?.lastText).toBe("Bass on Friday?");
    expect(await texts(ada, conversationId)).toEqual(["Bass on Friday?"]);
    expect((await listOf(ben))[0]?.lastText).toBe("Yes.");
    await liftRestriction(env.DB, ben.accountId);
    expect((await listOf(ada))[0]?.lastText).toBe("Yes.");
  });

  test("V2: blocked is whom one has blocked oneself, and nobody whom others have", async () => {
    const { ada, ben, conversationId } = await begin();
    const { profileId } = await (await person("Eve")).publish({ instruments: ["Drums"] });
    const answer = await ben.call("POST", `${api}/hub/profiles/${profileId}/messages`, { text: "Drums?" });
    const other = Posted.parse(await answer.json());
    const blocked = async (who: Person) =>
      new Map((await listOf(who)).map((one) => [one.conversationId, one.isBlocked]));
    await ben.call("POST", `${api}/blocks`, { conversationId });
    expect([(await blocked(ben)).get(conversationId), (await blocked(ben)).get(other.conversationId)]).toEqual([
      true,
      false,
    ]);
    expect((await blocked(ada)).get(conversationId)).toBe(false);
  });

  test("of two messages of one instant the list shows the one that the conversation shows first", async () => {
    const { ada, ben, conversationId } = await begin("first");
    for (const text of ["second", "third", "fourth"]) await say(ben, conversationId, text);
    await env.DB.prepare("UPDATE messages SET created_at_ms = (SELECT max(created_at_ms) FROM messages)").run();
    const [shown] = await texts(ada, conversationId);
    expect((await listOf(ada))[0]?.lastText).toBe(shown);
    // The order in which they were written says nothing then.
    await env.DB.prepare(
      "UPDATE messages SET id = CASE WHEN id = (SELECT min(id) FROM messages) THEN 'msg_' || substr('zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz', 1, length(id) - 4) ELSE id END",
    ).run();
    const [last] = await texts(ada, conversationId);
    expect(last).not.toBe(shown);
    expect((await listOf(ada))[0]?.lastText).toBe(last);
  });

  test("E6, E3: deleted for one it stays for the other; deleted for both, or with either account, or a year on, nothing is left", async () => {
    const left = async () =>
      (await Promise.all(
        ["conversations", "conversation_sides", "messages"].map((table) =>
          env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<number>("n"),
        ),
      )) as number[];
    const one = await begin();
    expect((await one.ada.call("DELETE", `${api}/conversations/${one.conversationId}`)).status).toBe(204);
    expect((await one.ada.call("GET", `${api}/conversations/${one.conversationId}`)).status).toBe(404);
    expect(await texts(one.ben, one.conversationId)).toHaveLength(1);
    // Written to again, it begins anew for whoever deleted it.
    await say(one.ben, one.conversationId, "Still there?");
    expect(await texts(one.ada, one.conversationId)).toEqual(["Still there?"]);
    for (const who of [one.ada, one.ben]) await who.call("DELETE", `${api}/conversations/${one.conversationId}`);
    expect(await left()).toEqual([0, 0, 0]);
    const two = await begin();
    await env.DB.prepare("DELETE FROM accounts WHERE id = ?").bind(two.ben.accountId).run();
    expect(await left()).toEqual([0, 0, 0]);
    await begin();
    const later = { ...systemDeps, now: () => Date.now() + MESSAGE_RETENTION_MS - 60_000 };
    for (const table of ["messages", "conversations"] as const) await sweepTable(env, later, table, 100);
    expect(await left()).toEqual([1, 2, 1]);
    const due = { ...systemDeps, now: () => Date.now() + MESSAGE_RETENTION_MS + 1 };
    for (const table of ["messages", "conversations"] as const) await sweepTable(env, due, table, 100);
    expect(await left()).toEqual([0, 0, 0]);
  });

  test("A5: the other of a conversation can be reported, profile or not", async () => {
    const { ada, ben, conversationId } = await begin();
    const report = { reason: "abuse", details: "Rude." };
    const answer = await ben.call("POST", `${api}/conversations/${conversationId}/reports`, report);
    expect(answer.status).toBe(202);
    const { results } = await env.DB.prepare("SELECT account_id AS about FROM reports").all();
    expect(results).toEqual([{ about: ada.accountId }]);
  });
});

describe("messages in a browser without a script", () => {
  const app = createApp();
  const open = (who: Person, method: string, path: string, form?: Record<string, string>) =>
    app.request(
      `https://sessionlinked.test${path}`,
      {
        method,
        redirect: "manual",
        headers: {
          Cookie: `__Host-session=${who.token}`,
          Accept: "text/html",
          "Sec-Fetch-Site": "same-origin",
          ...(form === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
        },
        ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
      },
      env,
    );

  test.each([
    ["en", "1 unread", "Write something"],
    ["de", "1 ungelesen", "Schreib etwas"],
  ])(
    "in %s: the header counts what is unread until it is looked at; a form answers with what was typed",
    async (lang, unread, refused) => {
      const { ada, ben, conversationId } = await begin("Hello <i>Ben</i>");
      const at = (path: string) => `${path}${path.includes("?") ? "&" : "?"}lang=${lang}`;
      expect(await (await open(ben, "GET", at("/help"))).text()).toContain(unread);
      const list = await (await open(ben, "GET", at("/messages"))).text();
      expect(list).toContain("Hello &lt;i&gt;Ben&lt;/i&gt;");
      const page = await (await open(ben, "GET", at(`/messages/${conversationId}`))).text();
      expect(page).not.toContain(unread);
      expect(await (await open(ben, "GET", at("/help"))).text()).not.toContain(unread);
      const empty = await open(ben, "POST", at(`/messages/${conversationId}`), { text: " " });
      expect([empty.status, await empty.text()]).toEqual([422, expect.stringContaining(refused)]);
      const answered = await open(ben, "POST", at(`/messages/${conversationId}`), { text: "Hi." });
      expect(answered.headers.get("Location")).toBe(`/messages/${conversationId}?done=sent&lang=${lang}#write`);
      expect(await (await open(ada, "GET", at("/help"))).text()).toContain(unread);
      for (const part of ["", "/delete", "/report"])
        expect((await open(await person("Eve"), "GET", at(`/messages/${conversationId}${part}`))).status).toBe(404);
    },
  );
});
