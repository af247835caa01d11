import { ClockPoint } from "../../../protocol/recordings.ts";
import type { Disk } from "./disk.std.ts";

/**
 * The clock map of a take that is being recorded, one point a line beside it. Adding a line costs the same in the fifth hour as in the
 * first, and a torn last line costs that line. It goes when the take is sealed: then the map is in the sidecar.
 */
const journalOf = (path: string) => `${path}.clock`;

export function addClockPoint(disk: Disk, path: string, point: ClockPoint): void {
  disk.append(journalOf(path), `${JSON.stringify(point)}\n`);
}

export function readClockPoints(disk: Disk, path: string): ClockPoint[] {
  const points: ClockPoint[] = [];
  for (const line of (disk.text(journalOf(path)) ?? "").split("\n")) {
    try {
      points.push(ClockPoint.parse(JSON.parse(line)));
    } catch {
      // The line that was being written when the program died.
    }
  }
  return points;
}

export const removeClockJournal = (disk: Disk, path: string): void => disk.remove(journalOf(path));
