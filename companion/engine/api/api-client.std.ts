import * as z from "zod";
import { DeletionWish, WISH_KEY_PATH, WishKey } from "../../../protocol/deliveries.ts";
import { type ErrorCode, Problem } from "../../../protocol/errors.ts";
import { OwnProfile, type PutProfile } from "../../../protocol/hub.ts";
import type { RecordingId, SessionId } from "../../../protocol/ids.ts";
import { HASH_STEP_BYTES } from "../../../protocol/limits.ts";
import { pageSchema } from "../../../protocol/paging.ts";
import { type CompleteRecording, CopySeed, type CreateRecording, Recording } from "../../../protocol/recordings.ts";
import { Invite, JoinTicket, SessionDetail, SessionSummary } from "../../../protocol/sessions.ts";

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

/** No answer by then, or no byte more of a part, and the request is given up. */
const REQUEST_TIMEOUT_MS = 120_000;
/** A completion reads so much of the object back and hashes it; the store gives at least 5 MB of it in a second. */
const COMPLETION_TIMEOUT_MS = REQUEST_TIMEOUT_MS + HASH_STEP_BYTES / 5_000;
/** How much of a part is handed to the network at a time. */
const PIECE_BYTES = 64 * 1024;

interface Request {
  body?: unknown;
  bytes?: Uint8Array<ArrayBuffer>;
  /** Called with the bytes of `bytes` that the network has taken so far; the request's time then begins anew. */
  onSent?: ((sentBytes: number) => void) | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
}

/** How the bytes of a part go out. What it is told while they do is how many have gone. */
export type SendBytes = (
  url: string,
  request: {
    method: string;
    headers: Record<string, string>;
    bytes: Uint8Array<ArrayBuffer>;
    signal: AbortSignal;
    onSent(sentBytes: number): void;
  },
) => Promise<Response>;

/** What an upload asks of the API. */
export type UploadApi = Pick<
  ApiClient,
  "createRecording" | "readRecording" | "putPart" | "completeRecording" | "withdrawRecording"
>;
/** What a delivery asks of it. */
export type DeliveryApi = Pick<ApiClient, "listRecordings" | "readRecording" | "download">;

/**
 * The API as a companion uses it, with a token of its own, or a page of the site, with the cookie that its browser has (`null`). Every call
 * throws `ApiError`, or the abort's reason.
 */
export class ApiClient {
  readonly #origin: string;
  readonly #token: string | null;
  readonly #sendBytes: SendBytes;

