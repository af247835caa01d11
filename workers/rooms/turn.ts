import { z } from "zod";
import type { MemberId } from "../../protocol/ids.ts";
import { TURN_CREDENTIAL_LIFETIME_MS, TURN_RENEWAL_MS } from "../../protocol/limits.ts";
import type { IceServer } from "../../protocol/room.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";

export interface Relays {
  iceServers: IceServer[];
  expiresAtMs: number;
}

/** What the service made for a member, or that it did not answer, is not asked for anew before this. In this isolate's memory. */
const issued = new Map<MemberId, Relays & { renewAtMs: number }>();
const ISSUED_MAX = 1_000;
/** A service that did not answer is left alone for this long by one member. */
const FAILED_FOR_MS = 10_000;

/**
 * Relays for one member, with credentials that run out (RFC 8656 long-term credentials in the ephemeral form that coturn calls
 * `use-auth-secret`). Never a STUN address: a member who asked one would learn, and could give away, an address of their own (V2).
 * Locally a shared secret signs them; in production Cloudflare's TURN service makes them. If it cannot be reached the list is
 * empty, which is logged here and said by each client: the room works without sound rather than not at all, and it is asked again.
 */
export async function relaysOf(env: Env, deps: Deps, memberId: MemberId): Promise<Relays> {
  const nowMs = deps.now();
  const expiresAtMs = nowMs + TURN_CREDENTIAL_LIFETIME_MS;
  const { TURN_SERVICE_KEY_ID: keyId, TURN_SERVICE_TOKEN: token, TURN_KEY: secret, TURN_URLS: urls } = env;
  if (keyId !== undefined && token !== undefined) {
    const known = issued.get(memberId);
    if (known !== undefined && nowMs < known.renewAtMs)
      return { iceServers: known.iceServers, expiresAtMs: known.expiresAtMs };
    const iceServers = await fromService(keyId, token, deps);
    const [oldest] = issued.keys();
    if (issued.size >= ISSUED_MAX && oldest !== undefined) issued.delete(oldest);
    const renewAtMs = nowMs + (iceServers.length === 0 ? FAILED_FOR_MS : TURN_RENEWAL_MS);
    issued.set(memberId, { iceServers, expiresAtMs, renewAtMs });
    return { iceServers, expiresAtMs };
  }
  if (secret !== undefined && urls !== undefined) {
    const list = urls.split(",").map((url) => url.trim());
    return { iceServers: [await fromSecret(secret, list, memberId, expiresAtMs)], expiresAtMs };
  }
  log({ event: "turn-unavailable" });
  return { iceServers: [], expiresAtMs };
}

/** `username` is the expiry in Unix seconds and a name, joined by a colon; `credential` its HMAC-SHA-1 in base64. */
export async function fromSecret(
  secret: string,
  urls: string[],
  name: string,
  expiresAtMs: number,
): Promise<IceServer> {
  const encoder = new TextEncoder();
  const username = `${Math.floor(expiresAtMs / 1000)}:${name}`;
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(username));
  return { urls, username, credential: new Uint8Array(signature).toBase64() };
}

const ServiceAnswer = z.object({
  iceServers: z.array(
    z.object({
      urls: z.union([z.string(), z.array(z.string())]),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
});

async function fromService(keyId: string, token: string, deps: Deps): Promise<IceServer[]> {
  try {
    const response = await deps.fetch(
      `https://rtc.live.cloudflare.com/v1/turn/keys/${keyId}/credentials/generate-ice-servers`,
      {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ ttl: TURN_CREDENTIAL_LIFETIME_MS / 1000 }),
        signal: AbortSignal.timeout(3_000),
        // The token goes to this host and to no other.
        redirect: "manual",
      },
    );
    if (!response.ok) throw new Error("refused");
    const answer = ServiceAnswer.parse(await response.json());
    return answer.iceServers.flatMap(({ urls, username, credential }) => {
      // Port 53 is blocked by browsers and would only cost every call its time-out.
      const relays = [urls].flat().filter((url) => /^turns?:/.test(url) && !/:53(\?|$)/.test(url));
      if (username === undefined || credential === undefined || relays.length === 0) return [];
      return [{ urls: relays, username, credential }];
    });
  } catch {
    log({ event: "turn-unavailable" });
    return [];
  }
}
