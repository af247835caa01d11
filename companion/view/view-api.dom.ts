/**
 * The view's end of the API: what the site knows of a session and the room does not (takes, accents, whether guests may come in), and what a host
 * decides there. Each call goes with the page's own cookie; one that fails is said.
 */
import { signal } from "@preact/signals";
import { type ErrorCode, Problem } from "../../protocol/errors.ts";
import type { MemberId } from "../../protocol/ids.ts";
import { TICKET_LIFETIME_MS } from "../../protocol/limits.ts";
import { pageSchema } from "../../protocol/paging.ts";
import { Recording } from "../../protocol/recordings.ts";
import type { Role } from "../../protocol/roles.ts";
import { Invite, JoinTicket, SessionDetail } from "../../protocol/sessions.ts";
import { type Entry, EntryRefused } from "../engine/room/room-entry.std.ts";
import type { Boot } from "./boot.std.ts";
import type { ViewInput } from "./model.std.ts";

/** Takes that one page of the view asks for at a time, and all that it holds. */
const TAKES_PER_REQUEST = 100;
const TAKES_MAX = 2_000;
/** A computer whose clock is further off than this is told so: nothing here goes by it, but its files are dated by it. */
const CLOCK_OFF_MS = 300_000;

const bodyOf = (body: unknown) =>
  body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };

export interface ViewApiOptions {
  boot: Boot;
  step(input: ViewInput): void;
  say(code: ErrorCode | "offline" | "clock-off"): void;
  onTakes(takes: readonly Recording[]): void;
  /** The site says that there is no way in any more. */
  onOver(code: "unauthenticated" | "removed"): void;
}

export class ViewApi {
  readonly #options: ViewApiOptions;
  /** The session's own address in the API. */
  readonly session: string;
  /** Where this page asks about the session: a guest and a phone have ways of their own. */
  readonly #path: string;
  /** What a listener's page has in place of a cookie. */
  readonly #body: { seat: string } | undefined;
  /** Whether guests may come in; `null` before the site has said so. */
  readonly guestsAllowed = signal<boolean | null>(null);
  #takesAsked = false;
  #takesWanted = false;

  constructor(options: ViewApiOptions) {
    const { sessionId, guest, phoneOf, seat } = options.boot;
    this.#options = options;
    this.session = `/sessions/${sessionId}`;
    const way = seat !== undefined ? "/listener" : phoneOf !== undefined ? "/phone" : guest ? "/guest" : "";
    this.#path = this.session + way;
    this.#body = seat === undefined ? undefined : { seat };
  }

  /** A ticket for the room. */
  async enter(signal: AbortSignal): Promise<Entry> {
    const response = await fetch(`/api/v1${this.#path}/tickets`, { method: "POST", signal, ...bodyOf(this.#body) });
    if (response.status === 401 || response.status === 404)
      this.#options.onOver(response.status === 401 ? "unauthenticated" : "removed");
    if (!response.ok) throw new EntryRefused(`No ticket: ${response.status}`);
    const { ticket, expiresAtMs, roomPath, iceServers } = JoinTicket.parse(await response.json());
    if (Math.abs(Date.now() - (expiresAtMs - TICKET_LIFETIME_MS)) > CLOCK_OFF_MS) this.#options.say("clock-off");
    const url = new URL(roomPath, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return { url: url.href, ticket, iceServers };
  }

  /** A new invite's link, told once; `null` where none was made, which has been said. */
  async invite(role: "participant" | "observer", uses: number): Promise<string | null> {
    const made = Invite.safeParse(await this.ask("POST", `${this.session}/invites`, { role, uses }));
    return made.success ? new URL(`/invite/${made.data.code}`, location.href).href : null;
  }

  async setRole(memberId: MemberId, role: Role): Promise<void> {
    await this.ask("PATCH", `${this.session}/members/${memberId}`, { role });
  }

  async remove(memberId: MemberId): Promise<void> {
    await this.ask("DELETE", `${this.session}/members/${memberId}`);
  }

  /** The invite that a guest came by lets nobody in any more. */
  async endInviteOf(memberId: MemberId): Promise<void> {
    await this.ask("DELETE", `${this.session}/members/${memberId}/invite`);
  }

  /** Where none are allowed any more, those who are here are out at once. */
  async allowGuests(guestsAllowed: boolean): Promise<void> {
    if ((await this.ask("PATCH", this.session, { guestsAllowed })) !== null) this.guestsAllowed.value = guestsAllowed;
  }

  async permitRecording(recordingPermitted: boolean): Promise<void> {
    await this.ask("PATCH", this.session, { settings: { recordingPermitted } });
  }

  /** The accent of whoever has joined since the page was made, and whether guests may. */
  async readSession(): Promise<void> {
    const session = SessionDetail.safeParse(await this.ask("GET", this.#path));
    if (!session.success) return;
    this.guestsAllowed.value = session.data.guestsAllowed;
    const accents = session.data.members.map(({ memberId, accent }) => [memberId, accent]);
    this.#options.step({ type: "accents", accents: Object.fromEntries(accents) });
  }

  /** Reads all takes anew. Told again while it reads, it reads once more and not twice. */
  async readTakes(): Promise<void> {
    this.#takesWanted = true;
    if (this.#takesAsked) return;
    this.#takesAsked = true;
    try {
      while (this.#takesWanted) {
        this.#takesWanted = false;
        const takes: Recording[] = [];
        let cursor: string | null = null;
        do {
          const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
          const path = `${this.session}/recordings?limit=${TAKES_PER_REQUEST}${query}`;
          const page = pageSchema(Recording).safeParse(await this.ask("GET", path));
          if (!page.success) return;
          takes.push(...page.data.items);
          cursor = page.data.nextCursor;
        } while (cursor !== null && takes.length < TAKES_MAX);
        this.#options.step({ type: "takes", takes });
        this.#options.onTakes(takes);
      }
    } finally {
      this.#takesAsked = false;
    }
  }

  /** One call of the API with the page's own cookie. `null` where it failed, which has been said. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    try {
      const response = await fetch(`/api/v1${path}`, {
        method,
        ...bodyOf(body),
      });
      if (response.ok) return response.status === 204 ? {} : await response.json();
      const problem = Problem.safeParse(await response.json().catch(() => null));
      this.#options.say(problem.success ? problem.data.code : "internal-error");
    } catch {
      this.#options.say("offline");
    }
    return null;
  }
}
