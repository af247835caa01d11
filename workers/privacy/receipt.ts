import type { ErasureId } from "../../protocol/ids.ts";
import type { AccountErasure } from "../../protocol/privacy.ts";
import { DELETION_RECORD_RETENTION_MS } from "../../protocol/retention.ts";
import type { Erasure } from "./account-erasure.ts";
import { tableRules } from "./inventory.ts";

/** What an erasure counts that is not a table's rows. */
const others: Record<string, readonly string[]> = {
  rooms: ["displayName"],
  roomLines: ["chat", "notes"],
  /** Copies that collaborators have: they are asked to delete them, and all that is ours is emptied. */
  copies: ["name", "ownerAccountId"],
};

/** An erasure as its person sees it: each count with the fields that went, as the rules have them. */
export function receiptOf(erasureId: ErasureId, erasure: Erasure): AccountErasure {
  const { confirmedAtMs, dueAtMs, finishedAtMs, stepsDone, steps, heldUntilReviewAtMs, counts } = erasure;
  const receipt = Object.entries(counts ?? {}).map(([name, count]): AccountErasure["receipt"][number] => {
    const [table = name, column] = name.split("_");
    const rule = tableRules.find(([known]) => known === table)?.[1];
    if (column !== undefined) return { table, count, how: "emptied", fields: [column] };
    const how = name in others ? "emptied" : "deleted";
    return { table, count, how, fields: [...(others[name] ?? Object.keys(rule?.columns ?? {}))] };
  });
  return {
    erasureId,
    confirmedAtMs,
    dueAtMs,
    finishedAtMs,
    stepsDone,
    steps,
    receipt,
    heldUntilReviewAtMs,
    kept: [
      {
        what: "erasureId, confirmedAtMs, finishedAtMs",
        law: "GDPR Article 5 (2)",
        untilMs: (finishedAtMs ?? dueAtMs) + DELETION_RECORD_RETENTION_MS,
      },
    ],
  };
}
