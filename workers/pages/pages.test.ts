import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { Faults } from "../testing/faults.ts";
import { localPages, memberPages, operatorPages, pagesOfOne, publicPages } from "./routes.ts";

const get = (path: string, headers: Record<string, string> = {}) =>
  exports.default.fetch(`https://sessionlinked.test${path}`, { headers: { Accept: "text/html", ...headers } });

describe("the site", () => {
  test("A7, H2, H3: every public page answers in both languages, without a cookie, under a policy with nothing inline", async () => {
    for (const path of publicPages) {
      for (const language of ["en", "de"]) {
        const response = await get(`${path}?lang=${language}`);
        const html = await response.text();
        expect(response.status).toBe(200);
        expect(html).toMatch(new RegExp(`^<!doctype html><html lang="${language}`));
        expect(html).not.toMatch(/ style=| on\w+=|<style|<script(?! type="module" src="\/assets)/);
        expect(response.headers.get("Set-Cookie")).toBeNull();
        expect(response.headers.get("Content-Security-Policy")).not.toContain("unsafe-inline");
        expect(response.headers.get("Strict-Transport-Security")).toContain("max-age=");
      }
    }
  });

  test("A4, E1: a stranger's second visit asks the database nothing, but for the Hub and the runs, which ask it once", async () => {
    const faults = new Faults();
    const app = createApp();
    const asked: Record<string, number> = {};
    for (const path of publicPages) {
      const look = async () =>
        await (
          await app.request(`https://sessionlinked.test${path}`, { headers: { Accept: "text/html" } }, faults.bindings)
        ).text();
      await look();
      const before = faults.calls;
      await look();
      asked[path] = faults.calls - before;
    }
    // As many as `npm run bench -- people` has its bare Worker ask.
    expect(asked).toEqual({ ...Object.fromEntries(publicPages.map((path) => [path, 0])), "/hub": 1, "/runs": 1 });
  });

  test("V2: markup that is kept for everybody holds a language and nothing of who read it first", async () => {
    for (const path of ["/privacy", "/promises"]) {
      const first = await (await get(`${path}?lang=de&from=SOMEBODY`, { Cookie: "__Host-session=SOMEBODY" })).text();
      expect(first).toContain("SOMEBODY");
      const asked = await (await get(`${path}?lang=de`)).text();
      const unasked = await (await get(path, { "Accept-Language": "de" })).text();
      const english = await (await get(path)).text();
      for (const html of [asked, unasked, english]) expect(html).not.toContain("SOMEBODY");
      const main = (html: string) => /<main.*<\/main>/s.exec(html)?.[0] ?? "";
      expect(main(asked)).toBe(main(first));
      expect(main(asked).replaceAll(/(?:\?|&amp;)lang=de/g, "")).toBe(main(unasked));
      expect(main(english)).not.toBe(main(unasked));
      expect(main(english).length).toBeGreaterThan(2_000);
    }
  });

  test("every page is on a list, so that the browser tests go there", () => {
    const files =
      /^\/(api|rooms|assets|\.well-known)\/|\.(json|jsonld|svg|webmanifest|txt|xml)\}?$|\/(sample|picture|export\/:exportId)$|\.(zip|png|csv|ics|wav)$/;
    const routed = createApp()
      .routes.filter(({ method, path }) => method === "GET" && !path.includes("*") && !files.test(path))
      .map(({ path }) => path);
    expect([...new Set(routed)].sort()).toEqual(
      [...publicPages, ...memberPages, ...pagesOfOne, ...localPages, ...operatorPages].sort(),
    );
  });

  test("the page of all parts is on one's own machine and nowhere else", async () => {
    const ask = (ENVIRONMENT: string) =>
      createApp().request("https://sessionlinked.test/design", {}, { ...env, ENVIRONMENT } as Env);
    const [local, production] = [await ask("local"), await ask("production")];
    expect([local.status, production.status]).toEqual([200, 404]);
    expect(await local.text()).toContain("Every part");
  });

  test("H2: in production nothing is answered in the clear", async () => {
    const production = { ...env, ENVIRONMENT: "production" } as Env;
    const plain = await createApp().request("http://sessionlinked.com/sign-in?next=/account", {}, production);
    expect([plain.status, plain.headers.get("Location")]).toEqual([
      308,
      "https://sessionlinked.com/sign-in?next=/account",
    ]);
    const form = await createApp().request(
      "http://sessionlinked.com/reset",
      { method: "POST", body: "email=a" },
      production,
    );
    expect([form.status, form.headers.get("Set-Cookie")]).toEqual([308, null]);
  });

  test("the status page says what does not answer, and comes without it", async () => {
    const away = {
      ...env,
      DB: { prepare: () => ({ first: async () => Promise.reject(new Error("away")) }) },
    } as unknown as Env;
    const well = await (await get("/status?lang=en")).text();
    expect(well).toContain("Everything this page can check has answered.");
    // Later than what has answered is kept for.
    const later = createApp({ ...systemDeps, now: () => Date.now() + 60_000 });
    const ill = await later.request("https://sessionlinked.test/status?lang=en", {}, away);
    expect(ill.status).toBe(200);
    expect(await ill.text()).toContain("no answer");
    const cookie = { Cookie: "__Host-session=anything-at-all" };
    const signedIn = await later.request("https://sessionlinked.test/status?lang=de", { headers: cookie }, away);
    expect([signedIn.status, (await signedIn.text()).includes("keine Antwort")]).toEqual([200, true]);
  });

  test("what has answered is asked once in five seconds, whoever opens the status page; what has not is asked each time", async () => {
    let asked = 0;
    const first = async () => ++asked;
    const DB = { prepare: () => ({ first }) } as unknown as D1Database;
    let nowMs = 1_800_000_000_000;
    const app = createApp({ ...systemDeps, now: () => nowMs });
    const open = (bindings: Partial<Env>) =>
      app.request("https://sessionlinked.test/status?lang=en", {}, { ...env, ...bindings } as Env);
    await open({ DB });
    await open({ DB });
    expect(asked).toBe(1);
    nowMs += 5_000;
    await open({ DB });
    expect(asked).toBe(2);
    const away = { prepare: () => ({ first: () => first().then(() => Promise.reject(new Error("away"))) }) };
    nowMs += 5_000;
    for (let opened = 0; opened < 2; opened++) await open({ DB: away as unknown as D1Database });
    expect(asked).toBe(4);
  });

  test("A5, B4: age is asked without a default, and news are a box of their own that nobody has ticked", async () => {
    const html = await (await get("/sign-up?lang=en")).text();
    const boxes = [...html.matchAll(/<input type="(?:checkbox|radio)"[^>]*>/g)].map(([tag]) => tag);
    expect(boxes.map((tag) => /name="(\w+)"/.exec(tag)?.[1])).toEqual(["age", "age", "wantsNews"]);
    expect(boxes.join()).not.toContain("checked");
  });

  test("the browser's language decides where the address does not", async () => {
    expect(await (await get("/", { "Accept-Language": "de-CH, en;q=0.5" })).text()).toContain("Zwei Studios");
  });

  test("the style sheet is named by its content and kept for good", async () => {
    const href = /href="(\/assets\/site-[^"]+\.css)"/.exec(await (await get("/")).text())?.[1] ?? "";
    const response = await get(href);
    expect(response.headers.get("Content-Type")).toContain("text/css");
    expect(response.headers.get("Cache-Control")).toContain("immutable");
  });

  test("what is not there is a page for people and a problem document for programs", async () => {
    const page = await get("/nowhere/<script>");
    expect(page.status).toBe(404);
    expect(page.headers.get("Content-Type")).toContain("text/html");
    const api = await get("/api/v1/nowhere");
    expect(api.headers.get("Content-Type")).toBe("application/problem+json");
  });

  test("G5: the policy's table is the inventory, its lengths are the code's", async () => {
    const html = await (await get("/privacy?lang=en")).text();
    for (const words of ["recordingParts", "7 days", "30 days", "90 days", "365 days"]) expect(html).toContain(words);
  });
});
