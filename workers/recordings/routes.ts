import { createRoute, z } from "@hono/zod-openapi";
import { RecordingId, SessionId } from "../../protocol/ids.ts";
import {
  COMPLETE_BODY_MAX_BYTES,
  OPEN_UPLOADS_PER_MEMBER_MAX,
  RECORDINGS_PER_SESSION_MAX,
  STORAGE_QUOTA_BYTES,
} from "../../protocol/limits.ts";
import { PageQuery, pageSchema } from "../../protocol/paging.ts";
import { CompleteRecording, CreateRecording, Recording } from "../../protocol/recordings.ts";
import { may, type Role } from "../../protocol/roles.ts";
import { type AccountContext, requireAccount } from "../auth/guard.ts";
import { costs } from "../http/costs.ts";
import { bearer, json, problemResponses } from "../http/openapi.ts";
import { readCursor } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { newRouter } from "../http/router.ts";
import { isUnavailable } from "../platform/database.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { log } from "../platform/log.ts";
import { objectStore } from "../platform/object-store.ts";
import { type MemberContext, type MemberEnv, requireMember } from "../sessions/guard.ts";
import { completeUpload } from "./completion.ts";
import { deleteRecording, markDeleted } from "./deletion.ts";
import { wishGone } from "./deliveries.ts";
import { objectKey } from "./keys.ts";
import { isReached } from "./place.ts";
import {
  claimExpired,
  findRecording,
  insertRecording,
  listOwnRecordings,
  listParts,
  listRecordings,
  type Row,
  recountStorage,
  toRecording,
} from "./store.ts";
import { storePart } from "./upload.ts";

const guarded = { security: bearer, tags: ["recordings"] };
const params = z.object({ recordingId: RecordingId });
const ofSession = z.object({ sessionId: SessionId });
const ofPart = params.extend({ number: z.string() });
const answer = (description: string) => ({ description, ...json(Recording) });

/** Unfinished ones are counted for each member, so that nobody's keep the others' takes out. */
const UPLOADS_MAX = { complete: RECORDINGS_PER_SESSION_MAX, open: OPEN_UPLOADS_PER_MEMBER_MAX };

const UNREACHED = "The session's transport was never there.";

/** Who sends an upload on: its owner, while they are in the session and may share there. */
const maySend = ({ accountId, role }: Row & { role: Role | null }, asking: string) =>
  accountId === asking && role !== null && may(role, "recording.share");

/** Tells the room's members that the list has changed. Who misses it reads the list when they join. */
async function announce(env: Env, deps: Deps, sessionId: SessionId): Promise<void> {
  try {
    await (await deps.reachRoom(env, sessionId)).announceRecordings();
  } catch {
    log({ event: "room-unreachable", call: "announce" });
  }
}

async function withParts(db: D1Database, row: Row, accountId: string): Promise<Recording> {
  if (row.state !== "uploading" || row.accountId !== accountId) return toRecording(row, { place: true });
  const parts = await listParts(db, row.id);
  return toRecording(row, {
    place: true,
    partsHeld: parts.filter((part) => part.etag !== null).map((part) => part.number),
  });
}

