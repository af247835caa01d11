import { generateKeyPairSync, sign } from "node:crypto";
import type { Page, WebSocketRoute } from "playwright-core";
import type { z } from "zod";
import { Accent } from "../../protocol/accents.ts";
import { textOfWish, WISH_KEY_PATH } from "../../protocol/deliveries.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { MemberId, SessionId } from "../../protocol/ids.ts";
import type { Recording } from "../../protocol/recordings.ts";
import type { Role } from "../../protocol/roles.ts";
import {
  type Admission,
  idleStatus,
  type LoggedEvent,
  type Member,
  type MemberStatus,
  type PostBody,
  type RoomMessage,
  type TransportState,
  type WaitingMember,
} from "../../protocol/room.ts";
import type { SessionDetail } from "../../protocol/sessions.ts";
import { initialMap } from "../../protocol/timeline.ts";
import { initialTransport } from "../../protocol/transport.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";

/** What a page that enters finds. Everything that is not said is as in a session that has just been opened. */
export interface Scene {
  people: readonly (Partial<Member> & { displayName: string })[];
  role?: Role;
  transport?: Partial<TransportState>;
  recordingPermitted?: boolean;
  admission?: Admission;
  waiting?: readonly string[];
  log?: readonly { from: number; body: PostBody; atMs?: number }[];
  takes?: readonly Recording[];
  /** Takes that this person has a copy of and that are wished gone since. */
  wished?: readonly Recording[];
  /** Instead of a welcome: the door, or a close with this code. */
  /** How many listen to its broadcast; absent: it is not broadcast. */
  listeners?: number;
  refusal?: "waiting" | { code: number; reason: ErrorCode };
}

/** A relay by name, so that no page is told that there is none; nothing is ever sent to it. */
const nobodysRelay = { urls: ["turn:127.0.0.1:9?transport=udp"], username: "nobody", credential: "nothing" };

const body = (at: number) => String(at).padStart(26, "0");
export const memberAt = (at: number): MemberId => `mem_${body(at)}` as MemberId;

export const statusOf = (status: Partial<MemberStatus> = {}): MemberStatus => ({ ...idleStatus, ...status });

/** A take of the stub's own: its picture is drawn by `peaksOf` and its sound is nobody's. */
export function takeAt(
  at: number,
  memberId: MemberId,
  name: string,
  fromBar: number,
  bars: number,
  roll: number,
): Recording {
  return {
    recordingId: `rec_${body(at)}` as Recording["recordingId"],
    sessionId: `ses_${body(0)}` as SessionId,
    takeId: `00000000-0000-4000-8000-${String(roll).padStart(12, "0")}`,
    memberId,
    name: `${name} take ${roll} ${memberId.slice(-4)}`,
    format: { sampleRateHz: 48_000, channels: 1, encoding: "pcm24" },
    timelineFrames: fromBar * 96_000,
    startedAtMs: roll * 60_000,
    bpm: 120,
    state: "complete",
    partBytes: 8_388_608,
    sizeBytes: bars * 96_000 * 3,
    frames: bars * 96_000,
    sha256: null,
    clock: [],
    createdAtMs: 0,
    completedAtMs: 0,
    expiresAtMs: null,
    hasPeaks: true,
  };
}

/** Hits on a grid, each with a decay of its own, so that a waveform looks played. */
function peaksOf(recordingId: string): Buffer {
  const seed = Number(recordingId.slice(-6));
  const bins = 2_048;
  const grid = [16, 32, 24, 64][seed % 4] ?? 32;
  const peaks = Buffer.alloc(bins * 2);
  for (let bin = 0; bin < bins; bin++) {
    const hit = Math.floor(bin / grid);
    const strength = 0.25 + 0.75 * (((hit * 7_919 + seed * 31) % 17) / 17);
    const level = Math.round(120 * strength * Math.exp(-(bin % grid) / (grid / (1.5 + (seed % 3)))));
    peaks.writeInt8(-level, bin * 2);
    peaks.writeInt8(level, bin * 2 + 1);
  }
  return peaks;
}

/**
 * A room and a store that are made up: the page is the real one, and what it is told is the scene. So a state that a platform reaches only with
 * thirty people in it is a picture like any other. Set up before the page is opened.
 */
