import { env } from "cloudflare:workers";
import type { SessionId } from "../../protocol/ids.ts";
import { roomOf } from "../../workers/platform/jurisdiction.ts";

/**
 * An auditor who does not know the inventory: what may not be there is written down here a second time, in plain SQL with the lengths of the
 * policy in days, beside a listing of R2 and a dump of the rooms. `?1` is the moment of the audit, after the jobs have caught up.
 */
const DAY_MS = 86_400_000;
const days = (count: number) => `?1 - ${count * DAY_MS}`;

const keptTooLong: Record<string, string> = {
  "a recording after its end": "SELECT id FROM recordings WHERE expires_at_ms <= ?1",
  "a recording for longer than any plan but Studio keeps it": `SELECT r.id FROM recordings r JOIN accounts a ON a.id = r.account_id
    WHERE a.tier <> 'studio' AND r.completed_at_ms <= ${days(37)}`,
  "a recording of somebody who took their consent back": `SELECT r.id FROM recordings r
    JOIN recording_consents c ON c.account_id = r.account_id AND c.session_id = r.session_id
    WHERE r.created_at_ms <= c.withdrawn_at_ms AND c.withdrawn_at_ms <= ?1`,
  "a sign-in after its end": "SELECT id FROM sign_ins WHERE expires_at_ms <= ?1",
  "a sign-in's history": `SELECT id FROM sign_in_events WHERE at_ms <= ${days(90)}`,
  "a network that was known": `SELECT account_id FROM known_networks WHERE last_used_at_ms <= ${days(90)}`,
  "a step that has expired": "SELECT id_hash FROM challenges WHERE expires_at_ms <= ?1",
  "a device's code": "SELECT code_hash FROM device_codes WHERE expires_at_ms <= ?1",
  "an invite after its end": "SELECT id FROM invites WHERE expires_at_ms <= ?1",
  "the address of a mail that has gone": "SELECT id FROM mail_outbox WHERE ended_at_ms IS NOT NULL AND address <> ''",
  "a mail that cannot go": `SELECT id FROM mail_outbox WHERE ended_at_ms IS NULL AND created_at_ms <= ${days(4)}`,
  "the id of a mail": `SELECT id FROM mail_outbox WHERE ended_at_ms <= ${days(30)}`,
  "an address that nobody confirmed": `SELECT id FROM waitlist WHERE confirmed_at_ms IS NULL AND consented_at_ms <= ${days(7)}`,
  "a report": `SELECT id FROM reports WHERE closed_at_ms <= ${days(365)}`,
  "a decision about a report": `SELECT id FROM decisions WHERE decided_at_ms <= ${days(365)}`,
  "an appeal without its decision":
    "SELECT id FROM appeals WHERE decision_id NOT IN (SELECT id FROM decisions) AND ?1 > 0",
  "the record of a run": `SELECT number FROM run_records WHERE at_ms <= ${days(400)}`,
  "a message": `SELECT id FROM messages WHERE created_at_ms <= ${days(365)}`,
  "a conversation without a message":
    "SELECT id FROM conversations WHERE id NOT IN (SELECT conversation_id FROM messages) AND ?1 > 0",
  "a copy of somebody's data": "SELECT id FROM exports WHERE expires_at_ms <= ?1",
  "an erasure beyond its day": "SELECT id FROM account_erasures WHERE finished_at_ms IS NULL AND due_at_ms <= ?1",
  "the record of an account": `SELECT id FROM account_erasures WHERE finished_at_ms <= ${days(365)}`,
  "an account in the record of its end":
    "SELECT id FROM account_erasures WHERE finished_at_ms IS NOT NULL AND account_id IS NOT NULL",
  "the numbers of an erasure": `SELECT erasure_id FROM erasure_receipts WHERE finished_at_ms <= ${days(30)}`,
  "a session beyond its day":
    "SELECT session_id FROM session_erasures WHERE finished_at_ms IS NULL AND due_at_ms <= ?1",
  "the record of a session": `SELECT session_id FROM session_erasures WHERE finished_at_ms <= ${days(365)}`,
  "what somebody was told of an end": `SELECT id FROM retention_notices WHERE first_expires_at_ms <= ${days(30)}`,
};

/** Words that only their person and we read: each as it is written down, under the key of an account, a conversation or a day, and never as it was said. */
const inWords = [
  ...["accounts.display_name", "profiles.words"],
  ...["sign_ins.label", "sign_in_events.label", "passkeys.label", "device_codes.label"],
  ...["privacy_requests.details", "privacy_requests.extension_reason", "privacy_requests.identity_check"],
  ...[
    "messages.text",
    "privacy_requests.answer",
    "reports.details",
    "decisions.facts",
    "appeals.text",
    "appeals.answer",
  ],
];
const SEALED_IN_SQL = "GLOB '[acm]*_*:*[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/]*'";
for (const place of inWords) {
  const [table, column] = place.split(".");
  keptTooLong[`${place} in the clear`] =
    `SELECT rowid FROM ${table} WHERE ifnull(${column}, '') <> '' AND (${column} NOT ${SEALED_IN_SQL} OR ${column} GLOB '*[ .,!?]*') AND ?1 > 0`;
}

/** An object that no row knows waits a month before it goes. */
const STRANGER_MS = 31 * DAY_MS;
const PAGE_ROWS = 5_000;

