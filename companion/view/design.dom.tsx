/**
 * The view's own page of all parts, on one's own machine alone: the real components over a state that no room has told. Its page says which
 * scene it is to show.
 */
import { render } from "preact";
import { newId } from "../../protocol/ids.ts";
import { TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import type { Recording } from "../../protocol/recordings.ts";
import { idleStatus, type LoggedEvent, type Member, type MemberStatus, type PostBody } from "../../protocol/room.ts";
import { initialMap } from "../../protocol/timeline.ts";
import { initialTransport } from "../../protocol/transport.ts";
import { App } from "./app.dom.tsx";
import { Boot } from "./boot.std.ts";
import { initialView, reduce, type ViewInput } from "./model.std.ts";
import { BrowserSession } from "./session.dom.ts";
import { wordsOf } from "./words/every-language.std.ts";

const BAR_FRAMES = 2 * TIMELINE_RATE_HZ;
const random = (lengthBytes: number) => crypto.getRandomValues(new Uint8Array(lengthBytes));
const people = ["Ada Lindqvist", "Ben Okafor", "Cleo Laine", "יעל כהן"].map((displayName) => ({
  displayName,
  memberId: newId("mem", random),
}));

/** Somebody in each state that a person can be in. */
function members(me: Boot): Member[] {
  const states: Partial<MemberStatus>[] = [
    { armed: true, recording: true, micLive: true, latencyMs: 14.6, latencyErrorMs: 0.8 },
    { armed: true, latencyMs: 31.2, latencyErrorMs: 2.4 },
    { latencyMs: 58, latencyErrorMs: 4 },
    {},
  ];
  return people.map(({ displayName, memberId }, at) => ({
    memberId: at === 0 ? me.memberId : memberId,
    displayName,
    role: (["host", "participant", "observer", "participant"] as const)[at] ?? "observer",
    connected: at < 3,
    status: { ...idleStatus, ...states[at] },
  }));
}

const take = (me: Boot, at: number, name: string, who: Member, bars: number): Recording => ({
  recordingId: newId("rec", random),
  sessionId: me.sessionId,
  takeId: crypto.randomUUID(),
  memberId: who.memberId,
  name,
  format: { sampleRateHz: TIMELINE_RATE_HZ, channels: 1, encoding: "pcm24" },
  timelineFrames: at * BAR_FRAMES,
  startedAtMs: Date.now() - 600_000 + at * 1_000,
  bpm: 120,
  state: bars === 0 ? "uploading" : "complete",
  partBytes: 5_242_880,
  sizeBytes: bars === 0 ? null : 2_300_000,
  frames: bars === 0 ? null : bars * BAR_FRAMES,
  sha256: null,
  clock: [],
  createdAtMs: Date.now(),
  completedAtMs: null,
  expiresAtMs: null,
  hasPeaks: false,
});

/** All that the room, the clock and the API would have told by now. */
function told(me: Boot, scene: string): ViewInput[] {
  const all = members(me);
  const [ada, ben, cleo] = all;
  if (ada === undefined || ben === undefined || cleo === undefined) return [];
  const takes = [take(me, 0, "Guitar", ada, 8), take(me, 4, "Drums", ben, 8), take(me, 9, "Vocals", ben, 0)];
  const body = (from: Member, body: PostBody, at: number): ViewInput => {
    const effective = body.kind === "transport" ? { effectiveAtMs: at } : {};
    const event: LoggedEvent = {
      seq: at,
      eventId: crypto.randomUUID(),
      from: from.memberId,
      atMs: at,
      body,
      ...effective,
    };
    return { type: "event", event };
  };
  const marker = { markerId: crypto.randomUUID(), marker: { positionFrames: 4 * BAR_FRAMES, name: "Chorus" } };
  const range = { startFrames: 4 * BAR_FRAMES, endFrames: 8 * BAR_FRAMES };
  const takeId = takes[0]?.takeId ?? crypto.randomUUID();
  const about = { takeId, positionFrames: BAR_FRAMES };
  const welcome: ViewInput = {
    type: "welcome",
    memberId: me.memberId,
    role: me.role,
    transport: initialTransport,
    timeline: initialMap,
    settings: { recordingPermitted: true },
    admission: "waiting",
    headSeq: 100,
  };
  return [
    welcome,
    { type: "members", members: all },
    {
      type: "waiting-room",
      members: [{ memberId: newId("mem", random), displayName: "Noor Haddad", role: "participant" }],
    },
    { type: "takes", takes },
    body(ben, { kind: "chat", text: "Once more from the chorus?" }, 1),
    body(ada, { kind: "chat", text: "Yes, and a little slower." }, 2),
    body(ada, { kind: "transport", transport: { command: "marker", ...marker } }, 3),
    body(ben, { kind: "transport", transport: { command: "loop", range } }, 4),
    body(ada, { kind: "note", noteId: crypto.randomUUID(), text: "Bass comes in on bar 5, not before." }, 5),
    body(ben, { kind: "note", noteId: crypto.randomUUID(), text: "This fill is the one.", about }, 6),
    body(ada, { kind: "take-star", takeId, starred: true }, 7),
    ...(scene === "recording" ? [body(ada, { kind: "transport", transport: { command: "record" } }, 8)] : []),
    ...(scene === "away" ? [{ type: "connection", connection: { state: "away" } } as const] : []),
    ...(scene === "door" ? [{ type: "connection", connection: { state: "waiting" } } as const] : []),
    ...(scene === "over"
      ? [{ type: "connection", connection: { state: "over", code: "session-ended" } } as const]
      : []),
  ];
}

const root = document.getElementById("view");
if (root !== null) {
  const boot = Boot.parse(JSON.parse(root.dataset.boot ?? "null"));
  // Nothing here is asked of anybody: what is asked for stays on its way.
  globalThis.fetch = () => new Promise<Response>(() => undefined);
  const session = new BrowserSession(boot);
  const accents = Object.fromEntries(members(boot).map(({ memberId }, at) => [memberId, ((at * 3) % 8) + 1]));
  session.state.value = told(boot, root.dataset.scene ?? "").reduce(reduce, { ...initialView, accents });
  if (root.dataset.scene === "away") session.say("offline", true);
  root.replaceChildren();
  render(<App session={session} boot={boot} words={wordsOf[boot.language]} />, root);
}
