import { Authorize, Device, type DeviceState } from "../../site/views/accounts/companion.tsx";
import { checkAuthorize, decideDevice, findDevice, grantCompanion, refuseCompanion } from "../accounts/oauth.ts";
import { authenticate, isReauthenticated } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { newRouter } from "../http/router.ts";
import { fieldsOfForm } from "./form.ts";
import { pageOf, sendPage } from "./page.ts";

/** Where a person lets a program in: by the browser beside it (RFC 8252), or by a code from another device (RFC 8628). */
export const companionPages = newRouter();

/** Where to prove once more who one is, before a program is let in; and from there back to the question. */
const signInAgain = (next: string) => `/sign-in?again=1&next=${encodeURIComponent(next)}`;

companionPages.get("/companion/authorize", async (c) => {
  const page = await pageOf(c);
  const { lang: _lang, ...query } = c.req.query();
  const asked = checkAuthorize(query);
  if (!asked.ok) return sendPage(c, <Authorize page={page} request={null} />, 400);
  const here = `${c.req.path}${new URL(c.req.url).search}`;
  if (page.account === null) return c.redirect(`/sign-in?next=${encodeURIComponent(here)}`, 303);
  const account = await authenticate(c);
  if (account === null || !isReauthenticated(account, page.nowMs)) return c.redirect(signInAgain(here), 303);
  return sendPage(c, <Authorize page={page} request={asked.request} />);
});
companionPages.post("/companion/authorize", async (c) => {
  const { decision, ...fields } = await fieldsOfForm(c);
  const account = await authenticate(c);
  const asked = checkAuthorize(fields);
  if (!asked.ok || account === null) return sendPage(c, <Authorize page={await pageOf(c)} request={null} />, 400);
  const { request } = asked;
  if (decision === "allow" && !isReauthenticated(account, c.var.deps.now())) {
    const { label, ...query } = request;
    return c.redirect(signInAgain(`/companion/authorize?${new URLSearchParams({ ...query, label })}`), 303);
  }
  return c.redirect(decision === "allow" ? await grantCompanion(c, account, request) : refuseCompanion(request), 303);
});

companionPages.get("/device", async (c) => {
  const page = await pageOf(c);
  const code = (c.req.query("code") ?? "").slice(0, 20);
  const here = code === "" ? "/device" : `/device?code=${encodeURIComponent(code)}`;
  if (page.account === null) return c.redirect(`/sign-in?next=${encodeURIComponent(here)}`, 303);
  // A code in the address is only typed in ahead: the person still looks at it and presses the button (RFC 8628 section 5.4).
  return sendPage(c, <Device page={page} state="ask" code={code} device={null} />);
});
companionPages.post("/device", async (c) => {
  const { code = "", decision } = await fieldsOfForm(c);
  const page = await pageOf(c);
  const account = await authenticate(c);
  if (account === null) return c.redirect("/sign-in?next=/device", 303);
  const show = (state: DeviceState, device: { userCode: string; label: string } | null = null) =>
    sendPage(
      c,
      <Device page={page} state={state} code={code.slice(0, 20)} device={device} />,
      state === "tries" ? 429 : 200,
    );
  if (!(await consume(c.env, c.var.deps, ["device", account.id])).ok) return show("tries");
  if (decision === undefined) {
    const device = await findDevice(c.env.DB, c.var.deps.now(), code);
    return device === null ? show("unknown") : show("ask", device);
  }
  const approve = decision === "allow";
  // Letting a program in needs a proof of late; refusing one does not.
  if (approve && !isReauthenticated(account, page.nowMs))
    return c.redirect(signInAgain(`/device?code=${encodeURIComponent(code.slice(0, 20))}`), 303);
  if (!(await decideDevice(c, account, code, approve))) return show("unknown");
  return show(approve ? "approved" : "denied");
});
