import { TokenAnswer } from "../../../protocol/accounts.ts";
import { Problem } from "../../../protocol/errors.ts";

/** Why no token came: OAuth's own code where there is one, and a sentence for the person. */
export class SignInError extends Error {
  override readonly name = "SignInError";
  readonly error: string;
  constructor(error: string, message: string) {
    super(message);
    this.error = error;
  }
}

const TIMEOUT_MS = 15_000;

/** Asks the token endpoint (RFC 6749 section 3.2). Throws `SignInError`; `error` is `network` where nobody answered. */
export async function askForToken(origin: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(new URL("/api/v1/token", origin), {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new SignInError("network", `${origin} does not answer. Check the connection; nothing is lost by waiting.`);
  });
  const body: unknown = await answer.json().catch(() => null);
  const token = TokenAnswer.safeParse(body);
  if (answer.ok && token.success) return token.data.access_token;
  const problem = Problem.safeParse(body);
  const code = problem.data?.error ?? (answer.status >= 500 ? "network" : "invalid_request");
  throw new SignInError(code, problem.data?.title ?? "The answer could not be read.");
}
