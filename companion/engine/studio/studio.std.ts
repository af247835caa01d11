import { errorTitles } from "../../../protocol/error-titles.ts";
import { assertNever } from "../../../protocol/errors.ts";
import type { MemberId } from "../../../protocol/ids.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import {
  type Announced,
  type AnnouncedCommand,
  idleStatus,
  type LoggedEvent,
  type MemberStatus,
  type PostBody,
  type TransportCommand,
} from "../../../protocol/room.ts";
import type { PeerReading } from "../clock/peer-clocks.std.ts";
import type { SafetyCopies } from "../copies/safety-copies.std.ts";
import type { RoomClient, RoomHandlers, Welcome } from "../room/room-client.std.ts";
import { SHARE_NOTICE } from "../upload/upload-progress.std.ts";
import type { StudioCommand } from "./commands.std.ts";
import type { StudioEvent } from "./events.std.ts";
import type { SoundEnd } from "./sound-end.std.ts";
import type { StudioTakes } from "./studio-takes.node.ts";
import type { StudioTransport } from "./studio-transport.std.ts";

/** What a person is told before others keep what they play. */
const COPIES_NOTICE =
  "Whoever else keeps safety copies here will hold what you play in takes on their machine, sealed so that only you can open it, until your own stem has arrived, or for 30 days. They hear it live anyway.";

/** The rooms of the engine that a studio joins; none of them knows the studio. */
export interface StudioParts {
  room: RoomClient;
  transport: StudioTransport;
  sound: SoundEnd;
  takes: StudioTakes;
  copies: SafetyCopies;
}

export interface StudioOptions {
  newEventId(): string;
  emit(event: StudioEvent): void;
  /** Called once, when the studio has left or had to. */
  ended(): void;
  open(studio: Studio): StudioParts;
  /** Inputs that the person has armed from the start. */
  armed: readonly string[];
}

/**
 * One musician's place in a session, without a window. Commands go in, events come out; which end they come from and go to (lines of
 * JSON, a window, a page) is none of its business. Life: it opens its parts, joins, stays through lost links, and leaves once.
 */
export class Studio implements RoomHandlers {
  readonly #options: StudioOptions;
  readonly #parts: StudioParts;
  #memberId: MemberId | undefined;
  #role: Role = "observer";
  #joined = false;
  #left = false;
  #toldNoFiles = false;
  #roles: ReadonlyMap<MemberId, Role> = new Map();
  #listenerCount: number | null = null;
  #status: MemberStatus = { ...idleStatus, micLive: true };
  #leadsMs = { own: 0, window: 0 };

