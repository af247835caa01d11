import type { MemberId } from "../protocol/ids.ts";
import { MEMBERS_INTERVAL_MS } from "../protocol/limits.ts";
import { may } from "../protocol/roles.ts";
import { idleStatus, type Member, type RoomMessage } from "../protocol/room.ts";
import { isJoined, type RoomConnection, say, send } from "./connection.ts";
import { shownStatus } from "./decide.ts";
import { type After, Gathering } from "./gathering.ts";
import type { Listeners } from "./listeners.ts";
import type { People } from "./people.ts";
import type { RoomState } from "./room-state.ts";
import type { RoundTrips } from "./round-trip.ts";

/**
 * Presence: who is connected, each member on their newest connection, and the list of members that everybody is shown. Its life is
 * that of the awake room; the connections themselves, and what they carry, outlive it.
 */
export class Presence {
  readonly #people: People;
  readonly #state: RoomState;
  readonly #roundTrips: RoundTrips;
  readonly #listeners: Listeners;
  /** Whoever is in the session. */
  readonly #joined = new Map<MemberId, RoomConnection>();
  /** Those of them who have all of the log: asked for every event, so it is not looked up in each socket's attachment. */
  readonly #live = new Set<RoomConnection>();
  /** Those who have not read what they were told, and are to be closed. */
  readonly #behind = new Set<RoomConnection>();
  /** Whoever said hello, and is to be let in. */
  readonly #waiting = new Map<MemberId, RoomConnection>();
  /** Events that wait to be told together. */
  readonly #gathering: Gathering;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = false;

