import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { mailPreferences } from "../../migrations/schema.ts";
import { BIO_MAX_GRAPHEMES } from "../../protocol/limits.ts";
import { createApp } from "../app.ts";
import { SESSION_COOKIE } from "../auth/session-token.ts";
import { sealed, sealedText } from "../testing/addresses.ts";
import { person } from "../testing/person.ts";
import { flac } from "../testing/sounds.ts";
import { headerOf } from "../testing/studio.ts";
import { db } from "../testing/tables.ts";

const app = createApp();
const origin = "https://sessionlinked.test";
type Person = Awaited<ReturnType<typeof person>>;

/** A browser without scripts: follows nothing, keeps the cookie of `who`. */
const visit = async (
  who: Person | null,
  path: string,
  form?: Record<string, string | string[] | Blob>,
  more: Record<string, string> = {},
) => {
  const headers: Record<string, string> = { Accept: "text/html", "Accept-Language": "en", ...more };
  if (who !== null) headers.Cookie = `${SESSION_COOKIE}=${who.token}`;
  let body: URLSearchParams | FormData | undefined;
  if (form !== undefined) {
    headers["Sec-Fetch-Site"] ??= "same-origin";
    const isFile = Object.values(form).some((value) => value instanceof Blob);
    body = isFile ? new FormData() : new URLSearchParams();
    for (const [name, value] of Object.entries(form))
      for (const one of Array.isArray(value) ? value : [value])
        if (one instanceof Blob) (body as FormData).append(name, one, "sound.wav");
        else body.append(name, one);
  }
  const response = await app.request(
    `${origin}${path}`,
    { method: body === undefined ? "GET" : "POST", headers, ...(body === undefined ? {} : { body }) },
    env,
  );
  return { status: response.status, html: await response.text(), headers: response.headers };
};

beforeEach(async () => {
  for (const table of [
    "sessions",
    "profiles",
    "hub_search",
    "hub_spellings",
    "mail_outbox",
    "rate_limits",
    "reports",
    "accounts",
  ])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

describe("the Hub's page", () => {
  test("A4: shows who is published, in their words as words; a search by form, chips that lead back, and the next page", async () => {
    for (let at = 0; at < 26; at++) await (await person(`Player ${at}`)).publish({ instruments: ["Violin"] });
    const eve = await person("Eve <b>");
    await eve.publish({ bio: "<img src=x onerror=alert(1)>", instruments: ["Geige", "'; DROP TABLE profiles"] });
    const { html } = await visit(null, "/hub");
    expect(html).toContain("Eve &lt;b&gt;");
    expect(html).toContain("&lt;img src=x");
    expect(html).not.toMatch(/<img|<b>|onerror=alert\(1\)>/);
    const next = /href="(\/hub\?cursor=[^"]+)"/.exec(html)?.[1] ?? "";
    expect((await visit(null, next.replaceAll("&amp;", "&"))).html).toContain("Player 1<");
    const german = await visit(
      null,
      "/hub?lang=de&q=geige&instrument=&daw=&language=&availability=&rate=&currency=EUR",
    );
    expect(german.html).toContain("Player 25");
    expect(german.html).toContain('content="noindex"');
    expect((await visit(null, "/hub?q=zillertal")).html).toContain("Nobody plays that here yet");
  });

  test("a rate is searched as it is typed, with point or comma; one that is none says so and keeps what was typed", async () => {
    await (await person("Forty")).publish({ rate: { amountMinor: 4_050, currency: "EUR" } });
    expect((await visit(null, "/hub?rate=40.50&currency=EUR")).html).toContain("Forty");
    expect((await visit(null, "/hub?rate=40,49&currency=EUR")).html).not.toContain("Forty");
    for (const rate of ["abc", "-1", "40.505", "1e3", "4.000,00"]) {
      const wrong = await visit(null, `/hub?rate=${rate}&currency=EUR`);
      expect([wrong.status, wrong.html.includes(`value="${rate}"`)], rate).toEqual([422, true]);
    }
    for (const bad of ["cursor=x", "language=xx", "availability=7", "daw=%00", `q=${"x".repeat(300)}`])
      expect((await visit(null, `/hub?${bad}`)).status, bad).toBe(422);
  });
});

