import { ErasureId } from "../../protocol/ids.ts";
import { ErasureStarted } from "../../protocol/privacy.ts";
import { ConfirmErase, EraseAccount, ErasureReceipt } from "../../site/views/privacy/erase.tsx";
import { readAddress } from "../accounts/store.ts";
import { hasChallenge } from "../auth/challenges.ts";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { findAccountErasure } from "../privacy/account-erasure.ts";
import { receiptOf } from "../privacy/receipt.ts";
import { askApi, backTo, fieldsOfForm } from "./form.ts";
import { type ReaderVisit, seeOther, sendPage, type Visit, withPage, withReader } from "./page.ts";
import { pageProblem, problemOf } from "./problem.tsx";

const HOME = "/account/erase";

async function showErase(c: AppContext, { page, reader }: ReaderVisit) {
  const mailedTo = c.req.query("done") === "mailed" ? await readAddress(c.env, c.var.deps, reader.id) : null;
  const problem = problemOf(page, c.req.query("problem"), HOME);
  return sendPage(c, <EraseAccount page={page} mailedTo={mailedTo} problem={problem} />);
}

async function askForErasure(c: AppContext, { page }: ReaderVisit) {
  return backTo(c, page, HOME, await askApi(c, "POST", "/account/erasure"), "mailed");
}

async function showConfirm(c: AppContext, { page }: Visit) {
  const token = c.req.query("token") ?? "";
  const isGood = token.length === 43 && (await hasChallenge(c.env.DB, c.var.deps, "erasure", token));
  return sendPage(c, <ConfirmErase page={page} token={token} isBad={!isGood} />);
}

async function confirm(c: AppContext, { page }: Visit) {
  const { token = "" } = await fieldsOfForm(c);
  const answer = await askApi(c, "POST", "/account/erasure/confirm", { token });
  const started = ErasureStarted.safeParse(answer.ok ? answer.value : null);
  if (started.success) return seeOther(c, page, `/erasure/${started.data.erasureId}`);
  return sendPage(c, <ConfirmErase page={page} token="" isBad />, 410);
}

async function showReceipt(c: AppContext, { page }: Visit) {
  const erasureId = ErasureId.safeParse(c.req.param("erasureId"));
  const found = erasureId.success ? await findAccountErasure(c.env.DB, erasureId.data) : null;
  if (found === null || !erasureId.success) return pageProblem(c, "not-found");
  return sendPage(c, <ErasureReceipt page={page} erasure={receiptOf(erasureId.data, found)} />);
}

/** The end of an account: what goes and stays, the mail, the last button, and the receipt. All of it without a script. */
export const erasurePages = newRouter();
erasurePages.get("/account/erase", costs("read"), withReader(showErase));
erasurePages.post(
  "/account/erase",
  costs("read"),
  withReader(askForErasure, () => HOME),
);
erasurePages.get("/account/erase/confirm", costs("read"), withPage(showConfirm));
erasurePages.post("/account/erase/confirm", costs("read"), withPage(confirm));
erasurePages.get("/erasure/:erasureId", costs("read"), withPage(showReceipt));
