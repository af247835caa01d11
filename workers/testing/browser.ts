import { env } from "cloudflare:workers";
import { expect } from "vitest";
import * as opaque from "../../site/built/opaque.js";
import type { createApp } from "../app.ts";
import { addressIndex } from "../platform/personal-keys.ts";
import { wordsOf } from "./addresses.ts";

const origin = "https://sessionlinked.test";

/** What a browser does for its person: keeps the cookie, names its origin, and holds the password's half of OPAQUE. */
export class Browser {
  cookie: string | null = null;
  /** Everything that was sent, as it was sent. */
  readonly sent: string[] = [];
  readonly #app: ReturnType<typeof createApp>;
  readonly #network: string;

  constructor(app: ReturnType<typeof createApp>, network = "192.0.2.1") {
    this.#app = app;
    this.#network = network;
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    this.sent.push(`${method} ${path} ${text ?? ""}`);
    const response = await this.#app.request(
      `${origin}/api/v1${path}`,
      {
        method,
        headers: {
          "CF-Connecting-IP": this.#network,
          "Sec-Fetch-Site": "same-origin",
          "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          ...(this.cookie === null ? {} : { Cookie: `__Host-session=${this.cookie}` }),
          ...(text === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
      },
      env,
    );
    const set = /__Host-session=([^;]*)/.exec(response.headers.get("Set-Cookie") ?? "")?.[1];
    if (set !== undefined) this.cookie = set === "" ? null : set;
    return response;
  }

  /** Both messages of a registration up to the record: what sign-up, reset and change send last. */
  async register(password: string): Promise<{ step: string; registrationRecord: string }> {
    await opaque.load();
    const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password });
    const response = await this.ask("POST", "/passwords/start", { registrationRequest });
    const { step, registrationResponse } = await response.json<{ step: string; registrationResponse: string }>();
    const { registrationRecord } = opaque.client.finishRegistration({
      clientRegistrationState,
      registrationResponse,
      password,
      keyStretching,
    });
    return { step, registrationRecord };
  }

  /** The first half: name and address, which a mail answers. */
  signUp(email: string, more: Record<string, unknown> = {}): Promise<Response> {
    return this.ask("POST", "/sign-up", { email, displayName: "Ada Lovelace", isSixteen: true, ...more });
  }

  /** The second, by the mailed link: sets the password and is signed in. */
  async confirmSignUp(token: string, password: string): Promise<Response> {
    return this.ask("POST", "/sign-up/password", { token, ...(await this.register(password)) });
  }

  /** Both, as somebody does who reads their mail at once. */
  async openAccount(email: string, password: string, more: Record<string, unknown> = {}): Promise<void> {
    expect((await this.signUp(email, more)).status).toBe(202);
    const mail = await lastMail(email);
    expect((await this.confirmSignUp(tokenIn(mail?.link), password)).status).toBe(204);
  }

  /** Signs in. The answer to the last message, or to the first if that was refused. */
  async signIn(email: string, password: string, keep: "cookie" | "token" = "cookie"): Promise<Response> {
    await opaque.load();
    const { clientLoginState, startLoginRequest } = opaque.client.startLogin({ password });
    const started = await this.ask("POST", "/sign-in/password/start", { email, startLoginRequest });
    if (started.status !== 200) return started;
    const { step, loginResponse } = await started.json<{ step: string; loginResponse: string }>();
    const finished = opaque.client.finishLogin({ clientLoginState, loginResponse, password, keyStretching });
    // A wrong password is already known here; an attacker goes on all the same.
    const finishLoginRequest = finished?.finishLoginRequest ?? "A".repeat(86);
    return this.ask("POST", "/sign-in/password", { step, finishLoginRequest, keep });
  }
}

/** Argon2 with so little memory that a test is quick; browsers use the library's own setting. */
const keyStretching = { "argon2id-custom": { iterations: 1, memory: 8, parallelism: 1 } } as const;

/** The last mail that was queued for an address: its template and what it is filled with. */
export async function lastMail(address: string): Promise<{ template: string; link: string; takeBack?: string } | null> {
  const row = await env.DB.prepare(
    `SELECT template, template_values AS "values" FROM mail_outbox WHERE address_index = ? ORDER BY created_at_ms DESC, rowid DESC LIMIT 1`,
  )
    .bind(await addressIndex(env, address))
    .first<{ template: string; values: string }>();
  return row === null ? null : { template: row.template, link: "", ...(await wordsOf(row.values)) };
}

export const tokenIn = (link: string | undefined) => new URL(link ?? "").searchParams.get("token") ?? "";
