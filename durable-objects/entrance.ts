import type { ErrorCode } from "../protocol/errors.ts";
import type { MemberId, SessionId } from "../protocol/ids.ts";
import { may } from "../protocol/roles.ts";
import type { Admission, SessionSettings } from "../protocol/room.ts";
import type { TicketClaims } from "../protocol/ticket.ts";
import { PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from "../protocol/version.ts";
import { catchUp } from "./catch-up.ts";
import { type ConnectionState, closeWith, type RoomConnection, say } from "./connection.ts";
import type { EventWriter, RoomRecords } from "./event-writer.ts";
import type { Frame } from "./frame.ts";
import type { Person } from "./people.ts";

/** Whether a member who knocks comes in, waits, or is turned away (docs/PROTOCOL.md P54). */
export function admissionOf({ role, admitted, keptOut }: Person, admission: Admission): "in" | "waits" | ErrorCode {
  if (keptOut) return "kicked";
  if (admitted || admission === "open" || may(role, "member.admit")) return "in";
  return admission === "locked" ? "session-locked" : "waits";
}

/** A phone comes in where its owner would (P83), and waits at no door. */
export function admissionOfPhone(phone: Person, owner: Person | undefined, admission: Admission): "in" | ErrorCode {
  if (owner === undefined) return "removed";
  const verdict = phone.keptOut ? "kicked" : admissionOf(owner, admission);
  return verdict === "waits" ? "session-locked" : verdict;
}

/**
 * The way into the room: the ticket opens a connection, its hello is answered, and the member comes in or waits until a host lets them in.
 * Whoever is in is told the state at the log's head and then everything they missed (P4 to P7).
 */
export class Entrance {
  readonly #sessionId: SessionId;
  readonly #records: RoomRecords;
  readonly #writer: EventWriter;

  constructor(sessionId: SessionId, records: RoomRecords, writer: EventWriter) {
    this.#sessionId = sessionId;
    this.#records = records;
    this.#writer = writer;
  }

  /** Takes a ticket, once. It carries what the database had decided by then, so the room heals itself by it (P55). */
  takeTicket(claims: TicketClaims, nowMs: number): ErrorCode | null {
    const { people, state, listeners } = this.#records;
    if (claims.broadcast !== undefined)
      return people.spend(claims) ? listeners.refusalOf(claims.broadcast, claims.memberId, nowMs) : "ticket-used";
    const before = people.get(claims.memberId)?.role;
    const refusal = people.admit(claims);
    if (refusal !== null) return refusal;
    const person = people.get(claims.memberId);
    if (before !== undefined && person !== undefined && person.role !== before) {
      const { memberId, role } = person;
      this.#writer.write({ body: { kind: "role", memberId, role }, decision: claims.decision }, nowMs);
    }
    const { recordingPermitted, decision } = claims;
    if (decision > state.settingsDecision) this.settle({ recordingPermitted }, decision, nowMs);
    return person === undefined || !person.keptOut ? null : "kicked";
  }

  /** What the database says of the settings by a decision that is newer than what the room knows; logged where it is another than before. */
  settle(settings: SessionSettings, decision: number, nowMs: number): void {
    const { state } = this.#records;
    const isNews = state.settingsDecision >= 0 && settings.recordingPermitted !== state.settings.recordingPermitted;
    if (isNews) this.#writer.write({ body: { kind: "settings", settings }, decision }, nowMs);
    else state.setSettings(settings, decision);
  }

  /** The first frame of a connection. Returns why it is refused, or `null`. */
  handleHello(
    connection: RoomConnection,
    state: ConnectionState,
    frame: Frame,
    nowMs: number,
  ): { code: ErrorCode; detail?: string } | null {
    const version = helloVersionOf(frame);
    if (version !== undefined && (version < PROTOCOL_VERSION_MIN || version > PROTOCOL_VERSION)) {
      const detail = `This room speaks versions ${PROTOCOL_VERSION_MIN} to ${PROTOCOL_VERSION}; you speak ${version}.`;
      return { code: "version-unsupported", detail };
    }
    if (!frame.ok || frame.value.type !== "hello") return { code: "hello-expected" };
    const { people, log, presence, listeners } = this.#records;
    if (state.broadcast !== undefined) {
      const refusal = listeners.refusalOf(state.broadcast, state.memberId, nowMs);
      if (refusal !== null) return { code: refusal };
      listeners.letIn(connection, this.#sessionId, presence.members(), nowMs);
      presence.changed();
      return null;
    }
    const person = people.get(state.memberId);
    if (person === undefined) return { code: "removed" };
    const verdict = this.#admissionOf(person);
    if (verdict !== "in" && verdict !== "waits") return { code: verdict };
    const { lastSeq } = frame.value;
    connection.setState({
      ...state,
      phase: verdict === "in" ? "reading" : "waiting",
      sentSeq: lastSeq > log.headSeq ? 0 : lastSeq,
    });
    if (verdict === "in") this.letIn(connection, person, nowMs);
    else {
      const older = presence.addWaiting(connection, state.memberId);
      if (older !== undefined) closeWith(older, "replaced");
      say(connection, { type: "waiting" });
      presence.waitingChanged();
    }
    return null;
  }

  #admissionOf(person: Person): "in" | "waits" | ErrorCode {
    const { people, state } = this.#records;
    return person.phoneOf === null
      ? admissionOf(person, state.admission)
      : admissionOfPhone(person, people.get(person.phoneOf), state.admission);
  }

  letIn(connection: RoomConnection, { memberId, role, present }: Person, nowMs: number): void {
    const { people, presence, state, shares, log } = this.#records;
    if (connection.state?.phase === "waiting") connection.setState({ ...connection.state, phase: "reading" });
    const older = presence.add(connection, memberId);
    if (older !== undefined) closeWith(older, "replaced");
    if (!present) {
      people.change(memberId, { present: true, admitted: true });
      if (shares.allows(memberId, "presence", log.headSeq)) {
        this.#writer.write({ body: { kind: "joined", memberId, role } }, nowMs);
      }
    }
    if (presence.isAttended) state.setDesertedSince(null);
    state.setSwept(nowMs);
    this.#welcome(connection, memberId, nowMs);
    this.catchUp(connection);
    presence.changed();
    if (may(role, "member.admit") && presence.waiting().length > 0) presence.waitingChanged([connection]);
  }

  catchUp(connection: RoomConnection): void {
    if (catchUp(connection, this.#records.log)) this.#records.presence.goLive(connection);
  }

  /** The door was opened or locked, or somebody was admitted: those who wait come in or are turned away, each as it is now for them. */
  reconsider(nowMs: number): void {
    const { people, presence } = this.#records;
    for (const connection of presence.waiting()) {
      const person = connection.state === null ? undefined : people.get(connection.state.memberId);
      const verdict = person === undefined ? "removed" : this.#admissionOf(person);
      if (verdict === "waits") continue;
      if (verdict === "in" && person !== undefined) this.letIn(connection, person, nowMs);
      else this.turnAway(connection, verdict === "in" ? "removed" : verdict);
    }
    presence.waitingChanged();
  }

  turnAway(connection: RoomConnection, code: ErrorCode): void {
    this.#records.presence.delete(connection);
    closeWith(connection, code);
  }

  #welcome(connection: RoomConnection, memberId: MemberId, nowMs: number): void {
    const { people, presence, state, log, listeners } = this.#records;
    const members = presence.members();
    say(connection, {
      type: "welcome",
      protocolVersion: PROTOCOL_VERSION,
      sessionId: this.#sessionId,
      memberId,
      role: people.get(memberId)?.role ?? "observer",
      members,
      transport: state.timeline.transport,
      ...(state.effectiveAtMs > 0 ? { effectiveAtMs: state.effectiveAtMs } : {}),
      timeline: state.timeline.map,
      settings: state.settings,
      admission: state.admission,
      recordingOn: presence.isRecordingOn(members),
      listeners: listeners.ids,
      headSeq: log.headSeq,
      roomTimeMs: nowMs,
    });
  }
}

/** The version that the first frame speaks, if it is a hello of any generation. */
function helloVersionOf(frame: Frame): number | undefined {
  if (!frame.ok) return frame.helloVersion;
  return frame.value.type === "hello" ? frame.value.protocolVersion : undefined;
}
