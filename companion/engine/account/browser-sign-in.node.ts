import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RandomBytes } from "../../../protocol/ids.ts";
import { newPkce } from "./pkce.std.ts";
import { askForToken, SignInError } from "./token.std.ts";

export interface BrowserSignIn {
  origin: string;
  /** What the person will see in their list of devices. */
  label: string;
  random: RandomBytes;
  /** Opens the system's browser, where the person is signed in already or signs in as they always do. */
  open(address: string): void;
  /** The person closed the window of ours that waits for this. */
  signal?: AbortSignal;
  timeoutMs?: number;
}

const TIMEOUT_MS = 5 * 60_000;
const PATH = "/signed-in";

/** What the browser shows when it comes back to this machine. No script, no address, nothing from elsewhere. */
const page = (title: string, sentence: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${title}</title>` +
  `<main><h1>${title}</h1><p>${sentence}</p></main></html>`;

/**
 * Signs in through the system's browser (RFC 8252): listens on a free port of this machine's own loopback address, sends the person to
 * the site, and exchanges the code that comes back. Resolves with the token, or throws `SignInError`.
 */
export async function signInWithBrowser(wish: BrowserSignIn): Promise<string> {
  const { origin, label, random, open, signal, timeoutMs = TIMEOUT_MS } = wish;
  const pkce = await newPkce(random);
  const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    // A browser asks for icons too, and any program on this machine may knock: only the answer to our question ends the wait.
    const isAnswer = url.pathname === PATH && url.searchParams.get("state") === pkce.state;
    const refused = url.searchParams.has("error");
    const [title, sentence] = !isAnswer
      ? ["Nothing here", "This address belongs to the SessionLinked companion while it signs in."]
      : refused
        ? ["Not signed in", "The companion was not let in. You can close this tab."]
        : ["Signed in", "The companion has taken over. You can close this tab."];
    response.writeHead(isAnswer ? 200 : 404, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'",
      "Referrer-Policy": "no-referrer",
      Connection: "close",
    });
    response.end(page(title ?? "", sentence ?? ""));
    if (isAnswer) resolve(url.searchParams);
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", listening);
  });
  const redirect = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  const timer = setTimeout(
    () => reject(new SignInError("expired_token", "Nobody came back from the browser.")),
    timeoutMs,
  );
  const cancel = () => reject(new SignInError("access_denied", "The sign-in was cancelled."));
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    const address = new URL("/companion/authorize", origin);
    address.search = new URLSearchParams({
      response_type: "code",
      client_id: "companion",
      redirect_uri: redirect,
      code_challenge: pkce.challenge,
      code_challenge_method: "S256",
      state: pkce.state,
      label,
    }).toString();
    open(address.href);
    const answer = await promise;
    const code = answer.get("code");
    if (code === null) throw new SignInError(answer.get("error") ?? "access_denied", "The companion was not let in.");
    return await askForToken(origin, {
      grant_type: "authorization_code",
      code,
      code_verifier: pkce.verifier,
      redirect_uri: redirect,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
    server.close();
    server.closeAllConnections();
  }
}
