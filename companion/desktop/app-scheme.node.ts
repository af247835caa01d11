import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { errorTitles } from "../../protocol/error-titles.ts";
import { errors } from "../../protocol/errors.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { isOurs, sessionOfPage } from "./rules.std.ts";

export interface AppSchemeOptions {
  /** The folder of the built files, and which of them may be asked for, by their paths. */
  folder: string;
  files: readonly string[];
  platformOrigin: string;
  /** `null`: nobody is signed in. It never reaches a page. */
  token(): Promise<string | null>;
  home(): Promise<string>;
  /** The session's page; where it cannot be had, the home page that says why. */
  session(sessionId: SessionId): Promise<string>;
  fetch(url: string, init: RequestInit & { duplex?: "half" }): Promise<Response>;
}

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** What every answer of the scheme says: isolated for shared memory, this origin only, nothing inline, no frame (H3). */
export const appHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy":
    "microphone=(self), camera=(self), midi=(self), geolocation=(), payment=(), usb=(), serial=(), hid=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

const API = "/api/v1/";
/** What passes from a page to the API, and back. Cookies do not: the app has none. */
const SENT = ["accept", "accept-language", "content-digest", "content-type", "range"];
const ANSWERED = ["content-digest", "content-length", "content-range", "content-type", "etag", "retry-after"];

/**
 * Answers `app://sessionlinked`: the app's own pages and files by name, and the API, to which the main process adds the token. A page of the app is
 * therefore same-origin with all it needs, and holds nothing that a thief of its memory could use elsewhere (A7).
 */
export class AppScheme {
  readonly #options: AppSchemeOptions;
  readonly #files: ReadonlySet<string>;

  constructor(options: AppSchemeOptions) {
    this.#options = options;
    this.#files = new Set(options.files);
  }

  readonly answer = async (request: Request): Promise<Response> => {
    if (!isOurs(request.url)) return refusal("not-found");
    const { pathname, search } = new URL(request.url);
    try {
      if (pathname.startsWith(API)) return await this.#ask(request, pathname + search);
      if (request.method !== "GET" && request.method !== "HEAD") return refusal("method-not-allowed");
      if (this.#files.has(pathname)) return this.#file(pathname);
      const sessionId = sessionOfPage(request.url);
      if (sessionId !== null) return page(await this.#options.session(sessionId));
      return pathname === "/" ? page(await this.#options.home()) : refusal("not-found");
    } catch {
      return refusal("unavailable");
    }
  };

  #file(path: string): Response {
    return new Response(new Uint8Array(readFileSync(join(this.#options.folder, path))), {
      headers: { ...appHeaders, "Content-Type": types[extname(path)] ?? "application/octet-stream" },
    });
  }

  async #ask(request: Request, path: string): Promise<Response> {
    const token = await this.#options.token();
    if (token === null) return refusal("unauthenticated");
    const headers = new Headers({ Authorization: `Bearer ${token}` });
    for (const name of SENT) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    const answer = await this.#options.fetch(new URL(path, this.#options.platformOrigin).href, {
      method: request.method,
      headers,
      redirect: "error",
      credentials: "omit",
      ...(request.body === null ? {} : { body: request.body, duplex: "half" as const }),
    });
    const passed = new Headers(appHeaders);
    for (const name of ANSWERED) {
      const value = answer.headers.get(name);
      if (value !== null) passed.set(name, value);
    }
    return new Response(answer.status === 204 ? null : answer.body, { status: answer.status, headers: passed });
  }
}

const page = (html: string) =>
  new Response(html, {
    headers: { ...appHeaders, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  });

/** As the API refuses: a problem document (RFC 9457). */
function refusal(code: "not-found" | "method-not-allowed" | "unauthenticated" | "unavailable"): Response {
  const [title, { status }] = [errorTitles[code], errors[code]];
  return new Response(JSON.stringify({ type: `/problems/${code}`, title, status, code, requestId: "app" }), {
    status,
    headers: { ...appHeaders, "Content-Type": "application/problem+json" },
  });
}