  constructor(
    people: People,
    state: RoomState,
    roundTrips: RoundTrips,
    listeners: Listeners,
    after: After,
    connections: readonly RoomConnection[],
  ) {
    this.#people = people;
    this.#state = state;
    this.#roundTrips = roundTrips;
    this.#listeners = listeners;
    this.#gathering = new Gathering((text) => {
      for (const connection of this.#live) this.#send(connection, text);
    }, after);
    for (const connection of connections) {
      if (connection.state?.broadcast !== undefined) continue;
      if (isJoined(connection.state)) this.add(connection, connection.state.memberId);
      if (connection.state?.phase === "waiting") this.#waiting.set(connection.state.memberId, connection);
    }
  }

  /** Takes a connection in. Returns the member's older one, which it replaces. */
  add(connection: RoomConnection, memberId: MemberId): RoomConnection | undefined {
    const older = this.of(memberId);
    if (older !== undefined) this.#live.delete(older);
    this.#waiting.delete(memberId);
    this.#joined.set(memberId, connection);
    if (connection.state?.phase === "live") this.#live.add(connection);
    return older === connection ? undefined : older;
  }

  /** Lets a connection wait. Returns the member's older one, which it replaces. */
  addWaiting(connection: RoomConnection, memberId: MemberId): RoomConnection | undefined {
    const older = this.of(memberId);
    this.#waiting.set(memberId, connection);
    return older;
  }

  /** From now on this connection hears every event. It has those already that the others still wait for. */
  goLive(connection: RoomConnection): void {
    this.flushEvents();
    this.#live.add(connection);
  }

  /** `true`: the member is gone with it. `false`: another connection of theirs has taken its place, or it was never in. */
  delete(connection: RoomConnection): boolean {
    this.#live.delete(connection);
    this.#behind.delete(connection);
    const memberId = connection.state?.memberId;
    if (memberId === undefined) return false;
    if (this.#waiting.get(memberId) === connection) {
      this.#waiting.delete(memberId);
      this.waitingChanged();
    }
    if (this.#joined.get(memberId) !== connection) return false;
    this.#roundTrips.forget(memberId);
    return this.#joined.delete(memberId);
  }

  /** A member's connection, in or waiting. */
  of(memberId: MemberId): RoomConnection | undefined {
    return this.#joined.get(memberId) ?? this.#waiting.get(memberId);
  }

  joinedOf(memberId: MemberId): RoomConnection | undefined {
    return this.#joined.get(memberId);
  }

  /** All connections that said hello, in or waiting. */
  all(): RoomConnection[] {
    return [...this.#joined.values(), ...this.#waiting.values()];
  }

  waiting(): RoomConnection[] {
    return [...this.#waiting.values()];
  }

  /** Whether anybody is here who could stop the transport. */
  get isAttended(): boolean {
    for (const memberId of this.#joined.keys()) {
      if (may(this.#people.get(memberId)?.role ?? "observer", "transport.command")) return true;
    }
    return false;
  }

  /** A line of the log, to everybody who has all before it. `mayWait`: a moment, for others to be told with it. */
  tellEvent(line: string, mayWait: boolean): void {
    this.#gathering.add(line);
    if (!mayWait) this.flushEvents();
  }

  /** Tells the events that still wait. */
  flushEvents(): void {
    this.#gathering.flush();
  }

  #send(connection: RoomConnection, text: string): void {
    if (!send(connection, text)) this.#behind.add(connection);
  }

  /** Those who are too far behind to be told anything, once. */
  takeBehind(): RoomConnection[] {
    if (this.#behind.size === 0) return [];
    const behind = [...this.#behind];
    this.#behind.clear();
    return behind;
  }

  tellAll(message: RoomMessage): void {
    this.flushEvents();
    const text = JSON.stringify(message);
    for (const connection of this.#joined.values()) this.#send(connection, text);
  }

  /** The one projection of people to collaborators (promise V1): every list of members is made here, field by field. */
  members(): Member[] {
    const { settings } = this.#state;
    return this.#people.all().map(({ memberId, displayName: own, role, isGuest, phoneOf }) => {
      const displayName = phoneOf === null ? own : (this.#people.get(phoneOf)?.displayName ?? "");
      const connection = this.#joined.get(memberId);
      const roundTripMs = connection === undefined ? undefined : this.#roundTrips.of(memberId);
      return {
        memberId,
        displayName,
        role,
        ...(isGuest ? { guest: true as const } : {}),
        ...(phoneOf === null ? {} : { phoneOf }),
        connected: connection !== undefined,
        ...(roundTripMs === undefined ? {} : { roundTripMs }),
        status: shownStatus(connection?.state?.status ?? idleStatus, role, settings),
      };
    });
  }

  /** Whether everybody is shown that recording is on (promise C6, docs/PROTOCOL.md P58). */
  isRecordingOn(members: readonly Member[] = this.members()): boolean {
    return this.#state.timeline.transport.motion === "recording" || members.some(({ status }) => status.recording);
  }

  /** Tells the list at once, then not again before the interval is over, and then as it is by that time. */
  changed(): void {
    if (this.#timer !== undefined) {
      this.#due = true;
      return;
    }
    const members = this.members();
    this.tellAll({
      type: "members",
      members,
      recordingOn: this.isRecordingOn(members),
      listeners: this.#listeners.ids,
    });
    this.#listeners.tell(members);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const due = this.#due;
      this.#due = false;
      if (due) this.changed();
    }, MEMBERS_INTERVAL_MS);
  }

  /** Who waits, to one of those who may let them in, or to all of them. */
  waitingChanged(to: Iterable<RoomConnection> = this.#joined.values()): void {
    const members = [...this.#waiting.keys()].flatMap((memberId) => {
      const person = this.#people.get(memberId);
      if (person === undefined) return [];
      const { displayName, role, isGuest } = person;
      return [{ memberId, displayName, role, ...(isGuest ? { guest: true as const } : {}) }];
    });
    for (const connection of to) {
      const role = connection.state === null ? undefined : this.#people.get(connection.state.memberId)?.role;
      if (role !== undefined && may(role, "member.admit")) say(connection, { type: "waiting-room", members });
    }
  }

  /** The largest one-way delay to a member whose DAW may follow the transport: half of what the room has measured. */
  farthestMs(): number {
    let farthestMs = 0;
    for (const memberId of this.#joined.keys()) {
      const person = this.#people.get(memberId);
      // No DAW follows a phone.
      if (!may(person?.role ?? "observer", "transport.command") || person?.phoneOf !== null) continue;
      farthestMs = Math.max(farthestMs, (this.#roundTrips.of(memberId) ?? 0) / 2);
    }
    return farthestMs;
  }

  /** What waits is told, and nothing after it. */
  stop(): void {
    this.flushEvents();
    clearTimeout(this.#timer);
  }
}
