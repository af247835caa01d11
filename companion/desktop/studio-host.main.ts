import { MessageChannelMain, powerSaveBlocker, type UtilityProcess, utilityProcess, type WebContents } from "electron";
import type { SessionId } from "../../protocol/ids.ts";
import type { StudioEvent } from "../engine/studio/events.std.ts";
import { channelOf } from "./ipc.std.ts";
import { FromStudio, type ToStudio } from "./studio-messages.std.ts";

export interface StudioHostOptions {
  /** The built program of the studio's process. */
  program: string;
  /** What the studio is opened with; `null`: nobody is signed in. */
  open(sessionId: SessionId): Promise<Extract<ToStudio, { type: "open" }> | null>;
  tell(message: Extract<FromStudio, { type: "studio" | "room" }>): void;
  /** The studio has left: the session is over for this machine. */
  onEnded(): void;
}

/** Of what no page was there for, so much is told to the next. */
const MISSED_MAX = 100;
/** A studio that dies at once, again and again, is not started for ever. */
const RESTARTS_MAX = 5;

/**
 * The studio's process as the shell sees it. Life: one for each session that the person is in. It is told what the window says, survives every
 * window, and is started anew when it dies, whereupon the engine itself mends what was on disk. While it records, the machine stays awake.
 */
export class StudioHost {
  readonly sessionId: SessionId;
  readonly #options: StudioHostOptions;
  #child: UtilityProcess | undefined;
  #watcher: WebContents | undefined;
  /** What happened while no page was there to be told. */
  #missed: StudioEvent[] = [];
  #restarts = 0;
  #isLeaving = false;
  #isOver = false;
  readonly #recording = new Set<string>();
  #blocker: number | undefined;
  #over: () => void = () => undefined;
  readonly ended = new Promise<void>((resolve) => {
    this.#over = resolve;
  });

  constructor(sessionId: SessionId, options: StudioHostOptions) {
    this.sessionId = sessionId;
    this.#options = options;
    void this.#start();
  }

  get isRecording(): boolean {
    return this.#recording.size > 0;
  }

  say(message: ToStudio): void {
    this.#child?.postMessage(message);
  }

  /** A window has been drawn: it is told everything, and its sound comes here over a port of its own. */
  watch(contents: WebContents): void {
    this.#watcher = contents;
    for (const event of this.#missed.splice(0)) this.#options.tell({ type: "studio", event });
    if (this.#child === undefined || contents.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    this.#child.postMessage({ type: "look" } satisfies ToStudio, [port2]);
    contents.postMessage(channelOf.tap, null, [port1]);
  }

  /** The page is gone, and none has been drawn in its place yet. */
  unwatch(): void {
    this.#watcher = undefined;
  }

  /** Ends a take whole and leaves; resolves when the process is gone. */
  leave(): Promise<void> {
    this.#isLeaving = true;
    if (this.#child === undefined) this.#end();
    else this.say({ type: "command", command: { type: "leave" } });
    return this.ended;
  }

  async #start(): Promise<void> {
    const open = await this.#options.open(this.sessionId);
    if (open === null || this.#isLeaving) {
      this.#end();
      return;
    }
    const child = utilityProcess.fork(this.#options.program, [], { serviceName: "SessionLinked studio" });
    this.#child = child;
    child.on("message", (message: unknown) => {
      const said = FromStudio.safeParse(message);
      if (said.success) this.#hear(said.data);
    });
    child.once("exit", () => {
      this.#child = undefined;
      this.#recording.clear();
      this.#keepAwake();
      if (this.#isLeaving || ++this.#restarts > RESTARTS_MAX) {
        this.#end();
        return;
      }
      const message = "The studio has stopped and begins again; what was recorded until then is safe.";
      this.#tell({ type: "warning", code: "studio", message, final: false });
      void this.#start();
    });
    this.say(open);
    if (this.#watcher !== undefined) this.watch(this.#watcher);
  }

  #hear(message: FromStudio): void {
    if (message.type === "ended") {
      this.#isLeaving = true;
      this.#child?.kill();
      return;
    }
    if (message.type === "room") this.#options.tell(message);
    else this.#tell(message.event);
  }

  #tell(event: StudioEvent): void {
    this.#note(event);
    if (this.#watcher !== undefined) this.#options.tell({ type: "studio", event });
    else this.#missed = [...this.#missed, event].slice(-MISSED_MAX);
  }

  #note(event: StudioEvent): void {
    if (event.type === "recording") this.#recording.add(event.name);
    else if (event.type === "recorded") this.#recording.delete(event.stem.name);
    else return;
    this.#keepAwake();
  }

  #keepAwake(): void {
    if (this.isRecording && this.#blocker === undefined)
      this.#blocker = powerSaveBlocker.start("prevent-app-suspension");
    if (!this.isRecording && this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = undefined;
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onEnded();
    this.#over();
  }
}
