import type { FrameRange } from "../../../audio/frame-range.ts";
import type { FromMixer, MixerState, ToMixer } from "../../../audio/mixer.ts";
import { plan } from "../../../audio/prefetch.ts";
import { type Failure, type StemData, StemError, StemSource } from "../../../audio/stem-source.ts";
import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";

/** Pieces on their way at once: as many as a browser asks of one server over HTTP/1.1. */
const REQUESTS_MAX = 6;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 8_000;

export interface Channel {
  source: StemSource;
  volume: number;
  /** From −1, left, to 1. */
  pan: number;
  isMuted: boolean;
  isSolo: boolean;
  failure: Failure | null;
}

interface Holding extends FrameRange {
  /** Set while it is on its way. */
  abort?: AbortController;
}

export type EngineState = "idle" | "loading" | "playing" | "paused" | "waiting" | "offline" | "ended" | "silent";

/**
 * The life of a playback. Nothing is fetched and no audio device is opened before the first play. From then on one audio context runs at
 * the timeline's rate, the mixer in its thread has the only position, and each of its reports makes this class look what is to be
 * fetched next and what can be let go (plan.ts). A jump gives up what is on its way and not wanted any more. A stem that cannot be had
 * for good is taken out, and said; one that cannot be had just now is asked for again, later each time.
 */
export class Engine {
  readonly channels: Channel[];
  readonly end: number;
  /** Where the first sound is: the transport begins there, and not in what may be an hour of silence before it. */
  readonly home: number;
  readonly #worklet: string;
  readonly #onChange: () => void;
  readonly #holdings: Holding[][];
  #context: AudioContext | null = null;
  #node: AudioWorkletNode | null = null;
  #starting: Promise<void> | null = null;
  #position = 0;
  #generation = 0;
  #loop: FrameRange | null = null;
  #wantsToPlay = false;
  #mixer: MixerState = "stopped";
  #reportedAtSeconds = 0;
  #peaks: readonly [number, number] = [0, 0];
  #isHalfSpeed = false;
  #clickBpm: number | null = null;
  #retries = 0;
  #retryTimer = 0;

  constructor(stems: readonly StemData[], worklet: string, onChange: () => void) {
    this.channels = stems.map((data) => ({
      source: new StemSource(data),
      volume: 1,
      pan: 0,
      isMuted: !data.isHeard,
      isSolo: false,
      failure: null,
    }));
    this.#holdings = stems.map(() => []);
    this.#worklet = worklet;
    this.#onChange = onChange;
    const ranges = this.channels.map(rangeOf);
    this.end = Math.max(0, ...ranges.map(({ to }) => to));
    this.home = Math.max(0, Math.min(this.end, ...ranges.map(({ from }) => from)));
    this.#position = this.home;
  }

  get isPlaying(): boolean {
    return this.#wantsToPlay;
  }
  get loop(): FrameRange | null {
    return this.#loop;
  }

  get isHalfSpeed(): boolean {
    return this.#isHalfSpeed;
  }
  get hasClick(): boolean {
    return this.#clickBpm !== null;
  }
  /** The loudest sample of each side of late, full scale 1. */
  get peaks(): readonly [left: number, right: number] {
    return this.#mixer === "playing" ? this.#peaks : [0, 0];
  }

