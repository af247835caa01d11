import { createRoute, z } from "@hono/zod-openapi";
import { fileNameOf } from "../../protocol/file-name.ts";
import { RecordingId, SessionId } from "../../protocol/ids.ts";
import { PAGE_SIZE_MAX } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { may } from "../../protocol/roles.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { isRestricted } from "../auth/restricted.ts";
import { costs } from "../http/costs.ts";
import { bearer, problemResponses } from "../http/openapi.ts";
import { readCursor } from "../http/paging.ts";
import { matchesNone } from "../http/preconditions.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { serveObject } from "../http/serve-object.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { objectStore } from "../platform/object-store.ts";
import { allRows } from "../platform/rows.ts";
import { type MemberContext, type MemberEnv, requireMember } from "../sessions/guard.ts";
import { nameOf } from "../sessions/name.ts";
import { listMembers } from "../sessions/store.ts";
import { noteDelivered } from "./deliveries.ts";
import { reprDigest } from "./digest.ts";
import { objectKey, peaksKey } from "./keys.ts";
import { findRecording, listRecordings, type Row } from "./store.ts";
import { zipOf } from "./zip.ts";
import { fromOneBar, namedByTake } from "./zip-names.ts";

const guarded = { security: bearer, tags: ["recordings"] };
const params = z.object({ recordingId: RecordingId });
const ofSession = z.object({ sessionId: SessionId });
const ZipQuery = z.object({
  take: z.uuid().optional(),
  /** `one-bar`: all stems of a take begin with it, with silence where they have no sound yet; else each where it was recorded. */
  begin: z.enum(["one-bar"]).optional(),
});
const bytes = (description: string) => ({
  description,
  content: { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } },
});

/** A complete recording that this account may have as a file, or why not. */
async function findFile(
  env: Env,
  deps: Deps,
  recordingId: string,
  accountId: string,
): Promise<Row | "not-found" | "forbidden"> {
  const row = await findRecording(env, deps, recordingId, accountId);
  if (row === null || row.state !== "complete") return "not-found";
  const isTheirs = row.accountId === accountId;
  if (!isTheirs && (await isRestricted(env.DB, row.accountId))) return "not-found";
  return isTheirs || (row.role !== null && may(row.role, "recording.download")) ? row : "forbidden";
}

