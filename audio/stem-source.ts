import { TIMELINE_RATE_HZ } from "../protocol/limits.ts";
import type { Recording, StemFormat } from "../protocol/recordings.ts";
import { clockCurve } from "./clock-line.ts";
import { foldDown } from "./fold-down.ts";
import type { FrameRange } from "./frame-range.ts";
import { decode, frameBytesOf } from "./pcm.ts";
import { marginOf, resample } from "./resample.ts";
import { placeOf } from "./stem-place.ts";
import { readWavHeader, WAV_HEADER_MAX_BYTES } from "./wav-reader.ts";

/** A stem as the page describes it. */
export interface StemData {
  id: string;
  /** What it is called when it is spoken of: its name and who played it. */
  name: string;
  format: StemFormat;
  /** The file's first frame on the timeline, and how much after it record was pressed: from there on it is heard. */
  from: number;
  preRollFrames: number;
  /** Frames at its own rate. */
  frames: number;
  startedAtMs: number;
  hasPeaks: boolean;
  isHeard: boolean;
}

/** Why a stem cannot be played, whatever is done about it. */
export type Failure = "ended" | "forbidden" | "signed-out" | "unreadable";

export class StemError extends Error {
  override readonly name = "StemError";
  /** `null`: asking again later may help. */
  readonly failure: Failure | null;
  constructor(failure: Failure | null) {
    super(failure ?? "not reached");
    this.failure = failure;
  }
}

const failures: Record<number, Failure> = {
  401: "signed-out",
  403: "forbidden",
  404: "ended",
  410: "ended",
  416: "unreadable",
};

/** Ours have their sound within 3 KiB; whoever else's does not is asked once more. */
const HEADER_BYTES = 4_096;
/** Less drift than this over a whole stem is not worth resampling it for; companion/engine/takes leaves as much in. */
const DRIFT_IGNORED_MS = 0.05;

interface Known {
  dataAtBytes: number;
  /** The file's first frame on the timeline, as the whole clock map knows it. */
  startFrames: number;
  /** The stem's own frame, with its fraction, at so many of the timeline's after its first: its rate, and its device's clock. */
  frameAt(timelineFrames: number): number;
}

/** What a recording's own address says beside what its row on the page does. */
type Detail = Pick<Recording, "clock" | "transportAtStart">;

/** Asks for what is known of a stem (`""`) or a range of its file (`"/file"`). Rejects where nobody can be reached. */
export type AskForStem = (
  path: "" | "/file",
  headers: Record<string, string>,
  signal: AbortSignal,
) => Promise<Response>;

const askServer =
  (id: string): AskForStem =>
  (path, headers, signal) =>
    fetch(`/api/v1/recordings/${id}${path}`, { headers, signal });

/** One stem's sound, fetched by the range: bytes of a range in, sound on the session's timeline out. */
export class StemSource {
  readonly data: StemData;
  readonly #askFor: AskForStem;
  #known: Promise<Known> | null = null;

  /** Without `askFor` it is the server's. */
  constructor(data: StemData, askFor: AskForStem = askServer(data.id)) {
    this.data = data;
    this.#askFor = askFor;
  }

  /** The timeline's frames `from` to `to` of this stem, one array a channel; of more than two, their fold-down to stereo. Throws `StemError`, or the abort's reason. */
  async load({ from, to }: FrameRange, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>[]> {
    this.#known ??= this.#learn(signal).catch((error) => {
      this.#known = null;
      throw error;
    });
    const { dataAtBytes, startFrames, frameAt } = await this.#known;
    const { format, frames } = this.data;
    // A clock bends over minutes; within a piece its ends say all.
    const start = frameAt(from - startFrames);
    const step = (frameAt(to - startFrames) - start) / (to - from);
    const margin = marginOf(step);
    const first = Math.max(0, Math.floor(start) - margin);
    const last = Math.min(frames, Math.ceil(start + (to - from - 1) * step) + margin + 1);
    if (last <= first) return Array.from({ length: Math.min(2, format.channels) }, () => new Float32Array(to - from));
    const frameBytes = frameBytesOf(format);
    const bytes = await this.#range(dataAtBytes + first * frameBytes, dataAtBytes + last * frameBytes, signal);
    return foldDown(decode(bytes, format)).map((channel) => resample(channel, first, start, step, to - from));
  }

  async #learn(signal: AbortSignal): Promise<Known> {
    const [header, detail] = await Promise.all([
      this.#range(0, HEADER_BYTES, signal).then(
        async (start) => readWavHeader(start) ?? readWavHeader(await this.#range(0, WAV_HEADER_MAX_BYTES, signal)),
      ),
      this.#ask("", {}, signal).then((answer) => answer.json() as Promise<Detail>),
    ]);
    const { format, frames, startedAtMs, from: timelineFrames } = this.data;
    const fits =
      header?.encoding === format.encoding &&
      header.channels === format.channels &&
      header.sampleRateHz === format.sampleRateHz;
    if (header === null || !fits) throw new StemError("unreadable");
    const curve = clockCurve(detail.clock, format.sampleRateHz, startedAtMs);
    const startFrames = Math.round(placeOf({ ...detail, timelineFrames, startedAtMs }, curve));
    const driftMs = (frames / format.sampleRateHz) * Math.abs(curve.ratio - 1) * 1000;
    const plain = format.sampleRateHz / TIMELINE_RATE_HZ;
    const frameAt = (at: number) => (driftMs < DRIFT_IGNORED_MS ? at * plain : curve.stemFrameAt(at * plain));
    return { dataAtBytes: header.dataAtBytes, startFrames, frameAt };
  }

  /** Bytes `from` to `to`, exclusive; fewer only at the end of the file. A server that would send the whole file is refused. */
  async #range(from: number, to: number, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.#ask("/file", { Range: `bytes=${from}-${to - 1}` }, signal);
    if (answer.status !== 206) {
      await answer.body?.cancel();
      throw new StemError("unreadable");
    }
    try {
      return new Uint8Array(await answer.arrayBuffer());
    } catch {
      signal.throwIfAborted();
      throw new StemError(null);
    }
  }

  async #ask(path: "" | "/file", headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    let answer: Response;
    try {
      answer = await this.#askFor(path, headers, signal);
    } catch {
      signal.throwIfAborted();
      throw new StemError(null);
    }
    if (answer.ok) return answer;
    throw new StemError(failures[answer.status] ?? null);
  }
}
