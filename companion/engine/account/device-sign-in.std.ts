import { DeviceStarted } from "../../../protocol/accounts.ts";
import { askForToken, SignInError } from "./token.std.ts";

export interface DeviceSignIn {
  origin: string;
  /** What the person will see in their list of devices. */
  label: string;
  /** Shows the person where to go and what to type. */
  show(waiting: { userCode: string; address: string; addressWithCode: string; endsAtMs: number }): void;
  now(): number;
  sleep(ms: number): Promise<void>;
}

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** Added to the interval each time the server says so (RFC 8628 section 3.5). */
const SLOW_DOWN_MS = 5_000;

/** Signs in a companion without a browser: the person types a code on any other device. Resolves with the token, or throws `SignInError`. */
export async function signInWithDevice({ origin, label, show, now, sleep }: DeviceSignIn): Promise<string> {
  const response = await fetch(new URL("/api/v1/device", origin), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ label }),
  }).catch(() => {
    throw new SignInError("network", `${origin} does not answer.`);
  });
  const started = DeviceStarted.safeParse(await response.json().catch(() => null));
  if (!started.success) throw new SignInError("invalid_request", `${origin} did not begin a sign-in.`);
  const { device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval } = started.data;
  const endsAtMs = now() + expires_in * 1000;
  show({ userCode: user_code, address: verification_uri, addressWithCode: verification_uri_complete, endsAtMs });
  let intervalMs = interval * 1000;
  while (now() < endsAtMs) {
    await sleep(intervalMs);
    try {
      return await askForToken(origin, { grant_type: GRANT, device_code });
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      // A lost connection is waited out like a person who has not decided.
      if (error.error === "slow_down") intervalMs += SLOW_DOWN_MS;
      else if (error.error !== "authorization_pending" && error.error !== "network") throw error;
    }
  }
  throw new SignInError("expired_token", "The code has expired. Begin again for a new one.");
}
