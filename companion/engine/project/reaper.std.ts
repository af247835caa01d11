/** One stem of a project: an aligned file, which begins at the session's origin or with its sound. */
export interface ProjectStem {
  /** What the track is called. */
  name: string;
  /** Path of the file, relative to the project. */
  file: string;
  channels: 1 | 2;
  sampleRateHz: number;
  /** Seconds from the origin to its first sound, from the file's beginning to it, and how long it sounds. */
  startSeconds: number;
  paddingSeconds: number;
  lengthSeconds: number;
}

/** In a .rpp a text is quoted by whichever quote it does not hold. */
const quoted = (text: string) => {
  const plain = text.replaceAll(/[\r\n]/g, " ");
  for (const quote of ['"', "'", "`"]) if (!plain.includes(quote)) return `${quote}${plain}${quote}`;
  return `"${plain.replaceAll('"', "'")}"`;
};

/** A Reaper project (.rpp, its plain text format) with every stem on a track of its own, at its place, at the session's tempo. */
export function reaperProject(stems: readonly ProjectStem[], bpm: number): string {
  const tracks = stems.map(({ name, file, startSeconds, paddingSeconds, lengthSeconds }) =>
    [
      "  <TRACK",
      `    NAME ${quoted(name)}`,
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
  return `${['<REAPER_PROJECT 0.1 "7.0" 0', `  TEMPO ${bpm} 4 4`, "  SAMPLERATE 48000 0 0", ...tracks, ">"].join("\n")}\n`;
}
