import { env } from "cloudflare:workers";
import { accounts, signIns } from "../../migrations/schema.ts";
import { newId, type SessionId } from "../../protocol/ids.ts";
import { PART_MIN_BYTES } from "../../protocol/limits.ts";
import type { Tier } from "../../protocol/retention.ts";
import { createApp } from "../app.ts";
import { CallBudget } from "../platform/call-budget.ts";
import { type Deps, systemDeps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { sha256Hex } from "../platform/hash.ts";
import { reprDigest } from "../recordings/digest.ts";
import { named, sealed } from "./addresses.ts";
import { SEALED } from "./rows.ts";
import { db } from "./tables.ts";

/** For tests: people with accounts, a session of theirs, stems to share, and a clock that the test moves. */
/** For what is run by itself: as many calls as it likes. */
export const plenty = () => new CallBudget(Number.MAX_SAFE_INTEGER);

export const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const tokenOf = (who: string) => `token-of-${who}-`.repeat(3);
export const accountOf = (who: string) => `acc_${who.padEnd(26, "0")}`;

export interface Request {
  body?: unknown;
  bytes?: Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** A mono 24-bit WAVE file of so many bytes that differ everywhere, so that a part in the wrong place shows. */
export function fileOf(sizeBytes: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let state = seed;
  for (let at = 0; at < words.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[at] = state;
  }
  const bytes = new Uint8Array(words.buffer, 0, sizeBytes);
  if (sizeBytes >= 44) bytes.set(headerOf({ dataBytes: framesOf(sizeBytes) * 3 }));
  return bytes;
}

export const framesOf = (sizeBytes: number) => Math.max(0, Math.floor((sizeBytes - 44) / 3));

/** The plainest header there is: 44 bytes. */
export function headerOf({ dataBytes = 0, channels = 1, sampleRateHz = 48_000, bits = 24, tag = 1 }): Uint8Array {
  const view = new DataView(new ArrayBuffer(44));
  const text = (at: number, value: string) => {
    for (let index = 0; index < 4; index++) view.setUint8(at + index, value.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + dataBytes, true);
  text(8, "WAVE");
  text(12, "fmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, tag, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, (sampleRateHz * channels * bits) / 8, true);
  view.setUint16(32, (channels * bits) / 8, true);
  view.setUint16(34, bits, true);
  text(36, "data");
  view.setUint32(40, dataBytes, true);
  return new Uint8Array(view.buffer);
}

const stopped = { motion: "stopped", positionFrames: 0, atMs: 0, bpm: 120 } as const;

export const opening = (more: object = {}) => ({
  recordingId: newId("rec", random),
  takeId: crypto.randomUUID(),
  name: "Guitar 1",
  format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
  timelineFrames: 96_000,
  startedAtMs: 1_000,
  bpm: 120,
  ...more,
});

export const closing = async (file: Uint8Array<ArrayBuffer>, more: object = {}) => ({
  sizeBytes: file.byteLength,
  frames: framesOf(file.byteLength),
  sha256: await sha256Hex(file),
  parts: Math.ceil(file.byteLength / PART_MIN_BYTES),
  clock: [{ frame: 0, atMs: 1_000, errorMs: 0.5 }],
  transportAtStart: stopped,
  transportAtEnd: stopped,
  ...more,
});

export const codeOf = async (response: Response) => (await response.json<{ code: string }>()).code;

export async function seedPeople(people: readonly string[], tier: Tier = "free"): Promise<void> {
  for (const who of people) {
    await db.batch([
      db.insert(accounts).values({
        id: accountOf(who),
        ...(await sealed(accountOf(who), `${who}@example.org`)),
        ...(await named(accountOf(who), who)),
        tier,
        createdAtMs: 0,
      }),
      db.insert(signIns).values({
        id: `sin_${who}`,
        accountId: accountOf(who),
        tokenHash: await sha256Hex(tokenOf(who)),
        label: SEALED,
        createdAtMs: Date.now(),
        expiresAtMs: 9e15,
      }),
    ]);
  }
}

/** The API as people use it, on bindings that the test may have made unreliable. */
export class Studio {
  readonly deps: Deps;
  nowMs = Date.now();
  sessionId = "" as SessionId;
  bindings: Env = env;
  readonly #app: ReturnType<typeof createApp>;

  constructor(more: Partial<Deps> = {}) {
    this.deps = { ...systemDeps, now: () => this.nowMs, random, sleep: async () => undefined, ...more };
    this.#app = createApp(this.deps);
  }

  /** Moves the clock; everybody has looked in meanwhile, so that nobody's sign-in has ended. */
  async setTime(atMs: number): Promise<void> {
    this.nowMs = atMs;
    await env.DB.prepare("UPDATE sign_ins SET created_at_ms = ?1, last_used_at_ms = ?1, expires_at_ms = ?1 + 864000000")
      .bind(atMs)
      .run();
  }

  async ask(who: string | null, method: string, path: string, { body, bytes, headers = {} }: Request = {}) {
    return await this.#app.request(
      `/api/v1${path}`,
      {
        method,
        headers: {
          ...(who === null ? {} : { Authorization: `Bearer ${tokenOf(who)}` }),
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
      },
      this.bindings,
    );
  }

  /** A session of Ada's, with guests in it. */
  async meet(guests: Record<string, "participant" | "observer"> = {}): Promise<void> {
    const created = await this.ask("ada", "POST", "/sessions", { body: { name: "Night" } });
    if (created.status !== 201) throw new Error(`Nobody met: ${await created.text()}`);
    this.sessionId = (await created.json<{ sessionId: SessionId }>()).sessionId;
    for (const [who, role] of Object.entries(guests)) {
      const invite = await this.ask("ada", "POST", `/sessions/${this.sessionId}/invites`, { body: { role } });
      const { code } = await invite.json<{ code: string }>();
      await this.ask(who, "POST", "/invites/accept", { body: { code } });
    }
  }

  async open(who = "ada", more: object = {}): Promise<string> {
    const body = opening(more);
    const opened = await this.ask(who, "POST", `/sessions/${this.sessionId}/recordings`, { body });
    if (opened.status !== 201) throw new Error(`It was not opened: ${await opened.text()}`);
    return body.recordingId;
  }

  async put(who: string | null, id: string, number: number | string, bytes: Uint8Array<ArrayBuffer>, more = {}) {
    const headers = {
      "Content-Digest": reprDigest(await sha256Hex(bytes)),
      "Content-Length": String(bytes.byteLength),
    };
    return await this.ask(who, "PUT", `/recordings/${id}/parts/${number}`, { bytes, headers: { ...headers, ...more } });
  }

  async putAll(id: string, file: Uint8Array<ArrayBuffer>, who = "ada"): Promise<number[]> {
    const statuses: number[] = [];
    for (let at = 0, number = 1; at < file.byteLength; at += PART_MIN_BYTES, number++) {
      statuses.push((await this.put(who, id, number, file.subarray(at, at + PART_MIN_BYTES))).status);
    }
    return statuses;
  }

  async complete(id: string, file: Uint8Array<ArrayBuffer>, more: object = {}, who = "ada") {
    return await this.ask(who, "POST", `/recordings/${id}/complete`, { body: await closing(file, more) });
  }

  /** A whole stem, shared. */
  async share(file: Uint8Array<ArrayBuffer>, who = "ada", more: object = {}): Promise<string> {
    const id = await this.open(who, more);
    await this.putAll(id, file, who);
    const done = await this.complete(id, file, {}, who);
    if (done.status !== 200) throw new Error(`It was not completed: ${await done.text()}`);
    return id;
  }

  async keys(): Promise<string[]> {
    const { objects } = await env.RECORDINGS.list({ prefix: `recordings/${this.sessionId}/` });
    return objects.map(({ key }) => key.slice(key.lastIndexOf("/") + 1));
  }

  async count(table: "recordings" | "recording_parts"): Promise<number> {
    const row = await env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<{ n: number }>();
    return row?.n ?? 0;
  }
}
