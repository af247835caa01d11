import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { downloadZip } from "client-zip";
import { z } from "zod";
import { type Alignable, writeAligned } from "./align.node.ts";
import { dawProject, dawProjectMetadata } from "./dawproject.std.ts";
import { reaperProject } from "./reaper.std.ts";

/** What lies in the session's folder: kept as `session.json`, so that a restart neither fetches nor aligns anything twice. */
const Laid = z.object({
  recordingId: z.string(),
  name: z.string(),
  original: z.string(),
  originalBytes: z.int(),
  sha256: z.string(),
  file: z.string(),
  channels: z.union([z.literal(1), z.literal(2)]),
  sampleRateHz: z.number(),
  /** Where in the aligned file its sound begins, and how long it is. */
  startSeconds: z.number(),
  lengthSeconds: z.number(),
  bpm: z.number(),
});
type Laid = z.infer<typeof Laid>;

type Layable = Alignable & { sha256?: string | null | undefined };

/**
 * A session's folder: originals, aligned copies, and the project files in which every stem stands where it was played. One thing is laid
 * at a time, so that the projects always show all that is there.
 */
export class SessionFolder {
  readonly path: string;
  readonly #sessionName: string;
  readonly #laid: Map<string, Laid>;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string, sessionName: string) {
    this.path = path;
    this.#sessionName = sessionName;
    this.#laid = readManifest(path);
  }

  has(recordingId: string): boolean {
    return this.#laid.has(recordingId);
  }

  /** Lays a stem whose untouched file is `original`, anywhere on this disk. Laying it again does nothing. */
  lay(recording: Layable, original: string): Promise<void> {
    const mine = this.#last.then(() => this.#lay(recording, original));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #lay(recording: Layable, original: string): Promise<void> {
    if (this.has(recording.recordingId)) return;
    mkdirSync(join(this.path, "aligned"), { recursive: true });
    const file = `aligned/${basename(original)}`;
    const { startFrames, frames } = await writeAligned(original, recording, join(this.path, file), this.#sessionName);
    const { sampleRateHz } = recording.format;
    this.#laid.set(recording.recordingId, {
      recordingId: recording.recordingId,
      name: recording.name,
      original: relative(this.path, original),
      originalBytes: statSync(original).size,
      sha256: recording.sha256 ?? "",
      file,
      channels: recording.format.channels,
      sampleRateHz,
      startSeconds: startFrames / sampleRateHz,
      lengthSeconds: frames / sampleRateHz,
      bpm: recording.bpm,
    });
    await this.#writeProjects();
  }

  async #writeProjects(): Promise<void> {
    const laid = [...this.#laid.values()].sort((one, other) => one.startSeconds - other.startSeconds);
    // The tempo that the session ended on; places are in seconds and do not depend on it.
    const bpm = [...this.#laid.values()].at(-1)?.bpm ?? 120;
    const archive = downloadZip([
      { name: "project.xml", input: dawProject(laid, bpm), lastModified: new Date() },
      { name: "metadata.xml", input: dawProjectMetadata(this.#sessionName), lastModified: new Date() },
    ]);
    replace(join(this.path, "session.rpp"), reaperProject(laid, bpm));
    replace(join(this.path, "session.dawproject"), new Uint8Array(await archive.arrayBuffer()));
    replace(join(this.path, "session.json"), JSON.stringify([...this.#laid.values()], null, 2));
  }
}

function replace(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

/** What is still there of what was laid: a file that somebody deleted or cut is fetched again. */
function readManifest(folder: string): Map<string, Laid> {
  const path = join(folder, "session.json");
  if (!existsSync(path)) return new Map();
  try {
    const laid = z.array(Laid).parse(JSON.parse(readFileSync(path, "utf8")));
    const isThere = ({ original, originalBytes, file }: Laid) =>
      existsSync(join(folder, file)) &&
      existsSync(join(folder, original)) &&
      statSync(join(folder, original)).size === originalBytes;
    return new Map(laid.filter(isThere).map((one) => [one.recordingId, one]));
  } catch {
    return new Map();
  }
}
