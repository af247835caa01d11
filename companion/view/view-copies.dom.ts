/**
 * The view's end of copies: what this person has of others' sound, what of it comes, and which of it its owners wish gone. In the desktop app
 * it is the studio that has them, and says so by events; in a browser a person saved them where they like, and only the wishes are known.
 */
import { signal } from "@preact/signals";
import type { MemberId, RecordingId } from "../../protocol/ids.ts";
import type { Recording } from "../../protocol/recordings.ts";
import type { DeliveryReport } from "../engine/delivery/delivery-report.std.ts";
import type { StudioCommand } from "../engine/studio/commands.std.ts";
import type { StudioEvent } from "../engine/studio/events.std.ts";
import type { Boot } from "./boot.std.ts";

export type Answer = "deleted" | "kept";

export interface ShownWish {
  recordingId: RecordingId;
  wishedAtMs: number;
  /** `null` where nothing here knows what it was called, or whose it was: a wish names the sound and not the person. */
  name: string | null;
  memberId: MemberId | null;
  /** Whether the copy lies in the folder of this app. */
  isHere: boolean;
}

export interface Receipt {
  recordingId: RecordingId;
  name: string | null;
  answer: Answer;
  atMs: number;
}

/** Answers that are shown at once, and takes whose names are remembered for wishes that come later. */
const RECEIPTS_MAX = 5;
const KNOWN_MAX = 2_000;

export interface ViewCopiesOptions {
  boot: Boot;
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
}

export class ViewCopies {
  readonly #options: ViewCopiesOptions;
  readonly #known = new Map<string, Pick<Recording, "name" | "memberId">>();
  /** `null`: this is no window of the desktop app. */
  studio: ((command: StudioCommand) => void) | null = null;
  readonly wishes = signal<readonly ShownWish[]>([]);
  readonly receipts = signal<readonly Receipt[]>([]);
  /** `null` in a browser: nothing comes there by itself. */
  readonly deliveries = signal<DeliveryReport | null>(null);

  constructor(options: ViewCopiesOptions) {
    this.#options = options;
  }

  /** This window is the desktop app's: from now on the studio is asked. */
  connect(command: (command: StudioCommand) => void): void {
    this.studio = command;
    command({ type: "copies" });
  }

  /** What there is of takes: one that goes is called by its name in the wish that follows. */
  remember(takes: readonly Recording[]): void {
    for (const { recordingId, name, memberId } of takes) this.#known.set(recordingId, { name, memberId });
    for (const id of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) break;
      this.#known.delete(id);
    }
  }

  hear(event: StudioEvent): void {
    if (event.type === "wishes") this.#show(event.wishes);
    if (event.type === "deliveries") this.deliveries.value = event.report;
    if (event.type === "wish-answered") this.#receipt(event.recordingId, event.answer);
  }

  /** Reads what owners wish for; in the desktop app the studio does. */
  async read(): Promise<void> {
    if (this.studio !== null) return;
    const { readWishes } = await import("./read-wishes.std.ts");
    const wishes = await readWishes(this.#options.boot.sessionId).catch(() => []);
    this.#show(wishes.map((wish) => ({ ...wish, name: null, isHere: false })));
  }

  async answer(recordingId: RecordingId, answer: Answer): Promise<void> {
    if (this.studio !== null) return this.studio({ type: "answer-wish", recordingId, answer });
    if ((await this.#options.ask("POST", `/deletion-wishes/${recordingId}`, { answer })) === null) return;
    this.#receipt(recordingId, answer);
    this.wishes.value = this.wishes.value.filter((wish) => wish.recordingId !== recordingId);
  }

  choose(of: Extract<StudioCommand, { type: "deliver" }>["of"], wanted: boolean): void {
    this.studio?.({ type: "deliver", of, wanted });
  }

  fetch(recordingId: RecordingId): void {
    this.studio?.({ type: "fetch", recordingId });
  }

  #show(wishes: readonly Omit<ShownWish, "memberId">[]): void {
    this.wishes.value = wishes.map(({ recordingId, wishedAtMs, name, isHere }) => {
      const known = this.#known.get(recordingId);
      return { recordingId, wishedAtMs, name: name ?? known?.name ?? null, memberId: known?.memberId ?? null, isHere };
    });
  }

  #receipt(recordingId: RecordingId, answer: Answer): void {
    const name = this.wishes.value.find((wish) => wish.recordingId === recordingId)?.name ?? null;
    const receipt = { recordingId, name, answer, atMs: Date.now() };
    this.receipts.value = [...this.receipts.value, receipt].slice(-RECEIPTS_MAX);
  }
}