describe("a person's page", () => {
  test("A4: private is a 404, published is there with its structured data, private again is a 404, without a cache between", async () => {
    const ada = await person("Ada");
    const { profileId } = await ada.put({ bio: "Cello & more", languages: ["de"] });
    const path = `/hub/${profileId}`;
    expect((await visit(null, path)).status).toBe(404);
    expect((await visit(ada, path)).status).toBe(404);
    expect((await visit(null, `${path}/report`)).status).toBe(404);
    await ada.call("PUT", "/api/v1/profile/publication");
    const shown = await visit(null, path);
    expect(shown.status).toBe(200);
    expect(shown.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(shown.html).toContain('itemtype="https://schema.org/Person"');
    expect(shown.html).toContain(`<link rel="canonical" href="${origin}${path}"`);
    for (const [language, address] of [
      ["en", `${path}?lang=en`],
      ["de", `${path}?lang=de`],
      ["x-default", path],
    ])
      expect(shown.html).toContain(`hreflang="${language}" href="${origin}${address}"`);
    // In German it is a page of its own, and says so of itself.
    expect((await visit(null, `${path}?lang=de`)).html).toContain(
      `<link rel="canonical" href="${origin}${path}?lang=de"`,
    );
    expect(shown.html).toContain(`content="${origin}${path}/picture.png"`);
    await ada.call("DELETE", "/api/v1/profile/publication");
    expect((await visit(null, path)).status).toBe(404);
    for (const bad of ["/hub/nobody", "/hub/pro_x", "/hub/%00", "/hub/../../etc"])
      expect((await visit(null, bad)).status).toBe(404);
  });

  test("V2: write, invite, block and report by plain forms; a form from another site is nobody's", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const { profileId } = await ben.publish();
    const path = `/hub/${profileId}`;
    expect((await visit(null, `${path}/message`, { text: "Hi" })).headers.get("Location")).toContain("/sign-in?next=");
    const foreign = { "Sec-Fetch-Site": "cross-site" };
    expect((await visit(ada, `${path}/message`, { text: "Hi" }, foreign)).headers.get("Location")).toContain(
      "/sign-in",
    );
    const empty = await visit(ada, `${path}/message`, { text: "  " });
    expect([empty.status, empty.html.includes('role="alert"')]).toEqual([422, true]);
    const { sessionId } = await (await ada.call("POST", "/api/v1/sessions", { name: "Late" })).json<{
      sessionId: string;
    }>();
    expect((await visit(ada, path)).html).toContain(`<option value="${sessionId}">Late</option>`);
    for (const [form, body] of [
      ["message", { text: "Hi" }],
      ["invite", { sessionId, role: "observer" }],
      ["block", {}],
    ] as const) {
      const sent = await visit(ada, `${path}/${form}`, body);
      expect([form, sent.status]).toEqual([form, 303]);
      expect((await visit(ada, sent.headers.get("Location") ?? "")).html).toContain('role="status"');
    }
    const { n } = (await env.DB.prepare(
      "SELECT COUNT(*) AS n FROM mail_outbox WHERE template IN ('message', 'hub-invite')",
    ).first<{
      n: number;
    }>()) ?? { n: 0 };
    expect(n).toBe(2);
    const blocked = await visit(ada, path);
    expect(blocked.html).toContain("You have blocked Ben");
    expect(blocked.html).not.toContain("<textarea");
    expect((await visit(ada, `${path}/message`, { text: "Hi" })).html).toContain("You have blocked");
    expect((await visit(ada, `${path}/invite`, { sessionId: "ses_x" })).status).toBe(422);
    expect((await visit(null, `${path}/report`, { reason: "underage", details: "" })).status).toBe(303);
    expect((await visit(null, `${path}/report`, { details: "what" })).html).toContain("what</textarea>");
    expect((await visit(null, `${path}/report`, { reason: "spam" }, foreign)).status).toBe(403);
  });
});