  constructor(options: StudioOptions) {
    this.#options = options;
    this.#parts = options.open(this);
    if (this.#parts.sound.hearsAnnounced) this.#status.hearsAnnounced = true;
    for (const input of options.armed) this.#parts.takes.recording.arm(input, true);
  }

  get memberId(): MemberId | undefined {
    return this.#memberId;
  }

  get role(): Role {
    return this.#role;
  }

  execute(command: StudioCommand): void {
    const { library, recording } = this.#parts.takes;
    switch (command.type) {
      case "transport":
        this.#parts.transport.command(command.transport);
        break;
      case "chat":
        this.#post({ kind: "chat", text: command.text });
        break;
      case "note":
        this.#post({ kind: "note", noteId: command.noteId, text: command.text });
        break;
      case "share":
        this.#notice(SHARE_NOTICE);
        library.share(command.recordingId);
        break;
      case "pause":
        library.pause(command.recordingId);
        break;
      case "resume":
        library.resume(command.recordingId);
        break;
      case "withdraw":
        void library.withdraw(command.recordingId);
        break;
      case "fetch":
        void this.#parts.takes.deliveries.allow(command.recordingId);
        break;
      case "deliver":
        void this.#parts.takes.deliveries.choose(command.of, command.wanted);
        break;
      case "answer-wish":
        void this.#answerWish(command);
        break;
      case "copies":
        this.#parts.takes.deliveries.tellAll();
        this.#parts.copies.tell();
        break;
      case "safety-copies":
        if (command.mine && !this.#parts.copies.choice.mine) this.#notice(COPIES_NOTICE);
        this.#parts.copies.choose({ mine: command.mine, others: command.others });
        break;
      case "bring-back":
        this.#parts.copies.bring(command.copyId);
        break;
      case "delete-copies":
        this.#parts.copies.deleteMine();
        break;
      case "share-as-i-record":
        if (command.on) this.#notice(SHARE_NOTICE);
        library.shareAsIRecord = command.on;
        break;
      case "arm":
        recording.arm(command.input, command.armed);
        break;
      case "pre-roll":
        recording.preRollSeconds = command.seconds;
        break;
      case "mix":
        this.#parts.sound.mix(command.memberId, command.mix);
        break;
      case "direct":
        this.#parts.sound.direct = command.on;
        this.setStatus({ directPath: command.on });
        break;
      case "mute":
        this.#mute(command.on);
        break;
      case "buffer":
        this.#parts.sound.buffer = command.buffer;
        break;
      case "delay":
        this.#parts.sound.delay = command.mode;
        break;
      case "import-map":
        this.#importMap(command.path);
        break;
      case "words":
        this.#options.emit({ type: "words", state: this.#parts.sound.words });
        break;
      case "report":
        void this.#report();
        break;
      case "leave":
        void this.#leave();
        break;
      default:
        assertNever(command);
    }
  }

  /** Posts a command of everybody's transport, for now or not at all (P41); returns the post's id. */
  postCommand(transport: TransportCommand, announced?: Announced): string {
    const eventId = this.#options.newEventId();
    const { notAfterMs } = this.#parts.transport;
    this.#parts.room.post(eventId, { kind: "transport", transport }, { notAfterMs, announced });
    return eventId;
  }

  /** A command that was pressed in this studio's window, which posts it by itself. */
  pressed(eventId: string, transport: TransportCommand): void {
    this.#parts.transport.pressed(eventId, transport);
  }

  /** Somebody tells over the lanes what they have pressed. */
  onAnnounced(from: MemberId, command: AnnouncedCommand): void {
    this.#parts.transport.hearAnnounced(command, this.#roles.get(from) ?? "observer");
  }

  /** Somebody tells over the lane what their clock says. */
  onReading(from: MemberId, reading: PeerReading): void {
    this.#parts.transport.hearReading(from, reading);
  }

  /** What the others see of this moment. */
  setStatus(status: Partial<MemberStatus>): void {
    this.#status = { ...this.#status, ...status };
    this.#parts.room.setStatus(this.#status);
  }

  /** How early an announcement has to be here, for this program's own DAWs or for its window's: the room is told the longer. */
  setLead(whose: "own" | "window", leadMs: number): void {
    this.#leadsMs = { ...this.#leadsMs, [whose]: leadMs };
    this.setStatus({ announcedLeadMs: Math.max(this.#leadsMs.own, this.#leadsMs.window) });
  }

  warn(code: string, message: string, final = false): void {
    this.#options.emit({ type: "warning", code, message, final });
  }

  onWelcome({ memberId, role, transport, timeline, headSeq, effectiveAtMs = 0 }: Welcome): void {
    const { sound, takes, room } = this.#parts;
    this.#memberId = memberId;
    this.#role = role;
    sound.enter(memberId);
    this.#options.emit({ type: "joined", memberId, role, openedAtMs: sound.device.openedAtMs });
    room.setStatus(this.#status);
    this.#parts.transport.enter({ transport, map: timeline }, headSeq, effectiveAtMs);
    this.#parts.copies.enter(transport);
    void takes.deliveries.setMap(timeline);
    this.#fetch();
    if (this.#joined) return;
    this.#joined = true;
    // What was decided here before goes on.
    if (takes.library.shareAsIRecord)
      this.#notice(`You share what you record in this session, as you record it. ${SHARE_NOTICE}`);
    void takes.library.open();
  }

  onEvent(event: LoggedEvent): void {
    this.#options.emit({ type: "logged", event });
    const { body } = event;
    if (body.kind === "role" && body.memberId === this.#memberId) {
      this.#role = body.role;
      if (!may(body.role, "record")) this.#parts.takes.recording.end();
      this.#fetch();
    }
    this.#parts.transport.follow(event);
    if (body.kind === "transport") void this.#parts.takes.deliveries.setMap(this.#parts.transport.map);
  }

  onMembers: RoomHandlers["onMembers"] = (members, listeners) => {
    const count = listeners?.length ?? null;
    if (count !== this.#listenerCount) this.#options.emit({ type: "broadcast", listeners: count });
    this.#listenerCount = count;
    this.#roles = new Map(members.map(({ memberId, role }) => [memberId, role]));
    this.#parts.sound.setMembers(members, listeners);
    if (this.#memberId !== undefined) this.#parts.transport.setMembers(this.#memberId, members);
  };
  onSignal: RoomHandlers["onSignal"] = (from, signal) => this.#parts.sound.handleSignal(from, signal);
  onClock: RoomHandlers["onClock"] = (sample) => {
    const { transport, sound } = this.#parts;
    transport.addSample(sample);
    if (transport.roomEstimate !== undefined) sound.followClock(transport.roomEstimate);
  };
  onWaiting: RoomHandlers["onWaiting"] = () => this.#options.emit({ type: "waiting" });
  /** Whoever lets people in does so where they can see them. */
  onWaitingRoom: RoomHandlers["onWaitingRoom"] = () => undefined;
  /** A host asks, and it is done at once: the person unmutes themselves when they like (P59). */
  onMute: RoomHandlers["onMute"] = () => {
    this.#mute(true);
    this.#notice("The host has asked you to mute, and you are muted now. Unmute whenever you are ready.");
  };
  onRecordingsChanged: RoomHandlers["onRecordingsChanged"] = () => this.#fetch();
  onRelays: RoomHandlers["onRelays"] = (iceServers) => {
    // What there was may still be good.
    if (iceServers.length > 0) this.#parts.sound.iceServers = iceServers;
    else this.warn("relay-unavailable", errorTitles["relay-unavailable"]);
  };
  onRefused: RoomHandlers["onRefused"] = (eventId, code, message) => {
    this.#parts.transport.forget(eventId);
    this.warn(code, message ?? errorTitles[code]);
  };

  onWarning: RoomHandlers["onWarning"] = (code, message, final) => {
    this.warn(code, message, final);
    if (final) void this.#leave();
  };

  /** Brings what the others have shared and is not here yet. */
  #fetch(): void {
    if (may(this.#role, "recording.download")) void this.#parts.takes.deliveries.fetch();
    else if (!this.#toldNoFiles) {
      this.#toldNoFiles = true;
      this.warn(
        "forbidden",
        "Recordings are shared in this session. An observer gets no files: ask the host for another role.",
      );
    }
  }

  async #answerWish({ recordingId, answer }: Extract<StudioCommand, { type: "answer-wish" }>): Promise<void> {
    if (await this.#parts.takes.deliveries.answerWish(recordingId, answer))
      this.#options.emit({ type: "wish-answered", recordingId, answer });
  }

  #mute(isMuted: boolean): void {
    this.#parts.sound.muted = isMuted;
    this.setStatus({ micLive: !isMuted });
  }

  /** A MIDI file's map becomes everybody's, and its markers are added to theirs. */
  #importMap(path: string): void {
    const read = this.#parts.takes.readMap(path);
    if (!read.ok) {
      this.warn("map-file", `${path}: ${read.message}`);
      return;
    }
    this.#parts.transport.command({ command: "map", ...read.map });
    for (const marker of read.markers)
      this.#parts.transport.command({ command: "marker", markerId: this.#options.newEventId(), marker });
  }

  #post(body: PostBody): void {
    this.#parts.room.post(this.#options.newEventId(), body);
  }

  #notice(message: string): void {
    this.#options.emit({ type: "notice", message });
  }

  async #report(): Promise<void> {
    const { sound, transport } = this.#parts;
    const heard = await sound.report();
    const live = heard?.report;
    this.#options.emit({
      type: "report",
      report: {
        clock: transport.estimate ?? null,
        lane: live?.lane ?? null,
        roundTripMs: live?.roundTripMs ?? null,
        relayed: live?.relayed ?? null,
        deviceSkips: heard?.deviceSkips ?? 0,
        notes: heard?.notes ?? null,
        daws: transport.daws,
      },
    });
  }

  async #leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    const { sound, takes, room, transport, copies } = this.#parts;
    await takes.close();
    await copies.close();
    room.close();
    await transport.close();
    await sound.close();
    this.#options.ended();
  }
}
