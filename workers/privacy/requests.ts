import { and, desc, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { privacyRequests } from "../../migrations/schema.ts";
import { assertNever } from "../../protocol/errors.ts";
import { AccountId, newId } from "../../protocol/ids.ts";
import { REQUESTS_OPEN_MAX } from "../../protocol/limits.ts";
import { type HandlePrivacyRequest, PrivacyRequest } from "../../protocol/privacy.ts";
import { done, type Result, refused } from "../../protocol/result.ts";
import { DAY_MS } from "../../protocol/retention.ts";
import { addressOf, operators, queueMail } from "../mail/outbox.ts";
import type { Deps } from "../platform/deps.ts";
import type { Env } from "../platform/env.ts";
import { type Open, openEach, sealFor, sealWords } from "../platform/personal-keys.ts";
import { allRows, readAll, StoredId } from "../platform/rows.ts";
import { monthsLater } from "./calendar-month.ts";

/**
 * The life of a request under somebody's rights (G3): received, with a clock of one calendar month; the identity of who asks is checked (by
 * the sign-in, or by a person of ours, and how is noted); extended once by two months with a reason, or not; answered. The person sees
 * each of these, and an operator is reminded a week before it is due.
 */
const ANSWERED_WITHIN_MONTHS = 1;
/** Article 12 (3): two further months. */
const EXTENDED_TO_MONTHS = 3;
const REMINDED_BEFORE_MS = 7 * DAY_MS;
const SHOWN_MAX = 100;

const RequestRow = PrivacyRequest.extend({ requestId: StoredId.request });

const {
  id: requestId,
  kind,
  details,
  receivedAtMs,
  dueAtMs,
  extensionReason,
  identityCheckedAtMs,
  answer,
  closedAtMs,
} = privacyRequests;
const columns = {
  ...{ requestId, kind, details, receivedAtMs, dueAtMs, extensionReason, identityCheckedAtMs, answer, closedAtMs },
  accountId: privacyRequests.accountId,
};

/** A request in the words in which it was asked and answered. */
const inWords = async <Row extends PrivacyRequest>(row: Row, open: Open): Promise<Row> => ({
  ...row,
  details: await open("request", row.details),
  extensionReason: await open("request", row.extensionReason),
  answer: await open("request", row.answer),
});

export async function listRequests(env: Env, deps: Deps, accountId: string): Promise<PrivacyRequest[]> {
  const found = await drizzle(env.DB)
    .select(columns)
    .from(privacyRequests)
    .where(eq(columns.accountId, accountId))
    .orderBy(desc(receivedAtMs))
    .limit(SHOWN_MAX);
  return openEach(env, deps, readAll(RequestRow, found), inWords);
}

interface New {
  accountId: string;
  kind: PrivacyRequest["kind"];
  details: string;
  receivedAtMs: number;
}

/**
 * Takes a request in. `bySignIn`: whoever asks is signed in, which is check enough of who they are, but for what concerns somebody else's
 * contact details (V4).
 */
export async function takeRequest(env: Env, deps: Deps, request: New, bySignIn: boolean): Promise<string | null> {
  const id = newId("prq", deps.random);
  const isChecked = bySignIn && request.kind !== "collaborator-copy";
  const seal = (text: string) => sealWords(env, deps, request.accountId, "request", text);
  const { meta } = await env.DB.prepare(
    `INSERT INTO privacy_requests (id, account_id, kind, details, received_at_ms, due_at_ms, identity_checked_at_ms, identity_check)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
     WHERE (SELECT COUNT(*) FROM privacy_requests WHERE account_id = ?2 AND closed_at_ms IS NULL) < ?9`,
  )
    .bind(
      id,
      request.accountId,
      request.kind,
      await seal(request.details),
      request.receivedAtMs,
      monthsLater(request.receivedAtMs, ANSWERED_WITHIN_MONTHS),
      isChecked ? deps.now() : null,
      isChecked ? await seal("signed in") : null,
      REQUESTS_OPEN_MAX,
    )
    .run();
  return meta.changes === 1 ? id : null;
}

export const OpenRequest = PrivacyRequest.extend({ accountId: AccountId });
const OpenRow = RequestRow.extend({ accountId: AccountId });
export type OpenRequest = z.infer<typeof OpenRequest>;

/** What is open, whatever is due first before all others. */
export async function openRequests(env: Env, deps: Deps): Promise<OpenRequest[]> {
  const found = drizzle(env.DB).select(columns).from(privacyRequests).where(isNull(closedAtMs));
  return openEach(env, deps, readAll(OpenRow, await found.orderBy(dueAtMs).limit(SHOWN_MAX)), inWords);
}

/** Whose request it is. */
export async function accountOfRequest(db: D1Database, requestId: string): Promise<string | null> {
  const { id, accountId } = privacyRequests;
  return (
    (await drizzle(db).select({ accountId }).from(privacyRequests).where(eq(id, requestId)).get())?.accountId ?? null
  );
}

/** `unchecked`: nobody is answered before it is known who they are. */
export async function handleRequest(
  env: Env,
  deps: Deps,
  requestId: string,
  step: HandlePrivacyRequest,
): Promise<Result<void, "not-found" | "unchecked" | "extended-before">> {
  const row = await drizzle(env.DB)
    .select()
    .from(privacyRequests)
    .where(and(eq(privacyRequests.id, requestId), isNull(privacyRequests.closedAtMs)))
    .get();
  if (row === undefined) return refused("not-found");
  const nowMs = deps.now();
  const change = (sql: string, ...values: unknown[]) =>
    env.DB.prepare(`UPDATE privacy_requests SET ${sql} WHERE id = ?1 AND closed_at_ms IS NULL`).bind(
      requestId,
      ...values,
    );
  const seal = (text: string) => sealFor(env, deps, row.accountId, "request", text);
  const to = await addressOf(env.DB, row.accountId);
  const told = async (what: string) => {
    const values = { link: `${env.PUBLIC_ORIGIN}/account/privacy#requests` };
    return to === null
      ? []
      : [await queueMail(env, deps, { id: `${what}-${requestId}`, to, template: "request-changed", values })];
  };
  switch (step.do) {
    case "check-identity":
      await change("identity_checked_at_ms = ?2, identity_check = ?3", nowMs, await seal(step.how)).run();
      return done;
    case "extend":
      if (row.extensionReason !== null) return refused("extended-before");
      await env.DB.batch([
        change(
          "extension_reason = ?2, due_at_ms = ?3, reminded_at_ms = NULL",
          await seal(step.reason),
          monthsLater(row.receivedAtMs, EXTENDED_TO_MONTHS),
        ),
        ...(await told("extended")),
      ]);
      return done;
    case "answer":
      if (row.identityCheckedAtMs === null) return refused("unchecked");
      await env.DB.batch([
        change("answer = ?2, closed_at_ms = ?3", await seal(step.answer), nowMs),
        ...(await told("answered")),
      ]);
      return done;
    default:
      return assertNever(step);
  }
}

const Due = z.object({ id: z.string(), dueAtMs: z.number() });

/** The job of cron: one mail to whoever runs this, about all that is due within a week and has not been spoken of. */
export async function remindOfRequests(env: Env, deps: Deps) {
  const nowMs = deps.now();
  const due = await allRows(
    Due,
    env.DB.prepare(
      `SELECT id, due_at_ms AS dueAtMs FROM privacy_requests
     WHERE closed_at_ms IS NULL AND due_at_ms <= ?1 AND reminded_at_ms IS NULL ORDER BY due_at_ms LIMIT ?2`,
    ).bind(nowMs + REMINDED_BEFORE_MS, SHOWN_MAX),
  );
  const [first] = due.results;
  if (first === undefined) return { done: 0, rowsRead: due.meta.rows_read, finished: true };
  const values = { count: due.results.length, firstDueAtMs: first.dueAtMs, link: env.PUBLIC_ORIGIN };
  await env.DB.batch([
    await queueMail(env, deps, {
      id: `due-${first.id}-${first.dueAtMs}`,
      to: operators,
      template: "requests-due",
      values,
    }),
    env.DB.prepare(
      "UPDATE privacy_requests SET reminded_at_ms = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
    ).bind(JSON.stringify(due.results.map(({ id }) => id)), nowMs),
  ]);
  return { done: due.results.length, rowsRead: due.meta.rows_read, finished: due.results.length < SHOWN_MAX };
}
