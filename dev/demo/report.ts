import type { DemoReport } from "./run.ts";

const ms = (value: number) => `${value.toFixed(1)} ms`;

function verdict(oneWayMs: number): string {
  if (oneWayMs <= 25) return "close enough to play together";
  return oneWayMs <= 40 ? "playable with care" : "better to overdub";
}

/** The report as a musician reads it. */
export function reportLines(report: DemoReport): string[] {
  const { studio, media } = report.live;
  const { transport } = report;
  const lines = [
    "",
    "  Sound",
    `    studio lane   ${ms(studio.oneWayMs.p50)} one way (p95 ${ms(studio.oneWayMs.p95)}): ${verdict(studio.oneWayMs.p95)}`,
    `                  ${studio.bitIdentical ? "bit-identical" : "NOT bit-identical"}, ${studio.lostPackets} packets lost, ${(studio.concealedRatio * 100).toFixed(2)} % concealed, ${studio.relayed ? "over the relay" : "DIRECT"}`,
    `    media lane    ${ms(media.oneWayMs.p50)} one way (p95 ${ms(media.oneWayMs.p95)}), likeness ${media.correlation.toFixed(3)}`,
    "  Transport",
    `    ${transport.events} commands, ${transport.sameOrder ? "the same order" : "DIFFERENT ORDER"} at both ends, DAWs apart by ${transport.skewMs.p50.toFixed(2)} ms (at most ${transport.skewMs.max.toFixed(2)} ms)`,
    `    session time known to ± ${report.clock.errorMs.toFixed(2)} ms`,
    "  Takes",
    ...report.takes.flatMap((take) => [
      `    ${take.by}: ${take.name}, ${(take.frames / 48_000).toFixed(2)} s, ${take.timelineErrorMs.toFixed(2)} ms from its place`,
      `      ${take.sha256.local.slice(0, 16)}… ${take.sha256.local === take.sha256.stored && take.sha256.stored === take.sha256.delivered ? "the same on disk, in the store and at the other's" : "DIFFERS"}`,
    ]),
    "  Chat and notes",
    ...report.chat.map(({ from, text }) => `    ${from}: ${text}`),
    ...report.notes.map(({ from, text }) => `    note by ${from}: ${text}`),
    "",
    report.ok ? `  All of it held, in ${report.durationSeconds.toFixed(0)} s.` : "  Not all of it held:",
    ...report.problems.map((problem) => `    ${problem}`),
    "",
  ];
  return lines;
}
