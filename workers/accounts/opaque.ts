import * as opaque from "../../site/built/opaque.js";
import { newSecret } from "../auth/challenges.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { toHex } from "../platform/hash.ts";
import { mac } from "../platform/keys.ts";

/**
 * The server's half of OPAQUE (RFC 9807). The setup is one fixed secret: losing it locks everybody out, so it is kept and backed up,
 * and every record says which version it was made under. The user identifier is random and stays with the
 * account; an e-mail may change.
 */
export const SETUP_VERSION = 1;

export interface PasswordRecord {
  userIdentifier: string;
  record: string;
  setupVersion: number;
}

export async function answerRegistration(env: Env, deps: Deps, registrationRequest: string) {
  await opaque.load();
  const userIdentifier = newSecret(deps);
  try {
    const { registrationResponse } = opaque.server.createRegistrationResponse({
      serverSetup: env.OPAQUE_SETUP,
      userIdentifier,
      registrationRequest,
    });
    return { userIdentifier, registrationResponse };
  } catch {
    return null;
  }
}

/**
 * The answer to a sign-in's first message. For an address without a password it is made up, from the address and our secret, so that
 * it is the same each time, of the same shape, and costs the same work.
 */
export async function answerSignIn(env: Env, email: string, known: PasswordRecord | null, startLoginRequest: string) {
  await opaque.load();
  const madeUp = await identifierFor(env, email);
  try {
    return opaque.server.startLogin({
      serverSetup: env.OPAQUE_SETUP,
      userIdentifier: known?.userIdentifier ?? madeUp,
      registrationRecord: known?.record ?? null,
      startLoginRequest,
    });
  } catch {
    return null;
  }
}

/** Whether this is a registration's last message: a record that cannot be read would lock its owner out of their own account. */
export async function isRecord(env: Env, registrationRecord: string): Promise<boolean> {
  await opaque.load();
  const { startLoginRequest } = opaque.client.startLogin({ password: "" });
  try {
    opaque.server.startLogin({
      serverSetup: env.OPAQUE_SETUP,
      userIdentifier: "",
      registrationRecord,
      startLoginRequest,
    });
    return true;
  } catch {
    return false;
  }
}

/** Whether the second message proves the password. */
export async function provesPassword(serverLoginState: string, finishLoginRequest: string): Promise<boolean> {
  await opaque.load();
  try {
    opaque.server.finishLogin({ serverLoginState, finishLoginRequest });
    return true;
  } catch {
    return false;
  }
}

const identifierFor = async (env: Env, email: string) => toHex(await mac(env, "unknown-identifiers", email));
