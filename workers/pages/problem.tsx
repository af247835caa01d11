import { parseAccept } from "hono/utils/accept";
import { type ErrorCode, errors } from "../../protocol/errors.ts";
import type { Page } from "../../site/design/page.ts";
import { accountText } from "../../site/i18n/account.ts";
import { ProblemPage, shownStatus } from "../../site/views/problem.tsx";
import type { AppContext } from "../http/router.ts";
import { pageOf, sendPage, strangerPage } from "./page.ts";

/** What a browser asks for when a person follows a link or sends a form (RFC 9110, 12.5.1). */
const prefersHtml = (c: AppContext) =>
  parseAccept(c.req.header("Accept") ?? "").some(({ type, q }) => type === "text/html" && q > 0);

/** A person reads this with a browser, not a program with the API. */
export function wantsPage(c: AppContext): boolean {
  const forPrograms = c.req.path.startsWith("/api/") || c.req.path.startsWith("/rooms/");
  return !forPrograms && prefersHtml(c);
}

/** The designed page for what went wrong. Works without the database too: it may be what broke. */
export async function pageProblem(
  c: AppContext,
  code: ErrorCode,
  { requestId, retryAfterSeconds }: { requestId: string; retryAfterSeconds?: number | undefined } = c.var,
) {
  const { status } = errors[code];
  // A flood is answered without asking who sends it.
  const page = code === "rate-limited" ? strangerPage(c) : await pageOf(c).catch(() => strangerPage(c));
  const shown = shownStatus(status);
  if (shown === 429 && retryAfterSeconds !== undefined) c.header("Retry-After", String(retryAfterSeconds));
  const view = <ProblemPage page={page} status={shown} waitSeconds={retryAfterSeconds} requestId={requestId} />;
  return sendPage(c, view, shown);
}

/** What a form's `problem=` says at the head of its page; `again`: where a fresh sign-in is made, if one is wanted. */
export function problemOf(page: Page, code: string | undefined, path: string) {
  if (code === undefined) return null;
  const { problems } = accountText[page.language];
  const texts: Record<string, string> = problems;
  return {
    text: texts[code] ?? problems.other,
    again: code === "sign-in-again" ? `/sign-in?again=1&next=${path}` : null,
  };
}
