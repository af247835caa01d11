import { SAMPLE_BODY_MAX_BYTES } from "../../protocol/limits.ts";
import { hubText, isDone } from "../../site/i18n/hub.ts";
import { type ProfileProblem, profileText } from "../../site/i18n/profile.ts";
import { ConfirmNoProfile, ConfirmNoSound, EditProfile, profileParts, type Typed } from "../../site/views/hub/edit.tsx";
import { costs } from "../http/costs.ts";
import { type AppContext, newRouter } from "../http/router.ts";
import { listBlocks } from "../hub/blocks.ts";
import { playSample } from "../hub/sample.ts";
import { findOwn, readOwn } from "../hub/store.ts";
import { askApi, backTo, isPageOfItsOwn, readForm } from "./form.ts";
import { type ReaderVisit, sendPage, withReader } from "./page.ts";
import { readProfile, typedIn, typedOf } from "./profile-form.ts";

const PATH = "/account/profile";

async function show(
  c: AppContext,
  { page, reader }: ReaderVisit,
  problems: readonly ProfileProblem[] = [],
  typed?: Typed,
) {
  const profile = await readOwn(c.env, c.var.deps, reader.id);
  if (profile === null) throw new Error("Somebody is signed in to an account that is not there.");
  const [done, problem] = [c.req.query("done"), c.req.query("problem")];
  const t = profileText[page.language].problems;
  return sendPage(
    c,
    <EditProfile
      page={{ ...page, path: PATH }}
      profile={profile}
      typed={typed ?? typedOf(profile)}
      problems={problems}
      part={profileParts.find((one) => one === c.req.query("at"))}
      blocks={await listBlocks(c.env, c.var.deps, reader.id)}
      good={isDone(done) ? hubText[page.language].done[done] : undefined}
      bad={problem === undefined ? undefined : problem === "forbidden" ? t.site : t.other}
    />,
    problems.length > 0 ? 422 : 200,
  );
}

function showOwn(c: AppContext, visit: ReaderVisit) {
  return show(c, visit);
}

async function save(c: AppContext, visit: ReaderVisit) {
  const form = await readForm(c);
  const typed = typedIn(form);
  const read = readProfile(typed);
  if (!read.ok) return show(c, visit, read.problems, typed);
  const saved = await askApi(c, "PUT", "/profile", read.value);
  // Publishing and taking back are buttons of the same form, so that nothing typed is lost by them.
  const isPublic = form.fields.publication === "publish";
  if (!saved.ok || (!isPublic && form.fields.publication !== "withdraw"))
    return backTo(c, visit.page, PATH, saved, "saved");
  const answer = await askApi(c, isPublic ? "PUT" : "DELETE", "/profile/publication");
  if (!answer.ok && answer.reason === "profile-empty") return show(c, visit, ["empty"], typed);
  return backTo(c, visit.page, PATH, answer, isPublic ? "published" : "private");
}

async function play(c: AppContext, { reader }: ReaderVisit) {
  return playSample(c, await findOwn(c.env, c.var.deps, reader.id));
}

async function putSound(c: AppContext, visit: ReaderVisit) {
  const bytes = new Uint8Array((await (await readForm(c)).file("file")?.arrayBuffer()) ?? []);
  const answer = await askApi(c, "PUT", "/profile/sample", bytes);
  if (answer.ok || isPageOfItsOwn(answer.reason))
    return backTo(c, visit.page, `${PATH}?at=sample#sample`, answer, "sample");
  return show(c, visit, ["sample"]);
}

function askBeforeNoSound(c: AppContext, { page }: ReaderVisit) {
  return sendPage(c, <ConfirmNoSound page={page} />);
}

function askBeforeNoProfile(c: AppContext, { page }: ReaderVisit) {
  return sendPage(c, <ConfirmNoProfile page={page} />);
}

async function deleteSound(c: AppContext, { page }: ReaderVisit) {
  return backTo(c, page, `${PATH}?at=sample#sample`, await askApi(c, "DELETE", "/profile/sample"), "sampleGone");
}

async function deleteProfile(c: AppContext, { page }: ReaderVisit) {
  return backTo(c, page, PATH, await askApi(c, "DELETE", "/profile"), "deleted");
}

async function unblock(c: AppContext, { page }: ReaderVisit) {
  const { blockId = "" } = (await readForm(c)).fields;
  const answer = await askApi(c, "DELETE", `/blocks/${encodeURIComponent(blockId)}`);
  return backTo(c, page, `${PATH}?at=blocked#blocked`, answer, "lifted");
}

const withOwner = (handler: (c: AppContext, visit: ReaderVisit) => Response | Promise<Response>) =>
  withReader(handler, () => PATH);

/** One's own profile: plain forms, each the request that the API has for it. */
export const profilePages = newRouter();
profilePages.get(PATH, costs("read"), withOwner(showOwn));
profilePages.post(PATH, costs("read"), withOwner(save));
profilePages.get(`${PATH}/sample`, costs("read"), withOwner(play));
profilePages.post(`${PATH}/sample`, costs("read", SAMPLE_BODY_MAX_BYTES), withOwner(putSound));
profilePages.get(`${PATH}/sample/delete`, costs("read"), withOwner(askBeforeNoSound));
profilePages.get(`${PATH}/delete`, costs("read"), withOwner(askBeforeNoProfile));
profilePages.post(`${PATH}/sample/delete`, costs("read"), withOwner(deleteSound));
profilePages.post(`${PATH}/delete`, costs("read"), withOwner(deleteProfile));
profilePages.post(`${PATH}/unblock`, costs("read"), withOwner(unblock));
