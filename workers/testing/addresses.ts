import { env } from "cloudflare:workers";
import { systemDeps } from "../platform/deps.ts";
import { addressIndex, openSealed, sealFor } from "../platform/personal-keys.ts";
import type { Kind } from "../platform/personal-seal.ts";

/** For tests: what an account is called, as its table holds it. */
export const named = async (accountId: string, displayName: string) => ({
  displayName: await sealFor(env, systemDeps, accountId, "name", displayName),
});

/** For tests: an address as the tables hold it, under a key of whoever is named. */
export const sealed = async (keyId: string, address: string) => ({
  email: await sealFor(env, systemDeps, keyId, "address", address),
  emailIndex: await addressIndex(env, address),
});

/** For tests: a text as the tables hold it. */
export const sealedText = (keyId: string, kind: Kind, text: string) => sealFor(env, systemDeps, keyId, kind, text);

/** What a sealed address says; `null`: its key is gone. */
export const opened = (address: string) => openSealed(env, systemDeps, "address", address);

/** What a mail that waits is filled with. */
export async function wordsOf(letter: string): Promise<Record<string, string>> {
  return JSON.parse((await openSealed(env, systemDeps, "letter", letter)) ?? "{}");
}

/** The address of an account. */
export const addressOfAccount = async (accountId: string) =>
  opened(
    (await env.DB.prepare("SELECT email FROM accounts WHERE id = ?").bind(accountId).first<string>("email")) ?? "",
  );
