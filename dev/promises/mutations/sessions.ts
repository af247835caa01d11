import { type Mutation, of } from "./mutation.ts";

/** Broken on purpose: sessions and their takes. */
export const sessions: readonly Mutation[] = [
  // Sessions.
  of("C2", "companion/engine/links/links.test.ts")(
    "companion/engine/links/link.std.ts",
    "nobody makes an offer",
    "offers: this.#options.offers,",
    "offers: false,",
  ),
  of("C2", "companion/engine/links/links.test.ts")(
    "companion/engine/links/link.std.ts",
    "a path that died is not offered anew",
    "if (this.#options.offers) this.#open();",
    "if (!this.#options.offers) this.#open();",
  ),
  of("C2", "companion/view/view-instrument.test.ts")(
    "companion/view/view-instrument.dom.ts",
    "somebody who is muted plays notes to the others",
    "!(this.#options.mayPlay() || isEnd(note))",
    "false",
  ),
  of("C3", "companion/view/view-video.test.ts")(
    "companion/view/view-video.dom.ts",
    "a camera that was switched off stays lit",
    "track.onended = null;\n      track.stop();",
    "track.onended = null;",
  ),
  of("C3", "companion/view/view-video.test.ts")(
    "companion/view/view-video.dom.ts",
    "an observer opens a camera",
    'this.state.value.power !== "off" || !this.#maySend',
    'this.state.value.power !== "off"',
  ),
  of("C4", "companion/engine/transport/echo-guard.test.ts")(
    "companion/engine/transport/echo-guard.std.ts",
    "an echo is taken for a press",
    "if (at < 0) return false;",
    "return false;",
  ),
  of("C5", "workers/rooms/room.test.ts")(
    "durable-objects/event-log.ts",
    "a line of the log is left out",
    "batch.lines.push(line);",
    "if (row.seq !== 2) batch.lines.push(line);",
  ),
  of("C8", "workers/rooms/room.test.ts")(
    "durable-objects/event-log.ts",
    "lines come in another order",
    "ORDER BY seq LIMIT ?",
    "ORDER BY seq DESC LIMIT ?",
  ),
  of("C9", "companion/engine/copies/safety-copies.test.ts")(
    "companion/engine/copies/safety-copies.std.ts",
    "what somebody plays is kept though they have not said yes",
    "this.#keeper.wish(from, message.mayKeep ? message.publicKey : null);",
    "this.#keeper.wish(from, message.publicKey);",
  ),
  of("C9", "companion/engine/copies/safety-copies.test.ts")(
    "companion/engine/copies/safety-copies.std.ts",
    "anybody in the session may have a copy deleted",
    "memberId === from && publicKey === told.publicKey && (message.copyId ?? copyId) === copyId",
    "(message.copyId ?? copyId) === copyId",
  ),
  of("C9", "companion/engine/copies/copy-merge.test.ts")(
    "companion/engine/copies/copy-merge.std.ts",
    "of what several keep the first that comes is taken, whatever it lacks",
    "if (here <= (worth[frame] ?? 0)) continue;",
    "if ((worth[frame] ?? 0) > 0) continue;",
  ),
  of("C9", "companion/engine/studio/page-takes.test.ts")(
    "companion/engine/studio/tapped-lanes.std.ts",
    "lanes of a sound that is turned on anew are not told what is to be kept",
    "    this.keep(this.#kept);\n",
    "",
  ),
  of("C9", "companion/engine/copies/safety-copies.test.ts")(
    "companion/engine/copies/copy-keeper.std.ts",
    "a copy goes before its owner's stem has arrived",
    'one.state !== "complete"',
    'one.memberId === ""',
  ),
  of("C7", "workers/recordings/owner.test.ts")(
    "workers/recordings/store.ts",
    "whoever leaves a session loses what they shared",
    "(m.member_id IS NOT NULL OR r.account_id = ?2) AND",
    "m.member_id IS NOT NULL AND",
  ),
  of("C7", "workers/recordings/recordings.test.ts")(
    "workers/recordings/completion.ts",
    "a file of other bytes is taken for whole",
    "if (sha256 !== wanted.sha256) {",
    "if (wanted.sha256.length < 64) {",
  ),
  of("V3", "workers/pages/sessions.test.ts")(
    "site/i18n/leaving.ts",
    "nobody is told of collaborators' copies",
    "They are theirs, and we cannot delete them.",
    "",
  ),

  of("V3", "workers/recordings/deliveries.test.ts")(
    "workers/recordings/deliveries.ts",
    "a copy outlives its owner's wish",
    "SET wished_at_ms = ?3 WHERE",
    "SET wished_at_ms = NULL WHERE ?3 > 0 AND",
  ),
];
