import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { downloadZip } from "client-zip";
import { z } from "zod";
import type { SessionId } from "../../../protocol/ids.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { ApiClient } from "../api/api-client.std.ts";
import { type Alignable, writeAligned } from "./align.node.ts";
import { dawProject, dawProjectMetadata } from "./dawproject.std.ts";
import { deliver } from "./delivery.node.ts";
import { reaperProject } from "./reaper.std.ts";
import type { Stem } from "./stem.std.ts";

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
  startSeconds: z.number(),
  lengthSeconds: z.number(),
  bpm: z.number(),
});
type Laid = z.infer<typeof Laid>;

/** A fetch that failed is tried again after this long, besides whenever the room says that the list has changed. */
const RETRY_MS = 30_000;

interface DeliveriesOptions {
  api: ApiClient;
  sessionId: SessionId;
  sessionName: string;
  folder: string;
  onDelivered(recording: Recording, path: string): void;
  onTrouble(message: string): void;
}

/**
 * Brings what the others share into the session's folder and lays every stem in its place: the untouched original, a copy in session
 * time, and project files in which all of them stand where they were played. Calls that meet are one.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #laid: Map<string, Laid>;
  #running: Promise<void> | undefined;
  #again = false;
  #retry: NodeJS.Timeout | undefined;
  readonly #stopped = new AbortController();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#laid = readManifest(options.folder);
  }

  /** Fetches what is not here yet, of everybody but `exceptMember`. */
  fetch(exceptMember: string | undefined): Promise<void> {
    this.#again = this.#running !== undefined;
    this.#running ??= this.#fetchAll(exceptMember).finally(() => {
      this.#running = undefined;
      if (this.#again && !this.#stopped.signal.aborted) void this.fetch(exceptMember);
    });
    return this.#running;
  }

  /** A stem of this person's own takes its place beside the others'. */
  async layOwn(stem: Stem): Promise<void> {
    if (this.#laid.has(stem.recordingId)) return;
    await this.#lay({ ...stem, sessionId: this.#options.sessionId }, stem.path);
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#stopped.abort();
  }

  async #fetchAll(exceptMember: string | undefined): Promise<void> {
    const { api, sessionId, folder, onDelivered, onTrouble } = this.#options;
    try {
      for (const { recordingId, memberId, state } of await api.listRecordings(sessionId)) {
        if (memberId === exceptMember || state !== "complete" || this.#laid.has(recordingId)) continue;
        // The list does not carry the clock map; the recording itself does.
        const recording = await api.readRecording(recordingId);
        const path = await deliver(api, recording, join(folder, "originals"), this.#stopped.signal);
        await this.#lay(recording, path);
        onDelivered(recording, path);
      }
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      onTrouble(error instanceof Error ? error.message : String(error));
      this.#retry = setTimeout(() => void this.fetch(exceptMember), RETRY_MS);
    }
  }

  async #lay(recording: Alignable & { recordingId: string; sha256?: string | null | undefined }, original: string) {
    const { folder } = this.#options;
    mkdirSync(join(folder, "aligned"), { recursive: true });
    const file = `aligned/${basename(original)}`;
    const { frames } = await writeAligned(original, recording, join(folder, file));
    this.#laid.set(recording.recordingId, {
      recordingId: recording.recordingId,
      name: recording.name,
      original: original.slice(folder.length + 1),
      originalBytes: statSync(original).size,
      sha256: recording.sha256 ?? "",
      file,
      channels: recording.format.channels,
      sampleRateHz: recording.format.sampleRateHz,
      startSeconds: recording.timelineFrames / TIMELINE_RATE_HZ,
      lengthSeconds: frames / recording.format.sampleRateHz,
      bpm: recording.bpm,
    });
    await this.#writeProjects();
  }

  async #writeProjects(): Promise<void> {
    const { folder, sessionName } = this.#options;
    const laid = [...this.#laid.values()];
    // The tempo that the session ended on; places are in seconds and do not depend on it.
    const bpm = laid.at(-1)?.bpm ?? 120;
    const archive = downloadZip([
      { name: "project.xml", input: dawProject(laid, bpm), lastModified: new Date() },
      { name: "metadata.xml", input: dawProjectMetadata(sessionName), lastModified: new Date() },
    ]);
    replace(join(folder, "session.rpp"), reaperProject(laid, bpm));
    replace(join(folder, "session.dawproject"), new Uint8Array(await archive.arrayBuffer()));
    replace(join(folder, "session.json"), JSON.stringify(laid, null, 2));
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
