import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import { anchorAt, type TimelineMap, tempoAt } from "../../../protocol/timeline.ts";

/** One stem of a project: an aligned file, which begins at the session's origin or with its sound. */
export interface ProjectStem {
  /** What the track is called. */
  name: string;
  /** Path of the file, relative to the project. */
  file: string;
  channels: number;
  sampleRateHz: number;
  /** Seconds from the origin to its first sound, from the file's beginning to it, and how long it sounds. */
  startSeconds: number;
  paddingSeconds: number;
  lengthSeconds: number;
}

/** In a .rpp a text is quoted by whichever quote it does not hold, on one line. */
const quoted = (text: string) => {
  const plain = text.replaceAll(/\p{Cc}/gu, " ");
  for (const quote of ['"', "'", "`"]) if (!plain.includes(quote)) return `${quote}${plain}${quote}`;
  return `"${plain.replaceAll('"', "'")}"`;
};

/** Reaper's envelope shape that holds a value until the next point. */
const SQUARE = 1;

/** The map's places after the first, with what is in force from there on: a point for each change of tempo or signature. */
function tempoEnvelope(map: TimelineMap): string[] {
  if (map.tempo.length + map.signatures.length <= 2) return [];
  const places = new Set([...map.tempo, ...map.signatures].map(({ positionFrames }) => positionFrames));
  const points = [...places]
    .sort((one, other) => one - other)
    .map((frames) => {
      const { positionFrames, beats, unit } = anchorAt(map.signatures, frames);
      // A signature is told where it begins: numerator, and denominator in the high word.
      const signature = positionFrames === frames ? ` ${beats + unit * 65_536}` : "";
      return `    PT ${(frames / TIMELINE_RATE_HZ).toFixed(12)} ${tempoAt(map, frames)} ${SQUARE}${signature}`;
    });
  return ["  <TEMPOENVEX", "    ACT 1 -1", `    DEFSHAPE ${SQUARE} -1 -1`, ...points, "  >"];
}

/** A Reaper project (.rpp, its plain text format) with every stem on a track of its own, at its place, and the session's map. */
export function reaperProject(stems: readonly ProjectStem[], map: TimelineMap): string {
  const tracks = stems.map(({ name, file, channels, startSeconds, paddingSeconds, lengthSeconds }) =>
    [
      "  <TRACK",
      `    NAME ${quoted(name)}`,
      // A track has two, and else an even number.
      ...(channels > 2 ? [`    NCHAN ${channels + (channels % 2)}`] : []),
      "    <ITEM",
      `      POSITION ${startSeconds.toFixed(9)}`,
      `      LENGTH ${lengthSeconds.toFixed(9)}`,
      "      LOOP 0",
      `      NAME ${quoted(name)}`,
      `      SOFFS ${paddingSeconds.toFixed(9)}`,
      "      <SOURCE WAVE",
      `        FILE ${quoted(file)}`,
      "      >",
      "    >",
      "  >",
    ].join("\n"),
  );
  const { beats, unit } = anchorAt(map.signatures, 0);
  const lines = [
    '<REAPER_PROJECT 0.1 "7.0" 0',
    `  TEMPO ${tempoAt(map, 0)} ${beats} ${unit}`,
    "  SAMPLERATE 48000 0 0",
    ...map.markers.map(
      ({ positionFrames, name }, at) => `  MARKER ${at + 1} ${positionFrames / TIMELINE_RATE_HZ} ${quoted(name)} 0`,
    ),
    ...tempoEnvelope(map),
    ...tracks,
    ">",
  ];
  return `${lines.join("\n")}\n`;
}
