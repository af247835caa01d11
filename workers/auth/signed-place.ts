import { fromBase64Url, toBase64Url } from "../platform/base64.ts";
import type { Env } from "../platform/env.ts";
import { mac, macKey, type Purpose } from "../platform/keys.ts";

/**
 * Places in a session that nothing stores: a text of ids and of an end, signed (HMAC-SHA-256), which whoever has it brings along. `kind` keeps one
 * sort of them from being taken for another. Short, because some are read off a screen.
 */
export interface SignedPlace {
  parts: readonly string[];
  expiresAtMs: number;
}

const encoder = new TextEncoder();

export async function signPlace(env: Env, purpose: Purpose, kind: string, { parts, expiresAtMs }: SignedPlace) {
  const text = [...parts, expiresAtMs.toString(36)].join(".");
  return `${text}.${toBase64Url(await mac(env, purpose, `${kind} ${text}`))}`;
}

/** What a text of ours says, while it is good; `null`: it is none of ours, or too old. */
export async function readPlace(
  env: Env,
  purpose: Purpose,
  kind: string,
  signed: string,
  { nowMs, count, maxChars }: { nowMs: number; count: number; maxChars: number },
): Promise<SignedPlace | null> {
  if (signed.length > maxChars) return null;
  const parts = signed.split(".");
  const bytes = decode(parts.pop() ?? "");
  if (bytes === null || parts.length !== count + 1) return null;
  const text = `${kind} ${parts.join(".")}`;
  if (!(await crypto.subtle.verify("HMAC", await macKey(env, purpose), bytes, encoder.encode(text)))) return null;
  const expiresAtMs = Number.parseInt(parts.pop() ?? "", 36);
  return nowMs < expiresAtMs ? { parts, expiresAtMs } : null;
}

function decode(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64Url(text);
  } catch {
    return null;
  }
}
