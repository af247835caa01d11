import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileNameOf } from "../../../protocol/file-name.ts";
import { newId, type RecordingId, type SessionId } from "../../../protocol/ids.ts";
import type { CopyDetails } from "../../../protocol/safety-copies.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { stretchOf } from "../copies/copy-keeper.std.ts";
import type { ReturnedStem } from "../copies/copy-return.std.ts";
import { copyKeysOf } from "../copies/copy-seal.std.ts";
import { CopyStore } from "../copies/copy-store.std.ts";
import { isCovered } from "../copies/covered.std.ts";
import { type CopyChoice, SafetyCopies } from "../copies/safety-copies.std.ts";
import { Recorder } from "../recording/recorder.std.ts";
import { nodeDisk } from "../stems/disk.node.ts";
import { readChoices, writeChoices } from "../upload/choices.std.ts";
import type { StemLibrary } from "../upload/stem-library.std.ts";
import type { StudioEvent } from "./events.std.ts";
import type { SoundEnd } from "./sound-end.std.ts";

export interface CopiesOptions {
  api: Pick<ApiClient, "readCopySeed">;
  sessionId: SessionId;
  sessionName: string;
  /** The session's folder on this machine. */
  folder: string;
  sound: Pick<SoundEnd, "sendMessage" | "keep">;
  library: Pick<StemLibrary, "stems" | "begin" | "complete">;
  emit(event: StudioEvent): void;
}

/** The others' copies lie in a folder of their own, so that nothing of theirs is taken for a stem of this person's. */
const FOLDER = "safety-copies";
const FOLDERS_MAX = 1_000;

/** Safety copies of one session, on this machine's disk. */
export function openCopies({ api, sessionId, sessionName, folder, sound, library, emit }: CopiesOptions): SafetyCopies {
  const place = join(folder, FOLDER);
  mkdirSync(place, { recursive: true });
  sweepBeside(folder);
  return new SafetyCopies({
    disk: nodeDisk,
    folder: place,
    sessionId,
    choice: readChoices(nodeDisk, folder).safetyCopies,
    keepChoice: (safetyCopies: CopyChoice) => writeChoices(nodeDisk, folder, { safetyCopies }),
    readKeys: async () => await copyKeysOf(await api.readCopySeed()),
    nowMs: () => Date.now(),
    newCopyId: randomUUID,
    send: (to, bytes) => sound.sendMessage(to, bytes),
    keep: (memberIds) => sound.keep(memberIds),
    isHere: ({ startedAtMs, seconds }) =>
      isCovered(
        { fromMs: startedAtMs, toMs: startedAtMs + seconds * 1000 },
        library.stems.map((stem) => stretchOf(stem.startedAtMs, stem.frames, stem.format)),
      ),
    beginStem: (details) => returnedStem(details, { sessionId, sessionName, folder, library, emit }),
    onReport: (report) => emit({ type: "safety-copies", report }),
    onNotice: (message) => emit({ type: "notice", message }),
    onWarning: (code, message) => emit({ type: "warning", code, message, final: false }),
  });
}

/** Ends what is over in the folders of other sessions, which lie beside this one: those may not be opened again. */
function sweepBeside(folder: string): void {
  const root = dirname(resolve(folder));
  for (const name of readdirSync(root).slice(0, FOLDERS_MAX)) {
    const place = join(root, name, FOLDER);
    if (existsSync(place)) new CopyStore(nodeDisk, place).sweep(Date.now());
  }
}

/** A stem of this person's that is written from a copy, beside those that they have recorded here. */
function returnedStem(
  { format, timelineFrames, startedAtMs, transportAtStart }: CopyDetails,
  {
    sessionId,
    sessionName,
    folder,
    library,
    emit,
  }: Pick<CopiesOptions, "sessionId" | "sessionName" | "folder" | "library" | "emit">,
): ReturnedStem {
  const recorder = new Recorder(nodeDisk, folder, {
    recordingId: newId("rec", (bytes) => new Uint8Array(randomBytes(bytes))) as RecordingId,
    sessionId,
    takeId: randomUUID(),
    name: freeName(library, folder),
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

function freeName({ stems }: Pick<StemLibrary, "stems">, folder: string): string {
  const taken = new Set(stems.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = fileNameOf(`From a safety copy ${number}`);
    if (!taken.has(name) && !nodeDisk.has(nodeDisk.pathOf(folder, `${name}.wav`))) return name;
  }
}
