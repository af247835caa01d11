import type { Context } from "hono";
import type { OwnProfile } from "../../protocol/hub.ts";
import { href, type Page } from "../../site/design/page.ts";
import { hubText, isSaid, type Said } from "../../site/i18n/hub.ts";
import type { ProfileProblem } from "../../site/i18n/profile.ts";
import { EditProfile, type Typed } from "../../site/views/hub/edit.tsx";
import { type AccountContext, type AccountEnv, authenticate } from "../auth/guard.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { listBlocks, unblock } from "../hub/blocks.ts";
import { deleteProfile, removeSample, takeSample } from "../hub/own-profile-routes.ts";
import { playSample } from "../hub/sample.ts";
import { editOf, editProfile, findOwn, ownOrNew, ownProfile } from "../hub/store.ts";
import { pageOf, sendPage } from "./page.ts";
import { readProfile, typedIn, typedOf } from "./profile-form.ts";

const PATH = "/account/profile";

/** A form's fields; what is no form has none. */
export const formOf = (c: AppContext): Promise<FormData> => c.req.formData().catch(() => new FormData());

/** After a form: to a page that can be loaded again without doing it twice. */
export const said = (c: AppContext, page: Page, path: string, what: Said) =>
  c.redirect(href(page, `${path}${path.includes("?") ? "&" : "?"}said=${what}`), 303);

/** Signed in, or sent to sign in and back. A form from another site is nobody's. */
export async function signedIn(c: Context<AccountEnv>, next: string): Promise<Response | null> {
  const account = await authenticate(c);
  if (account === null) return c.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
  c.set("account", account);
  return null;
}

async function show(
  c: AccountContext,
  profile: OwnProfile,
  problems: readonly ProfileProblem[] = [],
  typed: Typed = typedOf(profile),
) {
  const page = await pageOf(c);
  const what = c.req.query("said");
  const good = isSaid(what) ? hubText[page.language].said[what] : undefined;
  const blocks = await listBlocks(c.env.DB, c.var.account.id);
  return sendPage(
    c,
    <EditProfile
      page={{ ...page, path: PATH }}
      profile={profile}
      typed={typed}
      problems={problems}
      blocks={blocks}
      good={good}
    />,
    problems.length > 0 ? 422 : 200,
  );
}

async function own(c: AccountContext): Promise<OwnProfile> {
  const row = await ownOrNew(c.env.DB, c.var.deps, c.var.account.id);
  if (row === null) throw new Error("Somebody is signed in to an account that is not there.");
  return ownProfile(row);
}

/** One's own profile: plain forms, each through the functions that the API has. */
export const profilePages = newRouter<AccountEnv>();
profilePages.use(`${PATH}/*`, async (c, next) => (await signedIn(c, PATH)) ?? (await next()));
profilePages.get(PATH, async (c) => show(c, await own(c)));
profilePages.post(PATH, async (c) => {
  const typed = typedIn(await formOf(c));
  const read = readProfile(typed);
  if (!read.ok) return show(c, await own(c), read.problems, typed);
  await editProfile(c.env.DB, c.var.deps, c.var.account.id, editOf(read.profile));
  return said(c, await pageOf(c), PATH, "saved");
});
profilePages.post(`${PATH}/publication`, async (c) => {
  const published = (await formOf(c)).get("published") === "yes";
  await editProfile(c.env.DB, c.var.deps, c.var.account.id, { published });
  return said(c, await pageOf(c), PATH, published ? "published" : "private");
});
profilePages.get(`${PATH}/sample`, async (c) => playSample(c, await findOwn(c.env.DB, c.var.account.id)));
profilePages.post(`${PATH}/sample`, async (c) => {
  const file = (await formOf(c)).get("file");
  const bytes = file instanceof File ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array();
  const outcome = await takeSample(c, bytes);
  if (outcome === "payload-too-large") return show(c, await own(c), ["sampleSize"]);
  if (outcome === "unsupported-media") return show(c, await own(c), ["sample"]);
  return said(c, await pageOf(c), PATH, "sample");
});
profilePages.post(`${PATH}/sample/delete`, async (c) => {
  await removeSample(c);
  return said(c, await pageOf(c), PATH, "sampleGone");
});
profilePages.post(`${PATH}/delete`, async (c) => {
  await deleteProfile(c);
  return said(c, await pageOf(c), PATH, "deleted");
});
profilePages.post(`${PATH}/unblock`, async (c) => {
  const blockId = (await formOf(c)).get("blockId");
  if (typeof blockId === "string") await unblock(c.env.DB, c.var.account.id, blockId);
  return said(c, await pageOf(c), PATH, "lifted");
});
