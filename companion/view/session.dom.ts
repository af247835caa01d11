/**
 * The browser's end of a session. Life: it asks for a ticket with the site's own cookie, enters the room, and turns everything that the
 * room, the clock and the API tell into inputs of the one view state. What a person does goes out as a post or as a call of the API;
 * nothing is drawn as done before the room has said it. It ends with the page, or when the room says that it is over.
 */
import { signal } from "@preact/signals";
import { Bars } from "../../audio/bars.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { TIMELINE_RATE_HZ, TRANSPORT_POST_LIFETIME_MS } from "../../protocol/limits.ts";
import { may } from "../../protocol/roles.ts";
import {
  type Admission,
  type Announced,
  type AnnouncedCommand,
  idleStatus,
  type MemberStatus,
  type PostBody,
  type TransportCommand,
} from "../../protocol/room.ts";
import { positionAt, type Timeline } from "../../protocol/transport.ts";
import { SessionClock } from "../engine/clock/session-clock.std.ts";
import { RoomClient, type RoomClientOptions } from "../engine/room/room-client.std.ts";
import type { RoomEnd } from "../engine/room/room-feed.std.ts";
import type { Boot } from "./boot.std.ts";
import { initialView, reduce, transportAt, type ViewInput, type ViewState } from "./model.std.ts";
import { PendingCommands } from "./pending-commands.std.ts";
import { ViewApi } from "./view-api.dom.ts";
import { ViewCopies } from "./view-copies.dom.ts";
import { ViewDaw } from "./view-daw.dom.ts";
import { ViewPlayback } from "./view-playback.dom.ts";
import { ViewSound } from "./view-sound.dom.ts";
import { ViewTakes } from "./view-takes.dom.ts";
import { ViewVideo } from "./view-video.dom.ts";

const TOASTS_MAX = 4;

/** What may happen to one's own takes, as the engine calls it. */
const recordingTroubles = ["dropout", "device", "slept", "recorder", "disk-low", "clock-set", "share"] as const;
export type RecordingTrouble = (typeof recordingTroubles)[number];

export interface Toast {
  id: number;
  /** A code whose words the view has, or words of the view's own. */
  code:
    | ErrorCode
    | "offline"
    | "copied"
    | "left-alone"
    | "mute-asked"
    | "mute-sent"
    | "no-playback"
    | "nothing-armed"
    | "forgotten"
    | "other-device"
    | "clock-off"
    | "words-broken"
    | "words-keys"
    | "words-people"
    | RecordingTrouble;
  bad: boolean;
}

export class BrowserSession {
  readonly state = signal<ViewState>(initialView);
  /** As many bars as this person's next loop takes in. */
  readonly loopBars = signal(4);
  /** How this person has the window: large figures, and the side panel's width, where it is not the page's own. */
  readonly layout = signal<{ isFar: boolean; sidePx: number | null }>({ isFar: false, sidePx: null });
  /** The last post that the room did not take. */
  readonly refused = signal<{ eventId: string; code: ErrorCode } | null>(null);
  /** Forgets what this browser has kept of the session; `null` where nothing is kept. */
  readonly forget = signal<(() => void) | null>(null);
  /** Within what session time is certain, as it is shown; `null` before the room's first answer. Told twice a second, and nothing but its figure is drawn anew. */
  readonly timeErrorMs = signal<string | null>(null);
  readonly toasts = signal<readonly Toast[]>([]);
  readonly sound: ViewSound;
  readonly takes: ViewTakes;
  readonly playback: ViewPlayback;
  readonly daw: ViewDaw;
  readonly copies: ViewCopies;
  readonly video: ViewVideo;
  readonly isGuest: boolean;
  /** This page is a phone's, or a listener's: it asks nothing of the session's own pages. */
  readonly isAside: boolean;
  readonly api: ViewApi;
  readonly #clock = new SessionClock();
  readonly #room: RoomEnd;
  readonly #pending = new PendingCommands();
  #status: MemberStatus = idleStatus;
  #toastId = 0;
  #lastSeq = 0;
  /** When the log's last command takes effect; `null` while that is not known. */
  #effectiveAtMs: number | null = null;

