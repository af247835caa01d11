import type { Channel, Engine } from "./engine.ts";

type Kept = Record<string, [volume: number, isMuted: boolean, isSolo: boolean, pan?: number]>;

const isKept = (value: unknown): value is Kept =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).every(
    (one) =>
      Array.isArray(one) &&
      typeof one[0] === "number" &&
      typeof one[1] === "boolean" &&
      typeof one[2] === "boolean" &&
      (one[3] === undefined || typeof one[3] === "number"),
  );

/** The mix: what is muted, soloed and how loud. It outlives a reload, in this tab and no longer; and one take alone is a look, not a change. */
export class Mix {
  readonly #engine: Engine;
  readonly #key: string;
  /** What was heard before one take was heard alone, and the button that goes back to it. */
  #before: { button: HTMLButtonElement; heard: Map<Channel, [isMuted: boolean, isSolo: boolean]> } | null = null;

  constructor(engine: Engine, sessionId: string) {
    this.#engine = engine;
    this.#key = `mix ${sessionId}`;
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(this.#key) ?? "{}");
      if (isKept(kept))
        for (const channel of engine.channels)
          [channel.volume, channel.isMuted, channel.isSolo, channel.pan = 0] = kept[channel.source.data.id] ?? [
            channel.volume,
            channel.isMuted,
            channel.isSolo,
          ];
    } catch {
      // A browser that keeps nothing, or kept something else: the mix is the page's own.
    }
  }

  keep(): void {
    const kept: Kept = {};
    for (const channel of this.#engine.channels) {
      const [isMuted, isSolo] = this.#before?.heard.get(channel) ?? [channel.isMuted, channel.isSolo];
      kept[channel.source.data.id] = [channel.volume, isMuted, isSolo, channel.pan];
    }
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // As above.
    }
  }

  /** Hears one take alone; the same button again goes back to what was heard before. */
  only(button: HTMLButtonElement, isIn: (channel: Channel) => boolean): void {
    const before = this.#before;
    if (before !== null) {
      for (const [channel, [isMuted, isSolo]] of before.heard) Object.assign(channel, { isMuted, isSolo });
      before.button.setAttribute("aria-pressed", "false");
      this.#before = null;
    }
    if (before?.button !== button) {
      const heard = new Map(
        this.#engine.channels.map((channel) => [channel, [channel.isMuted, channel.isSolo] as [boolean, boolean]]),
      );
      this.#before = { button, heard };
      button.setAttribute("aria-pressed", "true");
      for (const channel of this.#engine.channels) Object.assign(channel, { isSolo: false, isMuted: !isIn(channel) });
    }
    this.#engine.apply();
  }
}
