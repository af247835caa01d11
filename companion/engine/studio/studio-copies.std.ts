import { fileNameOf } from "../../../protocol/file-name.ts";
import { newId, type RecordingId, type SessionId } from "../../../protocol/ids.ts";
import type { CopyDetails } from "../../../protocol/safety-copies.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { stretchOf } from "../copies/copy-keeper.std.ts";
import type { ReturnedStem } from "../copies/copy-return.std.ts";
import { copyKeysOf } from "../copies/copy-seal.std.ts";
import { isCovered } from "../copies/covered.std.ts";
import { type CopyChoice, type KeepingPlace, SafetyCopies } from "../copies/safety-copies.std.ts";
import { Recorder } from "../recording/recorder.std.ts";
import type { Disk } from "../stems/disk.std.ts";
import { readChoices, writeChoices } from "../upload/choices.std.ts";
import type { StemLibrary } from "../upload/stem-library.std.ts";
import type { StudioEvent } from "./events.std.ts";
import type { TappedLanes } from "./tapped-lanes.std.ts";

export interface CopiesOptions {
  api: Pick<ApiClient, "readCopySeed">;
  sessionId: SessionId;
  sessionName: string;
  /** Where this person's own stems lie. */
  disk: Disk;
  folder: string;
  /** Where the others' copies do: in a folder of their own, so that nothing of theirs is taken for a stem of this person's. */
  place: KeepingPlace;
  sound: Pick<TappedLanes, "sendMessage" | "keep">;
  library: Pick<StemLibrary, "stems" | "begin" | "complete">;
  /** The clock on the wall. */
  nowMs(): number;
  emit(event: StudioEvent): void;
}

/** Safety copies of one session, on the disk that its stems are on. */
export function openCopies(options: CopiesOptions): SafetyCopies {
  const { api, sessionId, disk, folder, place, sound, library, nowMs, emit } = options;
  return new SafetyCopies({
    place,
    sessionId,
    choice: readChoices(disk, folder).safetyCopies,
    keepChoice: (safetyCopies: CopyChoice) => writeChoices(disk, folder, { safetyCopies }),
    readKeys: async () => await copyKeysOf(await api.readCopySeed()),
    nowMs,
    newCopyId: () => crypto.randomUUID(),
    send: (to, bytes) => sound.sendMessage(to, bytes),
    keep: (memberIds) => sound.keep(memberIds),
    isHere: ({ startedAtMs, seconds }) =>
      isCovered(
        { fromMs: startedAtMs, toMs: startedAtMs + seconds * 1000 },
        library.stems.map((stem) => stretchOf(stem.startedAtMs, stem.frames, stem.format)),
      ),
    beginStem: (details) => returnedStem(details, options),
    onReport: (report) => emit({ type: "safety-copies", report }),
    onNotice: (message) => emit({ type: "notice", message }),
    onWarning: (code, message) => emit({ type: "warning", code, message, final: false }),
  });
}

/** A stem of this person's that is written from a copy, beside those that they have recorded here. */
function returnedStem(
  { format, timelineFrames, startedAtMs, transportAtStart }: CopyDetails,
  { sessionId, sessionName, disk, folder, library, emit }: CopiesOptions,
): ReturnedStem {
  const recorder = new Recorder(disk, folder, {
    recordingId: newId("rec", (length) => crypto.getRandomValues(new Uint8Array(length))) as RecordingId,
    sessionId,
    takeId: crypto.randomUUID(),
    name: freeName(disk, folder, library),
    format,
    timelineFrames,
    startedAtMs,
    bpm: transportAtStart.bpm,
    transportAtStart,
    sharing: "local",
    project: sessionName,
  });
  library.begin(recorder.stem, () => recorder.readyBytes);
  return {
    write: (samples) => recorder.write(samples),
    mark: (point) => recorder.mark(point),
    get error() {
      return recorder.error;
    },
    finish: async () => {
      const stem = await recorder.finish(transportAtStart);
      library.complete(stem);
      emit({ type: "recorded", stem });
    },
  };
}

function freeName(disk: Disk, folder: string, { stems }: Pick<StemLibrary, "stems">): string {
  const taken = new Set(stems.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = fileNameOf(`From a safety copy ${number}`);
    if (!taken.has(name) && !disk.has(disk.pathOf(folder, `${name}.wav`))) return name;
  }
}
