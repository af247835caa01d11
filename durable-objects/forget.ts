import type { MemberId } from "../protocol/ids.ts";
import type { Sql } from "./sql.ts";

/** What stands where a person's words were: a chat line may not be empty. */
const BLANK = "…";

/** Lines of the log looked at in one call: a tenth of a second of the object's only thread. */
const LINES = 50_000;

/**
 * Erases a person from the room's storage: their words in chat, notes and names of takes, and their name where they came in. The lines themselves stay, so
 * that the numbers have no gap; who they were is then a random id of which nobody knows more. `doneSeq`: call again with it until it
 * is the log's last. Harmless to repeat.
 */
export function forgetLines(sql: Sql, memberId: MemberId, afterSeq: number): { doneSeq: number; blanked: number } {
  const { last } = sql.exec<{ last: number | null }>("SELECT max(seq) AS last FROM log").one();
  const doneSeq = Math.min(last ?? 0, afterSeq + LINES);
  const within = "seq > ?1 AND seq <= ?2 AND event LIKE '%' || ?3 || '%'";
  const words = sql.exec(
    `UPDATE log SET event = json_set(event, '$.body.text', iif(json_extract(event, '$.body.kind') = 'chat', ?4, '')), blanked = 1
     WHERE ${within} AND json_extract(event, '$.from') = ?3 AND json_extract(event, '$.body.kind') IN ('chat', 'note', 'take-name')
       AND json_extract(event, '$.body.text') NOT IN ('', ?4)`,
    afterSeq,
    doneSeq,
    memberId,
    BLANK,
  );
  const names = sql.exec(
    `UPDATE log SET event = json_set(event, '$.body.displayName', '')
     WHERE ${within} AND json_extract(event, '$.body.kind') = 'joined' AND json_extract(event, '$.body.memberId') = ?3
       AND json_extract(event, '$.body.displayName') <> ''`,
    afterSeq,
    doneSeq,
    memberId,
  );
  return { doneSeq, blanked: words.rowsWritten + names.rowsWritten };
}