  /** `openRoom`: in the desktop app the way to the room is not this page's own socket. */
  constructor(boot: Boot, openRoom = (options: RoomClientOptions): RoomEnd => new RoomClient(options)) {
    this.isGuest = boot.guest === true;
    this.isAside = boot.phoneOf !== undefined || boot.seat !== undefined;
    this.state.value = { ...initialView, memberId: boot.memberId, role: boot.role, accents: boot.accents };
    this.sound = new ViewSound({
      boot,
      state: () => this.state.value,
      signal: (to, message) => this.#room.signal(to, message),
      barMs: () =>
        (new Bars(this.state.value.timeline.map).barFramesAt(this.positionFrames()) / TIMELINE_RATE_HZ) * 1000,
      setStatus: (status) => this.#setStatus(status),
      onLinked: () => this.#room.hurry(),
      onEngine: (engine) => {
        this.takes.setDevice(engine);
        this.takes.captureMs = engine.captureMs;
      },
      onCapture: (captureMs) => {
        this.takes.captureMs = captureMs;
      },
      onReading: (from, reading) => {
        this.daw.onReading(from, reading);
        this.takes.onReading(from, reading);
        this.#room.lanes?.reading(from, reading);
      },
      onAnnounced: (from, command) => this.#hearAnnounced(from, command),
      onWays: () => this.#room.lanes?.ways(this.sound.farthestMs()),
      onPower: (isOn) => void this.daw.setLanes(isOn),
      onOtherDevice: () => this.say("other-device", true),
      onWords: (telling) => this.say(telling, true),
    });
    this.video = new ViewVideo({
      state: () => this.state.value,
      signal: (to, message) => this.#room.signal(to, message),
      setStatus: (status) => this.#setStatus(status),
    });
    this.api = new ViewApi({
      boot,
      step: (input) => this.#step(input),
      say: (code) => this.say(code, true),
      onTakes: (takes) => this.copies.remember(takes),
      onOver: (code) => {
        this.#room.close();
        this.#step({ type: "connection", connection: { state: "over", code } });
      },
    });
    this.copies = new ViewCopies({ boot, ask: (...asked) => this.api.ask(...asked) });
    this.takes = new ViewTakes({
      boot,
      state: () => this.state.value,
      setStatus: (status) => this.#setStatus(status),
      onTrouble: (code) => {
        const trouble = recordingTroubles.find((known) => known === code);
        if (trouble !== undefined) this.say(trouble, true);
      },
    });
    this.playback = new ViewPlayback(
      {
        workletUrl: boot.sound.playbackUrl,
        state: () => this.state.value,
        nowMs: () => this.nowMs(),
        askOwn: (recordingId) => this.takes.askFor(recordingId),
      },
      () => this.say("no-playback", true),
    );
    this.daw = new ViewDaw({
      ear: () => ({ deviceUrl: boot.sound.deviceUrl, inputId: this.sound.wanted.value.inputId }),
      mayCommand: () => {
        const { role } = this.state.value;
        return role !== null && may(role, "transport.command");
      },
      post: (transport, announced) => {
        const eventId = crypto.randomUUID();
        // A press that reaches nobody is undone in the DAW, once it knows under which id it was posted.
        const isPosted = this.#post({ kind: "transport", transport }, eventId, announced);
        if (!isPosted) queueMicrotask(() => this.daw.onRefused(eventId));
        return eventId;
      },
      peers: {
        farthestMs: () => (this.state.value.connection.state === "here" ? this.sound.farthestMs() : null),
        announce: (command) => {
          this.sound.announce(command);
          const { memberId } = this.state.value;
          if (memberId !== null) this.#room.lanes?.announced(memberId, command);
        },
      },
      setStatus: (status) => this.#setStatus(status),
      onForeseen: (foreseen) => this.#step({ type: "foreseen", foreseen }),
      where: () => {
        const { logged, timeline } = this.state.value;
        return { timeline: logged ?? timeline, headSeq: this.#lastSeq, effectiveAtMs: this.#effectiveAtMs };
      },
    });
    this.#room = openRoom({
      enter: (signal) => this.api.enter(signal),
      network: globalThis,
      nowMs: () => performance.now(),
      client: "view/1",
      handlers: {
        onWelcome: (welcome) => {
          this.#step({ ...welcome, type: "welcome" });
          this.takes.enter(welcome.headSeq);
          this.sound.again();
          this.#lastSeq = welcome.headSeq;
          this.#effectiveAtMs = welcome.effectiveAtMs ?? 0;
          const timeline = { transport: welcome.transport, map: welcome.timeline };
          this.daw.onWelcome(timeline, welcome.headSeq, this.#effectiveAtMs);
          this.#readLists();
        },
        onEvent: (event) => {
          this.#pending.answer(event.eventId);
          this.#step({ type: "event", event });
          this.takes.follow(event);
          this.#lastSeq = Math.max(this.#lastSeq, event.seq);
          if (event.body.kind === "transport") this.#effectiveAtMs = event.effectiveAtMs ?? event.atMs;
          this.daw.onEvent(event);
        },
        onMembers: (members, listeners) => {
          this.#step({ type: "members", members, listeners });
          const { accents } = this.state.value;
          const isNew = members.some(({ memberId, phoneOf }) => accents[phoneOf ?? memberId] === undefined);
          if (isNew && !this.isAside) void this.api.readSession();
          this.sound.setMembers();
          this.video.setMembers();
          this.takes.setMembers();
          const { memberId } = this.state.value;
          if (memberId !== null) this.daw.onMembers(memberId, members);
        },
        onWaiting: () => this.#step({ type: "connection", connection: { state: "waiting" } }),
        onWaitingRoom: (members) => this.#step({ type: "waiting-room", members }),
        onMute: () => this.onMuteAsked(),
        onSignal: (from, message) => {
          this.sound.handleSignal(from, message);
          this.video.handleSignal(from, message);
        },
        onRelays: (iceServers) => {
          // What was said of their absence is over.
          if (iceServers.length > 0)
            this.toasts.value = this.toasts.value.filter(({ code }) => code !== "relay-unavailable");
          this.sound.iceServers = iceServers;
          this.video.iceServers = iceServers;
          if (iceServers.length === 0) this.say("relay-unavailable", true);
        },
        onRecordingsChanged: () => this.#readLists(),
        onAnnounce: (command) => {
          this.sound.announce(command);
          const { memberId } = this.state.value;
          if (memberId !== null) this.daw.onAnnounced(memberId, command);
        },
        onRefused: (eventId, code) => {
          this.#pending.answer(eventId);
          this.daw.onRefused(eventId);
          this.takes.tell({ type: "refused", eventId });
          this.refused.value = { eventId, code };
          this.say(code, true);
        },
        onWarning: (code, _message, final) => {
          if (final && code !== "disconnected") {
            this.#step({ type: "connection", connection: { state: "over", code } });
            this.#silence();
          } else if (code !== "disconnected") {
            // Something that was said was not taken; the link is as it was.
            this.say(code, true);
          } else if (this.state.value.connection.state === "here")
            this.#step({ type: "connection", connection: { state: "away" } });
        },
        onClock: (sample) => {
          this.#clock.addSample(sample);
          this.takes.addSample(sample);
          this.daw.onClock(sample);
          const estimate = this.#clock.estimate;
          if (estimate === undefined) return;
          this.timeErrorMs.value = estimate.errorMs.toFixed(1);
          this.sound.setClock(estimate);
        },
      },
    });
    addEventListener("pagehide", () => {
      this.#room.close();
      this.#silence();
    });
    addEventListener("beforeunload", (event) => {
      // What rolls or is on its way goes on at the next visit, but a person may want to wait for it.
      if (this.takes.isBusy) event.preventDefault();
    });
  }

