import type { LoggedEvent } from "../../protocol/room.ts";
import { applyTimeline, initialTimeline, positionAt, transportOf } from "../../protocol/transport.ts";
import { type Place, type Skew, type Spread, spreadOf } from "./daw-measure.ts";
import { JACK_RATE_HZ } from "./jack.ts";
import type { Heard } from "./jack-ear.ts";

/** One line of the log, and what came of it until the next. */
export interface CommandRow {
  seq: number;
  command: string;
  /** Who pressed, and where: at the companion or at the DAW. */
  by: string;
  /** What the first DAW was spoken to in. */
  language: string;
  /** How far apart the instant of the command was for the companions, on the machine's clock. */
  agreedMs: number;
  /** How far apart the same bytes were at the DAWs, on JACK's clock; `null` where the pressed DAW needed none. */
  leftApartMs: number | null;
  /** How far behind the session each DAW then rolled, in the median, by its own reports; `null` where it did not roll. */
  behindMs: (number | null)[];
  apartMs: Spread;
}

export interface TableInput {
  names: readonly string[];
  /** What the first DAW was spoken to in at each line of the transport's. */
  languages: readonly string[];
  log: readonly LoggedEvent[];
  /** Whose hand a line's author is. */
  authors: ReadonlyMap<string, string>;
  /** For each companion: the machine's clock at which each line took effect for it. */
  effective: readonly ReadonlyMap<number, number>[];
  /** What each DAW was told, and where each said it was. */
  told: readonly (readonly Heard[])[];
  places: readonly (readonly Place[])[];
  skews: readonly Skew[];
  /** JACK's frame at an instant of the machine's clock. */
  frameAt(localMs: number): number;
}

const FRAMES_PER_MS = JACK_RATE_HZ / 1000;
/** A DAW takes some cycles to do what it is told; what it says of its place until then belongs to the command before. */
const SETTLE_FRAMES = 150 * FRAMES_PER_MS;
/** The same bytes at two DAWs this far apart belong to two commands. */
const SAME_COMMAND_FRAMES = 500 * FRAMES_PER_MS;

/** What each command of the log came to, line by line. */
export function tableOf(input: TableInput): CommandRow[] {
  let timeline = initialTimeline;
  const lines = input.log.flatMap((event) => {
    const transport = transportOf(event);
    if (transport === undefined) return [];
    timeline = applyTimeline(timeline, transport);
    const instants = input.effective.flatMap((at) => at.get(event.seq) ?? []);
    const localMs = instants.length === 0 ? Number.NaN : Math.min(...instants);
    const agreedMs = instants.length === 0 ? Number.NaN : Math.max(...instants) - localMs;
    return [{ event, transport, state: timeline.transport, localMs, agreedMs, frame: input.frameAt(localMs) }];
  });
  return lines.map(({ event, transport, state, localMs, agreedMs, frame }, at) => {
    const untilFrame = lines[at + 1]?.frame ?? Number.POSITIVE_INFINITY;
    const isIn = (one: { frame: number }) => one.frame >= frame + SETTLE_FRAMES && one.frame < untilFrame;
    const behindMs = input.places.map((places) => {
      if (state.motion === "stopped") return null;
      const behind = places.filter(isIn).map((place) => {
        const atMs = transport.effectiveAtMs + (place.frame - frame) / FRAMES_PER_MS;
        return (positionAt(state, atMs) - place.positionFrames) / FRAMES_PER_MS;
      });
      return behind.length === 0 ? null : spreadOf(behind).p50;
    });
    const atDaw =
      "since" in transport.transport ||
      (transport.transport.command === "stop" && "positionFrames" in transport.transport);
    return {
      seq: event.seq,
      command: transport.transport.command,
      by: `${input.authors.get(event.from ?? "") ?? "the room"}, ${atDaw ? "at the DAW" : "at the companion"}`,
      language: input.languages[at] ?? "",
      agreedMs,
      leftApartMs: Number.isNaN(localMs) ? null : leftApart(input.told, frame, untilFrame),
      behindMs,
      apartMs: spreadOf(input.skews.filter(isIn).map(({ ms }) => ms)),
    };
  });
}

/** How far apart the same bytes came to the first two DAWs, at worst, between two frames. */
function leftApart(told: TableInput["told"], fromFrame: number, untilFrame: number): number | null {
  const [one = [], other = []] = told.map((list) =>
    list.filter(({ frame }) => frame >= fromFrame - SETTLE_FRAMES && frame < untilFrame - SETTLE_FRAMES),
  );
  const hex = ({ bytes }: Heard) => Buffer.from(bytes).toString("hex");
  const apart = one.flatMap((message) => {
    const distances = other
      .filter((candidate) => hex(candidate) === hex(message))
      .map(({ frame }) => Math.abs(frame - message.frame));
    const least = Math.min(...distances);
    return least < SAME_COMMAND_FRAMES ? [least / FRAMES_PER_MS] : [];
  });
  return apart.length === 0 ? null : Math.max(...apart);
}

const figure = (value: number | null): string => (value === null || Number.isNaN(value) ? "–" : value.toFixed(2));

/** The table as text, for people. */
export function printTable(rows: readonly CommandRow[], names: readonly string[]): string {
  const head = [
    "line",
    "command",
    "by",
    `${names[0]}'s speaks`,
    "agreed",
    "bytes apart",
    ...names.map((name) => `${name} behind`),
    "apart p50",
    "max",
    "places",
  ];
  const cells = rows.map((row) => [
    String(row.seq),
    row.command,
    row.by,
    row.language,
    figure(row.agreedMs),
    figure(row.leftApartMs),
    ...row.behindMs.map(figure),
    figure(row.apartMs.p50),
    figure(row.apartMs.max),
    String(row.apartMs.count),
  ]);
  const lines = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
