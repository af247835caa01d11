import { assertNever } from "../protocol/errors.ts";
import type { EventId } from "../protocol/ids.ts";
import type { LoggedEvent } from "../protocol/room.ts";
import { applyTimeline, effectiveAt, transportOf } from "../protocol/transport.ts";
import type { Append, EventLog } from "./event-log.ts";
import type { Presence } from "./presence.ts";
import type { RoomState } from "./room-state.ts";

export type EventDraft = Pick<LoggedEvent, "body" | "from"> & { eventId?: EventId };

/** The one way by which anything is logged: an event is numbered and stored, takes effect, and is told, in this order. */
export class EventWriter {
  readonly #log: EventLog;
  readonly #state: RoomState;
  readonly #presence: Presence;
  readonly #newEventId: () => EventId;

  constructor(log: EventLog, state: RoomState, presence: Presence, newEventId: () => EventId) {
    this.#log = log;
    this.#state = state;
    this.#presence = presence;
    this.#newEventId = newEventId;
  }

  write({ body, from, eventId = this.#newEventId() }: EventDraft, nowMs: number): Append {
    const atMs = this.#log.timeOf(nowMs);
    const effectiveAtMs =
      body.kind === "transport" ? effectiveAt(atMs, this.#presence.farthestMs(), this.#state.effectiveAtMs) : undefined;
    const appended = this.#log.append({ eventId, from, atMs, effectiveAtMs, body });
    if (appended.outcome === "logged") {
      this.#takeEffect(appended.event, nowMs);
      this.#presence.tellEvents(eventsOf([appended.json]));
      if (body.kind === "settings") this.#punchOut(nowMs);
    }
    return appended;
  }

  #takeEffect(event: LoggedEvent, nowMs: number) {
    const { body } = event;
    const state = this.#state;
    switch (body.kind) {
      case "transport": {
        const command = transportOf(event);
        if (command === undefined) return;
        return state.setTimeline(applyTimeline(state.timeline, command), command.effectiveAtMs);
      }
      case "note": {
        const replaced = state.setNote(body.noteId, event.seq, body.text === "");
        if (replaced !== undefined) this.#log.blankNote(replaced);
        return;
      }
      case "role":
        return state.setRole(body.memberId, body.role, nowMs);
      case "remove":
        return state.remove(body.memberId, nowMs);
      case "settings":
        return state.setSettings(body.settings);
      case "chat":
      case "joined":
      case "left":
        return;
      default:
        return assertNever(body);
    }
  }

  /** The host withdrew the permission to record: takes end, and the transport rolls on (docs/PROTOCOL.md P24). */
  #punchOut(nowMs: number): void {
    if (this.#state.settings.recordingPermitted || this.#state.timeline.transport.motion !== "recording") return;
    this.write({ body: { kind: "transport", transport: { command: "play" } } }, nowMs);
  }
}

/** An `events` message of log lines as they are stored. */
export const eventsOf = (lines: readonly string[]): string => `{"type":"events","events":[${lines.join(",")}]}`;
