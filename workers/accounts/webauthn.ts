import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Deps } from "../platform/deps.ts";

/** What is kept of a passkey; its private half never leaves the person's device (WebAuthn level 3). */
export interface Passkey {
  id: string;
  publicKey: string;
  counter: number;
  transports: string[];
}

/** Passkeys belong to this host; a page of another origin cannot use them. */
export const relyingParty = (origin: string) => ({ id: new URL(origin).hostname, origin });

const bytes = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

/** Options for making a passkey: discoverable, so that signing in needs no address; the person is verified by their device. */
export function passkeyOptions(
  origin: string,
  deps: Deps,
  person: { email: string; displayName: string },
  userId: string,
  known: readonly string[],
) {
  return generateRegistrationOptions({
    rpName: "SessionLinked",
    rpID: relyingParty(origin).id,
    userName: person.email,
    userDisplayName: person.displayName,
    userID: bytes(userId),
    challenge: deps.random(32) as Uint8Array<ArrayBuffer>,
    attestationType: "none",
    excludeCredentials: known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** The new passkey, or `null` if the answer is not to this challenge, from this origin, by a verified person. */
export async function readNewPasskey(origin: string, challenge: string, credential: unknown): Promise<Passkey | null> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: credential as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: relyingParty(origin).id,
      requireUserVerification: true,
    });
    if (!verified || registrationInfo === undefined) return null;
    const { id, publicKey, counter, transports } = registrationInfo.credential;
    return { id, publicKey: publicKey.toBase64(), counter, transports: transports ?? [] };
  } catch {
    return null;
  }
}

/** Options for signing in with whichever passkey the person picks. */
export function signInOptions(origin: string, deps: Deps) {
  return generateAuthenticationOptions({
    rpID: relyingParty(origin).id,
    challenge: deps.random(32) as Uint8Array<ArrayBuffer>,
    userVerification: "required",
    allowCredentials: [],
  });
}

/** The passkey's new counter if the answer is good, else `null`. */
export async function verifyPasskey(
  origin: string,
  challenge: string,
  credential: unknown,
  passkey: Passkey,
): Promise<number | null> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: credential as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: relyingParty(origin).id,
      requireUserVerification: true,
      credential: { id: passkey.id, publicKey: Uint8Array.fromBase64(passkey.publicKey), counter: passkey.counter },
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}
