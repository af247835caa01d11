import { createRoute, z } from "@hono/zod-openapi";
import { downloadZip } from "client-zip";
import { RecordingId, SessionId } from "../../protocol/ids.ts";
import { PAGE_SIZE_MAX } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { may } from "../../protocol/roles.ts";
import { requireAccount } from "../accounts/guard.ts";
import { bearer, problemResponses } from "../openapi.ts";
import { readCursor } from "../paging.ts";
import { problem } from "../problem.ts";
import { newRouter } from "../router.ts";
import { type MemberEnv, requireMember } from "../sessions/guard.ts";
import { reprDigest } from "./digest.ts";
import { objectKey, peaksKey } from "./keys.ts";
import { readRange } from "./range.ts";
import { findRecording, listRecordings, type Row } from "./store.ts";

const guarded = { security: bearer, tags: ["recordings"] };
const params = z.object({ recordingId: RecordingId });
const bytes = (description: string) => ({
  description,
  content: { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } },
});

/** A complete recording that this account may have as a file, or why not. */
async function findFile(
  db: D1Database,
  recordingId: string,
  accountId: string,
  nowMs: number,
): Promise<Row | "not-found" | "forbidden"> {
  const row = await findRecording(db, recordingId, accountId, nowMs);
  if (row === null || row.state !== "complete") return "not-found";
  return may(row.role, "recording.download") ? row : "forbidden";
}

/** RFC 6266: an ASCII name for old programs, the real one in UTF-8 for the others. */
function attachment(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}

/** Files: one stem with ranges, its waveform, a whole session as a zip. Nothing here is kept by a shared cache. */
export const downloads = newRouter<MemberEnv>()
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/recordings/{recordingId}/file",
      summary: "The stem itself; one Range at a time (RFC 9110)",
      middleware: [requireAccount] as const,
      request: { params },
      responses: {
        200: bytes("The whole file"),
        206: bytes("The range"),
        304: { description: "Not changed" },
        ...problemResponses,
      },
    }),
    async (c) => {
      const row = await findFile(c.env.DB, c.req.valid("param").recordingId, c.var.account.id, c.var.deps.now());
      if (typeof row === "string") return problem(c, row);
      const sizeBytes = row.sizeBytes ?? 0;
      const etag = `"${row.sha256}"`;
      const headers: Record<string, string> = {
        ETag: etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Repr-Digest": reprDigest(row.sha256 ?? ""),
        "Content-Disposition": attachment(`${row.name}.wav`),
      };
      if (c.req.header("If-None-Match") === etag) return c.body(null, 304, headers);
      const ifRange = c.req.header("If-Range");
      const range = ifRange === undefined || ifRange === etag ? readRange(c.req.header("Range"), sizeBytes) : null;
      if (range === "unsatisfiable") {
        c.header("Content-Range", `bytes */${sizeBytes}`);
        return problem(c, "range-not-satisfiable");
      }
      const options = range === null ? {} : { range: { offset: range.first, length: range.last - range.first + 1 } };
      const object = await c.env.RECORDINGS.get(objectKey(row.sessionId, row.id), options);
      if (object === null) return problem(c, "gone");
      headers["Content-Type"] = "audio/wav";
      headers["Content-Length"] = String(options.range?.length ?? sizeBytes);
      if (range === null) return c.body(object.body, 200, headers);
      headers["Content-Range"] = `bytes ${range.first}-${range.last}/${sizeBytes}`;
      return c.body(object.body, 206, headers);
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/recordings/{recordingId}/peaks",
      summary: "The waveform: signed bytes, low and high for each channel of each bin",
      middleware: [requireAccount] as const,
      request: { params },
      responses: { 200: bytes("The peaks"), ...problemResponses },
    }),
    async (c) => {
      const row = await findFile(c.env.DB, c.req.valid("param").recordingId, c.var.account.id, c.var.deps.now());
      if (typeof row === "string") return problem(c, row);
      const object = row.hasPeaks === 1 ? await c.env.RECORDINGS.get(peaksKey(row.sessionId, row.id)) : null;
      if (object === null) return problem(c, "not-found");
      return c.body(object.body, 200, {
        "Content-Type": "application/octet-stream",
        "Content-Length": String(object.size),
        "Cache-Control": "private, no-cache",
        ETag: `"${row.sha256}-peaks"`,
      });
    },
  )
  .openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: "/api/v1/sessions/{sessionId}/recordings.zip",
      summary: "Every stem of the session in one zip, streamed",
      middleware: [requireAccount, requireMember("recording.download")] as const,
      request: { params: z.object({ sessionId: SessionId }) },
      responses: { 200: bytes("A zip archive"), ...problemResponses },
    }),
    async (c) => {
      const { member, account, deps } = c.var;
      const complete = await allComplete(c.env.DB, member.sessionId, account.id, deps.now());
      const zip = downloadZip(files(c.env.RECORDINGS, complete));
      return new Response(zip.body, {
        headers: {
          "Content-Type": "application/zip",
          "Content-Disposition": attachment(`${member.sessionName}.zip`),
          "Cache-Control": "private, no-store",
        },
      });
    },
  );

async function allComplete(db: D1Database, sessionId: string, accountId: string, nowMs: number): Promise<Recording[]> {
  const all: Recording[] = [];
  let text: string | undefined;
  do {
    const cursor = readCursor(text);
    if (cursor === null) break;
    const page = await listRecordings(db, sessionId, accountId, nowMs, PAGE_SIZE_MAX, cursor);
    all.push(...page.items.filter((recording) => recording.state === "complete"));
    text = page.nextCursor ?? undefined;
  } while (text !== undefined);
  return all;
}

/** One object at a time: the next is opened when the one before has gone out. Equal names are told apart by their number. */
async function* files(bucket: R2Bucket, recordings: readonly Recording[]) {
  const seen = new Map<string, number>();
  for (const { sessionId, recordingId, name, createdAtMs, sizeBytes } of recordings) {
    const object = await bucket.get(objectKey(sessionId, recordingId));
    if (object === null) continue;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const file = count === 1 ? `${name}.wav` : `${name} (${count}).wav`;
    yield { name: file, lastModified: new Date(createdAtMs), input: object.body, size: sizeBytes ?? object.size };
  }
}
