import type { Leg } from "../../audio/step-mixer.ts";
import { positionAt } from "../../protocol/transport.ts";
import type { ViewState } from "./model.std.ts";

/** Clocks of a machine are read one after the other: the line between them is believed slowly, and at once where it jumped. */
const FOLLOW = 0.05;
const JUMP_SECONDS = 0.02;
/** The first looks say where the line is, and count alike. */
const FIRST_LOOKS = 20;

/**
 * The line from the page's clock to that of its loudspeakers, told from pairs of them (W3C Web Audio, `getOutputTimestamp`), each of which is a
 * few milliseconds off.
 */
export class OutputClock {
  #offsetSeconds = 0;
  #looks = 0;

  /** A frame of `contextSeconds` was heard at `localMs`. */
  note(contextSeconds: number, localMs: number): void {
    const offset = contextSeconds - localMs / 1000;
    if (this.#looks > FIRST_LOOKS && Math.abs(offset - this.#offsetSeconds) > JUMP_SECONDS) this.#looks = 0;
    this.#looks++;
    this.#offsetSeconds += (offset - this.#offsetSeconds) * Math.max(FOLLOW, 1 / this.#looks);
  }

  get isKnown(): boolean {
    return this.#looks > 0;
  }

  /** When, by the clock of the loudspeakers, an instant of the page's is heard. */
  secondsAt(localMs: number): number {
    return this.#offsetSeconds + localMs / 1000;
  }
}

/** Where the playhead is from now on, as far as it is known: what rolls now, and what has been commanded for a moment ahead. */
export function courseOf(state: ViewState, nowSessionMs: number, secondsAt: (sessionMs: number) => number): Leg[] {
  const legOf = (transport: ViewState["transportBefore"], sessionMs: number): Leg => ({
    fromSeconds: secondsAt(sessionMs),
    positionFrames: positionAt(transport, sessionMs),
    // A count-in is over at `atMs`, and the playhead stands until then.
    isRolling: transport.motion !== "stopped" && sessionMs >= transport.atMs,
    loop: transport.loop === undefined ? null : { from: transport.loop.startFrames, to: transport.loop.endFrames },
  });
  const { transportBefore, takesEffectAtMs, timeline } = state;
  const { transport } = timeline;
  const begins = Math.max(takesEffectAtMs, transport.motion === "stopped" ? 0 : transport.atMs);
  if (nowSessionMs >= begins) return [legOf(transport, nowSessionMs)];
  const now = nowSessionMs < takesEffectAtMs ? transportBefore : transport;
  return [
    legOf(now, nowSessionMs),
    ...(takesEffectAtMs > nowSessionMs && takesEffectAtMs < begins ? [legOf(transport, takesEffectAtMs)] : []),
    legOf(transport, begins),
  ];
}
