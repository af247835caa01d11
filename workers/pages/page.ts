import type { Page } from "../../site/design/page.ts";
import { negotiate } from "../../site/i18n/language.ts";
import { findAccount } from "../auth/guard.ts";
import { cookieOf } from "../auth/session-token.ts";
import type { AppContext } from "../http/router.ts";

/** What a view is told about this request. Asks the database only if the reader carries the sign-in cookie. */
export async function pageOf(c: AppContext): Promise<Page> {
  const asked = c.req.query("lang");
  const language = negotiate(asked, c.req.header("Accept-Language"));
  const cookie = cookieOf(c);
  const nowMs = c.var.deps.now();
  const { origin, searchParams } = new URL(c.req.url);
  searchParams.delete("lang");
  const account = cookie === undefined ? null : await findAccount(c.env.DB, cookie, nowMs);
  return {
    language,
    languageAsked: asked === language,
    path: c.req.path,
    search: searchParams.size === 0 ? "" : `?${searchParams}`,
    origin,
    account: account === null ? null : { displayName: account.displayName },
    nowMs,
  };
}

/** Sends a view as a whole document. Pages depend on the reader's language and sign-in, so no cache keeps them. */
export async function sendPage(
  c: AppContext,
  view: { toString(): string | Promise<string> },
  status: 200 | 400 | 401 | 403 | 404 | 410 | 422 | 429 | 500 | 503 = 200,
) {
  c.header("Cache-Control", "private, no-cache");
  c.header("Vary", "Accept-Language, Cookie");
  return c.html(`<!doctype html>${await view.toString()}`, status);
}