describe("what a form is refused with", () => {
  test("too large and too often are pages, in the reader's language, with the id that is in the log", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const { profileId } = await ben.publish();
    const large = await visit(ada, `/hub/${profileId}/message`, { text: "x".repeat(200_000) });
    expect([large.status, large.headers.get("Content-Type")]).toEqual([413, "text/html; charset=UTF-8"]);
    expect(large.html).toContain("too large to send");
    let often = await visit(ada, `/hub/${profileId}/message`, { text: "Hi" });
    for (let at = 0; at < 100 && often.status === 303; at++)
      often = await visit(ada, `/hub/${profileId}/message?lang=de`, { text: "Hi" });
    expect([often.status, often.html.includes("Etwas zu schnell")]).toEqual([429, true]);
    expect(Number(often.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(often.html).toContain(often.headers.get("X-Request-Id"));
  });
});

describe("one's own profile", () => {
  test("A3: the form keeps what was typed when something is wrong, says what, and stores what is right", async () => {
    const ada = await person("Ada");
    expect((await visit(null, "/account/profile")).headers.get("Location")).toContain("/sign-in");
    const typed = {
      instrument: ["Cello", "Oud"],
      others: "Kora, Foley",
      daw: "Reaper",
      rate: "45,50",
      currency: "EUR",
      bio: "Hello",
      availability: "open",
      language: ["de"],
    };
    const wrong = await visit(ada, "/account/profile", {
      ...typed,
      rate: "lots",
      bio: "x".repeat(BIO_MAX_GRAPHEMES + 1),
    });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toContain('href="#rate"');
    expect(wrong.html).toContain('href="#bio"');
    expect(wrong.html).toContain('value="lots"');
    expect(wrong.html).toContain('value="Kora, Foley"');
    expect(wrong.html).toMatch(/value="Oud" checked/);
    expect((await visit(ada, "/account/profile", typed)).status).toBe(303);
    const stored = await (await ada.call("GET", "/api/v1/profile")).json();
    expect(stored).toMatchObject({
      instruments: ["Cello", "Oud", "Kora", "Foley"],
      rate: { amountMinor: 4_550, currency: "EUR" },
      daw: "Reaper",
    });
    expect(
      (await visit(ada, "/account/profile", { ...typed, rate: "", bio: "", daw: " ", availability: "" })).status,
    ).toBe(303);
    expect(await (await ada.call("GET", "/api/v1/profile")).json()).toMatchObject({
      rate: null,
      bio: null,
      daw: null,
      availability: null,
    });
  });

  test("A4: publish, put a sound on it, make it private, delete it: each one form, each at once", async () => {
    const ada = await person("Ada");
    const { profileId } = await ada.put({ bio: "Hello" });
    const sound = new Blob([headerOf({ dataBytes: 400 }), new Uint8Array(400)]);
    const go = async (path: string, form: Record<string, string | Blob>) =>
      (await visit(ada, `/account/profile${path}`, form)).status;
    expect(await go("", { bio: "", publication: "publish" })).toBe(422);
    // What was typed and not saved yet is saved by publishing, and by taking back.
    expect(await go("", { bio: "Typed just now", publication: "publish" })).toBe(303);
    expect((await visit(null, `/hub/${profileId}`)).html).toContain("Typed just now");
    expect((await visit(null, "/hub")).html).toContain("Ada");
    expect(await go("/sample", { file: new Blob(["<html>"]) })).toBe(422);
    expect(await go("/sample", { file: sound })).toBe(303);
    expect((await visit(null, `/hub/${profileId}/sample`)).status).toBe(200);
    expect(await go("", { bio: "Typed later", publication: "withdraw" })).toBe(303);
    expect((await visit(ada, "/account/profile")).html).toContain("Typed later");
    expect((await visit(null, `/hub/${profileId}/sample`)).status).toBe(404);
    expect((await visit(ada, "/account/profile/sample")).status).toBe(200);
    expect(await go("/sample/delete", {})).toBe(303);
    expect((await visit(ada, "/account/profile/delete")).html).toContain("Delete your profile?");
    expect(await go("/delete", {})).toBe(303);
    expect((await (await ada.call("GET", "/api/v1/profile")).json<{ bio: string | null }>()).bio).toBeNull();
    expect(
      (await visit(ada, "/account/profile", { bio: "from elsewhere" }, { "Sec-Fetch-Site": "cross-site" })).headers.get(
        "Location",
      ),
    ).toContain("/sign-in");
  });
});

describe("what leaves the Hub", () => {
  test("A4: the sitemap lists who is published and no longer who is not; beyond one file it is an index that misses nobody", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const [{ profileId: adas }, { profileId: bens }] = [await ada.publish(), await ben.put({})];
    const sitemap = async (path = "/sitemap.xml") => (await visit(null, path)).html;
    expect(await sitemap()).toContain(`<loc>${origin}/hub/${adas}</loc>`);
    expect(await sitemap()).not.toContain(bens);
    await env.DB.prepare("UPDATE profiles SET hub_position = 60000 WHERE id = ?").bind(adas).run();
    const files = [...(await sitemap()).matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url = ""]) =>
      url.slice(origin.length),
    );
    expect(files).toHaveLength(62);
    const all = (await Promise.all(files.map((file) => sitemap(file)))).join("");
    expect(all.split(adas)).toHaveLength(2);
    expect(all).toContain(`<loc>${origin}/help</loc>`);
    await ada.call("DELETE", "/api/v1/profile/publication");
    expect(await sitemap()).not.toContain(adas);
  });

  test("A4: the share picture is a PNG while the profile is published, whatever the name is written in", async () => {
    for (const name of ["Ada", "Zoë Żółć", "山本 葵", "فاطمه", "A".repeat(40), "👨‍👩‍👧 Band"]) {
      const ada = await person(name);
      const { profileId } = await ada.publish({
        instruments: ["Cello", "مزمار"],
        daw: "…a",
        rate: { amountMinor: 1, currency: "JPY" },
      });
      const path = `/hub/${profileId}/picture.png`;
      const response = await app.request(`${origin}${path}`, {}, env);
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      expect(bytes.length).toBeLessThan(60_000);
      expect(new DataView(bytes.buffer).getUint32(16)).toBe(1200);
      expect(response.headers.get("Cache-Control")).toBe("private, no-cache");
      await ada.call("DELETE", "/api/v1/profile/publication");
      expect((await visit(null, path)).status).toBe(404);
    }
  });

  test("V2, X17: marks in every column that is nobody's business are in nothing that a stranger gets", async () => {
    const ada = await person("Ada");
    const { profileId } = await ada.publish({ bio: "Shown", instruments: ["Cello"] });
    await ada.call("PUT", "/api/v1/profile/sample", flac);
    // Everything about the account but its name, and what only the machine knows of the profile.
    await db
      .insert(mailPreferences)
      .values({
        accountId: ada.accountId,
        language: "en",
        newsConsentAtMs: 999_999,
        newsConsentWording: "mark-wording",
      })
      .onConflictDoNothing();
    await env.DB.batch([
      env.DB.prepare("UPDATE accounts SET email = ? WHERE id = ?").bind(
        (await sealed(ada.accountId, "mark-email@mark.example")).email,
        ada.accountId,
      ),
      env.DB.prepare(
        "UPDATE profiles SET version = 'mark-version', sample_sha256 = 'mark-sha', published_at_ms = 777777, updated_at_ms = 888888 WHERE id = ?",
      ).bind(profileId),
      env.DB.prepare("UPDATE sign_ins SET label = ?2 WHERE account_id = ?1").bind(
        ada.accountId,
        await sealedText(ada.accountId, "device", "mark-label"),
      ),
    ]);
    const marks = new RegExp(`mark-|777777|888888|999999|${ada.accountId}`);
    for (const path of [
      "/hub?lang=en",
      `/hub/${profileId}?lang=en`,
      `/hub/${profileId}/report?lang=en`,
      `/hub/${profileId}/picture.png`,
      "/api/v1/hub/profiles",
      `/api/v1/hub/profiles/${profileId}`,
      "/sitemap.xml",
    ]) {
      const { html, status } = await visit(null, path);
      expect(status, path).toBe(200);
      expect(html, path).not.toMatch(marks);
    }
    const other = await person("Ben");
    for (const path of [`/hub/${profileId}`, "/account/profile"])
      expect((await visit(other, path)).html, path).not.toMatch(marks);
    expect(
      Object.keys(
        await (await app.request(`${origin}/api/v1/hub/profiles/${profileId}`, {}, env)).json<object>(),
      ).sort(),
    ).toEqual([
      "accent",
      "availability",
      "bio",
      "daw",
      "displayName",
      "hasSample",
      "instruments",
      "languages",
      "profileId",
      "rate",
    ]);
  });
});