  constructor(origin: string, token: string | null, sendBytes: SendBytes = streamBytes) {
    this.#origin = origin;
    this.#token = token;
    this.#sendBytes = sendBytes;
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
  createTicket(sessionId: SessionId, signal?: AbortSignal) {
    return this.#json(JoinTicket, "POST", `/sessions/${sessionId}/tickets`, { signal });
  }

  /** This account's seed of the keys that open its safety copies; base64url. */
  async readCopySeed(): Promise<string> {
    return (await this.#json(CopySeed, "GET", "/copy-seed")).seed;
  }

  putProfile(profile: z.input<typeof PutProfile>) {
    return this.#json(OwnProfile, "PUT", "/profile", { body: profile });
  }
  async putSample(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#ask("PUT", "/profile/sample", { bytes, headers: { "Content-Type": "application/octet-stream" } });
  }

  async deleteSession(sessionId: SessionId): Promise<void> {
    await this.#ask("DELETE", `/sessions/${sessionId}`);
  }

  /** The sessions that this account is in, newest first; the newest hundred. */
  async listSessions() {
    return (await this.#json(pageSchema(SessionSummary), "GET", "/sessions?limit=100")).items;
  }

  /** Every recording of the session that this account may see, newest first. */
  async listRecordings(sessionId: SessionId): Promise<Recording[]> {
    const all: Recording[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { items: Recording[]; nextCursor: string | null } = await this.#json(
        pageSchema(Recording),
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
  /** `digest` is the part's SHA-256 in base64. However slow the line is: as long as it moves, the part is not given up. */
  async putPart(
    recordingId: RecordingId,
    number: number,
    bytes: Uint8Array<ArrayBuffer>,
    digest: string,
    signal?: AbortSignal,
    onSent?: (sentBytes: number) => void,
  ): Promise<void> {
    const headers = { "Content-Digest": `sha-256=:${digest}:`, "Content-Type": "application/octet-stream" };
    await this.#ask("PUT", `/recordings/${recordingId}/parts/${number}`, { bytes, headers, signal, onSent });
  }
  /** A large recording is not complete with the first answer (`uploading`): it is read in parts, one for each time that this is asked. */
  completeRecording(recordingId: RecordingId, complete: z.input<typeof CompleteRecording>) {
    const path = `/recordings/${recordingId}/complete`;
    return this.#json(Recording, "POST", path, { body: complete, timeoutMs: COMPLETION_TIMEOUT_MS });
  }
  async withdrawRecording(recordingId: RecordingId): Promise<void> {
    await this.#ask("DELETE", `/recordings/${recordingId}`);
  }
  /** The stem from a byte on; the answer is 206, or 200 where it begins at 0. How long the body may take is the caller's to say. */
  download(recordingId: RecordingId, fromByte: number, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = fromByte > 0 ? { Range: `bytes=${fromByte}-` } : {};
    return this.#ask("GET", `/recordings/${recordingId}/file`, { headers, signal });
  }

  /** Copies that this person has of what its owner has deleted since. */
  async listWishes(): Promise<DeletionWish[]> {
    return (await this.#json(z.object({ items: z.array(DeletionWish) }), "GET", "/deletion-wishes")).items;
  }
  async answerWish(recordingId: RecordingId, answer: "deleted" | "kept"): Promise<void> {
    await this.#ask("POST", `/deletion-wishes/${recordingId}`, { body: { answer } });
  }
  /** The key that wishes are signed with. */
  async readWishKey(): Promise<WishKey> {
    const answer = await fetch(new URL(WISH_KEY_PATH, this.#origin));
    return WishKey.parse(await answer.json());
  }

  async #json<Schema extends z.ZodType>(schema: Schema, method: string, path: string, request: Request = {}) {
    const answer = await this.#ask(method, path, request);
    const parsed = schema.safeParse(await answer.json());
    if (parsed.success) return parsed.data;
    throw new ApiError("internal-error", "The server's answer could not be read. Is the companion up to date?", false);
  }

  async #ask(method: string, path: string, request: Request = {}): Promise<Response> {
    const { body, bytes, headers = {}, signal, onSent, timeoutMs = REQUEST_TIMEOUT_MS } = request;
    const late = new AbortController();
    let timer = setTimeout(() => late.abort(), timeoutMs);
    const moved = (sentBytes: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => late.abort(), timeoutMs);
      onSent?.(sentBytes);
    };
    const url = `${this.#origin}/api/v1${path}`;
    const sent = {
      method,
      headers: {
        ...(this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
    };
    let response: Response;
    try {
      response =
        bytes === undefined
          ? await fetch(url, { ...sent, body: body === undefined ? null : JSON.stringify(body) })
          : await this.#sendBytes(url, { ...sent, bytes, onSent: moved });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError("network", "SessionLinked cannot be reached. Check the network; nothing is lost.", true);
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return response;
    const problem = Problem.safeParse(await response.json().catch(() => null));
    const retryable = response.status >= 500 || response.status === 429;
    if (!problem.success) throw new ApiError("internal-error", `The server answered ${response.status}.`, retryable);
    const { code, title, detail } = problem.data;
    throw new ApiError(code, detail ?? title, retryable || code === "part-busy");
  }
}

const streamBytes: SendBytes = (url, { bytes, onSent, headers, ...request }) =>
  fetch(url, {
    ...request,
    headers: { ...headers, "Content-Length": String(bytes.byteLength) },
    body: pieces(bytes, onSent),
    duplex: "half",
  } as RequestInit);

/** Bytes as a body that is pulled piece by piece, so that one can tell how far it is. */
function pieces(bytes: Uint8Array<ArrayBuffer>, onSent: (sentBytes: number) => void): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream(
    {
      type: "bytes",
      pull(controller) {
        onSent(at);
        // A copy: a byte stream takes the buffer of what it is given away.
        controller.enqueue(bytes.slice(at, at + PIECE_BYTES));
        at += PIECE_BYTES;
        if (at >= bytes.byteLength) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
