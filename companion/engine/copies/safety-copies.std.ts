import type { MemberId, SessionId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import type { TransportState } from "../../../protocol/room.ts";
import {
  COPY_WINDOW_RECORDS,
  type CopyDetails,
  type CopyHead,
  type CopyMessage,
  packCopyMessage,
  packCopyRecord,
  readCopyMessage,
} from "../../../protocol/safety-copies.ts";
import { every } from "../clock/every.std.ts";
import type { Disk } from "../stems/disk.std.ts";
import { CopyKeeper, type KeptSound } from "./copy-keeper.std.ts";
import { CopyReturn, type OwnCopy, type ReturnedCopy, type ReturnedStem } from "./copy-return.std.ts";
import type { CopyKeys } from "./copy-seal.std.ts";
import { CopyStore } from "./copy-store.std.ts";

const TICK_MS = 2_000;
/** Nothing that is said here is repeated by what carries it: so often all of it is said anew. */
const AGAIN_MS = 20_000;
/** Takes that have come back are told of until as many others have. */
const RETURNED_MAX = 5;

/** What a person has chosen: whether others may keep what they play, and whether they keep what others play. Both are off until they say so. */
export interface CopyChoice {
  mine: boolean;
  others: boolean;
}

/** How things stand with safety copies, for whoever shows it. */
export interface CopiesReport extends CopyChoice {
  /** Who keeps what is played here, and whose takes are kept here, as long as both are in the session. */
  keptBy: MemberId[];
  keeping: MemberId[];
  /** Copies of the others' takes on this machine. */
  held: number;
  /** Takes of this person's that somebody has, as far as whoever has them was in the session since it was opened here. */
  own: OwnCopy[];
  /** Those that have come back since the session was opened here, the last of them last. */
  returned: ReturnedCopy[];
}

/** Where the others' copies lie, in a folder of its own, which exists. */
export interface KeepingPlace {
  disk: Disk;
  folder: string;
  /** So much of the disk stays free, and so much is taken of it at most. */
  reserveBytes: number;
  mostBytes: number;
}

export interface SafetyCopiesOptions {
  place: KeepingPlace;
  sessionId: SessionId;
  choice: CopyChoice;
  /** Keeps what is chosen, for the next start. */
  keepChoice(choice: CopyChoice): void;
  /** This person's keys, the same on each of their machines; `null`: they cannot be had now. */
  readKeys(): Promise<CopyKeys | null>;
  nowMs(): number;
  newCopyId(): string;
  send(to: MemberId, bytes: Uint8Array<ArrayBuffer>): void;
  /** Whose lanes are to be kept from now on. */
  keep(memberIds: readonly MemberId[]): void;
  /** Whether this person's own stems hold all of it. */
  isHere(copy: Pick<CopyHead, "startedAtMs" | "seconds">): boolean;
  beginStem(details: CopyDetails): ReturnedStem;
  onReport(report: CopiesReport): void;
  onNotice(message: string): void;
  onWarning(code: string, message: string): void;
}

/** What one of those who are linked has said. */
interface Told {
  isHeard: boolean;
  /** When they were last greeted, by the wall's clock. */
  greetedAtMs: number;
  publicKey: string | null;
  keeps: boolean;
  /** Which copies they have been told of. */
  offered: string;
  /** Records of a copy are being read for them: one question at a time. */
  isGiving: boolean;
}

/**
 * Safety copies of one session, both ways: what this person keeps of the others' takes, and what of theirs can come back. It knows people by the
 * links to them, and speaks to their companions beside the lanes.
 */
export class SafetyCopies {
  readonly #options: SafetyCopiesOptions;
  readonly #store: CopyStore;
  readonly #keeper: CopyKeeper;
  readonly #return: CopyReturn;
  readonly #linked = new Map<MemberId, Told>();
  readonly #stop: () => void;
  #choice: CopyChoice;
  #keys: Promise<CopyKeys | null> | undefined;
  #returned: readonly ReturnedCopy[] = [];
  #reported = "";

  constructor(options: SafetyCopiesOptions) {
    this.#options = options;
    this.#choice = options.choice;
    const { disk, folder, reserveBytes, mostBytes } = options.place;
    this.#store = new CopyStore(disk, folder);
    this.#keeper = new CopyKeeper({
      store: this.#store,
      reserveBytes,
      mostBytes,
      sessionId: options.sessionId,
      nowMs: options.nowMs,
      newCopyId: options.newCopyId,
      keep: options.keep,
      onChange: () => {
        this.#offer();
        this.#report();
      },
      onWarning: options.onWarning,
      after: (ms, call) => void setTimeout(call, ms),
    });
    this.#return = new CopyReturn({
      isHere: options.isHere,
      begin: options.beginStem,
      say: (to, message) => this.#say(to, message),
      onChange: () => this.#report(),
      onReturned: (copy) => {
        this.#returned = [...this.#returned, copy].slice(-RETURNED_MAX);
        const long = `${Math.round(copy.seconds)} s`;
        options.onNotice(`A take of ${long} has come back from a safety copy, ${howWhole(copy)}.`);
      },
      onWarning: options.onWarning,
    });
    this.#keeper.isOn = this.#choice.others;
    this.#stop = every(TICK_MS, () => this.#tick());
  }

  get choice(): CopyChoice {
    return this.#choice;
  }

  /** The person's own act. Whoever no longer wishes copies has those ended that there are, as far as their keepers are here. */
  choose(choice: CopyChoice): void {
    const isOver = this.#choice.mine && !choice.mine;
    this.#choice = choice;
    this.#options.keepChoice(choice);
    this.#keeper.isOn = choice.others;
    for (const memberId of this.#linked.keys()) {
      if (isOver) this.#say(memberId, { say: "delete", copyId: null });
      void this.#greet(memberId, false);
    }
    this.#report();
  }

  /** The person's own act: whoever is here deletes what they have of theirs. What they keep from now on they keep. */
  deleteMine(): void {
    for (const memberId of this.#linked.keys()) this.#say(memberId, { say: "delete", copyId: null });
  }

  /** Somebody is linked, for the first time or again; or no longer, which takes nothing back of what they wish. */
  setLinked(memberId: MemberId, isLinked: boolean): void {
    if (!isLinked) {
      if (this.#linked.delete(memberId)) this.#report();
      return;
    }
    if (this.#linked.has(memberId)) return;
    this.#linked.set(memberId, {
      isHeard: false,
      greetedAtMs: this.#options.nowMs(),
      publicKey: null,
      keeps: false,
      offered: "",
      isGiving: false,
    });
    void this.#greet(memberId, false);
  }

  hear(from: MemberId, bytes: Uint8Array<ArrayBuffer>): void {
    const told = this.#linked.get(from);
    const message = readCopyMessage(bytes);
    if (told === undefined || message === null) return;
    if (!("say" in message)) {
      this.#return.hear(from, message);
      return;
    }
    switch (message.say) {
      case "hello":
        told.isHeard = true;
        told.publicKey = message.publicKey;
        told.keeps = message.keeps;
        told.offered = "";
        this.#keeper.wish(from, message.mayKeep ? message.publicKey : null);
        // Whoever has heard the answer asks no more, so it is not the answer alone that is on its way.
        if (message.isAnswer) this.#offer();
        else void this.#greet(from, true).then(() => this.#offer());
        this.#report();
        return;
      case "have":
        void this.#readKeys().then(() => this.#return.offer(from, message.copies));
        return;
      case "give":
        void this.#give(from, told, message.copyId, message.from);
        return;
      case "end":
        this.#return.end(from, message.copyId, message.records);
        return;
      case "delete":
        this.#keeper.remove(
          this.#store.heads.flatMap(({ copyId, memberId, publicKey }) =>
            memberId === from && publicKey === told.publicKey && (message.copyId ?? copyId) === copyId ? [copyId] : [],
          ),
        );
    }
  }

  /** The transport has changed. */
  execute(before: TransportState, after: TransportState): void {
    this.#keeper.execute(before, after);
  }

  /** The room says how the transport stands, to somebody who may have missed how it came to be so. */
  enter(state: TransportState): void {
    this.#keeper.enter(state);
  }

  /** What a lane that is kept has brought. */
  kept(sound: KeptSound): void {
    this.#keeper.hear(sound);
  }

  /** What is on our servers. */
  settle(recordings: readonly Recording[]): void {
    this.#keeper.settle(recordings);
  }

  /** The person wishes to have a take back. */
  bring(copyId: string): void {
    this.#return.bring(copyId);
  }

  /** Says how things stand to somebody who has only just come. */
  tell(): void {
    this.#reported = "";
    this.#report();
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#keeper.close();
  }

  #tick(): void {
    const nowMs = this.#options.nowMs();
    for (const [memberId, told] of this.#linked) {
      if (told.isHeard && Math.abs(nowMs - told.greetedAtMs) < AGAIN_MS) continue;
      told.greetedAtMs = nowMs;
      void this.#greet(memberId, false);
    }
    this.#return.tick();
  }

  async #greet(memberId: MemberId, isAnswer: boolean): Promise<void> {
    const keys = await this.#readKeys();
    const { mine, others } = this.#choice;
    const publicKey = keys?.publicKey ?? null;
    this.#say(memberId, { say: "hello", publicKey, mayKeep: mine && publicKey !== null, keeps: others, isAnswer });
  }

  async #give(to: MemberId, told: Told, copyId: string, from: number): Promise<void> {
    const isTheirs = this.#store.heads.some((one) => one.copyId === copyId && one.publicKey === told.publicKey);
    if (told.isGiving || !isTheirs) return;
    told.isGiving = true;
    try {
      const { records, isEnd } = await this.#store.read(copyId, from, COPY_WINDOW_RECORDS);
      for (const [at, sealed] of records.entries())
        this.#options.send(to, packCopyRecord({ copyId, number: from + at, sealed }));
      if (isEnd) this.#say(to, { say: "end", copyId, records: from + records.length });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.onWarning("safety-copies", `A safety copy cannot be read: ${why}`);
    } finally {
      told.isGiving = false;
    }
  }

  /** Tells everybody what is kept of theirs, whenever that is another: a take may end after its owner has come back. */
  #offer(): void {
    for (const [memberId, told] of this.#linked) {
      if (told.publicKey === null) continue;
      const copies = this.#of(told.publicKey);
      const offered = `of ${copies.map(({ copyId, seconds }) => `${copyId} ${seconds}`).join()}`;
      if (offered === told.offered) continue;
      told.offered = offered;
      this.#say(memberId, { say: "have", copies });
    }
  }

  #of(publicKey: string): CopyHead[] {
    const growing = new Set(this.#keeper.growing);
    return this.#store.heads.filter((one) => one.publicKey === publicKey && !growing.has(one.copyId));
  }

  /** Asked for once, and again where they could not be had. */
  async #readKeys(): Promise<CopyKeys | null> {
    this.#keys ??= this.#options.readKeys();
    const keys = await this.#keys.catch(() => null);
    if (keys === null) this.#keys = undefined;
    this.#return.keys = keys ?? undefined;
    return keys;
  }

  #say(to: MemberId, message: CopyMessage): void {
    this.#options.send(to, packCopyMessage(message));
  }

  #report(): void {
    const { mine, others } = this.#choice;
    const linked = [...this.#linked];
    const report: CopiesReport = {
      mine,
      others,
      keptBy: mine ? linked.flatMap(([memberId, { keeps }]) => (keeps ? [memberId] : [])) : [],
      keeping: this.#keeper.keeps.filter((memberId) => this.#linked.has(memberId)),
      held: this.#store.heads.length,
      own: this.#return.copies,
      returned: [...this.#returned],
    };
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#options.onReport(report);
  }
}

function howWhole({ missingMs, foldedMs }: ReturnedCopy): string {
  const lost = [
    missingMs < 1 ? [] : [`for ${Math.round(missingMs)} ms that never arrived there`],
    foldedMs < 1 ? [] : [`for ${Math.round(foldedMs)} ms that arrived there mixed down, in fewer channels`],
  ].flat();
  return lost.length === 0 ? "whole" : `but ${lost.join(" and ")}`;
}
