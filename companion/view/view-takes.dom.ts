/**
 * The view's end of one's own takes. The worker that records is a script of its own, and is begun only where there is sound or where an earlier
 * visit left takes: then they are offered again, and what was on its way goes on.
 */
import { signal } from "@preact/signals";
import type { AskForStem } from "../../audio/stem-source.ts";
import type { MemberId } from "../../protocol/ids.ts";
import type { LoggedEvent } from "../../protocol/room.ts";
import type { PeerReading } from "../engine/clock/peer-clocks.std.ts";
import type { ClockSample } from "../engine/clock/session-clock.std.ts";
import type { BrowserSound } from "../engine/sound/browser-sound.dom.ts";
import type { DiskState } from "../engine/stems/disk.std.ts";
import type { Sharing, Stem } from "../engine/stems/stem.std.ts";
import type { StudioEvent } from "../engine/studio/events.std.ts";
import { type FromTakes, type TakesCommand, type ToTakes, takesFolder } from "../engine/studio/takes-messages.std.ts";
import type { UploadProgress, UploadState } from "../engine/upload/upload-progress.std.ts";
import type { Boot } from "./boot.std.ts";
import type { ViewState } from "./model.std.ts";

/** A stem that this browser recorded, and how far it has come. */
export interface OwnStem {
  stem: Stem;
  progress: UploadProgress | null;
}

/** What an upload's state says of a person's decision; the sidecar has it for the next visit. */
const sharingBy: Record<UploadState, Sharing> = {
  uploading: "wanted",
  waiting: "wanted",
  stalled: "wanted",
  paused: "paused",
  complete: "shared",
  withdrawn: "withdrawn",
  failed: "local",
};

/** As much as the recorder keeps. */
const PRE_ROLL_MAX_SECONDS = 10;

/** Samples of the room's clock that a worker which begins later is told. */
const SAMPLES_MAX = 32;

export interface ViewTakesOptions {
  boot: Boot;
  state(): ViewState;
  setStatus(status: { armed: boolean; recording: boolean }): void;
  onTrouble(code: string): void;
}

export class ViewTakes {
  readonly #options: ViewTakesOptions;
  readonly #samples: ClockSample[] = [];
  readonly #progress = new Map<string, UploadProgress>();
  #worker: Worker | null = null;
  #isIn = false;
  #lastSeq = 0;
  #input = { name: "", channels: [0, 1] };
  /** What is told of safety copies, here or by the studio of the desktop app, is for a script of its own. */
  onEvent: ((event: StudioEvent) => void) | undefined;
  readonly status = signal({ armed: false, recording: false });
  readonly stems = signal<readonly OwnStem[]>([]);
  readonly sharesAsItRecords = signal(false);
  readonly disk = signal<DiskState>("here");
  /** As the person calls what they play in; empty: as the view calls it. */
  readonly inputName = signal("");
  readonly #preRoll = signal<number>(PRE_ROLL_MAX_SECONDS);

  constructor(options: ViewTakesOptions) {
    this.#options = options;
    void this.#goOn();
  }

  /** In the desktop app it is the studio that records. */
  get canRecord(): boolean {
    return this.#options.boot.sound.takesUrl !== undefined;
  }

  get isBusy(): boolean {
    const { recording } = this.status.value;
    return recording || this.stems.value.some(({ stem }) => stem.sharing === "wanted");
  }

  /** The room has let this person in, and what it told is in the view's state. */
  enter(headSeq: number): void {
    this.#isIn = true;
    this.#lastSeq = Math.max(this.#lastSeq, headSeq);
    this.#tellWelcome();
  }

  follow(event: LoggedEvent): void {
    this.#lastSeq = Math.max(this.#lastSeq, event.seq);
    if (event.body.kind === "transport" || event.body.kind === "role") this.tell({ type: "logged", event });
  }

  addSample(sample: ClockSample): void {
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
    this.tell({ type: "clock", sample });
  }

  /** The room has said who is here. */
  setMembers(): void {
    const { memberId, members } = this.#options.state();
    if (memberId === null) return;
    const known = members.map((member) => ({
      memberId: member.memberId,
      connected: member.connected,
      role: member.role,
    }));
    this.tell({ type: "members", memberId, members: known });
  }

  /** What one of them tells of their clock over the lane. */
  onReading(from: MemberId, reading: PeerReading): void {
    this.tell({ type: "reading", from, reading });
  }

