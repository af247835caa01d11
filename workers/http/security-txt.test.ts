import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";

test("RFC 9116: security.txt says whom to write to, and until when", async () => {
  const now = Date.UTC(2027, 0, 1, 13);
  const app = createApp({ ...systemDeps, now: () => now });
  const response = await app.request("https://sessionlinked.test/.well-known/security.txt", {}, env);
  expect(response.headers.get("Content-Type")).toMatch(/^text\/plain; ?charset=utf-8$/i);
  const fields = new Map(
    (await response.text())
      .trim()
      .split("\n")
      .map((line) => line.split(": ", 2) as [string, string]),
  );
  expect(fields.get("Contact")).toMatch(/^mailto:/);
  expect(fields.get("Canonical")).toBe("https://sessionlinked.test/.well-known/security.txt");
  const days = (Date.parse(fields.get("Expires") ?? "") - now) / 86_400_000;
  expect(days).toBeGreaterThan(90);
  expect(days).toBeLessThan(365);
});
