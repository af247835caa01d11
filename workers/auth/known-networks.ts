import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { knownNetworks } from "../../migrations/schema.ts";
import type { AppContext } from "../http/router.ts";
import { toHex } from "../platform/hash.ts";
import { mac } from "../platform/keys.ts";
import { findSignedIn } from "./guard.ts";
import { networkOf } from "./network.ts";

/** Networks that an account was signed in from before; as many of the latest as a touring musician sleeps in. */
const NETWORKS_PER_ACCOUNT_MAX = 30;

const hashOf = async (c: AppContext, accountId: string) =>
  toHex(await mac(c.env, "known-networks", `${accountId} ${networkOf(c.req.header("CF-Connecting-IP"))}`));

/** The statements that remember where an account is being signed in from. */
export async function rememberNetwork(c: AppContext, accountId: string): Promise<D1PreparedStatement[]> {
  return [
    c.env.DB.prepare(
      `INSERT INTO known_networks (account_id, network_hash, last_used_at_ms) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET last_used_at_ms = ?3`,
    ).bind(accountId, await hashOf(c, accountId), c.var.deps.now()),
    c.env.DB.prepare(
      `DELETE FROM known_networks WHERE account_id = ?1 AND network_hash NOT IN
         (SELECT network_hash FROM known_networks WHERE account_id = ?1 ORDER BY last_used_at_ms DESC LIMIT ?2)`,
    ).bind(accountId, NETWORKS_PER_ACCOUNT_MAX),
  ];
}

/**
 * Whether this account was signed in to before from this network or, by the cookie it still holds, in this browser. Whoever guesses from
 * elsewhere then costs its owner nothing here. An address without an account is looked up as well, so that time tells nothing (X19).
 */
export async function isFamiliar(c: AppContext, accountId: string | null): Promise<boolean> {
  // Looked up for every address alike, whoever asks with a sign-in of their own.
  const signedIn = await findSignedIn(c);
  const hash = await hashOf(c, accountId ?? "");
  const isThis = and(eq(knownNetworks.accountId, accountId ?? ""), eq(knownNetworks.networkHash, hash));
  const known = await drizzle(c.env.DB).$count(knownNetworks, isThis);
  return known > 0 || (accountId !== null && signedIn?.account.id === accountId);
}
