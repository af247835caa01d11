import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { strToU8, zipSync } from "fflate";
import { z } from "zod";
import { writeMidiFile } from "../../../audio/midi-file.ts";
import { StemFormat } from "../../../protocol/recordings.ts";
import { initialMap, type TimelineMap } from "../../../protocol/timeline.ts";
import { type Alignable, writeAligned } from "./align.node.ts";
import { dawProject, dawProjectMetadata } from "./dawproject.std.ts";
import { reaperProject } from "./reaper.std.ts";

/** What lies in the session's folder: kept as `session.json`, so that a restart neither fetches nor aligns anything twice. */
const PlacedStem = z
  .object({
    recordingId: z.string(),
    name: z.string(),
    original: z.string(),
    originalBytes: z.int(),
    sha256: z.string(),
    file: z.string(),
    channels: StemFormat.shape.channels,
    sampleRateHz: z.number(),
    /** Where its sound lies, where in the aligned file it begins, and how long it is. */
    startSeconds: z.number(),
    paddingSeconds: z.number().optional(),
    lengthSeconds: z.number(),
    bpm: z.number(),
  })
  // A file of before was padded whole.
  .transform((stem) => ({ ...stem, paddingSeconds: stem.paddingSeconds ?? stem.startSeconds }));
type PlacedStem = z.infer<typeof PlacedStem>;

type Placeable = Alignable & { sha256?: string | null | undefined };

/**
 * A session's folder: originals, aligned copies, and the project files in which every stem stands where it was played. One thing is added
 * at a time, so that the projects always show all that is there.
 */
export class SessionFolder {
  readonly path: string;
  readonly #sessionName: string;
  readonly #placed: Map<string, PlacedStem>;
  #map: TimelineMap | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string, sessionName: string) {
    this.path = path;
    this.#sessionName = sessionName;
    this.#placed = readManifest(path);
  }

  has(recordingId: string): boolean {
    return this.#placed.has(recordingId);
  }

  /** By what name a stem came here; `null` where it did not. */
  nameOf(recordingId: string): string | null {
    return this.#placed.get(recordingId)?.name ?? null;
  }

  /** What the session counts bars with: the projects carry it, and it lies beside them as a MIDI file. */
  setMap(map: TimelineMap): Promise<void> {
    const mine = this.#last.then(() => {
      if (JSON.stringify(map) === JSON.stringify(this.#map)) return;
      this.#map = map;
      this.#writeProjects();
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Places a stem whose untouched file is `original`, anywhere on this disk. Adding it again does nothing. */
  add(recording: Placeable, original: string): Promise<void> {
    const mine = this.#last.then(() => this.#add(recording, original));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Takes a stem that came from somebody else off this disk, and out of the projects. `false`: it is not here. */
  remove(recordingId: string): Promise<boolean> {
    const mine = this.#last.then(() => {
      const stem = this.#placed.get(recordingId);
      if (stem === undefined || !stem.original.startsWith("originals/")) return false;
      for (const file of [stem.original, stem.file]) rmSync(join(this.path, file), { force: true });
      this.#placed.delete(recordingId);
      this.#writeProjects();
      return true;
    });
    this.#last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  async #add(recording: Placeable, original: string): Promise<void> {
    if (this.has(recording.recordingId)) return;
    mkdirSync(join(this.path, "aligned"), { recursive: true });
    const file = `aligned/${basename(original)}`;
    const path = join(this.path, file);
    const { startFrames, paddingFrames, frames } = await writeAligned(original, recording, path, this.#sessionName);
    const { sampleRateHz } = recording.format;
    this.#placed.set(recording.recordingId, {
      recordingId: recording.recordingId,
      name: recording.name,
      original: relative(this.path, original),
      originalBytes: statSync(original).size,
      sha256: recording.sha256 ?? "",
      file,
      channels: recording.format.channels,
      sampleRateHz,
      startSeconds: startFrames / sampleRateHz,
      paddingSeconds: paddingFrames / sampleRateHz,
      lengthSeconds: frames / sampleRateHz,
      bpm: recording.bpm,
    });
    this.#writeProjects();
  }

  #writeProjects(): void {
    const placed = [...this.#placed.values()].sort((one, other) => one.startSeconds - other.startSeconds);
    // Before the session was entered its takes know the tempo; places are in seconds and do not depend on it.
    const bpm = [...this.#placed.values()].at(-1)?.bpm ?? 120;
    const map = this.#map ?? { ...initialMap, tempo: [{ positionFrames: 0, bpm }] };
    // Sizes stand in each entry's own header: a reader that streams, Cubase among them, stumbles over data descriptors.
    const archive = zipSync(
      {
        "project.xml": strToU8(dawProject(placed, map)),
        "metadata.xml": strToU8(dawProjectMetadata(this.#sessionName)),
      },
      { level: 0 },
    );
    replace(join(this.path, "session.mid"), writeMidiFile(map));
    replace(join(this.path, "session.rpp"), reaperProject(placed, map));
    replace(join(this.path, "session.dawproject"), archive);
    replace(join(this.path, "session.json"), JSON.stringify([...this.#placed.values()], null, 2));
  }
}

function replace(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

/** What is still there of what was placed: a file that somebody deleted or cut is fetched again. */
function readManifest(folder: string): Map<string, PlacedStem> {
  const path = join(folder, "session.json");
  if (!existsSync(path)) return new Map();
  try {
    const placed = z.array(PlacedStem).parse(JSON.parse(readFileSync(path, "utf8")));
    const isThere = ({ original, originalBytes, file }: PlacedStem) =>
      existsSync(join(folder, file)) &&
      existsSync(join(folder, original)) &&
      statSync(join(folder, original)).size === originalBytes;
    return new Map(placed.filter(isThere).map((one) => [one.recordingId, one]));
  } catch {
    return new Map();
  }
}
