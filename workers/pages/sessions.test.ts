import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { accounts, recordingParts, recordings, signIns } from "../../migrations/schema.ts";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import { sha256Hex } from "../platform/hash.ts";
import { named, sealed, sealedText } from "../testing/addresses.ts";
import { recordingRow, SEALED } from "../testing/rows.ts";
import { db } from "../testing/tables.ts";

const people = ["ada", "ben", "eve"] as const;
let nowMs = Date.UTC(2026, 10, 25, 21);
const app = createApp({ ...systemDeps, now: () => nowMs });
const accountOf = (who: string) => `acc_${who.padEnd(26, "0")}`;
const tokenOf = (who: string) => `token-of-${who}-`.repeat(3);
const ORIGIN = "https://sessionlinked.test";

/** As a browser without a script asks: a cookie, a form, and the origin that a form has. */
async function visit(
  who: string | null,
  path: string,
  form?: Record<string, string>,
  origin = ORIGIN,
  cookie = who === null ? undefined : `__Host-session=${tokenOf(who)}`,
) {
  const response = await app.request(
    ORIGIN + path,
    {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: {
        Accept: "text/html",
        ...(cookie === undefined ? {} : { Cookie: cookie }),
        ...(form === undefined ? {} : { Origin: origin, "Content-Type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    },
    env,
  );
  const location = response.headers.get("Location") ?? "";
  const kept = response.headers.get("Set-Cookie")?.split(";")[0];
  return { status: response.status, location, html: await response.text(), kept };
}

async function newSession(name: string): Promise<string> {
  const { location } = await visit("ada", "/sessions", { name, recordingPermitted: "yes" });
  return location;
}
async function newCode(path: string, form: Record<string, string> = { role: "participant", uses: "1" }) {
  const { html } = await visit("ada", (await visit("ada", `${path}/invites`, form)).location);
  return /<output class="code instrument">([^<]+)</.exec(html)?.[1] ?? "";
}

beforeAll(async () => {
  for (const who of people) {
    await db.batch([
      db.insert(accounts).values({
        id: accountOf(who),
        ...(await sealed(accountOf(who), `${who}-private@example.org`)),
        ...(await named(accountOf(who), `${who}-name`)),
        createdAtMs: 0,
      }),
      db.insert(signIns).values({
        id: `sin_${who}`,
        accountId: accountOf(who),
        tokenHash: await sha256Hex(tokenOf(who)),
        label: SEALED,
        createdAtMs: nowMs,
        lastUsedAtMs: nowMs,
        rotatedAtMs: nowMs,
        expiresAtMs: nowMs + 10_000_000,
      }),
    ]);
  }
});

describe("a guest at the door, without a script", () => {
  test("A5, V1: where the host allows it, name and age lead into the room; what does not fit is said and stays typed", async () => {
    const path = await newSession("Midnight");
    const code = await newCode(path, { role: "participant", uses: "3" });
    const door = `/invite/${code}`;
    expect((await visit(null, door)).html).not.toContain('name="displayName"');
    const allowed = await visit("ada", `${path}/guests`, { guestsAllowed: "yes" });
    expect(allowed.location).toContain("done=guests");
    const { html } = await visit(null, door);
    expect(html).toContain('name="displayName"');
    expect(html).toContain("/privacy");

    const come = (form: Record<string, string>, at = "") => visit(null, `${door}/guest${at}`, form);
    const young = await come({ displayName: "Cleo" });
    expect([young.status, young.kept]).toEqual([422, undefined]);
    expect(young.html).toContain('value="Cleo"');
    expect(young.html).toContain("This needs your tick.");
    expect((await come({ displayName: "", isSixteen: "yes" })).html).toContain("A name has at least 2 characters");
    expect((await come({ displayName: "SessionLinked", isSixteen: "yes" })).html).toContain("sounds like one of ours");
    expect((await come({ displayName: "ADA-name", isSixteen: "yes" })).html).toContain("Somebody in this session");
    expect((await come({ displayName: "ADA-name", isSixteen: "yes" }, "?lang=de")).html).toContain(
      "So heißt in dieser",
    );

    const came = await come({ displayName: "Cleo", isSixteen: "yes" });
    expect([came.status, came.location]).toEqual([303, `${path}/guest`]);
    expect(came.kept).toMatch(/^__Host-guest=[\w-]{20,}$/);
    const as = (at: string, form?: Record<string, string>) => visit(null, at, form, ORIGIN, came.kept);
    const room = await as(`${path}/guest`);
    expect([room.status, room.html.includes("&quot;guest&quot;:true")]).toEqual([200, true]);
    // The link leads back in, and whoever is signed in comes as who they are.
    expect((await as(door)).location).toBe(`${path}/guest`);
    expect((await visit("ben", door)).html).not.toContain('name="displayName"');
    // The session's page says who is a guest, and offers them no host's role.
    const seen = (await visit("ada", path)).html;
    expect(seen).toContain("plays, guest");
    expect(seen.match(/<option value="host"/g) ?? []).toHaveLength(0);

    expect((await as(`${path}/guest/leave`)).html).toContain("Leave, and remove my name");
    const left = await as(`${path}/guest/leave`, {});
    expect(left.location).toBe(`${path}/guest?done=left`);
    expect(left.kept).toBe("__Host-guest=");
    expect((await visit(null, left.location)).html).toContain("Your name is gone");
    expect((await visit("ada", path)).html).not.toContain("Cleo");
  });

  test("X42: a door that was open is closed in so many words, and the way with an account stays", async () => {
    const path = await newSession("Closed");
    const door = `/invite/${await newCode(path)}`;
    await visit("ada", `${path}/guests`, { guestsAllowed: "yes" });
    await visit("ada", `${path}/guests`, { guestsAllowed: "no" });
    const { status, html } = await visit(null, `${door}/guest`, { displayName: "Cleo", isSixteen: "yes" });
    expect(status).toBe(422);
    expect(html).toContain("closed the door to guests");
    expect(html).toContain("/sign-up?next=");
    expect((await visit(null, `${path}/guest`)).html).toContain("You are not a guest here now");
    // Somebody who is no host has no switch, and turns none.
    await visit("ben", door, {});
    expect((await visit("ben", path)).html).not.toContain('name="guestsAllowed"');
    expect((await visit("ben", `${path}/guests`, { guestsAllowed: "yes" })).location).toContain("problem=forbidden");
  });
});

describe("the next evening", () => {
  const evening = { startsAt: "2026-12-03T20:00", timeZone: "America/New_York", minutes: "180", repeats: "weekly" };

  test("C8: a host plans it, everybody sees it and takes it into a calendar, and it is called off again", async () => {
    const path = await newSession("Thursdays; at Ada's");
    await visit("ben", `/invite/${await newCode(path)}`, {});
    const { location } = await visit("ada", `${path}/evening`, evening);
    expect(location).toContain("done=planned");
    const { html } = await visit("ben", path);
    // In the plan's own zone, because no script has said the reader's.
    expect(html).toContain('<time class="instrument" datetime="2026-12-04T01:00:00.000Z" data-local="full">');
    expect(html).toMatch(/Thursday,? 3 December 2026 at 20:00/);
    expect(html).not.toContain('id="evening"');
    const { status, html: calendar } = await visit("ben", `${path}/evening.ics`);
    expect(status).toBe(200);
    expect(calendar.split("BEGIN:VEVENT")).toHaveLength(27);
    expect(calendar).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n/);
    for (const line of [
      "DTSTART:20261204T010000Z",
      "DTEND:20261204T040000Z",
      // Summer time began: the clock on the wall is the same.
      "DTSTART:20270319T000000Z",
      "TRIGGER:-PT15M",
      String.raw`SUMMARY:Thursdays\; at Ada's`,
    ])
      expect(calendar).toContain(`${line}\r\n`);
    expect(calendar.split("\r\n").every((line) => new TextEncoder().encode(line).length <= 75)).toBe(true);
    expect(calendar).not.toContain("-private");

    expect((await visit("ada", `${path}/evening/cancel`, {})).location).toContain("done=cancelled");
    expect((await visit("ben", path)).html).not.toContain("next-evening");
    expect((await visit("ben", `${path}/evening.ics`)).location).toBe(path);
  });

  test("X32: a plan that today's schema would refuse is none, and costs nobody the session", async () => {
    const path = await newSession("Plans of old");
    await visit("ada", `${path}/evening`, evening);
    await env.DB.prepare("UPDATE session_evenings SET time_zone = 'Europe/Atlantis' WHERE session_id = ?")
      .bind(path.split("/").at(-1))
      .run();
    const { status, html } = await visit("ada", path);
    expect([status, html.includes("next-evening")]).toEqual([200, false]);
    expect((await visit("ada", `${path}/evening.ics`)).location).toBe(path);
    expect((await visit("ada", `${path}/evening`, evening)).location).toContain("done=planned");
  });

  test("C8: what is over, or in no calendar, is said where it was typed", async () => {
    const path = await newSession("Yesterday");
    for (const wrong of [
      { startsAt: "2026-11-01T20:00", repeats: "never" },
      { timeZone: "Atlantis" },
      { startsAt: "" },
    ]) {
      const { status, html } = await visit("ada", `${path}/evening`, { ...evening, ...wrong });
      expect([status, html.match(/id="evening-(starts|zone)-problem"/g)]).toEqual([
        422,
        [`id="evening-${"timeZone" in wrong ? "zone" : "starts"}-problem"`],
      ]);
      // What was typed is still there.
      const typed = { ...evening, ...wrong };
      expect(html).toContain(`value="${typed.timeZone}"`);
      expect(html).toMatch(/<option value="180" selected/);
    }
  });
});

describe("sessions in the browser, without a script", () => {
  test("signed out, every address leads to the sign-in page with the way back", async () => {
    const answer = await visit(null, "/sessions/ses_00000000000000000000000000?lang=de");
    expect(answer.status).toBe(303);
    expect(answer.location).toBe("/sign-in?next=%2Fsessions%2Fses_00000000000000000000000000%3Flang%3Dde&lang=de");
  });

  test("C1: a session is begun by a form, listed, and a name that is none is said at its field", async () => {
    const path = await newSession("Night <bus>");
    expect(path).toMatch(/^\/sessions\/ses_/);
    expect((await visit("ada", "/sessions")).html).toContain("Night &lt;bus&gt;");
    expect((await visit("eve", "/sessions")).html).toContain("No session yet");
    const refused = await visit("ada", "/sessions", { name: " " });
    expect(refused.status).toBe(422);
    expect(refused.html).toContain('id="name-problem"');
  });

  test("another site's form changes nothing", async () => {
    const path = await newSession("Ours");
    const foreign = await visit("ada", `${path}/delete`, {}, "https://elsewhere.test");
    expect(foreign.status).toBe(303);
    expect(foreign.location).toContain("/sign-in");
    expect((await visit("ada", path)).status).toBe(200);
  });

  test("V1, X18: an invite says who and what to anybody who holds it, lets one in, and is then no different from a wrong one", async () => {
    const path = await newSession("Late set");
    const code = await newCode(path);
    expect(code).toMatch(/^[0-9a-z]{5}-[0-9a-z]{5}$/);
    expect((await visit("ada", path)).html).not.toContain(code);
    expect((await visit("ben", path)).html).not.toContain(code);

    const signedOut = await visit(null, `/invite/${code}`);
    expect(signedOut.html).toContain("Late set");
    expect(signedOut.html).toContain("ada-name");
    expect(signedOut.html).toContain(`/sign-in?next=%2Finvite%2F${code.replace("-", "")}`);
    expect(signedOut.html).not.toMatch(/private@example|acc_|ses_/);

    const accepted = await visit("ben", `/invite/${code}`, {});
    expect(accepted.location).toBe(`${path}?done=joined`);
    expect((await visit("ben", `/invite/${code}`)).html).toContain("You are in this session already");

    const used = await visit("eve", `/invite/${code}`);
    const wrong = await visit("eve", "/invite/00000-00000");
    const broken = await visit("eve", "/invite/nonsense");
    expect([used.status, wrong.status, broken.status]).toEqual([404, 404, 404]);
    const plain = (html: string) => html.replaceAll(/\/invite\/[^"?]+/g, "");
    expect(plain(used.html)).toBe(plain(wrong.html));
    expect(plain(broken.html)).toBe(plain(wrong.html));
    expect((await visit("eve", `/invite/${code}`, {})).status).toBe(404);
    expect((await visit("eve", path)).status).toBe(404);
    expect((await visit("ben", path)).html).not.toMatch(/private@example|acc_/);
  });

  test("an invite has the name that its host gave it, in the host's list alone", async () => {
    const path = await newSession("Named");
    const code = await newCode(path, { role: "participant", uses: "1", label: "Ben, <bass>" });
    expect((await visit("ada", path)).html).toContain("Ben, &lt;bass&gt;");
    expect((await visit("ben", `/invite/${code}`)).html).not.toContain("&lt;bass&gt;");
    await visit("ben", `/invite/${code}`, {});
    expect((await visit("ben", path)).html).not.toContain("&lt;bass&gt;");
    const long = await visit("ada", `${path}/invites`, { role: "participant", uses: "1", label: "x".repeat(61) });
    expect([long.status, long.html.includes(`value="${"x".repeat(61)}"`)]).toEqual([422, true]);
    const many = await visit("ada", `${path}/invites`, { role: "observer", uses: "33", label: "Cleo" });
    expect(many.html).toContain("Write a whole number from 1 to 32.");
    expect(many.html).toMatch(/value="Cleo"[\s\S]*value="observer" selected/);
  });

  test("a guesser runs out of tries", async () => {
    const statuses = new Set<number>();
    for (let at = 0; at < 45; at++) statuses.add((await visit(null, "/invite/00000-00000")).status);
    expect([...statuses]).toEqual([404, 429]);
  });

  test("C1: the page with a new invite's code can be loaded again and in the other language, and shows it to its maker alone", async () => {
    const path = await newSession("One invite");
    const { location, status } = await visit("ada", `${path}/invites`, { role: "participant", uses: "1" });
    expect(status).toBe(303);
    const code = /<output class="code instrument">([^<]+)</.exec((await visit("ada", location)).html)?.[1] ?? "none";
    expect(location).not.toContain(code);
    expect((await visit("ada", `${location}&lang=de`)).html).toContain(code);
    // The link to the other language keeps it too.
    const german = /href="([^"]+)" lang="de"/.exec((await visit("ada", location)).html)?.[1]?.replaceAll("&amp;", "&");
    expect((await visit("ada", german ?? "")).html).toContain(code);
    const { n } = (await env.DB.prepare("SELECT COUNT(*) AS n FROM invites WHERE session_id = ?")
      .bind(path.split("/")[2])
      .first<{ n: number }>()) ?? { n: 0 };
    expect(n).toBe(1);
    await visit("ben", `/invite/${code}`, {});
    expect((await visit("ben", location)).html).not.toContain(code);
    nowMs += 11 * 60_000;
    expect((await visit("ada", location)).html).not.toContain(code);
    nowMs -= 11 * 60_000;
  });

  test("C1: what only a host may do is not offered to others, and refused when they do it all the same", async () => {
    const path = await newSession("Roles");
    const code = await newCode(path);
    await visit("ben", `/invite/${code}`, {});
    // The bucket of the test above is this network's: joining itself is limited by account.
    const seen = await visit("ben", path);
    expect(seen.html).toContain("ada-name");
    for (const offered of ["/role", "/invites", "/settings", "/delete"])
      expect(seen.html).not.toContain(path + offered);
    const forms: [string, Record<string, string>][] = [
      ["/settings", { recordingPermitted: "no" }],
      ["/delete", {}],
    ];
    for (const [action, form] of forms)
      expect((await visit("ben", path + action, form)).location).toMatch(/\?at=\w+&problem=forbidden#\w+$/);
    expect((await visit("ada", `${path}/settings`, { recordingPermitted: "no" })).location).toBe(
      `${path}?at=settings&done=settings#settings`,
    );
    expect((await visit("ben", path)).html).toContain("Recording is off");
    expect((await visit("ben", `${path}/leave`, {})).location).toBe("/sessions?done=left");
    expect((await visit("ben", path)).status).toBe(404);
  });

  test("V3, E2: deleting says first what goes and what does not, then shows its clock to whoever asked and to nobody else", async () => {
    const path = await newSession("To be gone");
    const asked = await visit("ada", `${path}/delete`);
    expect(asked.html).toContain("30 days at the most");
    expect(asked.html).toContain("we cannot delete them");
    const done = await visit("ada", `${path}/delete`, {});
    expect(done.location).toBe(`${path}/deleted`);
    expect((await visit("ada", path)).status).toBe(404);
    const outcome = await visit("ada", `${path}/deleted`);
    expect(outcome.status).toBe(200);
    expect(outcome.html).toContain("25 December 2026");
    expect((await visit("eve", `${path}/deleted`)).status).toBe(404);
  });

  test("the list goes on where it stopped, and a cursor of nobody's is the first page", async () => {
    for (let at = 0; at < 23; at++) await visit("eve", "/sessions", { name: `Evening ${at}` });
    const seen = new Set<string>();
    let path = "/sessions";
    for (let pages = 1; pages <= 2; pages++) {
      const { html } = await visit("eve", path);
      const found = [...html.matchAll(/href="(\/sessions\/ses_[^"?]+)"/g)].map(([, href]) => href ?? "");
      expect(found.length).toBe(pages === 1 ? 20 : 3);
      for (const href of found) seen.add(href);
      path = /rel="next" href="([^"]+)"/.exec(html)?.[1] ?? "";
    }
    expect(seen.size).toBe(23);
    expect(path).toBe("");
    expect((await visit("eve", "/sessions?cursor=nonsense")).status).toBe(200);
  });

  test("E1, C7: a recording says how long it still is; an upload is its owner's alone to see, and says when it has stalled", async () => {
    const path = await newSession("Uploads");
    const sessionId = path.slice("/sessions/".length);
    await visit("ben", `/invite/${await newCode(path)}`, {});
    const members = await env.DB.prepare(
      "SELECT account_id AS a, member_id AS m FROM session_members WHERE session_id = ?",
    )
      .bind(sessionId)
      .all<{ a: string; m: string }>();
    const memberOf = (who: string) => members.results.find(({ a }) => a === accountOf(who))?.m ?? "";
    const hourMs = 3_600_000;
    const add = async (id: string, who: string, state: "complete" | "uploading", expiresAtMs: number) => {
      const size = state === "complete" ? 480_000 : null;
      await db.insert(recordings).values({
        ...recordingRow({ id, sessionId, accountId: accountOf(who), memberId: memberOf(who) }),
        takeId: crypto.randomUUID(),
        name: await sealedText(accountOf(who), "take", id),
        state,
        timelineFrames: 96_000,
        startedAtMs: nowMs,
        sizeBytes: size,
        frames: size,
        createdAtMs: nowMs,
        completedAtMs: nowMs,
        expiresAtMs,
      });
    };
    await add("rec_kept", "ada", "complete", nowMs + 123 * hourMs);
    await add("rec_over", "ada", "complete", nowMs);
    await add("rec_moving", "ben", "uploading", nowMs + 100 * hourMs);
    await add("rec_stuck", "ben", "uploading", nowMs + 100 * hourMs);
    const part = (recordingId: string, number: number, claimedAtMs: number) => ({
      recordingId,
      number,
      etag: "etag",
      writer: "w",
      claimedAtMs,
      sha256: "x",
      sizeBytes: 5_242_880,
    });
    await db
      .insert(recordingParts)
      .values([part("rec_moving", 1, nowMs), part("rec_moving", 2, nowMs), part("rec_stuck", 1, nowMs - hourMs)]);
    const mine = (await visit("ben", path)).html;
    expect(mine).toContain("ends in 5 days 3 h");
    expect(mine).toContain('title="Ends 1 December 2026 at 00:00 UTC"');
    expect(mine).toContain("bar 2.1, 00:00:02:00");
    expect(mine).toContain("On its way: 2 parts, 10.5 MB so far");
    expect(mine).toContain("Stalled: 5.2 MB have arrived, and nothing for 1 h");
    // Ended to the millisecond, swept or not.
    expect(mine).not.toContain("rec_over");
    const hers = (await visit("ada", path)).html;
    expect(hers).toContain("rec_kept");
    expect(hers).not.toMatch(/rec_moving|rec_stuck|Stalled|On its way/);
    // Only what is one's own can be deleted.
    expect(hers).toContain(`${path}/recordings/rec_kept/delete`);
    expect(mine).not.toContain("rec_kept/delete");
    expect((await visit("ben", `${path}/recordings/rec_kept/delete`)).location).toContain("problem=forbidden#takes");
    expect((await visit("ben", `${path}/recordings/rec_kept/delete`, {})).location).toContain("problem=");
  });
});
