import { env } from "cloudflare:workers";
import { URI } from "otpauth";
import { newOperator, signInOperator } from "../operator/sign-in.ts";
import type { Deps } from "../platform/deps.ts";

/** An operator who is signed in: the token of theirs. */
export async function operatorToken(deps: Deps): Promise<string> {
  const { key, uri } = await newOperator(env, deps, "Ona");
  const signedIn = await signInOperator(env, deps, key, codeOf(uri, deps.now()));
  if (!signedIn.ok) throw new Error("The operator was not let in.");
  return signedIn.value;
}

/** The code that an operator's phone shows. */
export function codeOf(uri: string, nowMs: number): string {
  const totp = URI.parse(uri);
  if (!("period" in totp)) throw new Error("No code by time.");
  return totp.generate({ timestamp: nowMs });
}
