import { machineNowMs } from "../../companion/engine/clock/machine-clock.node.ts";
import type { JackMidi } from "../../companion/engine/midi/jack-midi-port.node.ts";
import { JACK_RATE_HZ, type Jack } from "./jack.ts";

/** A MIDI message, the frame of JACK's clock at which it was there, and when that was by the machine's clock, or a little later. */
export interface Heard {
  frame: number;
  localMs: number;
  /** JACK's own clock then. */
  jackMs: number;
  bytes: Uint8Array;
}

/** Of a busy machine's clock and JACK's: what is heard within so long of an instant says how the two stand to each other then. */
const NEAR_MS = 3_000;

/** Hears what ports of JACK say, each message at the frame that JACK itself gives it. */
export class JackEar {
  readonly heard: Heard[] = [];
  readonly #client: ReturnType<JackMidi["open"]>;

  constructor(jackMidi: JackMidi, name: string) {
    this.#client = jackMidi.open(name, (agoMs, bytes, frame, jackMs) =>
      this.heard.push({ frame, localMs: machineNowMs() - agoMs, jackMs, bytes }),
    );
  }

  static async open(jackMidi: JackMidi, jack: Jack, name: string, from: readonly string[]): Promise<JackEar> {
    const ear = new JackEar(jackMidi, name);
    const to = await jack.until(`${name}:in`);
    for (const port of from) jack.connect(port, to);
    return ear;
  }

  close(): void {
    this.#client.close();
  }
}

/**
 * JACK's frame at an instant of the machine's clock, by what was heard near it: of that the message whose instant was read the soonest says it best. A
 * busy machine's JACK loses time, so a whole run has no one line.
 */
export function frameClock(heard: readonly Heard[]): (localMs: number) => number {
  const perMs = JACK_RATE_HZ / 1000;
  return (atMs) => {
    const near = heard.filter(({ localMs }) => Math.abs(localMs - atMs) <= NEAR_MS);
    const known = near.length > 0 ? near : heard;
    const most = known.reduce(
      (one, { frame, localMs }) => Math.max(one, frame - localMs * perMs),
      Number.NEGATIVE_INFINITY,
    );
    return Math.round(atMs * perMs + most);
  };
}