async function open(c: MemberContext, body: z.output<typeof CreateRecording>) {
  const wanted = body;
  const { account, member, deps } = c.var;
  const nowMs = deps.now();
  const known = await findRecording(c.env, deps, wanted.recordingId, account.id);
  if (known !== null)
    return isSame(known, wanted, member.sessionId, account.id)
      ? c.json(await withParts(c.env.DB, known, account.id), 200)
      : problem(c, "conflict", "This recording id is in use.");
  if (!member.recordingPermitted) return problem(c, "recording-off");
  if (!(await isReached(c.env, deps, member.sessionId, wanted.timelineFrames)))
    return problem(c, "validation-failed", undefined, { timelineFrames: [UNREACHED] });
  if ((await recountStorage(c.env.DB, account.id)) >= STORAGE_QUOTA_BYTES[account.tier]) {
    return problem(c, "quota-exceeded", "Your plan's storage is full: withdraw recordings, or take a larger plan.");
  }
  // One that was given up and not swept yet makes room for its successor.
  const stale = await claimExpired(c.env.DB, wanted.recordingId, account.id, nowMs);
  if (stale !== null) await deleteRecording(c.env, deps, stale);
  const key = objectKey(member.sessionId, wanted.recordingId);
  const store = objectStore(c.env, deps);
  const uploadId = await store.openUpload(key);
  const by = { sessionId: member.sessionId, memberId: member.memberId, accountId: account.id };
  if (!(await insertRecording(c.env, deps, wanted, by, uploadId, UPLOADS_MAX))) {
    await store.abortUpload(key, uploadId);
    const twin = await findRecording(c.env, deps, wanted.recordingId, account.id);
    if (twin !== null && isSame(twin, wanted, member.sessionId, account.id)) return c.json(toRecording(twin), 200);
    const full = `A session holds ${UPLOADS_MAX.complete} recordings and ${UPLOADS_MAX.open} unfinished ones of a member; no two share an id.`;
    return problem(c, "conflict", full);
  }
  const opened = await findRecording(c.env, deps, wanted.recordingId, account.id);
  return opened === null ? problem(c, "gone") : c.json(toRecording(opened, { partsHeld: [] }), 201);
}

async function listOfSession(c: MemberContext, query: z.output<typeof PageQuery>) {
  const { limit, cursor: text } = query;
  const cursor = readCursor(text);
  if (cursor === null) return problem(c, "validation-failed", undefined, { cursor: ["This is not a cursor."] });
  const { account, member, deps } = c.var;
  return c.json(await listRecordings(c.env, deps, member.sessionId, account.id, limit, cursor), 200);
}

async function listOwn(c: AccountContext, query: z.output<typeof PageQuery>) {
  const { limit, cursor: text } = query;
  const cursor = readCursor(text);
  if (cursor === null) return problem(c, "validation-failed", undefined, { cursor: ["This is not a cursor."] });
  return c.json(await listOwnRecordings(c.env, c.var.deps, c.var.account.id, limit, cursor), 200);
}

async function read(c: AccountContext, path: z.output<typeof params>) {
  const { account, deps } = c.var;
  const row = await findRecording(c.env, deps, path.recordingId, account.id);
  return row === null ? problem(c, "not-found") : c.json(await withParts(c.env.DB, row, account.id), 200);
}

async function putPart(c: AccountContext, path: z.output<typeof ofPart>) {
  const { account, deps } = c.var;
  const { recordingId, number } = path;
  const row = await findRecording(c.env, deps, recordingId, account.id);
  if (row === null) return problem(c, "not-found");
  if (!maySend(row, account.id)) return problem(c, "forbidden");
  const outcome = await storePart(c.env, deps, row, account.tier, {
    number: /^\d{1,5}$/.test(number) ? Number(number) : 0,
    digestHeader: c.req.header("Content-Digest"),
    lengthHeader: c.req.header("Content-Length"),
    body: c.req.raw.body,
  });
  return outcome.ok ? c.body(null, 204) : problem(c, outcome.reason, outcome.detail);
}

async function complete(c: AccountContext, path: z.output<typeof params>, body: z.output<typeof CompleteRecording>) {
  const { account, deps } = c.var;
  const { recordingId } = path;
  const row = await findRecording(c.env, deps, recordingId, account.id);
  if (row === null) return problem(c, "not-found");
  if (!maySend(row, account.id)) return problem(c, "forbidden");
  const outcome = await completeUpload(c.env, deps, row, body);
  if (!outcome.ok) return problem(c, outcome.reason, outcome.detail);
  if (outcome.value === "verifying") return c.json(toRecording(row), 202);
  await announce(c.env, deps, row.sessionId);
  const complete = await findRecording(c.env, deps, recordingId, account.id);
  return complete === null ? problem(c, "gone") : c.json(toRecording(complete, { place: true }), 200);
}

