import type { Hono } from "hono";
import { href } from "../../site/design/page.ts";
import { accountText } from "../../site/i18n/account.ts";
import { PrivacyCentre } from "../../site/views/privacy/centre.tsx";
import { authenticate } from "../auth/guard.ts";
import { type AppEnv, newRouter } from "../http/router.ts";
import { listExports } from "../privacy/export.ts";
import { heldAbout } from "../privacy/held.ts";
import { listRequests } from "../privacy/requests.ts";
import { restrictedSince } from "../privacy/restriction.ts";
import { askApi, backTo, fieldsOfForm } from "./form.ts";
import { pageOf, sendPage } from "./page.ts";

const HOME = "/account/privacy";

/** A person's rights on one page, without a script: what is held, a copy of it, restriction, requests, the way out. */
export function privacyCentre(app: Hono<AppEnv>) {
  const pages = newRouter();
  pages.get(HOME, async (c) => {
    const page = await pageOf(c);
    const account = await authenticate(c);
    if (account === null) return c.redirect(href(page, `/sign-in?next=${HOME}`), 303);
    const [held, exports, requests, restrictedAtMs] = await Promise.all([
      heldAbout(c.env.DB, account.id),
      listExports(c.env.DB, account.id, c.var.deps.now()),
      listRequests(c.env.DB, account.id),
      restrictedSince(c.env.DB, account.id),
    ]);
    const code = c.req.query("problem");
    const t: Record<string, string> = accountText[page.language].problems;
    const again = code === "sign-in-again" ? `/sign-in?again=1&next=${HOME}` : null;
    const problem = code === undefined ? null : { text: t[code] ?? accountText[page.language].problems.other, again };
    const said = { done: c.req.query("done") ?? null, problem };
    const mine = held.map((one) => ({
      name: one.name,
      count: one.count,
      purpose: one.purpose[page.language],
      until: one.until[page.language],
    }));
    return sendPage(
      c,
      <PrivacyCentre
        page={page}
        held={mine}
        exports={exports}
        requests={requests}
        restrictedAtMs={restrictedAtMs}
        said={said}
      />,
    );
  });
  pages.post(`${HOME}/export`, async (c) => {
    const page = await pageOf(c);
    return backTo(c, page, `${HOME}#export`, await askApi(app, c, "POST", "/account/exports"), "export");
  });
  // The API's own answer, passed on as it streams: a form's answer is read whole, and this is not to be.
  pages.get(`${HOME}/export/:exportId`, async (c) => {
    const path = `/api/v1/account/exports/${encodeURIComponent(c.req.param("exportId"))}/archive`;
    const page = await pageOf(c);
    if (page.account === null) return c.redirect(href(page, `/sign-in?next=${HOME}`), 303);
    return await app.fetch(new Request(new URL(path, c.req.url), { headers: c.req.raw.headers }), c.env);
  });
  pages.post(`${HOME}/restriction`, async (c) => {
    const { restrict } = await fieldsOfForm(c);
    const page = await pageOf(c);
    const method = restrict === "yes" ? "PUT" : "DELETE";
    const answer = await askApi(app, c, method, "/account/restriction");
    return backTo(c, page, `${HOME}#restriction`, answer, restrict === "yes" ? "restricted" : "lifted");
  });
  pages.post(`${HOME}/requests`, async (c) => {
    const { kind, details } = await fieldsOfForm(c);
    const page = await pageOf(c);
    const answer = await askApi(app, c, "POST", "/account/requests", { kind, details });
    return backTo(c, page, `${HOME}#requests`, answer, "asked");
  });
  return pages;
}
