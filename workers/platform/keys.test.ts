import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { systemDeps } from "./deps.ts";
import { toHex } from "./hash.ts";
import { cipherKey, mac, macKey } from "./keys.ts";
import { issueLinkToken, readLinkToken } from "./link-token.ts";
import { checkSecrets } from "./secrets.ts";

const good = {
  ENVIRONMENT: "production",
  TICKET_KEY: "t".repeat(43),
  LINK_KEY: "l".repeat(43),
  STORE_KEY: "s".repeat(43),
  OPAQUE_SETUP: "o".repeat(171),
  LAUNCH_DATE: "",
  MAIL_FROM: "hello@example.org",
  PUBLIC_ORIGIN: "https://example.org",
  TURN_SERVICE_KEY_ID: "id",
  TURN_SERVICE_TOKEN: "token",
} as const;

test("X19: one secret serves two purposes by two keys, and turning one leaves the other's as they are", async () => {
  const turned = { ...env, TICKET_KEY: "another ticket key, 32 bytes or more" };
  const of = async (using: typeof env, purpose: "tickets" | "limits" | "unknown-identifiers") =>
    toHex(await mac(using, purpose, "ada@example.org"));
  expect(await of(env, "tickets")).not.toBe(await of(env, "limits"));
  expect(await of(turned, "tickets")).not.toBe(await of(env, "tickets"));
  expect(await of(turned, "unknown-identifiers")).toBe(await of(env, "unknown-identifiers"));
});

test("X19: a key that is kept is never another secret's, another purpose's or another algorithm's", async () => {
  const turned = { ...env, STORE_KEY: "another store key, of 32 bytes or more" };
  const asked = [env, turned, env, turned];
  const macs = await Promise.all(asked.map(async (using) => toHex(await mac(using, "second-factors", "ada"))));
  expect([macs[2], macs[3]]).toEqual([macs[0], macs[1]]);
  expect(macs[0]).not.toBe(macs[1]);
  const usages = await Promise.all(asked.map(async (using) => (await cipherKey(using, "second-factors")).usages));
  expect(usages).toEqual(asked.map(() => ["encrypt", "decrypt"]));
  expect((await macKey(env, "second-factors")).extractable).toBe(false);
});

test("a link of another key is none of ours", async () => {
  const link = { kind: "waitlist", id: "wai_1" } as const;
  const token = await issueLinkToken(env, systemDeps, link);
  expect(await readLinkToken(env, token)).toEqual(link);
  expect(await readLinkToken({ ...env, LINK_KEY: `${env.LINK_KEY}!` }, token)).toBeNull();
  expect(await readLinkToken(env, `${token.slice(0, -2)}AA`)).toBeNull();
});

test.each([
  "TICKET_KEY",
  "LINK_KEY",
  "STORE_KEY",
  "OPAQUE_SETUP",
  "TURN_SERVICE_KEY_ID",
  "TURN_SERVICE_TOKEN",
  "PUBLIC_ORIGIN",
] as const)("without %s the Worker does not start, and says which it lacks", (name) => {
  const { [name]: _, ...without } = good;
  expect(() => checkSecrets(good)).not.toThrow();
  expect(() => checkSecrets(without)).toThrow(`The Worker cannot start: ${name} is missing.`);
  expect(() => checkSecrets({ ...good, [name]: "" })).toThrow(`cannot start: ${name}`);
});

test("a secret that could be guessed is none, and each fault is named", () => {
  expect(() => checkSecrets({ ...good, TICKET_KEY: "short", OPERATOR_KEY: "word" })).toThrow(
    "The Worker cannot start: TICKET_KEY needs at least 32 characters, OPERATOR_KEY needs at least 32 characters.",
  );
  expect(() => checkSecrets({ ...good, PUBLIC_ORIGIN: "http://example.org" })).toThrow("PUBLIC_ORIGIN");
  expect(() => checkSecrets({ ...good, LAUNCH_DATE: "soon" })).toThrow("LAUNCH_DATE is a day like");
  expect(() => checkSecrets(env)).not.toThrow();
});
