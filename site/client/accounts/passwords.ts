import { type Answer, post } from "./api.ts";

/**
 * The person's half of OPAQUE (RFC 9807). The password goes into this module and nothing that it could be told from comes out. The
 * WebAssembly behind it is large, so it is fetched when somebody begins to type.
 */
export async function prepare() {
  const opaque = await import("../../built/opaque.js");
  // A fetch that was lost is forgotten, so that the next try fetches again.
  await opaque.load();
  return opaque.client;
}

const offline = { ok: false, reason: "offline", fields: {}, retryAfterSeconds: 0 } as const;

/** The same password typed on two systems may be other code points; NFKC makes them one (NIST SP 800-63B section 3.1.1.2). */
const normal = (password: string) => password.normalize("NFKC");

/** Makes a record of a new password, ready to be stored by sign-up, reset or change. */
export async function register(password: string): Promise<Answer<{ step: string; registrationRecord: string }>> {
  const client = await prepare().catch(() => null);
  if (client === null) return offline;
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password: normal(password) });
  const started = await post<{ step: string; registrationResponse: string }>("/passwords/start", {
    registrationRequest,
  });
  if (!started.ok) return started;
  const { step, registrationResponse } = started.value;
  const { registrationRecord } = client.finishRegistration({
    password: normal(password),
    registrationResponse,
    clientRegistrationState,
  });
  return { ok: true, value: { step, registrationRecord } };
}

/** Proves a password. Whether a second step is to come is in the answer. */
export async function proveIt(email: string, password: string): Promise<Answer<{ secondFactorStep?: string }>> {
  const client = await prepare().catch(() => null);
  if (client === null) return offline;
  const { clientLoginState, startLoginRequest } = client.startLogin({ password: normal(password) });
  const started = await post<{ step: string; loginResponse: string }>("/sign-in/password/start", {
    email,
    startLoginRequest,
  });
  if (!started.ok) return started;
  const { step, loginResponse } = started.value;
  const finished = client.finishLogin({ clientLoginState, loginResponse, password: normal(password) });
  // The protocol itself says here that the password is not the one; there is nothing to send.
  if (finished === undefined) return { ok: false, reason: "wrong-password", fields: {}, retryAfterSeconds: 0 };
  return post("/sign-in/password", { step, finishLoginRequest: finished.finishLoginRequest });
}
