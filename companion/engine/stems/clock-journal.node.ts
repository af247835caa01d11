import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { ClockPoint } from "../../../protocol/recordings.ts";

/**
 * The clock map of a take that is being recorded, one point a line beside it. Adding a line costs the same in the fifth hour as in the
 * first, and a torn last line costs that line. It goes when the take is sealed: then the map is in the sidecar.
 */
const journalOf = (path: string) => `${path}.clock`;

export function addClockPoint(path: string, point: ClockPoint): void {
  appendFileSync(journalOf(path), `${JSON.stringify(point)}\n`);
}

export function readClockPoints(path: string): ClockPoint[] {
  if (!existsSync(journalOf(path))) return [];
  const points: ClockPoint[] = [];
  for (const line of readFileSync(journalOf(path), "utf8").split("\n")) {
    try {
      points.push(ClockPoint.parse(JSON.parse(line)));
    } catch {
      // The line that was being written when the program died.
    }
  }
  return points;
}

export const removeClockJournal = (path: string): void => rmSync(journalOf(path), { force: true });
