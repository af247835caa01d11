/**
 * Takes played back in step with everybody's transport. Life: opened when a person first wants to hear a take; from then on, while the transport
 * rolls, what comes next is fetched a few seconds ahead, and the audio thread plays it where the playhead is.
 */
import { plan } from "../../audio/prefetch.ts";
import { type AskForStem, type Failure, StemError, StemSource } from "../../audio/stem-source.ts";
import type { ToStepMixer } from "../../audio/step-mixer.ts";
import { TIMELINE_RATE_HZ } from "../../protocol/limits.ts";
import { courseOf, OutputClock } from "./course.std.ts";
import type { LaneStem, Shown } from "./lanes.std.ts";
import { transportAt, type ViewState } from "./model.std.ts";

const TICK_MS = 100;
/** Pieces on their way at once: as many as a browser asks of one server over HTTP/1.1. */
const REQUESTS_MAX = 6;
/** A course that differs by less is the one that was told. */
const TOLD_OFF_SECONDS = 0.001;

interface Playing {
  id: number;
  stem: LaneStem;
  source: StemSource;
  held: (Shown & { abort?: AbortController })[];
  failure: Failure | null;
}

export interface PlaybackOptions {
  workletUrl: string | undefined;
  state(): ViewState;
  nowMs(): number | null;
  /** How a stem that lies in this browser is read; `null` for one that the server has. */
  askOwn(recordingId: string): AskForStem | null;
}

export class Playback {
  readonly #options: PlaybackOptions;
  readonly #clock = new OutputClock();
  readonly #playing = new Map<string, Playing>();
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastId = 0;
  #heard: ReadonlySet<string> = new Set();
  #volume = 1;
  #told: { state: ViewState; offset: number } | null = null;

  /** Throws if this browser has no audio thread to run in. */
  static async open(options: PlaybackOptions): Promise<Playback> {
    const context = new AudioContext({ sampleRate: TIMELINE_RATE_HZ, latencyHint: "interactive" });
    try {
      await context.audioWorklet.addModule(options.workletUrl ?? "");
      return new Playback(options, context);
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  private constructor(options: PlaybackOptions, context: AudioContext) {
    this.#options = options;
    this.#context = context;
    this.#node = new AudioWorkletNode(context, "takes-playback", { numberOfInputs: 0, outputChannelCount: [2] });
    this.#node.connect(context.destination);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Plays these stems from now on, and no others. */
  async hear(stems: readonly LaneStem[]): Promise<void> {
    this.#heard = new Set(stems.map(({ recordingId }) => recordingId));
    for (const stem of stems) this.#add(stem);
    this.#tellGains();
    // What is silent costs no battery.
    await (stems.length === 0 ? this.#context.suspend() : this.#context.resume());
    this.#tick();
  }

  set volume(volume: number) {
    this.#volume = volume;
    this.#tellGains();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { held } of this.#playing.values()) for (const { abort } of held) abort?.abort();
    this.#playing.clear();
    void this.#context.close();
  }

  #tellGains(): void {
    for (const { id, stem } of this.#playing.values())
      this.#tell({ type: "stem", id, gain: this.#gainOf(stem.recordingId) });
  }

  #gainOf(recordingId: string): number {
    return this.#heard.has(recordingId) ? this.#volume : 0;
  }

  #add(stem: LaneStem): void {
    if (this.#playing.has(stem.recordingId)) return;
    const { recordingId, name, format, frames, span, startedAtMs } = stem;
    const data = {
      id: recordingId,
      name,
      format,
      frames,
      from: span.from,
      preRollFrames: 0,
      startedAtMs,
      hasPeaks: false,
      isHeard: true,
    };
    const own = this.#options.askOwn(recordingId);
    const source = own === null ? new StemSource(data) : new StemSource(data, own);
    this.#playing.set(recordingId, { id: ++this.#lastId, stem, source, held: [], failure: null });
  }

  #tell(message: ToStepMixer, transfer: Transferable[] = []): void {
    this.#node.port.postMessage(message, transfer);
  }

  /** Says where the playhead is, and fetches what comes next. */
  #tick(): void {
    const context = this.#context;
    const nowMs = this.#options.nowMs();
    if (nowMs === null || this.#heard.size === 0) return;
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
    // Before the first sound an engine knows of none.
    if (performanceTime > 0) this.#clock.note(contextTime, performanceTime);
    else this.#clock.note(context.currentTime - (context.outputLatency || context.baseLatency), performance.now());
    const state = this.#options.state();
    this.#tellCourse(state, nowMs);
    const transport = transportAt(state, nowMs);
    if (transport.motion !== "stopped") this.#fetchAhead(state, nowMs);
  }

  #tellCourse(state: ViewState, nowMs: number): void {
    const localNowMs = performance.now();
    const secondsAt = (sessionMs: number) => this.#clock.secondsAt(localNowMs + sessionMs - nowMs);
    const offset = secondsAt(0);
    const isTold =
      this.#told?.state.timeline === state.timeline && Math.abs(this.#told.offset - offset) < TOLD_OFF_SECONDS;
    // A leg that has begun meanwhile was told with the one before it.
    if (isTold) return;
    this.#told = { state, offset };
    this.#tell({ type: "course", legs: courseOf(state, nowMs, secondsAt) });
  }

  #fetchAhead(state: ViewState, nowMs: number): void {
    const [leg] = courseOf(state, nowMs, () => 0);
    if (leg === undefined) return;
    const all = [...this.#playing.values()];
    const { fetch, drop } = plan({
      position: Math.round(leg.positionFrames),
      loop: leg.loop,
      stems: all.map(({ id, stem, held, failure }) => ({
        id,
        ...stem.span,
        isHeard: failure === null && this.#heard.has(stem.recordingId),
        held,
      })),
    });
    const byId = new Map(all.map((one) => [one.id, one]));
    for (const { id, from } of drop) {
      const one = byId.get(id);
      const at = one?.held.findIndex((held) => held.from === from) ?? -1;
      const [dropped] = at < 0 ? [] : (one?.held.splice(at, 1) ?? []);
      dropped?.abort?.abort();
      this.#tell({ type: "drop", id, at: from });
    }
    let open = all.flatMap(({ held }) => held).filter(({ abort }) => abort !== undefined).length;
    for (const { id, ...range } of fetch) {
      const one = byId.get(id);
      if (one === undefined || open++ >= REQUESTS_MAX) return;
      void this.#fetch(one, range);
    }
  }

  async #fetch(one: Playing, range: Shown): Promise<void> {
    const abort = new AbortController();
    const holding: Playing["held"][number] = { ...range, abort };
    one.held.push(holding);
    try {
      const channels = await one.source.load(range, abort.signal);
      if (!one.held.includes(holding)) return;
      delete holding.abort;
      this.#tell(
        { type: "chunk", id: one.id, at: range.from, channels },
        channels.map(({ buffer }) => buffer),
      );
    } catch (error) {
      const at = one.held.indexOf(holding);
      if (at >= 0) one.held.splice(at, 1);
      // What cannot be had just now is asked for at the next turn.
      if (error instanceof StemError && error.failure !== null) one.failure = error.failure;
    }
  }
}
