import { assertNever } from "../protocol/errors.ts";
import type { EventId } from "../protocol/ids.ts";
import type { Announced, LoggedEvent, TransportCommand } from "../protocol/room.ts";
import { announcedAt, applyTimeline, effectiveAt, transportOf } from "../protocol/transport.ts";
import type { Append, EventLog } from "./event-log.ts";
import type { Listeners } from "./listeners.ts";
import { type LogShares, shareOf } from "./log-shares.ts";
import type { People } from "./people.ts";
import type { Presence } from "./presence.ts";
import type { RoomState } from "./room-state.ts";

export interface EventDraft extends Pick<LoggedEvent, "body" | "from"> {
  eventId?: EventId;
  /** The number of the decision, where the API decided. */
  decision?: number;
  announced?: Announced | undefined;
}

/** The parts of the room that an event goes through. */
export interface RoomRecords {
  log: EventLog;
  state: RoomState;
  people: People;
  presence: Presence;
  listeners: Listeners;
  shares: LogShares;
  newEventId: () => EventId;
}

/** The one way by which anything is logged: an event is numbered and stored, takes effect, and is told, in this order. */
export class EventWriter {
  readonly #records: RoomRecords;

  constructor(records: RoomRecords) {
    this.#records = records;
  }

  write(draft: EventDraft, nowMs: number): Append {
    const { log, presence, shares } = this.#records;
    const { body, from, announced, decision = 0, eventId = this.#records.newEventId() } = draft;
    const atMs = log.timeOf(nowMs);
    const effectiveAtMs = body.kind === "transport" ? this.#effectiveAt(body.transport, announced, atMs) : undefined;
    const appended = log.append({ eventId, from, atMs, effectiveAtMs, body });
    if (appended.outcome === "logged") {
      this.#takeEffect(appended.event, decision);
      const share = shareOf(body);
      const writer = from ?? ("memberId" in body ? body.memberId : undefined);
      if (share !== null && writer !== undefined) shares.count(writer, share, appended.json.length);
      // What is written for people to read may wait a moment for more of it; what is done to the session may not.
      presence.tellEvent(appended.json, share === "chat" || share === "note");
      if (body.kind === "settings") this.#punchOut(nowMs);
    }
    return appended;
  }

  #effectiveAt(command: TransportCommand, announced: Announced | undefined, atMs: number): number {
    const { state, presence } = this.#records;
    const previousMs = state.effectiveAtMs;
    const regularMs = effectiveAt(atMs, presence.farthestMs(), previousMs);
    return announcedAt(announced, command, { atMs, regularMs, previousMs });
  }

  #takeEffect(event: LoggedEvent, decision: number) {
    const { body } = event;
    const { log, state, people, presence } = this.#records;
    switch (body.kind) {
      case "transport": {
        const command = transportOf(event);
        if (command === undefined) return;
        const before = state.timeline;
        const after = applyTimeline(before, command);
        state.setTimeline(after, command.effectiveAtMs);
        const wasRecording = before.transport.motion === "recording";
        if (wasRecording !== (after.transport.motion === "recording")) presence.changed();
        return;
      }
      case "note": {
        const replaced = state.setNote(body.noteId, event.seq, body.text === "");
        if (replaced !== undefined) log.blankNote(replaced);
        return;
      }
      // A take's name is kept and counted as a note under the take's own id.
      case "take-name": {
        const replaced = state.setNote(body.takeId, event.seq, body.text === "");
        if (replaced !== undefined) log.blankNote(replaced);
        return;
      }
      case "role":
        return people.setRole(body.memberId, body.role, decision);
      case "remove":
        return people.remove(body.memberId, decision);
      case "settings":
        return state.setSettings(body.settings, decision);
      case "admission":
        return state.setAdmission(body.admission);
      case "admit":
        return people.change(body.memberId, { admitted: true, keptOut: false });
      case "kick":
        return people.change(body.memberId, { admitted: false, keptOut: body.keepOut });
      case "end":
        return people.forgetAdmissions();
      case "chat":
      case "take-star":
      case "joined":
      case "left":
        return;
      default:
        return assertNever(body);
    }
  }

  /** The host withdrew the permission to record: takes end, and the transport rolls on (docs/PROTOCOL.md P24). */
  #punchOut(nowMs: number): void {
    const { settings, timeline } = this.#records.state;
    if (settings.recordingPermitted || timeline.transport.motion !== "recording") return;
    this.write({ body: { kind: "transport", transport: { command: "play" } } }, nowMs);
  }

  /** The room's own stop, where one is needed. */
  stopTransport(nowMs: number): void {
    if (this.#records.state.timeline.transport.motion === "stopped") return;
    this.write({ body: { kind: "transport", transport: { command: "stop" } } }, nowMs);
  }
}
