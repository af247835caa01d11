import { TIMELINE_RATE_HZ } from "../../../protocol/limits.ts";
import type { DawMessage } from "../midi/driver.std.ts";

/** What a DAW says that somebody did to it: the same words as it is told. */
export type DawIntent = DawMessage;

/** An echo that comes later than this is taken for a person's press. The slowest that was measured came after 8 ms; links add theirs. */
const ECHO_WINDOW_MS = 1_000;
/** A DAW that stops says where it stands in the same breath. */
const BREATH_MS = 100;
/** A DAW's own idea of a place, after a stop or a locate, is this near to ours. */
const PLACE_TOLERANCE_FRAMES = TIMELINE_RATE_HZ / 2;
const TEMPO_TOLERANCE_BPM = 0.05;
/** Expectations of one port; a session commands far less in a window. */
const EXPECTATIONS_MAX = 256;
/** A port whose last presses were each undone by somebody else within this time is a loop of cables, not a musician. */
const REVERSAL_MS = 2_000;
const REVERSALS_MAX = 5;

interface Expectation {
  message: DawMessage;
  untilMs: number;
  /** The DAW may say it any number of times: where it stands, after a stop. */
  repeats: boolean;
  /** A place that it says may be any. */
  anywhere?: true;
}

/**
 * The echo guard of one port: tells what a DAW says because it was told so from what a person did to it. Each message that is sent is an
 * expectation for a while (its kind, and its place more or less); what fits one is an echo and never becomes a command, what fits none is a
 * press, also in the same moment.
 */
export class EchoGuard {
  readonly #expected: Expectation[] = [];
  #presses: { message: DawMessage; atMs: number; reversed: boolean }[] = [];
  #muted = false;

  /** Set once the port has said five things in a row that others undid at once; it stays so until `unmute`. */
  get muted(): boolean {
    return this.#muted;
  }

  unmute(): void {
    this.#muted = false;
    this.#presses = [];
  }

  /** A message goes to the DAW. `placeFrames` is where it is then. */
  expect(message: DawMessage, placeFrames: number, nowMs: number): void {
    const untilMs = nowMs + ECHO_WINDOW_MS;
    this.#add({ message, untilMs, repeats: message.type === "locate" });
    // A record starts the roll as well, and a stop ends the recording: a DAW says both.
    if (message.type === "record") this.#add({ message: { type: "play" }, untilMs, repeats: false });
    if (message.type === "stop") {
      this.#add({ message: { type: "punch-out" }, untilMs, repeats: false });
      this.#add({ message: { type: "locate", positionFrames: placeFrames }, untilMs, repeats: true });
    }
  }

  /** Whether something that the DAW says is only what it was told, or belongs to what it said a moment ago. */
  isEcho(intent: DawIntent, nowMs: number): boolean {
    this.#expire(nowMs);
    const at = this.#expected.findIndex(
      ({ message, anywhere }) => fits(message, intent) || (anywhere === true && intent.type === "locate"),
    );
    if (at < 0) return false;
    if (this.#expected[at]?.repeats === false) this.#expected.splice(at, 1);
    return true;
  }

  /** A press of a person at the DAW, which is everybody's from now on. */
  press(intent: DawIntent, nowMs: number): void {
    this.#presses = [...this.#presses.slice(1 - REVERSALS_MAX), { message: intent, atMs: nowMs, reversed: false }];
  }

  /**
   * Something that was done to the DAW by itself, a press or not. What the DAW adds to it (where it stands, after a stop, which may be anywhere) is no
   * other press.
   */
  accompany(intent: DawIntent, placeFrames: number, nowMs: number): void {
    const untilMs = nowMs + ECHO_WINDOW_MS;
    if (intent.type === "stop") {
      this.#add({ message: { type: "punch-out" }, untilMs, repeats: false });
      this.#add({ message: { type: "locate", positionFrames: placeFrames }, untilMs, repeats: true });
      this.#add({
        message: { type: "locate", positionFrames: 0 },
        untilMs: nowMs + BREATH_MS,
        repeats: false,
        anywhere: true,
      });
    }
    if (intent.type === "record") this.#add({ message: { type: "play" }, untilMs, repeats: false });
  }

  /** Somebody else's command went against the last press. Returns whether the port has just been muted for it. */
  reverse(nowMs: number): boolean {
    const last = this.#presses.at(-1);
    if (last === undefined || nowMs - last.atMs > REVERSAL_MS) return false;
    last.reversed = true;
    const wasMuted = this.#muted;
    this.#muted = this.#presses.length >= REVERSALS_MAX && this.#presses.every(({ reversed }) => reversed);
    return this.#muted && !wasMuted;
  }

  #add(expectation: Expectation): void {
    this.#expected.push(expectation);
    if (this.#expected.length > EXPECTATIONS_MAX) this.#expected.shift();
  }

  #expire(nowMs: number): void {
    for (let at = this.#expected.length - 1; at >= 0; at--) {
      if ((this.#expected[at]?.untilMs ?? 0) < nowMs) this.#expected.splice(at, 1);
    }
  }
}

function fits(expected: DawMessage, heard: DawIntent): boolean {
  if (expected.type === "locate" && heard.type === "locate")
    return Math.abs(expected.positionFrames - heard.positionFrames) <= PLACE_TOLERANCE_FRAMES;
  if (expected.type === "tempo" && heard.type === "tempo")
    return Math.abs(expected.bpm - heard.bpm) <= TEMPO_TOLERANCE_BPM;
  return expected.type === heard.type;
}
