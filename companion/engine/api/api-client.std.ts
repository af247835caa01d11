import type { z } from "zod";
import { type ErrorCode, Problem } from "../../../protocol/errors.ts";
import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import { pageOf } from "../../../protocol/paging.ts";
import { type CompleteRecording, type CreateRecording, Recording } from "../../../protocol/recordings.ts";
import { Invite, JoinTicket, SessionDetail } from "../../../protocol/sessions.ts";

/** An answer that was not a success, in the words of its problem document. `retryable`: asking again later may help. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode | "network";
  readonly retryable: boolean;
  constructor(code: ErrorCode | "network", message: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

const REQUEST_TIMEOUT_MS = 120_000;

interface Request {
  body?: unknown;
  bytes?: Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The API as a companion uses it. Every call throws `ApiError`, or the abort's reason. */
export class ApiClient {
  readonly #origin: string;
  readonly #token: string;

  constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  /** Where the room's socket is: same host, `ws:` for `http:` and `wss:` for `https:`. */
  socketUrl(path: string): string {
    return new URL(path, this.#origin).href.replace(/^http/, "ws");
  }

  createSession(name: string) {
    return this.#json(SessionDetail, "POST", "/sessions", { body: { name } });
  }
  readSession(sessionId: SessionId) {
    return this.#json(SessionDetail, "GET", `/sessions/${sessionId}`);
  }
  createInvite(sessionId: SessionId) {
    return this.#json(Invite, "POST", `/sessions/${sessionId}/invites`, { body: {} });
  }
  acceptInvite(code: string) {
    return this.#json(SessionDetail, "POST", "/invites/accept", { body: { code } });
  }
  createTicket(sessionId: SessionId) {
    return this.#json(JoinTicket, "POST", `/sessions/${sessionId}/tickets`);
  }

  async deleteSession(sessionId: SessionId): Promise<void> {
    await this.#ask("DELETE", `/sessions/${sessionId}`);
  }

  /** Every recording of the session that this account may see, newest first. */
  async listRecordings(sessionId: SessionId): Promise<Recording[]> {
    const all: Recording[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { items: Recording[]; nextCursor: string | null } = await this.#json(
        pageOf(Recording),
        "GET",
        `/sessions/${sessionId}/recordings?limit=100${query}`,
      );
      all.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return all;
  }

  readRecording(recordingId: RecordingId) {
    return this.#json(Recording, "GET", `/recordings/${recordingId}`);
  }
  createRecording(sessionId: SessionId, recording: z.input<typeof CreateRecording>) {
    return this.#json(Recording, "POST", `/sessions/${sessionId}/recordings`, { body: recording });
  }
  /** `digest` is the part's SHA-256 in base64. */
  async putPart(
    recordingId: RecordingId,
    number: number,
    bytes: Uint8Array<ArrayBuffer>,
    digest: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const headers = { "Content-Digest": `sha-256=:${digest}:`, "Content-Type": "application/octet-stream" };
    await this.#ask("PUT", `/recordings/${recordingId}/parts/${number}`, {
      bytes,
      headers,
      ...(signal ? { signal } : {}),
    });
  }
  completeRecording(recordingId: RecordingId, complete: z.input<typeof CompleteRecording>) {
    return this.#json(Recording, "POST", `/recordings/${recordingId}/complete`, { body: complete });
  }
  async withdrawRecording(recordingId: RecordingId): Promise<void> {
    await this.#ask("DELETE", `/recordings/${recordingId}`);
  }
  /** The stem from a byte on; the answer is 206, or 200 where it begins at 0. */
  download(recordingId: RecordingId, fromByte: number, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = fromByte > 0 ? { Range: `bytes=${fromByte}-` } : {};
    return this.#ask("GET", `/recordings/${recordingId}/file`, { headers, ...(signal ? { signal } : {}) });
  }

  async #json<Schema extends z.ZodType>(schema: Schema, method: string, path: string, request: Request = {}) {
    const answer = await this.#ask(method, path, request);
    const parsed = schema.safeParse(await answer.json());
    if (parsed.success) return parsed.data;
    throw new ApiError("internal-error", "The server's answer could not be read. Is the companion up to date?", false);
  }

  async #ask(method: string, path: string, { body, bytes, headers = {}, signal }: Request = {}): Promise<Response> {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    let response: Response;
    try {
      response = await fetch(`${this.#origin}/api/v1${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError("network", "SessionLinked cannot be reached. Check the network; nothing is lost.", true);
    }
    if (response.ok) return response;
    const problem = Problem.safeParse(await response.json().catch(() => null));
    const retryable = response.status >= 500 || response.status === 429;
    if (!problem.success) throw new ApiError("internal-error", `The server answered ${response.status}.`, retryable);
    const { code, title, detail } = problem.data;
    throw new ApiError(code, detail ?? title, retryable || code === "part-busy");
  }
}
