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
    ...[...report.problems, ...report.shortfalls].map((problem) => `    ${problem}`),
    "",
  ];
  return lines;
}

/** The same lines as a picture, dark as a studio at midnight. */
export function reportSvg(lines: readonly string[]): string {
  const shown = lines.filter((line, at) => line !== "" || (at > 0 && at < lines.length - 1));
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const width = Math.max(...shown.map((line) => line.length)) * 8.4 + 48;
  const rows = shown.map((line, at) => {
    const heading = /^ {2}\S/.test(line);
    const colour = heading ? "#f4b860" : line.includes("NOT") ? "#ff7a6b" : "#d8dee9";
    return `<text x="24" y="${40 + at * 22}" fill="${colour}" xml:space="preserve">${escaped(line)}</text>`;
  });
  const height = shown.length * 22 + 48;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" font-family="ui-monospace, Menlo, DejaVu Sans Mono, monospace" font-size="14"><title>The report of a demo session</title><rect width="100%" height="100%" rx="10" fill="#14161b"/>${rows.join("")}</svg>\n`;
}
