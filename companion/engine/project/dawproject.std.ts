import type { ProjectStem } from "./reaper.std.ts";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/**
 * The project.xml of a DAWproject (version 1.0, the open exchange format of Bitwig, Studio One, Cubase and others): every stem on a
 * track of its own, at its place. The sound stays where it is, beside the archive: `external` paths are relative to it.
 */
export function dawProject(stems: readonly ProjectStem[], bpm: number): string {
  const tracks = stems.map(
    ({ name, channels }, at) =>
      `<Track id="track${at}" name="${escaped(name)}" contentType="audio" loaded="true"><Channel id="channel${at}" audioChannels="${channels}" role="regular" destination="master"><Volume unit="linear" min="0" max="2" value="1" id="volume${at}"/></Channel></Track>`,
  );
  const lanes = stems.map(
    ({ name, file, channels, sampleRateHz, startSeconds, paddingSeconds, lengthSeconds }, at) =>
      `<Lanes id="lane${at}" track="track${at}"><Clips id="clips${at}"><Clip name="${escaped(name)}" time="${startSeconds}" duration="${lengthSeconds}" contentTimeUnit="seconds" playStart="${paddingSeconds}"><Audio id="audio${at}" channels="${channels}" sampleRate="${sampleRateHz}" duration="${paddingSeconds + lengthSeconds}"><File path="${escaped(file)}" external="true"/></Audio></Clip></Clips></Lanes>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Project version="1.0"><Application name="SessionLinked" version="0.1"/>',
    `<Transport><Tempo id="tempo" unit="bpm" min="20" max="400" value="${bpm}"/><TimeSignature id="signature" numerator="4" denominator="4"/></Transport>`,
    `<Structure>${tracks.join("")}<Track id="masterTrack" name="Master" contentType="audio" loaded="true"><Channel id="master" audioChannels="2" role="master"/></Track></Structure>`,
    `<Arrangement id="arrangement"><Lanes id="lanes" timeUnit="seconds">${lanes.join("")}</Lanes></Arrangement>`,
    "</Project>\n",
  ].join("\n");
}

/** The metadata.xml that goes with it. */
export const dawProjectMetadata = (title: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<MetaData><Title>${escaped(title)}</Title></MetaData>\n`;
