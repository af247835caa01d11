import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { systemDeps } from "../platform/deps.ts";

test("RFC 9116: security.txt says whom to write to, until when, and on which page it is told what happens then", async () => {
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
  const policy = fields.get("Policy") ?? "";
  expect(new URL(policy).pathname).toBe("/security");
  const contact = (fields.get("Contact") ?? "").slice("mailto:".length);
  for (const language of ["en", "de"]) {
    const page = await app.request(`${policy}?lang=${language}`, {}, env);
    expect(page.status).toBe(200);
    // Whom to write to is one address, whoever asks where.
    expect(await page.text()).toContain(`href="mailto:${contact}"`);
  }
  const days = (Date.parse(fields.get("Expires") ?? "") - now) / 86_400_000;
  expect(days).toBeGreaterThan(90);
  expect(days).toBeLessThan(365);
});
