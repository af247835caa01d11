/** What the lanes of a page and whoever keeps safety copies of them say to each other, over a port. */
import type { MemberId } from "../../../protocol/ids.ts";
import type { KeptFrames } from "../links/link-set.std.ts";

export type FromTap =
  | { type: "link"; memberId: MemberId; isConnected: boolean }
  /** What one of the others says beside their lane. */
  | { type: "message"; from: MemberId; bytes: Uint8Array<ArrayBuffer> }
  | ({ type: "kept" } & KeptFrames);

export type ToTap =
  | { type: "message"; to: MemberId; bytes: Uint8Array<ArrayBuffer> }
  /** Whose lanes are kept from now on; the last of all others is told at once. */
  | { type: "keep"; memberIds: readonly MemberId[] };