/** Rows of one table, as they last read. What was looked for in them is looked for again once they read otherwise. */
class RowsPage {
  #text = "";
  readonly #found = new Map<string, boolean>();
  #address: string | null = null;

  read(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#found.clear();
    this.#address = /[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]{2,}/.exec(text)?.[0] ?? null;
  }

  get address(): string | null {
    return this.#address;
  }

  has(mark: string): boolean {
    const found = this.#found.get(mark) ?? this.#text.includes(mark);
    this.#found.set(mark, found);
    return found;
  }
}

/** Every table that there is, by the database's own list, read whole, page by page: most of many people's rows read as they did yesterday. */
class EveryRow {
  readonly #pages = new Map<string, RowsPage>();

  async read(): Promise<void> {
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
    ).all<{ name: string }>();
    const seen = new Set<string>();
    let due = results
      .filter(({ name }) => !/^hub_search_|^d1_/.test(name))
      .map(({ name }) => ({ name, page: 0, after: Number.MIN_SAFE_INTEGER }));
    while (due.length > 0) {
      const read = await env.DB.batch<Record<string, unknown>>(
        due.map(({ name, after }) =>
          env.DB.prepare(
            `SELECT rowid AS row_, * FROM ${name} WHERE rowid > ?1 ORDER BY rowid LIMIT ${PAGE_ROWS}`,
          ).bind(after),
        ),
      );
      due = due.flatMap(({ name, page }, at) => {
        const rows = read[at]?.results ?? [];
        const key = `${name} ${page}`;
        seen.add(key);
        const pages = this.#pages.get(key) ?? new RowsPage();
        this.#pages.set(key, pages);
        pages.read(JSON.stringify(rows));
        const last = Number(rows.at(-1)?.row_);
        return rows.length < PAGE_ROWS ? [] : [{ name, page: page + 1, after: last }];
      });
    }
    for (const key of this.#pages.keys()) if (!seen.has(key)) this.#pages.delete(key);
  }

  has(mark: string): boolean {
    return [...this.#pages.values()].some((page) => page.has(mark));
  }

  get address(): string | undefined {
    return [...this.#pages.values()].find(({ address }) => address !== null)?.address ?? undefined;
  }
}

async function everyObject(): Promise<string[]> {
  const keys: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await env.RECORDINGS.list(cursor === undefined ? {} : { cursor });
    keys.push(...page.objects.map(({ key }) => key));
    if (!page.truncated) return keys;
    cursor = page.cursor;
  }
}

export interface Erased {
  accountId: string;
  /** Nobody else has any of these: address, name, words in a room. */
  marks: readonly string[];
  sessionIds: readonly SessionId[];
}

/** An auditor of one world: what is wrong at `nowMs`, one line each. It remembers when it first saw an object, and what it has read. */
export function newAuditor(): (nowMs: number, erased: readonly Erased[]) => Promise<string[]> {
  const firstSeenMs = new Map<string, number>();
  const rows = new EveryRow();
  return (nowMs, erased) => audit(nowMs, erased, rows, firstSeenMs);
}

async function audit(
  nowMs: number,
  erased: readonly Erased[],
  rows: EveryRow,
  firstSeenMs: Map<string, number>,
): Promise<string[]> {
  const wrong: string[] = [];
  const found = await env.DB.batch(
    Object.values(keptTooLong).map((sql) => env.DB.prepare(`SELECT * FROM (${sql}) WHERE ?1 > 0 LIMIT 3`).bind(nowMs)),
  );
  Object.keys(keptTooLong).forEach((what, at) => {
    for (const row of found[at]?.results ?? []) wrong.push(`kept too long: ${what}: ${JSON.stringify(row)}`);
  });

  const keys = await everyObject();
  await rows.read();
  for (const key of keys) {
    const [folder, name = ""] = key.split("/");
    // A take lies under its session, and the keys of a room's people are named after the session.
    const id = folder === "recordings" ? (key.split("/")[2] ?? "").replace(/\..*$/, "") : name.replace(/^room_/, "");
    if (folder === "erasure-log") {
      const atMs = 9_999_999_999_999 - Number(name.slice(0, 13));
      if (atMs <= nowMs - 30 * DAY_MS)
        wrong.push(`kept too long: an erasure's mark of ${new Date(atMs).toISOString()}`);
    } else if (!rows.has(`"${id}"`)) {
      const sinceMs = firstSeenMs.get(key) ?? nowMs;
      firstSeenMs.set(key, sinceMs);
      if (nowMs - sinceMs > STRANGER_MS) wrong.push(`kept too long: ${key}, which no row knows`);
    }
  }

  if (rows.address !== undefined) wrong.push(`an address in the clear: ${rows.address}`);

  const seen = new Map<SessionId, string>();
  for (const { accountId, marks, sessionIds } of erased) {
    for (const mark of [accountId, ...marks]) {
      if (rows.has(mark)) wrong.push(`of somebody erased: ${mark} in the database`);
      for (const key of keys) if (key.includes(mark)) wrong.push(`of somebody erased: ${mark} in ${key}`);
    }
    for (const sessionId of sessionIds) {
      const text = seen.get(sessionId) ?? JSON.stringify(await (await roomOf(env, sessionId)).snapshot(0));
      seen.set(sessionId, text);
      for (const mark of marks) if (text.includes(mark)) wrong.push(`of somebody erased: ${mark} in the room`);
    }
  }
  return wrong;
}
