import { Authorize, Device, type DeviceState } from "../../site/views/accounts/companion.tsx";
import { checkAuthorize, decideDevice, findDevice, grantCompanion, refuseCompanion } from "../accounts/oauth.ts";
import { isReauthenticated } from "../auth/guard.ts";
import { consume } from "../auth/rate-limits.ts";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { needs } from "../http/security-headers.ts";
import { fieldsOfForm } from "./form.ts";
import { type ReaderVisit, seeOther, sendPage, type Visit, withPage, withReader } from "./page.ts";

/** Where to prove once more who one is, before a program is let in; and from there back to the question. */
const signInAgain = (next: string) => `/sign-in?again=1&next=${encodeURIComponent(next)}`;

function showAuthorize(c: AppContext, { page, reader }: Visit) {
  const { lang: _lang, ...query } = c.req.query();
  const asked = checkAuthorize(query);
  if (!asked.ok) return sendPage(c, <Authorize page={page} request={null} />, 400);
  const here = `${c.req.path}${new URL(c.req.url).search}`;
  if (reader === null) return seeOther(c, page, `/sign-in?next=${encodeURIComponent(here)}`);
  if (!isReauthenticated(reader, page.nowMs)) return seeOther(c, page, signInAgain(here));
  return sendPage(c, <Authorize page={page} request={asked.value} />);
}

async function authorize(c: AppContext, { page, reader }: Visit) {
  const { decision, ...fields } = await fieldsOfForm(c);
  const asked = checkAuthorize(fields);
  if (!asked.ok || reader === null) return sendPage(c, <Authorize page={page} request={null} />, 400);
  const { value: request } = asked;
  if (decision !== "allow") return c.redirect(refuseCompanion(request), 303);
  if (!isReauthenticated(reader, page.nowMs))
    return seeOther(c, page, signInAgain(`/companion/authorize?${new URLSearchParams({ ...request })}`));
  return c.redirect(await grantCompanion(c, reader, request), 303);
}

function showDevice(c: AppContext, { page }: ReaderVisit) {
  const code = (c.req.query("code") ?? "").slice(0, 20);
  // A code in the address is only typed in ahead: the person still looks at it and presses the button (RFC 8628 section 5.4).
  return sendPage(c, <Device page={page} state="ask" code={code} device={null} />);
}

async function decide(c: AppContext, { page, reader }: ReaderVisit) {
  const { code = "", decision } = await fieldsOfForm(c);
  const show = (state: DeviceState, device: { userCode: string; label: string } | null = null) =>
    sendPage(
      c,
      <Device page={page} state={state} code={code.slice(0, 20)} device={device} />,
      state === "tries" ? 429 : 200,
    );
  if (!(await consume(c.env, c.var.deps, ["device", reader.id])).ok) return show("tries");
  if (decision === undefined) {
    const device = await findDevice(c.env, c.var.deps, code);
    return device === null ? show("unknown") : show("ask", device);
  }
  const approve = decision === "allow";
  // Letting a program in needs a proof of late; refusing one does not.
  if (approve && !isReauthenticated(reader, page.nowMs))
    return seeOther(c, page, signInAgain(`/device?code=${encodeURIComponent(code.slice(0, 20))}`));
  if (!(await decideDevice(c, reader, code, approve))) return show("unknown");
  return show(approve ? "approved" : "denied");
}

/** Where a person lets a program in: by the browser beside it (RFC 8252), or by a code from another device (RFC 8628). */
export const companionPages = newRouter();

companionPages.get("/companion/authorize", costs("read"), needs("loopback-forms"), withPage(showAuthorize));
companionPages.post("/companion/authorize", costs("anonymous-write"), needs("loopback-forms"), withPage(authorize));

companionPages.get("/device", costs("read"), withReader(showDevice));
companionPages.post(
  "/device",
  costs("anonymous-write"),
  withReader(decide, () => "/device"),
);