  /** Session time now, in milliseconds; `null` before the room's first answer. */
  nowMs(): number | null {
    return this.timeErrorMs.value === null ? null : this.#clock.toSessionMs(performance.now());
  }

  /** Where the playhead is now. */
  positionFrames(): number {
    const nowMs = this.nowMs();
    const transport = transportAt(this.state.value, nowMs ?? 0);
    return nowMs === null ? transport.positionFrames : positionAt(transport, nowMs);
  }

  /**
   * What a person's next press goes on from: the session as it will be when the room has answered all that they pressed before, and
   * where its playhead is.
   */
  asked(): Timeline & { positionFrames: number } {
    const nowMs = this.nowMs() ?? 0;
    const { logged, timeline } = this.state.value;
    const asked = this.#pending.appliedTo(logged ?? timeline, nowMs);
    return { ...asked, positionFrames: positionAt(asked.transport, nowMs) };
  }

  command(transport: TransportCommand): void {
    if (this.daw.command(transport) === null) this.#post({ kind: "transport", transport });
  }

  chat(text: string): boolean {
    return this.#post({ kind: "chat", text });
  }

  /** Writes a note; an empty text takes it away. Returns the post's id, or `null` where nothing could be sent, which has been said. */
  note(
    noteId: string,
    text: string,
    more: Pick<Extract<PostBody, { kind: "note" }>, "about" | "after"> = {},
  ): string | null {
    const eventId = crypto.randomUUID();
    return this.#post({ kind: "note", noteId, text, ...more }, eventId) ? eventId : null;
  }