/** RFC 6266: an ASCII name for old programs, the real one in UTF-8 (RFC 8187) for the others; both safe on any disk. */
export function attachment(name: string, extension: string): string {
  const file = `${fileNameOf(name)}.${extension}`;
  const ascii = file.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(file).replaceAll(/['()*]/g, hex)}`;
}

async function sendFile(c: AccountContext, path: z.output<typeof params>) {
  const row = await findFile(c.env, c.var.deps, path.recordingId, c.var.account.id);
  if (typeof row === "string") return problem(c, row);
  if (row.accountId !== c.var.account.id) await noteDelivered(c.env.DB, c.var.account.id, [row.id], c.var.deps.now());
  return serveObject(c, {
    etag: `"${row.sha256}"`,
    sizeBytes: row.sizeBytes ?? 0,
    type: "audio/wav",
    headers: {
      "Repr-Digest": reprDigest(row.sha256 ?? ""),
      "Content-Disposition": attachment(row.name, "wav"),
    },
    read: (range) => objectStore(c.env, c.var.deps).get(objectKey(row.sessionId, row.id), range),
    missing: "gone",
  });
}

async function sendPeaks(c: AccountContext, path: z.output<typeof params>) {
  const row = await findFile(c.env, c.var.deps, path.recordingId, c.var.account.id);
  if (typeof row === "string") return problem(c, row);
  const etag = `"${row.sha256}-peaks"`;
  const headers = { "Cache-Control": "private, no-cache", ETag: etag };
  if (row.hasPeaks && matchesNone(c.req.header("If-None-Match"), etag)) return c.body(null, 304, headers);
  const key = peaksKey(row.sessionId, row.id);
  const object = row.hasPeaks ? await objectStore(c.env, c.var.deps).get(key) : null;
  if (object === null) return problem(c, "not-found");
  return c.body(object.body, 200, {
    ...headers,
    "Content-Type": "application/octet-stream",
    "Content-Length": String(object.size),
  });
}

async function sendZip(c: MemberContext, query: z.output<typeof ZipQuery>) {
  const { member, account, deps } = c.var;
  const { take, begin } = query;
  const all = await allComplete(c.env, deps, member.sessionId, account.id);
  const members = await listMembers(c.env, deps, member.sessionId);
  const whoIs = new Map<string, string>(members.map(({ memberId, displayName }) => [memberId, displayName]));
  const name = await nameOf(c.env, deps, member);
  const named = namedByTake(begin === undefined ? all : fromOneBar(all, { name }), whoIs);
  const complete = take === undefined ? named : named.filter(({ takeId }) => takeId === take);
  if (take !== undefined && complete.length === 0) return problem(c, "not-found");
  const ids = complete.map(({ recordingId }) => recordingId);
  await noteDelivered(c.env.DB, account.id, ids, deps.now());
  const { stream, length } = zipOf(objectStore(c.env, deps), complete);
  // A fixed length is what becomes Content-Length, and what makes the answer break off where the zip does.
  return new Response(stream.pipeThrough(new FixedLengthStream(length)), {
    headers: {
      "Content-Type": "application/zip",
      "Content-Disposition": attachment(take === undefined ? name : `${name} · ${complete[0]?.folder ?? ""}`, "zip"),
      "Cache-Control": "private, no-store",
    },
  });
}

/** Files: one stem with ranges, its waveform, a whole session as a zip. Nothing here is kept by a shared cache. */
export const downloads = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/recordings/{recordingId}/file",
      summary: "The stem itself; one Range at a time (RFC 9110)",
      middleware: [costs("read"), requireAccount] as const,
      request: { params },
      responses: {
        200: bytes("The whole file"),
        206: bytes("The range"),
        304: { description: "Not changed" },
        ...problemResponses,
      },
    }),
    (c) => sendFile(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/recordings/{recordingId}/peaks",
      summary: "The waveform: signed bytes, low and high for each channel of each bin",
      middleware: [costs("read"), requireAccount] as const,
      request: { params },
      responses: { 200: bytes("The peaks"), 304: { description: "Not changed" }, ...problemResponses },
    }),
    (c) => sendPeaks(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/sessions/{sessionId}/recordings.zip",
      summary: "Every stem of the session, or of one take, in one zip, streamed; as recorded, or all from one bar",
      middleware: [costs("search"), requireAccount, requireMember("recording.download")] as const,
      request: { params: ofSession, query: ZipQuery },
      responses: { 200: bytes("A zip archive"), ...problemResponses },
    }),
    (c) => sendZip(c, c.req.valid("query")),
  );

const Complete = z.object({ id: z.string() });

async function allComplete(env: Env, deps: Deps, sessionId: string, accountId: string): Promise<Recording[]> {
  const all: Recording[] = [];
  let text: string | undefined;
  do {
    const cursor = readCursor(text);
    if (cursor === null) break;
    const page = await listRecordings(env, deps, sessionId, accountId, PAGE_SIZE_MAX, cursor);
    all.push(...page.items.filter((recording) => recording.state === "complete"));
    text = page.nextCursor ?? undefined;
  } while (text !== undefined);
  const { results } = await allRows(
    Complete,
    env.DB.prepare(
      `SELECT id FROM recordings r WHERE session_id = ?1 AND account_id <> ?2
         AND EXISTS (SELECT 1 FROM restrictions x WHERE x.account_id = r.account_id)`,
    ).bind(sessionId, accountId),
  );
  const restricted = new Set(results.map(({ id }) => id));
  return all.filter(({ recordingId }) => !restricted.has(recordingId));
}
