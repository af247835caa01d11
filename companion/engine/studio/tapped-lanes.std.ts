import type { MemberId } from "../../../protocol/ids.ts";
import type { KeptSound } from "../copies/copy-keeper.std.ts";
import type { FromTap, ToTap } from "../sound/tap-messages.std.ts";

/** What lanes bring to whoever keeps safety copies of them. */
export interface LanesHeard {
  onLink(memberId: MemberId, isConnected: boolean): void;
  onMessage(from: MemberId, bytes: Uint8Array<ArrayBuffer>): void;
  onKept(sound: KeptSound): void;
}

/**
 * Lanes that are a page's, for whoever keeps safety copies elsewhere: over a port, and another one whenever the sound is turned on anew. Then all
 * links are others, and what is to be kept is said again.
 */
export class TappedLanes {
  readonly #heard: LanesHeard;
  readonly #linked = new Set<MemberId>();
  #say: (message: ToTap) => void = () => undefined;
  #kept: readonly MemberId[] = [];

  constructor(heard: LanesHeard) {
    this.#heard = heard;
  }

  connect(say: (message: ToTap) => void): void {
    for (const memberId of this.#linked) this.#heard.onLink(memberId, false);
    this.#linked.clear();
    this.#say = say;
    this.keep(this.#kept);
  }

  hear(told: FromTap): void {
    switch (told.type) {
      case "link":
        if (told.isConnected) this.#linked.add(told.memberId);
        else this.#linked.delete(told.memberId);
        this.#heard.onLink(told.memberId, told.isConnected);
        return;
      case "message":
        this.#heard.onMessage(told.from, told.bytes);
        return;
      case "kept":
        this.#heard.onKept(told);
    }
  }

  sendMessage(to: MemberId, bytes: Uint8Array<ArrayBuffer>): void {
    this.#say({ type: "message", to, bytes });
  }

  keep(memberIds: readonly MemberId[]): void {
    this.#kept = memberIds;
    this.#say({ type: "keep", memberIds });
  }
}