  /** Says something about a moment of a take. */
  comment(takeId: string, positionFrames: number, text: string): boolean {
    return this.#post({ kind: "note", noteId: crypto.randomUUID(), text, about: { takeId, positionFrames } });
  }

  nameTake(takeId: string, text: string): boolean {
    return this.#post({ kind: "take-name", takeId, text });
  }

  starTake(takeId: string, starred: boolean): boolean {
    return this.#post({ kind: "take-star", takeId, starred });
  }

  admit(memberId: MemberId): void {
    this.#post({ kind: "admit", memberId });
  }

  /** Ends somebody's connection; they may come back, unless they are kept out. */
  kick(memberId: MemberId, keepOut: boolean): void {
    this.#post({ kind: "kick", memberId, keepOut });
  }

  setAdmission(admission: Admission): void {
    this.#post({ kind: "admission", admission });
  }

  /** Ends the evening for everybody. The session stays. */
  end(): void {
    this.#post({ kind: "end" });
  }

  askToMute(memberId: MemberId): void {
    this.#room.askToMute(memberId);
    this.say("mute-sent", false);
  }

  /** A host asks, and it is done at once: the person unmutes themselves when they like (P59). */
  onMuteAsked(): void {
    this.sound.setMuted(true);
    this.say("mute-asked", true);
  }

  say(code: Toast["code"], bad: boolean): void {
    const id = ++this.#toastId;
    this.toasts.value = [...this.toasts.value.filter((toast) => toast.code !== code), { id, code, bad }].slice(
      -TOASTS_MAX,
    );
  }

  hush(id: number): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.id !== id);
  }

  /** What is announced is carried out at the DAWs here, in the page or in the studio of the desktop app. */
  #hearAnnounced(from: MemberId, command: AnnouncedCommand): void {
    this.daw.onAnnounced(from, command);
    this.#room.lanes?.announced(from, command);
  }

  #setStatus(status: Partial<MemberStatus>): void {
    this.#status = { ...this.#status, ...status };
    this.#room.setStatus(this.#status);
  }

  /** Nobody is heard, nothing is recorded, and the session's folder is free for another window. */
  #silence(): void {
    this.sound.close();
    this.video.close();
    this.playback.close();
    this.takes.close();
    this.daw.close();
  }

  #step(input: ViewInput): void {
    this.state.value = reduce(this.state.value, input);
  }

  /** `false`, said, where the room cannot be reached: what was pressed offline happens to nobody later. */
  #post(body: PostBody, eventId: string = crypto.randomUUID(), announced?: Announced): boolean {
    if (this.state.value.connection.state !== "here") {
      this.say("offline", true);
      return false;
    }
    const nowMs = body.kind === "transport" ? this.nowMs() : null;
    if (body.kind === "transport") {
      this.#pending.add(eventId, body.transport, nowMs ?? 0);
      this.takes.tell({ type: "pressed", eventId, transport: body.transport });
    }
    const notAfterMs = nowMs === null ? undefined : nowMs + TRANSPORT_POST_LIFETIME_MS;
    this.#room.post(eventId, body, { notAfterMs, announced });
    return true;
  }
  #readLists(): void {
    if (this.isGuest || this.isAside) return;
    void this.api.readTakes();
    void this.copies.read();
  }
}
