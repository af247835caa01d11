import { createRoute, z } from "@hono/zod-openapi";
import { OwnProfile, PutProfile } from "../../protocol/hub.ts";
import { SAMPLE_BODY_MAX_BYTES, SAMPLE_MAX_BYTES } from "../../protocol/limits.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { isKeptOffHub } from "../auth/measures.ts";
import { isRestricted } from "../auth/restricted.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { ownProfile } from "./profile-row.ts";
import { dropReplaced, dropSamples, keepSample, noSample, playSample } from "./sample.ts";
import { sniff } from "./sniff.ts";
import { dropProfile, type Edit, editOf, editProfile, findOwn, ownOrNew, readOwn } from "./store.ts";

const guarded = { security: bearer, tags: ["profile"] };
const answer = { 200: { description: "The profile as its owner sees it", ...json(OwnProfile) }, ...problemResponses };

/** Makes an edit and answers with what is there now. */
async function edited(c: AccountContext, edit: Edit) {
  const outcome = await editProfile(c.env, c.var.deps, c.var.account.id, edit);
  if (edit.published === true && outcome?.after.publishedAtMs === null) return problem(c, "profile-empty");
  return outcome === null ? problem(c, "unauthenticated") : c.json(ownProfile(outcome.after), 200);
}

/** Takes the bytes of an upload, if they are a sound: kept in R2 first, named by the row last. */
export async function takeSample(c: AccountContext, bytes: Uint8Array<ArrayBuffer>) {
  if (bytes.byteLength > SAMPLE_MAX_BYTES) return "payload-too-large" as const;
  const type = sniff(bytes);
  if (type === null) return "unsupported-media" as const;
  const profile = await ownOrNew(c.env, c.var.deps, c.var.account.id);
  if (profile === null) return "unauthenticated" as const;
  const kept = await keepSample(c.env, c.var.deps, profile.id, bytes, type);
  const outcome = await editProfile(c.env, c.var.deps, c.var.account.id, kept);
  if (outcome?.after.id === profile.id) {
    await dropReplaced(c.env, c.var.deps, outcome.before, outcome.after);
    return outcome;
  }
  // The profile, or the account, was deleted meanwhile: its sound goes with it.
  await dropSamples(c.env, c.var.deps, profile.id);
  return outcome === null ? null : await editProfile(c.env, c.var.deps, c.var.account.id, noSample);
}

/** Takes the sound away: nobody is told of it any more, then it is gone. */
export async function removeSample(c: AccountContext) {
  const outcome = await editProfile(c.env, c.var.deps, c.var.account.id, noSample);
  if (outcome !== null) await dropReplaced(c.env, c.var.deps, outcome.before, outcome.after);
  return outcome;
}

/** Clears everything a person told on their profile. */
export async function deleteProfile(c: AccountContext) {
  if ((await findOwn(c.env, c.var.deps, c.var.account.id)) === null) return;
  const outcome = await editProfile(c.env, c.var.deps, c.var.account.id, { published: false });
  if (outcome === null) return;
  await dropSamples(c.env, c.var.deps, outcome.after.id);
  await dropProfile(c.env.DB, outcome.after.id);
}

async function read(c: AccountContext) {
  const profile = await readOwn(c.env, c.var.deps, c.var.account.id);
  return profile === null ? problem(c, "unauthenticated") : c.json(profile, 200);
}

async function put(c: AccountContext, body: z.output<typeof PutProfile>) {
  return edited(c, editOf(body));
}

async function remove(c: AccountContext) {
  await deleteProfile(c);
  return c.body(null, 204);
}

async function publish(c: AccountContext) {
  const { id } = c.var.account;
  if (await isRestricted(c.env.DB, id)) return problem(c, "restricted");
  if (await isKeptOffHub(c.env.DB, id))
    return problem(c, "forbidden", "A decision keeps it off the Hub: /account/decisions.");
  return edited(c, { published: true });
}

async function unpublish(c: AccountContext) {
  return edited(c, { published: false });
}

async function putSample(c: AccountContext) {
  const outcome = await takeSample(c, new Uint8Array(await c.req.arrayBuffer()));
  if (outcome === null) return problem(c, "unauthenticated");
  return typeof outcome === "string" ? problem(c, outcome) : c.json(ownProfile(outcome.after), 200);
}

async function playOwn(c: AccountContext) {
  return playSample(c, await findOwn(c.env, c.var.deps, c.var.account.id));
}

async function deleteSample(c: AccountContext) {
  const outcome = await removeSample(c);
  return outcome === null ? problem(c, "unauthenticated") : c.json(ownProfile(outcome.after), 200);
}

/** One's own profile: private until its owner says otherwise. */
export const ownProfileRoutes = newRouter()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/profile",
      summary: "One's own profile; empty and private until something is told",
      middleware: [costs("read"), requireAccount] as const,
      responses: answer,
    }),
    (c) => read(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "put",
      path: "/api/v1/profile",
      summary: "Tell about oneself; what is left out is cleared",
      middleware: [costs("write"), requireAccount] as const,
      request: { body: json(PutProfile) },
      responses: answer,
    }),
    (c) => put(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/profile",
      summary: "Delete the profile with its sound",
      middleware: [costs("write"), requireAccount] as const,
      responses: { 204: { description: "Gone" }, ...problemResponses },
    }),
    (c) => remove(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "put",
      path: "/api/v1/profile/publication",
      summary: "Publish the profile on the Hub",
      middleware: [costs("write"), requireAccount] as const,
      responses: answer,
    }),
    (c) => publish(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/profile/publication",
      summary: "Make the profile private, everywhere and at once",
      middleware: [costs("write"), requireAccount] as const,
      responses: answer,
    }),
    (c) => unpublish(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "put",
      path: "/api/v1/profile/sample",
      summary: "Put a sound on the profile: WAV, MP3, Ogg, Opus, FLAC or M4A, told by its first bytes",
      middleware: [costs("write", SAMPLE_BODY_MAX_BYTES), requireAccount] as const,
      request: {
        body: {
          required: true,
          content: { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } },
        },
      },
      responses: answer,
    }),
    (c) => putSample(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/profile/sample",
      summary: "One's own sound, published or not",
      middleware: [costs("read"), requireAccount] as const,
      responses: { 200: { description: "The sound" }, 206: { description: "A range of it" }, ...problemResponses },
    }),
    (c) => playOwn(c),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/profile/sample",
      summary: "Take the sound away",
      middleware: [costs("write"), requireAccount] as const,
      responses: answer,
    }),
    (c) => deleteSample(c),
  );
