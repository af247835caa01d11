/** What is heard of the takes while the transport rolls. What plays them is a script of its own, fetched when somebody first wants to hear one. */
import { signal } from "@preact/signals";
import type { LaneStem } from "./lanes.std.ts";
import type { Playback, PlaybackOptions } from "./playback.dom.ts";

export class ViewPlayback {
  readonly #options: PlaybackOptions;
  readonly #onTrouble: () => void;
  #playback: Promise<Playback> | null = null;
  readonly #now = signal<readonly LaneStem[]>([]);
  /** What was heard before that: A and B. */
  readonly before = signal<readonly LaneStem[]>([]);
  readonly volume = signal(1);

  constructor(options: PlaybackOptions, onTrouble: () => void) {
    this.#options = options;
    this.#onTrouble = onTrouble;
  }

  get canPlay(): boolean {
    return this.#options.workletUrl !== undefined;
  }

  get hearing(): readonly LaneStem[] {
    return this.#now.value;
  }

  /** The stems that are heard; none: nothing is played back. */
  get heard(): ReadonlySet<string> {
    return new Set(this.#now.value.map(({ recordingId }) => recordingId));
  }

  /** Plays these stems from now on, and no others. */
  async hear(stems: readonly LaneStem[]): Promise<void> {
    const before = this.#now.value;
    if (before.length > 0 && before[0]?.takeId !== stems[0]?.takeId) this.before.value = before;
    this.#now.value = stems;
    try {
      this.#playback ??= import("./playback.dom.ts").then(({ Playback }) => Playback.open(this.#options));
      const playback = await this.#playback;
      playback.volume = this.volume.value;
      await playback.hear(this.#now.value);
    } catch {
      this.#playback = null;
      this.#now.value = [];
      this.#onTrouble();
    }
  }

  /** Hears what was heard before, in the very same place. */
  async swap(): Promise<void> {
    if (this.before.value.length > 0) await this.hear(this.before.value);
  }

  async setVolume(volume: number): Promise<void> {
    this.volume.value = volume;
    const playback = await this.#playback;
    if (playback !== null) playback.volume = volume;
  }

  close(): void {
    void this.#playback?.then((playback) => playback.close()).catch(() => undefined);
    this.#playback = null;
  }
}
