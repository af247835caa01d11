import type { MemberId } from "../protocol/ids.ts";
import { LOG_RESERVE_EVENTS, LOG_SHARES, SESSION_EVENTS_MAX } from "../protocol/limits.ts";
import type { LoggedEvent } from "../protocol/room.ts";
import type { Sql } from "./sql.ts";

export type ShareKind = keyof typeof LOG_SHARES;

interface Used {
  events: number;
  chars: number;
}

/** The share that an event is counted in; `null`: what the API decides is never refused. */
export function shareOf(body: LoggedEvent["body"]): ShareKind | null {
  switch (body.kind) {
    case "transport":
    case "chat":
    case "note":
      return body.kind;
    case "take-name":
    case "take-star":
      return "note";
    case "admission":
    case "admit":
    case "kick":
    case "end":
      return "host";
    case "joined":
    case "left":
      return "presence";
    case "role":
    case "remove":
    case "settings":
      return null;
  }
}

/**
 * Shares of the log: what each member has written of each kind, and all together, so that nobody can fill the log and take its last lines
 * from the others. Counted in the object's SQLite beside the lines themselves.
 */
export class LogShares {
  readonly #sql: Sql;
  readonly #ofMember = new Map<string, Used>();
  readonly #ofKind = new Map<ShareKind, number>();

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS shares (
      member_id TEXT NOT NULL, kind TEXT NOT NULL, events INTEGER NOT NULL, chars INTEGER NOT NULL,
      PRIMARY KEY (member_id, kind)) WITHOUT ROWID`);
    type Row = { memberId: string; kind: ShareKind; events: number; chars: number };
    for (const row of sql.exec<Row>("SELECT member_id AS memberId, kind, events, chars FROM shares")) {
      this.#ofMember.set(`${row.memberId} ${row.kind}`, { events: row.events, chars: row.chars });
      this.#ofKind.set(row.kind, (this.#ofKind.get(row.kind) ?? 0) + row.events);
    }
  }

  /** Whether there is room for one more event of this kind from this member. */
  allows(memberId: MemberId, kind: ShareKind, headSeq: number): boolean {
    const limit = LOG_SHARES[kind];
    const { events, chars } = this.#ofMember.get(`${memberId} ${kind}`) ?? { events: 0, chars: 0 };
    return (
      headSeq < SESSION_EVENTS_MAX - LOG_RESERVE_EVENTS &&
      events < limit.memberEvents &&
      chars < limit.memberChars &&
      (this.#ofKind.get(kind) ?? 0) < limit.events
    );
  }

  count(memberId: MemberId, kind: ShareKind, chars: number): void {
    const key = `${memberId} ${kind}`;
    const used = this.#ofMember.get(key) ?? { events: 0, chars: 0 };
    this.#ofMember.set(key, { events: used.events + 1, chars: used.chars + chars });
    this.#ofKind.set(kind, (this.#ofKind.get(kind) ?? 0) + 1);
    this.#sql.exec(
      `INSERT INTO shares (member_id, kind, events, chars) VALUES (?1, ?2, 1, ?3)
       ON CONFLICT (member_id, kind) DO UPDATE SET events = events + 1, chars = chars + ?3`,
      memberId,
      kind,
      chars,
    );
  }
}
