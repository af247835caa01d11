import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/**
 * Promise H5: each binding and each secret, with the only modules that may name it. Everything else reaches what lies behind it through a
 * function of theirs, which does one thing. `DB` is missing here: all of `workers/` may read it, and nobody else.
 */
const mayName: Record<string, readonly string[]> = {
  RECORDINGS: [
    "workers/pages/pages.tsx",
    "workers/platform/call-budget.ts",
    "workers/platform/log-store.ts",
    "workers/platform/object-store.ts",
  ],
  SESSION_ROOM: ["workers/platform/jurisdiction.ts"],
  EMAIL: ["workers/mail/outbox.ts", "workers/platform/call-budget.ts"],
  ASSETS: ["workers/pages/pages.tsx", "workers/pages/policy-versions.tsx"],
  TICKET_KEY: ["workers/platform/keys.ts"],
  LINK_KEY: ["workers/platform/keys.ts"],
  STORE_KEY: ["workers/platform/keys.ts"],
  OPAQUE_SETUP: ["workers/accounts/opaque.ts", "workers/platform/keys.ts"],
  OPERATOR_KEY: ["workers/operator/guard.ts"],
  TURN_KEY: ["workers/rooms/turn.ts"],
  TURN_URLS: ["workers/rooms/turn.ts"],
  TURN_SERVICE_KEY_ID: ["workers/rooms/turn.ts"],
  TURN_SERVICE_TOKEN: ["workers/rooms/turn.ts"],
};
/** Says what there is, and refuses to start without it; uses none of it. */
const names = ["workers/platform/env.ts", "workers/platform/secrets.ts"];

const sources = globSync("{workers,durable-objects,protocol,site,companion,audio}/**/*.{ts,tsx}")
  .filter((path) => !/\.test\.tsx?$|\/testing\//.test(path) && !names.includes(path))
  .map((path) => {
    const text = readFileSync(path, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    return { path, text };
  });

test("H5: each binding and secret is named by the code that needs it and by no other", () => {
  const named = Object.fromEntries(
    Object.keys(mayName).map((binding) => {
      const use = new RegExp(`\\b${binding}\\b`);
      return [binding, sources.filter(({ text }) => use.test(text)).map(({ path }) => path)];
    }),
  );
  for (const [binding, paths] of Object.entries(named))
    expect([binding, paths.sort()]).toEqual([binding, [...(mayName[binding] ?? [])].sort()]);
  // A binding that is added to the Worker gets a row here.
  const declared = [...readFileSync("workers/platform/env.ts", "utf8").matchAll(/^ {2}([A-Z_]+)\??: /gm)].map(
    ([, name = ""]) => name,
  );
  const open = ["DB", "ENVIRONMENT", "LAUNCH_DATE", "PUBLIC_ORIGIN", "MAIL_FROM"];
  const rows = [...Object.keys(mayName), ...open].sort();
  expect(declared.filter((name) => !name.startsWith("LIMIT_")).sort()).toEqual(rows);
});

test("X26: a room that ran wild holds its isolate for no more than the longest completion needs", () => {
  const [, limitMs = "300000"] = /^cpu_ms = ([\d_]+)$/m.exec(readFileSync("wrangler.toml", "utf8")) ?? [];
  expect(Number(limitMs.replaceAll("_", ""))).toBeLessThanOrEqual(120_000);
});

test("H5: a session's room reaches neither the database nor the store, and nothing outside the Worker reaches a binding", () => {
  const reaches = sources
    .filter(({ path }) => !path.startsWith("workers/"))
    .filter(({ text }) => /\benv\.(?:DB|RECORDINGS|EMAIL)\b|cloudflare:workers";[\s\S]*\benv\b/.test(text))
    .map(({ path }) => path);
  expect(reaches).toEqual([]);
});
