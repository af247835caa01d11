import type { z } from "zod";
import type { MemberId, RecordingId, SessionId } from "../../../protocol/ids.ts";
import type { CompleteRecording, CreateRecording, Recording } from "../../../protocol/recordings.ts";
import { ApiError, type DeliveryApi, type UploadApi } from "./api-client.std.ts";

type Call = keyof UploadApi | keyof DeliveryApi;
interface Held {
  recording: Recording;
  parts: Map<number, Uint8Array<ArrayBuffer>>;
  file: Uint8Array<ArrayBuffer>;
}

const memberId: MemberId = `mem_${"a".repeat(26)}`;

/**
 * The store of recordings in memory, for tests of what sends and fetches: parts as small as they like, a clock of their own, and
 * `onCall`, which is awaited before each call and may hold it up or throw its answer.
 */
export class FakeStore implements UploadApi, DeliveryApi {
  /** Numbers of the parts that were sent, in order. */
  readonly sent: number[] = [];
  onCall: (call: Call, part: number) => Promise<void> | void = () => undefined;
  /** Hands a part to the network piece by piece; each may take time of the test's own. */
  onPiece: (sentBytes: number) => void = () => undefined;
  readonly #held = new Map<string, Held>();
  readonly #partBytes: number;
  readonly #nowMs: () => number;

  constructor(partBytes: number, nowMs: () => number) {
    this.#partBytes = partBytes;
    this.#nowMs = nowMs;
  }

  /** As the server gives up an upload that nobody carried on with. */
  forget(recordingId: RecordingId): void {
    this.#held.delete(recordingId);
  }

  async createRecording(sessionId: SessionId, wanted: z.input<typeof CreateRecording>): Promise<Recording> {
    await this.onCall("createRecording", 0);
    const { recordingId } = wanted;
    const known = this.#held.get(recordingId);
    if (known !== undefined) return known.recording;
    const recording: Recording = {
      ...wanted,
      sessionId,
      memberId,
      state: "uploading",
      partBytes: this.#partBytes,
      sizeBytes: null,
      frames: null,
      sha256: null,
      clock: [],
      createdAtMs: this.#nowMs(),
      completedAtMs: null,
      expiresAtMs: null,
      hasPeaks: false,
    };
    this.#held.set(recordingId, { recording, parts: new Map(), file: new Uint8Array() });
    return recording;
  }

  async readRecording(recordingId: RecordingId): Promise<Recording> {
    await this.onCall("readRecording", 0);
    const { recording, parts } = this.#find(recordingId);
    return recording.state === "complete" ? recording : { ...recording, partsHeld: [...parts.keys()] };
  }

  async putPart(
    recordingId: RecordingId,
    number: number,
    bytes: Uint8Array<ArrayBuffer>,
    _digest: string,
    signal?: AbortSignal,
    onSent?: (sentBytes: number) => void,
  ): Promise<void> {
    this.sent.push(number);
    await this.onCall("putPart", number);
    for (let sent = 0; sent < bytes.length; ) {
      await Promise.resolve();
      signal?.throwIfAborted();
      sent = Math.min(bytes.length, sent + Math.ceil(this.#partBytes / 8));
      this.onPiece(sent);
      onSent?.(sent);
    }
    this.#find(recordingId).parts.set(number, bytes);
  }

  async completeRecording(recordingId: RecordingId, done: z.input<typeof CompleteRecording>): Promise<Recording> {
    await this.onCall("completeRecording", 0);
    const held = this.#find(recordingId);
    const parts = [...held.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
    const file = new Uint8Array(await new Blob(parts).arrayBuffer());
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", file));
    const sha256OfParts = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (sha256OfParts !== done.sha256) {
      this.#held.delete(recordingId);
      throw new ApiError("hash-mismatch", "The file does not have the hash that was announced.", false);
    }
    const { sizeBytes, frames, sha256, clock = [], transportAtStart, transportAtEnd } = done;
    held.file = file;
    held.recording = {
      ...held.recording,
      ...{ state: "complete", sizeBytes, frames, sha256, clock, transportAtStart, transportAtEnd },
      completedAtMs: this.#nowMs(),
      hasPeaks: done.peaks !== undefined,
    };
    return held.recording;
  }

  async withdrawRecording(recordingId: RecordingId): Promise<void> {
    await this.onCall("withdrawRecording", 0);
    this.#find(recordingId);
    this.#held.delete(recordingId);
  }

  async listRecordings(sessionId: SessionId): Promise<Recording[]> {
    await this.onCall("listRecordings", 0);
    return [...this.#held.values()].map(({ recording }) => recording).filter((one) => one.sessionId === sessionId);
  }

  async download(recordingId: RecordingId, fromByte: number): Promise<Response> {
    await this.onCall("download", 0);
    return new Response(this.#find(recordingId).file.subarray(fromByte), { status: fromByte > 0 ? 206 : 200 });
  }

  #find(recordingId: RecordingId): Held {
    const held = this.#held.get(recordingId);
    if (held === undefined) throw new ApiError("not-found", "There is nothing here.", false);
    return held;
  }
}