export async function stubRoom(page: Page, scene: Scene): Promise<void> {
  const members: Member[] = scene.people.map(({ displayName, ...more }, at) => ({
    memberId: memberAt(at),
    role: at === 0 ? (scene.role ?? "host") : at === 1 && scene.role !== undefined ? "host" : "participant",
    connected: true,
    status: statusOf(),
    ...more,
    displayName,
  }));
  await page.route("**/api/v1/sessions/*/tickets", (route) =>
    route.fulfill({
      json: { ticket: "stub", expiresAtMs: Date.now() + 60_000, roomPath: "/rooms/stub", iceServers: [nobodysRelay] },
    }),
  );
  await page.route("**/api/v1/sessions/*/phone", (route) =>
    route.fulfill({ status: 201, json: { link: "a-made-up-phone".repeat(8), expiresAtMs: Date.now() + 300_000 } }),
  );
  await page.route("**/api/v1/sessions/*/broadcast", (route) =>
    route.fulfill({
      status: 201,
      json: { link: "a-made-up-broadcast".repeat(6), expiresAtMs: Date.now() + 3_600_000 },
    }),
  );
  await page.route("**/api/v1/sessions/*/recordings?*", (route) => {
    const all = scene.takes ?? [];
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Number(query.get("limit"));
    return route.fulfill({ json: { items: all.slice(from, to), nextCursor: to < all.length ? String(to) : null } });
  });
  await page.route("**/api/v1/recordings/*/peaks", (route) =>
    route.fulfill({
      body: peaksOf(/rec_\d+/.exec(route.request().url())?.[0] ?? "0"),
      contentType: "application/octet-stream",
    }),
  );
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  await page.route(`**${WISH_KEY_PATH}`, (route) => route.fulfill({ json: publicKey.export({ format: "jwk" }) }));
  await page.route("**/api/v1/deletion-wishes", (route) => {
    // The page asks for its own session's, whichever that is.
    const sessionId = /ses_\w+/.exec(page.url())?.[0] as SessionId;
    const items = (scene.wished ?? []).map(({ recordingId }) => {
      const wish = {
        recordingId,
        sessionId,
        memberId: memberAt(0),
        sha256: "0".repeat(64),
        wishedAtMs: Date.now() - 3_600_000,
      };
      return { ...wish, signature: sign(null, Buffer.from(textOfWish(wish)), privateKey).toString("base64") };
    });
    return route.fulfill({ json: { items } });
  });
  await page.route("**/api/v1/deletion-wishes/*", (route) => route.fulfill({ status: 204 }));
  await page.route("**/api/v1/sessions/ses_*", (route) => {
    if (new URL(route.request().url()).pathname.split("/").length > 5) return route.fallback();
    const session: z.infer<typeof SessionDetail> = {
      sessionId: `ses_${body(0)}` as SessionId,
      name: "Night bus, second verse",
      role: "host",
      memberId: memberAt(0),
      createdAtMs: 0,
      members: members.map(({ memberId, displayName, role }, at) => ({
        memberId,
        displayName,
        role,
        accent: Accent.parse((at % 8) + 1),
      })),
      settings: { recordingPermitted: true },
      guestsAllowed: true,
      evening: null,
    };
    return route.fulfill({ json: session });
  });
  await page.routeWebSocket("**/rooms/**", (socket) => play(socket, scene, members));
}

function play(socket: WebSocketRoute, scene: Scene, members: Member[]): void {
  const say = (message: RoomMessage) => socket.send(JSON.stringify(message));
  const startedMs = Date.now();
  const nowMs = () => Date.now() - startedMs + 600_000;
  const events: LoggedEvent[] = (scene.log ?? []).map(({ from, body: what, atMs = 500_000 }, at) => ({
    seq: at + 1,
    eventId: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
    from: memberAt(from),
    atMs,
    ...(what.kind === "transport" ? { effectiveAtMs: atMs } : {}),
    body: what,
  }));
  const listeners =
    scene.listeners === undefined ? null : Array.from({ length: scene.listeners }, (_, at) => memberAt(800 + at));
  const isOn = scene.transport?.motion === "recording";
  socket.onMessage((text) => {
    const message = JSON.parse(String(text));
    if (message.type === "ping") say({ type: "pong", sentAtMs: message.sentAtMs, roomTimeMs: nowMs() });
    if (message.type !== "hello") return;
    if (scene.refusal === "waiting") return say({ type: "waiting" });
    if (scene.refusal !== undefined) {
      // As the room does: why, and then the close.
      say({ type: "error", code: scene.refusal.reason, message: "" });
      return void socket.close(scene.refusal);
    }
    say({
      type: "welcome",
      protocolVersion: PROTOCOL_VERSION,
      sessionId: `ses_${body(0)}` as SessionId,
      memberId: memberAt(0),
      role: scene.role ?? "host",
      members,
      transport: { ...initialTransport, atMs: nowMs() - 9_400, ...scene.transport },
      timeline: {
        ...initialMap,
        markers: [
          { markerId: "00000000-0000-4000-8000-0000000000a1", name: "Verse", positionFrames: 96_000 * 4 },
          { markerId: "00000000-0000-4000-8000-0000000000a2", name: "Chorus", positionFrames: 96_000 * 12 },
        ],
      },
      settings: { recordingPermitted: scene.recordingPermitted ?? true },
      admission: scene.admission ?? "open",
      recordingOn: isOn,
      listeners,
      headSeq: events.length,
      roomTimeMs: nowMs(),
    });
    say({ type: "members", members, recordingOn: isOn, listeners });
    const waiting: WaitingMember[] = (scene.waiting ?? []).map((displayName, at) => ({
      memberId: memberAt(900 + at),
      displayName,
      role: "participant",
    }));
    if (waiting.length > 0) say({ type: "waiting-room", members: waiting });
    if (events.length > 0) say({ type: "events", events });
  });
}
