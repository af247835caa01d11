import { type Keychain, KeychainError } from "../engine/account/keychain.std.ts";
import { SignInError } from "../engine/account/token.std.ts";
import type { Account, SignInAnswer } from "./ipc.std.ts";

export interface DesktopAccountOptions {
  platformOrigin: string;
  keychain: Keychain;
  /** Through the person's browser; resolves with a token, or throws `SignInError`. */
  signIn(signal: AbortSignal): Promise<string>;
  /** Ends a token at the platform. */
  revoke(token: string): Promise<void>;
}

/**
 * Who this machine is to the platform. The token is in the system's keychain; where there is none that is open it lives as long as the app, which is
 * said, and is never written anywhere else (A7).
 */
export class DesktopAccount {
  readonly #options: DesktopAccountOptions;
  #token: string | null = null;
  #isRead = false;
  #keeps: Account["keeps"] = "keychain";
  #signingIn: AbortController | undefined;

  constructor(options: DesktopAccountOptions) {
    this.#options = options;
  }

  async token(): Promise<string | null> {
    if (!this.#isRead) {
      this.#isRead = true;
      await this.#inKeychain(async (keychain, origin) => {
        this.#token = await keychain.read(origin);
      });
    }
    return this.#token;
  }

  async account(): Promise<Account> {
    const signedIn = (await this.token()) !== null;
    return { platformOrigin: this.#options.platformOrigin, signedIn, keeps: this.#keeps };
  }

  /** A second press takes the first one's place. */
  async signIn(): Promise<SignInAnswer> {
    this.#signingIn?.abort();
    const mine = new AbortController();
    this.#signingIn = mine;
    try {
      const token = await this.#options.signIn(mine.signal);
      this.#token = token;
      this.#isRead = true;
      await this.#inKeychain((keychain, origin) => keychain.write(origin, token));
      return { ok: true, account: await this.account() };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  }

  /** Without a network the token is only forgotten here; the account's list of devices can still end it. */
  async signOut(): Promise<Account> {
    const token = await this.token();
    if (token !== null) await this.#options.revoke(token).catch(() => undefined);
    this.#token = null;
    this.#isRead = true;
    await this.#inKeychain((keychain, origin) => keychain.erase(origin));
    return this.account();
  }

  async #inKeychain(work: (keychain: Keychain, origin: string) => Promise<void>): Promise<void> {
    try {
      await work(this.#options.keychain, this.#options.platformOrigin);
      this.#keeps = "keychain";
    } catch (error) {
      if (!(error instanceof KeychainError)) throw error;
      this.#keeps = "memory";
    }
  }
}

function reasonOf(error: unknown): Extract<SignInAnswer, { ok: false }>["reason"] {
  if (!(error instanceof SignInError)) return "failed";
  if (error.error === "network") return "network";
  if (error.error === "access_denied") return "refused";
  return error.error === "expired_token" ? "late" : "failed";
}
