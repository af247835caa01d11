import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleWorker, startPlatform } from "./platform.ts";
import { seedAccount } from "./seed.ts";

test("the deployed bundle has no seed path: nothing of dev/ is in it", () => {
  const bundle = readFileSync(bundleWorker(), "utf8");
  // The bundler names each module it takes in, so this would not be empty talk.
  expect(bundle).toContain("// workers/app.ts");
  expect(bundle).not.toMatch(/^\/\/ (\.\.\/)*dev\//m);
  expect(bundle).not.toContain("seedAccount");
  expect(bundle).not.toContain("local seed");
});

test("a seeded account is let in by its token, and its e-mail cannot be seeded twice", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "seed-"));
  const platform = await startPlatform({ stateDir });
  try {
    const person = { displayName: "Ada", email: "ada@example.org", tier: "free" } as const;
    const { accountId, token } = await seedAccount(platform, person);
    expect(accountId).toMatch(/^acc_/);
    expect(token.length).toBeGreaterThan(40);
    const rows = await platform.db.prepare("SELECT token_hash FROM sign_ins").all<{ token_hash: string }>();
    expect(rows.results.map((row) => row.token_hash)).not.toContain(token);
    await expect(seedAccount(platform, person)).rejects.toThrow();
  } finally {
    await platform.stop();
    rmSync(stateDir, { recursive: true });
  }
});
