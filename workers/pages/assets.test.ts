import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { hrefs } from "../../site/built/assets.ts";
import { createApp } from "../app.ts";

const app = createApp();
const ask = (path: string, init: RequestInit = {}) => app.request(`https://sessionlinked.test${path}`, init, env);
const css = hrefs["site.css"];

test("H3: each of the site's own files is there, for a year, under its own type, with every header of ours", async () => {
  const types: Record<string, RegExp> = { css: /^text\/css/, js: /javascript/, woff2: /^font\/woff2/ };
  for (const href of Object.values(hrefs)) {
    const file = await ask(href);
    expect(file.status, href).toBe(200);
    expect(file.headers.get("Content-Type"), href).toMatch(types[href.split(".").at(-1) ?? ""] ?? /^never$/);
    expect(file.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    expect(file.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(file.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(file.headers.get("Strict-Transport-Security")).toContain("max-age=");
    expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(100);
  }
});

test("a file is asked for with GET and HEAD, and not sent again to whoever has it", async () => {
  const head = await ask(css, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe("");
  const tag = head.headers.get("ETag") ?? "";
  expect((await ask(css, { headers: { "If-None-Match": tag } })).status).toBe(304);
  for (const method of ["POST", "PUT", "DELETE"]) {
    const refused = await ask(css, { method });
    expect(refused.status).toBe(405);
    expect(refused.headers.get("Allow")).toBe("GET");
  }
});

test.each([
  "constructor",
  "__proto__",
  "toString",
  "_headers",
  "..%2f_headers",
  "%2e%2e%2fworker.js",
  "%00",
  "%ff",
  "site.css",
  "pages.css",
  "",
  "a/b",
])("there is no /assets/%s", async (name) => {
  expect((await ask(`/assets/${name}`)).status).toBe(404);
});

test("H2: in production a file is not sent in the clear", async () => {
  const production = { ...env, ENVIRONMENT: "production" as const };
  const plain = await app.request(`http://sessionlinked.test${css}`, {}, production);
  expect(plain.status).toBe(308);
  expect(plain.headers.get("Location")).toBe(`https://sessionlinked.test${css}`);
});
