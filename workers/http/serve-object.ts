import { fitsRange, matchesNone } from "./preconditions.ts";
import { type ProblemResponse, problem } from "./problem.ts";
import { readRange } from "./range.ts";
import type { AppContext } from "./router.ts";

/** An object of R2, as a client sees it. */
export interface Served {
  etag: string;
  sizeBytes: number;
  type: string;
  headers: Record<string, string>;
  /** The object's body, or the stretch of it. `null`: it is not there. */
  read(range?: { offset: number; length: number }): Promise<{ body: ReadableStream } | null>;
  /** What is said where it is not. */
  missing: "gone" | "not-found";
}

/** Sends an object whole, one range of it, or only that it has not changed (RFC 9110, 13 and 14). No shared cache may keep it. */
export async function serveObject(c: AppContext, served: Served): Promise<Response | ProblemResponse> {
  const { etag, sizeBytes, type } = served;
  const headers: Record<string, string> = {
    ETag: etag,
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-cache",
    ...served.headers,
  };
  if (matchesNone(c.req.header("If-None-Match"), etag)) return c.body(null, 304, headers);
  const range = fitsRange(c.req.header("If-Range"), etag) ? readRange(c.req.header("Range"), sizeBytes) : null;
  if (range === "unsatisfiable") {
    c.header("Content-Range", `bytes */${sizeBytes}`);
    return problem(c, "range-not-satisfiable");
  }
  const length = range === null ? sizeBytes : range.last - range.first + 1;
  const object = await served.read(range === null ? undefined : { offset: range.first, length });
  if (object === null) return problem(c, served.missing);
  headers["Content-Type"] = type;
  headers["Content-Length"] = String(length);
  if (range === null) return c.body(object.body, 200, headers);
  headers["Content-Range"] = `bytes ${range.first}-${range.last}/${sizeBytes}`;
  return c.body(object.body, 206, headers);
}