  /** There is sound: from now on it can be recorded, and safety copies kept. */
  setDevice(engine: Pick<BrowserSound, "memory" | "tapFor">): void {
    this.#begin();
    this.tell({ type: "device", memory: engine.memory, input: this.#input });
    engine.tapFor(this.#worker);
    // What is asked for is that the browser does not throw takes away when it wants room; some ask the person, most decide alone.
    void navigator.storage.persist().catch(() => false);
  }

  get preRollSeconds(): number {
    return this.#preRoll.value;
  }

  /** So much of what was played before the record button belongs to a take. */
  set preRollSeconds(seconds: number) {
    this.#preRoll.value = seconds;
    this.command({ type: "pre-roll", seconds });
  }

  set captureMs(captureMs: number) {
    this.tell({ type: "capture", captureMs });
  }

  setInput(name: string, isMono: boolean): void {
    this.#input = { name, channels: isMono ? [0] : [0, 1] };
    this.tell({ type: "input", input: this.#input });
  }

  arm(armed: boolean): void {
    this.command({ type: "arm", input: this.#input.name, armed });
  }

  command(command: TakesCommand): void {
    this.tell({ type: "command", command });
  }

  /** The person has made room. */
  look(): void {
    this.tell({ type: "look" });
  }

  /** Takes a stem out of this browser; what was shared stays shared. */
  forget(recordingId: string): void {
    this.tell({ type: "forget", recordingId });
  }

  /** The file as it was recorded, for this person's own disk. */
  async save(stem: Stem): Promise<void> {
    const file = await fileOf(stem);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = stem.path;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  /** The peaks that were made when the stem was sealed; `null` where it is none of this browser's. */
  async peaksOf(recordingId: string): Promise<Int8Array | null> {
    const stem = this.#of(recordingId)?.stem;
    if (stem === undefined) return null;
    try {
      return new Int8Array(await (await fileOf(stem, ".peaks")).arrayBuffer());
    } catch {
      return null;
    }
  }

  /** What playback asks of a stem that lies in this browser, as the server would answer; `null` where it lies at the server. */
  askFor(recordingId: string): AskForStem | null {
    const stem = this.#of(recordingId)?.stem;
    if (stem === undefined) return null;
    return async (path, headers) => {
      if (path === "") return Response.json({ clock: stem.clock, transportAtStart: stem.transportAtStart });
      const [, from = "0", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(headers.Range ?? "") ?? [];
      const bytes = (await fileOf(stem)).slice(Number(from), Number(last) + 1);
      return new Response(bytes, { status: 206 });
    };
  }

  /** How much of a stem of one's own that is on its way has gone, 0 to 1; `null` for any other. */
  shareOf(recordingId: string): number | null {
    const progress = this.#progress.get(recordingId);
    if (progress === undefined || progress.totalBytes === null || sharingBy[progress.state] !== "wanted") return null;
    return Math.min(1, progress.sentBytes / progress.totalBytes);
  }

  /** Ends a take that rolls; the worker goes when it is whole. */
  close(): void {
    this.#worker?.postMessage({ type: "close" } satisfies ToTakes);
    this.#worker = null;
  }

  async #goOn(): Promise<void> {
    try {
      const root = await navigator.storage.getDirectory();
      await root.getDirectoryHandle(takesFolder(this.#options.boot.sessionId));
    } catch {
      // Nothing was recorded here, or nothing can be.
      return;
    }
    this.#begin();
  }

  #begin(): void {
    const { sessionId, sessionName, sound } = this.#options.boot;
    if (this.#worker !== null || sound.takesUrl === undefined) return;
    const worker = new Worker(sound.takesUrl, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<FromTakes>) => this.#take(data);
    worker.onerror = () => this.#options.onTrouble("recorder");
    this.#worker = worker;
    this.tell({ type: "open", sessionId, sessionName, origin: location.origin, originMs: performance.timeOrigin });
    for (const sample of this.#samples) this.tell({ type: "clock", sample });
    this.command({ type: "pre-roll", seconds: this.#preRoll.value });
    this.setMembers();
    this.#tellWelcome();
  }

  /** What the log has led to by now. */
  #tellWelcome(): void {
    const { memberId, role, timeline } = this.#options.state();
    if (memberId === null || role === null || !this.#isIn) return;
    const { transport, map } = timeline;
    this.tell({ type: "welcome", memberId, role, transport, timeline: map, headSeq: this.#lastSeq });
  }

  tell(message: ToTakes): void {
    this.#worker?.postMessage(message);
  }

  #take(message: FromTakes): void {
    switch (message.type) {
      case "event":
        this.#hear(message.event);
        return;
      case "status":
        this.status.value = { armed: message.armed, recording: message.recording };
        this.#options.setStatus(this.status.value);
        return;
      case "share-as-i-record":
        this.sharesAsItRecords.value = message.on;
        return;
      case "forgotten":
        this.stems.value = this.stems.value.filter(({ stem }) => stem.recordingId !== message.recordingId);
        return;
      case "disk":
        this.disk.value = message.disk;
        return;
      case "closed":
        return;
    }
  }

  #hear(event: StudioEvent): void {
    this.onEvent?.(event);
    switch (event.type) {
      case "recorded":
      case "recovered":
        this.#keep(event.stem);
        return;
      case "upload": {
        const { progress } = event;
        this.#progress.set(progress.recordingId, progress);
        const own = this.#of(progress.recordingId);
        if (own !== undefined) this.#keep({ ...own.stem, sharing: sharingBy[progress.state] });
        return;
      }
      case "warning":
        this.#options.onTrouble(event.code);
        return;
      default:
        return;
    }
  }

  #of(recordingId: string): OwnStem | undefined {
    return this.stems.value.find(({ stem }) => stem.recordingId === recordingId);
  }

  #keep(stem: Stem): void {
    const others = this.stems.value.filter((one) => one.stem.recordingId !== stem.recordingId);
    const own = { stem, progress: this.#progress.get(stem.recordingId) ?? null };
    this.stems.value = [...others, own].sort((one, other) => one.stem.startedAtMs - other.stem.startedAtMs);
  }
}

/** A file of a stem in this browser, or one that lies beside it. */
async function fileOf({ sessionId, path }: Stem, beside = ""): Promise<File> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(takesFolder(sessionId));
  return await (await folder.getFileHandle(`${path}${beside}`)).getFile();
}
