import type { Hono } from "hono";
import { ErasureId } from "../../protocol/ids.ts";
import { ErasureStarted } from "../../protocol/privacy.ts";
import { href } from "../../site/design/page.ts";
import { accountText } from "../../site/i18n/account.ts";
import { ConfirmErase, EraseAccount, ErasureReceipt } from "../../site/views/privacy/erase.tsx";
import { hasChallenge } from "../auth/challenges.ts";
import { authenticate } from "../auth/guard.ts";
import { type AppEnv, newRouter } from "../http/router.ts";
import { findAccountErasure } from "../privacy/account-erasure.ts";
import { receiptOf } from "../privacy/receipt.ts";
import { askApi, backTo, fieldsOfForm } from "./form.ts";
import { pageOf, sendPage } from "./page.ts";
import { pageProblem } from "./problem.tsx";

/** The end of an account: what goes and stays, the mail, the last button, and the receipt. All of it without a script. */
export function erasurePages(app: Hono<AppEnv>) {
  const pages = newRouter();
  pages.get("/account/erase", async (c) => {
    const page = await pageOf(c);
    const account = await authenticate(c);
    if (account === null) return c.redirect(href(page, "/sign-in?next=/account/erase"), 303);
    const mailedTo = c.req.query("done") === "mailed" ? account.email : null;
    const code = c.req.query("problem");
    const t: Record<string, string> = accountText[page.language].problems;
    const again = code === "sign-in-again" ? "/sign-in?again=1&next=/account/erase" : null;
    const problem = code === undefined ? null : { text: t[code] ?? accountText[page.language].problems.other, again };
    return sendPage(c, <EraseAccount page={page} mailedTo={mailedTo} problem={problem} />);
  });
  pages.post("/account/erase", async (c) => {
    const page = await pageOf(c);
    return backTo(c, page, "/account/erase", await askApi(app, c, "POST", "/account/erasure"), "mailed");
  });
  pages.get("/account/erase/confirm", async (c) => {
    const token = c.req.query("token") ?? "";
    const isGood = token.length === 43 && (await hasChallenge(c.env.DB, c.var.deps, "erasure", token));
    return sendPage(c, <ConfirmErase page={await pageOf(c)} token={token} isBad={!isGood} />);
  });
  pages.post("/account/erase/confirm", async (c) => {
    const { token = "" } = await fieldsOfForm(c);
    const page = await pageOf(c);
    const answer = await askApi(app, c, "POST", "/account/erasure/confirm", { token });
    const started = ErasureStarted.safeParse(answer.ok ? answer.value : null);
    if (started.success) return c.redirect(href(page, `/erasure/${started.data.erasureId}`), 303);
    return sendPage(c, <ConfirmErase page={page} token="" isBad />, 410);
  });
  pages.get("/erasure/:erasureId", async (c) => {
    const erasureId = ErasureId.safeParse(c.req.param("erasureId"));
    const found = erasureId.success ? await findAccountErasure(c.env.DB, erasureId.data) : null;
    if (found === null || !erasureId.success) return pageProblem(c, "not-found");
    return sendPage(c, <ErasureReceipt page={await pageOf(c)} erasure={receiptOf(erasureId.data, found)} />);
  });
  return pages;
}
