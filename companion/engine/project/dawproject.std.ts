import { xmlText } from "../../../audio/xml.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import { anchorAt, type TimelineMap, tempoAt } from "../../../protocol/timeline.ts";
import type { ProjectStem } from "./reaper.std.ts";

const seconds = (frames: number): number => frames / TIMELINE_RATE_HZ;

/** Markers, and the changes of tempo and signature, in the order of the format's schema; nothing where there are none. */
function timelineOf({ markers, tempo, signatures }: TimelineMap): string {
  const marked = markers.map(
    ({ positionFrames, name }) => `<Marker time="${seconds(positionFrames)}" name="${xmlText(name)}"/>`,
  );
  const tempos = tempo.map(
    ({ positionFrames, bpm }) => `<RealPoint time="${seconds(positionFrames)}" value="${bpm}" interpolation="hold"/>`,
  );
  const bars = signatures.map(
    ({ positionFrames, beats, unit }) =>
      `<TimeSignaturePoint time="${seconds(positionFrames)}" numerator="${beats}" denominator="${unit}"/>`,
  );
  return [
    markers.length === 0 ? "" : `<Markers id="markers" timeUnit="seconds">${marked.join("")}</Markers>`,
    tempo.length === 1
      ? ""
      : `<TempoAutomation id="tempos" timeUnit="seconds" unit="bpm"><Target parameter="tempo"/>${tempos.join("")}</TempoAutomation>`,
    signatures.length === 1
      ? ""
      : `<TimeSignatureAutomation id="signatures" timeUnit="seconds"><Target parameter="signature"/>${bars.join("")}</TimeSignatureAutomation>`,
  ].join("");
}

/**
 * The project.xml of a DAWproject (version 1.0, the open exchange format of Bitwig, Studio One, Cubase and others): every stem on a
 * track of its own, at its place, and the session's map. The sound stays where it is, beside the archive: `external` paths are relative to it.
 */
export function dawProject(stems: readonly ProjectStem[], map: TimelineMap): string {
  const tracks = stems.map(
    ({ name, channels }, at) =>
      `<Track id="track${at}" name="${xmlText(name)}" contentType="audio" loaded="true"><Channel id="channel${at}" audioChannels="${channels}" role="regular" destination="master"><Volume unit="linear" min="0" max="2" value="1" id="volume${at}"/></Channel></Track>`,
  );
  const lanes = stems.map(
    ({ name, file, channels, sampleRateHz, startSeconds, paddingSeconds, lengthSeconds }, at) =>
      `<Lanes id="lane${at}" track="track${at}"><Clips id="clips${at}"><Clip name="${xmlText(name)}" time="${startSeconds}" duration="${lengthSeconds}" contentTimeUnit="seconds" playStart="${paddingSeconds}"><Audio id="audio${at}" channels="${channels}" sampleRate="${sampleRateHz}" duration="${paddingSeconds + lengthSeconds}"><File path="${xmlText(file)}" external="true"/></Audio></Clip></Clips></Lanes>`,
  );
  const first = anchorAt(map.signatures, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Project version="1.0"><Application name="SessionLinked" version="0.1"/>',
    `<Transport><Tempo id="tempo" unit="bpm" min="20" max="400" value="${tempoAt(map, 0)}"/><TimeSignature id="signature" numerator="${first.beats}" denominator="${first.unit}"/></Transport>`,
    `<Structure>${tracks.join("")}<Track id="masterTrack" name="Master" contentType="audio" loaded="true"><Channel id="master" audioChannels="2" role="master"/></Track></Structure>`,
    `<Arrangement id="arrangement"><Lanes id="lanes" timeUnit="seconds">${lanes.join("")}</Lanes>${timelineOf(map)}</Arrangement>`,
    "</Project>\n",
  ].join("\n");
}

/** The metadata.xml that goes with it. */
export const dawProjectMetadata = (title: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<MetaData><Title>${xmlText(title)}</Title></MetaData>\n`;