  get state(): EngineState {
    if (!this.#wantsToPlay) return this.#mixer === "ended" ? "ended" : this.#context === null ? "idle" : "paused";
    if (this.#retries > 0) return "offline";
    if (!this.channels.some((channel) => this.isHeard(channel))) return "silent";
    if (this.#mixer === "playing") return "playing";
    return this.#reportedAtSeconds === 0 ? "loading" : "waiting";
  }

  /** Where the playhead is now, in frames: the mixer's last word, and the audio clock since. */
  get position(): number {
    const context = this.#context;
    if (context === null || this.#mixer !== "playing") return this.#position;
    const elapsed = Math.max(0, context.currentTime - this.#reportedAtSeconds);
    const rate = this.#isHalfSpeed ? TIMELINE_RATE_HZ / 2 : TIMELINE_RATE_HZ;
    const moved = this.#position + Math.min(elapsed, 0.25) * rate;
    const loop = this.#loop;
    if (loop !== null && this.#position < loop.to && moved >= loop.to)
      return loop.from + ((moved - loop.to) % (loop.to - loop.from));
    return Math.min(moved, this.end);
  }

  isHeard(channel: Channel): boolean {
    if (channel.failure !== null || channel.volume === 0) return false;
    return this.channels.some(({ isSolo }) => isSolo) ? channel.isSolo : !channel.isMuted;
  }

  async play(): Promise<void> {
    this.#wantsToPlay = true;
    if (this.#mixer === "ended" || this.#position >= this.end) this.seek(this.#loop?.from ?? this.home);
    this.#onChange();
    this.#starting ??= this.#start();
    await this.#starting;
    await this.#context?.resume();
    if (!this.#wantsToPlay) return;
    this.#tell({ type: "play" });
    this.#look();
  }

  pause(): void {
    this.#position = this.position;
    this.#wantsToPlay = false;
    this.#mixer = "stopped";
    this.#tell({ type: "pause" });
    this.seek(this.#position);
    // A paused tape costs no battery.
    void this.#context?.suspend();
  }

  /** Throws if this browser has no audio thread to run in. */
  async #start(): Promise<void> {
    const context = new AudioContext({ sampleRate: TIMELINE_RATE_HZ, latencyHint: "playback" });
    await context.audioWorklet.addModule(this.#worklet);
    const node = new AudioWorkletNode(context, "session-mixer", { numberOfInputs: 0, outputChannelCount: [2] });
    node.connect(context.destination);
    node.port.onmessage = ({ data }: MessageEvent<FromMixer>) => this.#heard(data);
    this.#context = context;
    this.#node = node;
    for (const [id, channel] of this.channels.entries())
      this.#tell({ type: "stem", id, ...rangeOf(channel), gain: this.#gainOf(channel), pan: channel.pan });
    this.#tell({ type: "loop", loop: this.#loop });
    this.#tell({ type: "click", bpm: this.#clickBpm });
    this.#tell({ type: "speed", isHalf: this.#isHalfSpeed });
    this.#tell({ type: "seek", position: this.#position, generation: this.#generation });
  }

  seek(to: number): void {
    this.#position = Math.round(Math.min(this.end, Math.max(0, to)));
    this.#generation++;
    if (this.#mixer === "ended") this.#mixer = "stopped";
    this.#tell({ type: "seek", position: this.#position, generation: this.#generation });
    this.#look();
    this.#onChange();
  }

  setLoop(loop: FrameRange | null): void {
    this.#loop = loop;
    this.#tell({ type: "loop", loop });
    // A loop that was just marked ends where the playhead is: that would run past it.
    if (loop !== null && this.position >= loop.to) this.seek(loop.from);
    else {
      this.#look();
      this.#onChange();
    }
  }

  /** A metronome of this tempo on the timeline's beats, or none. */
  setClick(bpm: number | null): void {
    this.#clickBpm = bpm;
    this.#tell({ type: "click", bpm });
    this.#onChange();
  }

  setHalfSpeed(isHalf: boolean): void {
    this.#position = this.position;
    this.#isHalfSpeed = isHalf;
    this.#tell({ type: "speed", isHalf });
    // From where it is: a report of the other speed would move the playhead back.
    this.seek(this.#position);
  }

  /** After a mute, solo, volume or pan has changed. */
  apply(): void {
    for (const [id, channel] of this.channels.entries())
      this.#tell({ type: "gain", id, gain: this.#gainOf(channel), pan: channel.pan });
    this.#look();
    this.#onChange();
  }

  #gainOf(channel: Channel): number {
    return this.isHeard(channel) ? channel.volume : 0;
  }

  #tell(message: ToMixer, transfer: Transferable[] = []): void {
    this.#node?.port.postMessage(message, transfer);
  }

  #heard(report: FromMixer): void {
    // A report from before the last jump would move the playhead back for a moment.
    if (report.generation !== this.#generation) return;
    const changed = this.#mixer !== report.state;
    this.#position = report.position;
    this.#reportedAtSeconds = report.atSeconds;
    this.#peaks = report.peaks;
    if (this.#wantsToPlay || report.state === "ended") this.#mixer = report.state;
    if (report.state === "ended") {
      this.#wantsToPlay = false;
      void this.#context?.suspend();
    }
    this.#look();
    if (changed) this.#onChange();
  }

  /** Fetches what comes next and lets go of what is behind, while it plays; a pause keeps what it has. */
  #look(): void {
    if (!this.#wantsToPlay || this.#node === null || this.#retryTimer !== 0) return;
    const { fetch, drop } = plan({
      position: this.#position,
      loop: this.#loop,
      stems: this.channels.map((channel, id) => ({
        id,
        ...rangeOf(channel),
        isHeard: this.isHeard(channel),
        held: this.#holdings[id] ?? [],
      })),
    });
    for (const { id, from } of drop) {
      const holdings = this.#holdings[id] ?? [];
      const at = holdings.findIndex((one) => one.from === from);
      const [dropped] = at < 0 ? [] : holdings.splice(at, 1);
      if (dropped?.abort === undefined) this.#tell({ type: "drop", id, at: from });
      else dropped.abort.abort();
    }
    let open = this.#holdings.flat().filter(({ abort }) => abort !== undefined).length;
    for (const { id, ...range } of fetch) {
      if (open++ >= REQUESTS_MAX) return;
      void this.#fetch(id, range);
    }
  }

  async #fetch(id: number, range: FrameRange): Promise<void> {
    const channel = this.channels[id];
    const holdings = this.#holdings[id];
    if (channel === undefined || holdings === undefined) return;
    const holding: Holding = { ...range, abort: new AbortController() };
    holdings.push(holding);
    const letGo = () => {
      const at = holdings.indexOf(holding);
      if (at >= 0) holdings.splice(at, 1);
    };
    try {
      const channels = await channel.source.load(range, (holding.abort as AbortController).signal);
      if (!holdings.includes(holding)) return;
      holding.abort = undefined;
      this.#tell(
        { type: "chunk", id, at: range.from, channels },
        channels.map(({ buffer }) => buffer),
      );
      if (this.#retries > 0) {
        this.#retries = 0;
        this.#onChange();
      }
    } catch (error) {
      letGo();
      if (!(error instanceof StemError)) return;
      if (error.failure !== null) {
        channel.failure = error.failure;
        this.apply();
        return;
      }
      this.#retryLater();
      return;
    }
    this.#look();
  }

  #retryLater(): void {
    if (this.#retryTimer !== 0) return;
    const waitMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#retries);
    this.#retries++;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = 0;
      this.#look();
    }, waitMs);
    this.#onChange();
  }
}

/** Where a stem is heard on the timeline. Its device's clock is left aside: that moves its end by less than a millisecond in ten seconds. */
export function rangeOf({ source: { data } }: Channel): FrameRange {
  const long = Math.ceil((data.frames * TIMELINE_RATE_HZ) / data.format.sampleRateHz);
  return { from: data.from + data.preRollFrames, to: data.from + long };
}
