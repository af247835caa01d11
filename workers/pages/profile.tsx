import type { OwnProfile } from "../../protocol/hub.ts";
import { hubText, isDone } from "../../site/i18n/hub.ts";
import { type ProfileProblem, profileText } from "../../site/i18n/profile.ts";
import { ConfirmNoProfile, ConfirmNoSound, EditProfile, type Typed } from "../../site/views/hub/edit.tsx";
import { type AppContext, newRouter } from "../http/router.ts";
import { listBlocks } from "../hub/blocks.ts";
import { playSample } from "../hub/sample.ts";
import { findOwn, ownOrNew, ownProfile } from "../hub/store.ts";
import { type App, askApi, backTo, isPageOfItsOwn, readForm } from "./form.ts";
import { type ReaderVisit, sendPage, withReader } from "./page.ts";
import { readProfile, typedIn, typedOf } from "./profile-form.ts";

const PATH = "/account/profile";

async function show(
  c: AppContext,
  { page, reader }: ReaderVisit,
  problems: readonly ProfileProblem[] = [],
  typed?: Typed,
) {
  const row = await ownOrNew(c.env.DB, c.var.deps, reader.id);
  if (row === null) throw new Error("Somebody is signed in to an account that is not there.");
  const profile: OwnProfile = ownProfile(row);
  const [done, problem] = [c.req.query("done"), c.req.query("problem")];
  const t = profileText[page.language].problems;
  return sendPage(
    c,
    <EditProfile
      page={{ ...page, path: PATH }}
      profile={profile}
      typed={typed ?? typedOf(profile)}
      problems={problems}
      blocks={await listBlocks(c.env.DB, reader.id)}
      good={isDone(done) ? hubText[page.language].done[done] : undefined}
      bad={problem === undefined ? undefined : problem === "forbidden" ? t.site : t.other}
    />,
    problems.length > 0 ? 422 : 200,
  );
}

/** One's own profile: plain forms, each the request that the API has for it. */
export function profilePages(app: App) {
  const pages = newRouter();
  const withOwner = (handler: (c: AppContext, visit: ReaderVisit) => Response | Promise<Response>) =>
    withReader(handler, () => PATH);
  pages.get(
    PATH,
    withOwner((c, visit) => show(c, visit)),
  );
  pages.post(
    PATH,
    withOwner(async (c, visit) => {
      const form = await readForm(c);
      const typed = typedIn(form);
      const read = readProfile(typed);
      if (!read.ok) return show(c, visit, read.problems, typed);
      const saved = await askApi(app, c, "PUT", "/profile", read.value);
      // Publishing and taking back are buttons of the same form, so that nothing typed is lost by them.
      const isPublic = form.fields.publication === "publish";
      if (!saved.ok || (!isPublic && form.fields.publication !== "withdraw"))
        return backTo(c, visit.page, PATH, saved, "saved");
      const answer = await askApi(app, c, isPublic ? "PUT" : "DELETE", "/profile/publication");
      if (!answer.ok && answer.reason === "profile-empty") return show(c, visit, ["empty"], typed);
      return backTo(c, visit.page, PATH, answer, isPublic ? "published" : "private");
    }),
  );
  pages.get(
    `${PATH}/sample`,
    withOwner(async (c, { reader }) => playSample(c, await findOwn(c.env.DB, reader.id))),
  );
  pages.post(
    `${PATH}/sample`,
    withOwner(async (c, visit) => {
      const bytes = new Uint8Array((await (await readForm(c)).file("file")?.arrayBuffer()) ?? []);
      const answer = await askApi(app, c, "PUT", "/profile/sample", bytes);
      if (answer.ok || isPageOfItsOwn(answer.reason)) return backTo(c, visit.page, PATH, answer, "sample");
      return show(c, visit, ["sample"]);
    }),
  );
  pages.get(
    `${PATH}/sample/delete`,
    withOwner((c, { page }) => sendPage(c, <ConfirmNoSound page={page} />)),
  );
  pages.get(
    `${PATH}/delete`,
    withOwner((c, { page }) => sendPage(c, <ConfirmNoProfile page={page} />)),
  );
  pages.post(
    `${PATH}/sample/delete`,
    withOwner(async (c, { page }) =>
      backTo(c, page, PATH, await askApi(app, c, "DELETE", "/profile/sample"), "sampleGone"),
    ),
  );
  pages.post(
    `${PATH}/delete`,
    withOwner(async (c, { page }) => backTo(c, page, PATH, await askApi(app, c, "DELETE", "/profile"), "deleted")),
  );
  pages.post(
    `${PATH}/unblock`,
    withOwner(async (c, { page }) => {
      const { blockId = "" } = (await readForm(c)).fields;
      return backTo(c, page, PATH, await askApi(app, c, "DELETE", `/blocks/${encodeURIComponent(blockId)}`), "lifted");
    }),
  );
  return pages;
}
