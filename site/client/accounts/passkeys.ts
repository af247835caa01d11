import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";
import { type Answer, post } from "./api.ts";

const load = () => import("@simplewebauthn/browser");

/** Whether this browser can do it at all. */
export const hasPasskeys = () => "PublicKeyCredential" in window;

/** The person's no, a timeout, and a missing device are one and the same to a page, on purpose (WebAuthn section 14.6). */
function refusal(error: unknown): Answer<never> {
  const name = error instanceof Error ? error.name : "";
  const code = name === "InvalidStateError" ? "passkeyKnown" : "passkeyCancelled";
  return { ok: false, reason: code, fields: {}, retryAfterSeconds: 0 };
}

/** Makes a passkey from options that `start` asks for, and hands the new credential to `finish`. */
export async function makePasskey<Value>(
  start: () => Promise<Answer<{ step: string; options: object }>>,
  finish: (body: { step: string; credential: unknown }) => Promise<Answer<Value>>,
): Promise<Answer<Value>> {
  const started = await start();
  if (!started.ok) return started;
  const { startRegistration } = await load();
  const optionsJSON = started.value.options as PublicKeyCredentialCreationOptionsJSON;
  try {
    const credential = await startRegistration({ optionsJSON });
    return finish({ step: started.value.step, credential });
  } catch (error) {
    return refusal(error);
  }
}

/** Signs in with a passkey: by the browser's own dialog, or offered in the address field while the person looks at it. */
export async function signInWithPasskey(how: "dialog" | "autofill"): Promise<Answer<{ secondFactorStep?: string }>> {
  const started = await post<{ step: string; options: object }>("/sign-in/passkey/start");
  if (!started.ok) return started;
  const { startAuthentication } = await load();
  const optionsJSON = started.value.options as PublicKeyCredentialRequestOptionsJSON;
  try {
    const credential = await startAuthentication({ optionsJSON, useBrowserAutofill: how === "autofill" });
    return post("/sign-in/passkey", { step: started.value.step, credential });
  } catch (error) {
    return refusal(error);
  }
}

export const offersAutofill = async () =>
  hasPasskeys() && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false);
