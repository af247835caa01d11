import { accentOf } from "../../protocol/accents.ts";
import { href, type Page } from "../../site/design/page.ts";
import { languageOf, negotiate } from "../../site/i18n/language.ts";
import { type Account, authenticate } from "../auth/guard.ts";
import { guestCookieOf } from "../auth/guest-token.ts";
import { phoneCookieOf } from "../auth/phone-token.ts";
import { cookieOf } from "../auth/session-token.ts";
import type { AppContext } from "../http/router.ts";
import { type Open, openNamed } from "../platform/personal-keys.ts";

/** Who reads, and what a view is told about the request. */
export interface Visit {
  page: Page;
  reader: Account | null;
}
/** The same where somebody is signed in. */
export interface ReaderVisit extends Visit {
  reader: Account;
}
type Handler<V> = (c: AppContext, visit: V) => Response | Promise<Response>;

function describe(c: AppContext, account: Account | null, displayName: string): Page {
  const asked = c.req.query("lang");
  const language = negotiate(asked ?? account?.language ?? undefined, c.req.header("Accept-Language"));
  const { origin, searchParams } = new URL(c.req.url);
  searchParams.delete("lang");
  return {
    language,
    languageAsked: asked !== undefined && languageOf(asked) === language,
    path: c.req.path,
    search: searchParams.size === 0 ? "" : `?${searchParams}`,
    origin,
    account: account === null ? null : { displayName, accent: accentOf(account.id), unread: account.unread },
    nowMs: c.var.deps.now(),
  };
}

/** What a view is told about a reader. A page is there without its reader's own name where the store of keys does not answer. */
export async function pageFor(c: AppContext, account: Account | null): Promise<Page> {
  const named = account === null ? [] : [account];
  const open = (row: Account, opened: Open) => opened("name", row.sealedName);
  const [displayName = ""] = await openNamed(c.env, c.var.deps, named, open);
  return describe(c, account, displayName);
}

/** What a view is told about this request. Asks the database only if the reader carries a sign-in. */
export const pageOf = async (c: AppContext): Promise<Page> => pageFor(c, await authenticate(c));

/** A page for somebody about whom nothing could be asked. */
export const strangerPage = (c: AppContext): Page => describe(c, null, "");

/** A page for everybody. The reader's account is looked up here, once for the request. */
export const withPage = (handler: Handler<Visit>) => async (c: AppContext) => {
  const reader = await authenticate(c);
  return handler(c, { page: await pageFor(c, reader), reader });
};

/**
 * For somebody: signed in, or sent to sign in and back to `back`. A form from another site is nobody's. Only what was looked at is
 * worth coming back to as it is; a form lies one step below the page that holds it, unless it says otherwise.
 */
export const withAccount =
  (handler: (c: AppContext, reader: Account) => Response | Promise<Response>, back = whereFrom) =>
  async (c: AppContext) => {
    const reader = await authenticate(c);
    if (reader === null) return seeOther(c, strangerPage(c), `/sign-in?next=${encodeURIComponent(back(c))}`);
    return handler(c, reader);
  };

/** A page for somebody; whoever has more to read than who reads does both at once (`withAccount`, `pageFor`). */
export const withReader = (handler: Handler<ReaderVisit>, back?: (c: AppContext) => string) =>
  withAccount(async (c, reader) => handler(c, { page: await pageFor(c, reader), reader }), back);

function whereFrom(c: AppContext): string {
  const { pathname, search } = new URL(c.req.url);
  return c.req.method === "GET" ? pathname + search : pathname.replace(/\/[^/]*$/, "") + search;
}

/** To another page, in the reader's language: after a form, to one that can be loaded again without doing it twice (RFC 9110, 15.4.4). */
export const seeOther = (c: AppContext, page: Page, path: string) => c.redirect(href(page, path), 303);

/**
 * Sends a view as a whole document. Pages depend on the reader's language and sign-in, so no shared cache keeps them; what is behind a
 * sign-in, not even the browser's own, which the next person at it could leaf back through.
 */
export async function sendPage(
  c: AppContext,
  view: { toString(): string | Promise<string> },
  status: 200 | 400 | 401 | 403 | 404 | 410 | 413 | 422 | 429 | 500 | 503 = 200,
) {
  const isSomebody = [cookieOf, guestCookieOf, phoneCookieOf].some((cookie) => cookie(c) !== undefined);
  c.header("Cache-Control", isSomebody ? "no-store" : "private, no-cache");
  c.header("Vary", "Accept-Language, Cookie");
  return c.html(`<!doctype html>${await view.toString()}`, status);
}