async function removeRecording(c: AccountContext, path: z.output<typeof params>) {
  const { account, deps } = c.var;
  const nowMs = deps.now();
  const row = await findRecording(c.env, deps, path.recordingId, account.id);
  if (row === null) return problem(c, "not-found");
  const mayRemove = row.accountId === account.id || (row.role !== null && may(row.role, "recording.remove"));
  if (!mayRemove) return problem(c, "forbidden");
  await markDeleted(c.env.DB, row.id, nowMs);
  // A host who takes it out of the session speaks for themselves, and not for whoever played it.
  if (row.accountId === account.id) await wishGone(c.env.DB, row.id, account.id, nowMs).run();
  try {
    await deleteRecording(c.env, deps, row);
  } catch (error) {
    // Nobody sees it any more, and the sweep empties R2 as soon as it answers.
    if (!isUnavailable(error)) throw error;
  }
  await announce(c.env, deps, row.sessionId);
  return c.body(null, 204);
}

/** Stems that people share: open an upload, send its parts, complete it, list, read, delete. Files are in download.ts. */
export const recordings = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/sessions/{sessionId}/recordings",
      summary: "Open an upload. The id is the client's: asking again with the same id and content has the same answer",
      middleware: [costs("write"), requireAccount, requireMember("recording.share")] as const,
      request: { params: ofSession, body: json(CreateRecording) },
      responses: { 200: answer("It was open already"), 201: answer("Opened"), ...problemResponses },
    }),
    (c) => open(c, c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/sessions/{sessionId}/recordings",
      summary: "The session's recordings, newest first",
      middleware: [costs("read"), requireAccount, requireMember("session.read")] as const,
      request: { params: ofSession, query: PageQuery },
      responses: { 200: { description: "A page", ...json(pageSchema(Recording)) }, ...problemResponses },
    }),
    (c) => listOfSession(c, c.req.valid("query")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/recordings",
      summary: "What one has shared in any session, those one has left included, newest first",
      middleware: [costs("read"), requireAccount] as const,
      request: { query: PageQuery },
      responses: { 200: { description: "A page", ...json(pageSchema(Recording)) }, ...problemResponses },
    }),
    (c) => listOwn(c, c.req.valid("query")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/recordings/{recordingId}",
      summary: "One recording with its clock map; to its uploader also which parts are held",
      middleware: [costs("read"), requireAccount] as const,
      request: { params },
      responses: { 200: answer("The recording"), ...problemResponses },
    }),
    (c) => read(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "put",
      path: "/api/v1/recordings/{recordingId}/parts/{number}",
      summary: "Store one part, verified against its Content-Digest (RFC 9530, sha-256); repeating it is harmless",
      middleware: [costs("part", null), requireAccount] as const,
      request: {
        params: ofPart,
        headers: z.object({ "content-digest": z.string().optional() }),
      },
      responses: { 204: { description: "Verified and held" }, ...problemResponses },
    }),
    (c) => putPart(c, c.req.valid("param")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: "/api/v1/recordings/{recordingId}/complete",
      summary: "Put the parts together and verify the whole file's SHA-256; harmless to repeat",
      middleware: [costs("write", COMPLETE_BODY_MAX_BYTES), requireAccount] as const,
      request: { params, body: json(CompleteRecording) },
      responses: {
        200: answer("Complete: the others can have it"),
        202: answer("Whole, and still being read: ask again, until it is complete"),
        ...problemResponses,
      },
    }),
    (c) => complete(c, c.req.valid("param"), c.req.valid("json")),
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "delete",
      path: "/api/v1/recordings/{recordingId}",
      summary:
        "Withdraw a recording, or give an upload up; the host may take away anybody's. Copies that collaborators have are theirs",
      middleware: [costs("write"), requireAccount] as const,
      request: { params },
      responses: { 204: { description: "Out of sight at once, and gone from our servers" }, ...problemResponses },
    }),
    (c) => removeRecording(c, c.req.valid("param")),
  );

function isSame(row: Row, wanted: z.output<typeof CreateRecording>, sessionId: string, accountId: string): boolean {
  return (
    row.sessionId === sessionId &&
    row.accountId === accountId &&
    row.takeId === wanted.takeId &&
    row.name === wanted.name &&
    row.timelineFrames === wanted.timelineFrames &&
    row.partBytes === wanted.partBytes &&
    row.sampleRateHz === wanted.format.sampleRateHz &&
    row.channels === wanted.format.channels &&
    row.encoding === wanted.format.encoding
  );
}
