import { SELF } from "cloudflare:test";
import { expect, test } from "vitest";

test("health answers", async () => {
  const response = await SELF.fetch("https://sessionlinked.test/api/v1/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ ok: true });
});
