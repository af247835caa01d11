import type { MemberId } from "../protocol/ids.ts";
import type { Sql } from "./sql.ts";

/** Lines of the log looked at in one call: a tenth of a second of the object's only thread. */
const LINES = 50_000;

/**
 * Erases a person from the room's storage: their words in chat, notes and names of takes. The lines themselves stay, so that the numbers have
 * no gap; who they were is then a random id of which nobody knows more. `doneSeq`: call again with it until it
 * is the log's last. Harmless to repeat.
 */
export function forgetLines(sql: Sql, memberId: MemberId, afterSeq: number): { doneSeq: number; blanked: number } {
  const { last } = sql.exec<{ last: number }>("SELECT ifnull(max(seq), 0) AS last FROM log").one();
  const doneSeq = Math.min(last, afterSeq + LINES);
  const within = "seq > ?1 AND seq <= ?2 AND event LIKE '%' || ?3 || '%'";
  const { rowsWritten } = sql.exec(
    `UPDATE log SET words = NULL, blanked = 1 WHERE ${within} AND words IS NOT NULL AND json_extract(event, '$.from') = ?3`,
    afterSeq,
    doneSeq,
    memberId,
  );
  return { doneSeq, blanked: rowsWritten };
}
