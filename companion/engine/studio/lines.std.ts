import { z } from "zod";
import type { LaneStats } from "../../../audio/jitter-buffer.ts";
import { RecordingId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recordings.ts";
import { type LoggedEvent, TransportCommand } from "../../../protocol/room.ts";
import type { ClockEstimate } from "../clock/session-clock.std.ts";
import type { Stem } from "../stems/stem.std.ts";
import type { ShareProgress } from "../upload/upload-progress.std.ts";

/** What the headless companion is told, one line of JSON each on its standard input. */
export const Order = z.discriminatedUnion("do", [
  z.object({ do: z.literal("transport"), transport: TransportCommand }),
  z.object({ do: z.literal("chat"), text: z.string() }),
  z.object({ do: z.literal("note"), noteId: z.uuid(), text: z.string() }),
  /** The person's own act: this stem, or everything recorded so far, goes to the collaborators (C7). */
  z.object({ do: z.literal("share"), recordingId: RecordingId.optional() }),
  z.object({ do: z.literal("pause"), recordingId: RecordingId.optional() }),
  z.object({ do: z.literal("resume"), recordingId: RecordingId.optional() }),
  /** Takes a stem back from our servers; copies that collaborators have are theirs. */
  z.object({ do: z.literal("withdraw"), recordingId: RecordingId }),
  /** From the next take on, stems travel while they are recorded. */
  z.object({ do: z.literal("share-as-i-record"), on: z.boolean() }),
  z.object({ do: z.literal("arm"), input: z.string(), armed: z.boolean() }),
  /** Seconds from before the record button that belong to a stem; 10 unless the person says otherwise. */
  z.object({ do: z.literal("pre-roll"), seconds: z.number().min(0).max(10) }),
  z.object({ do: z.literal("report") }),
  z.object({ do: z.literal("leave") }),
]);
export type Order = z.infer<typeof Order>;

/** What it says, one line of JSON each on its standard output. Times called local are the machine's monotonic clock. */
export type Line =
  | { say: "joined"; memberId: string; role: string; openedAtMs: number }
  | { say: "clock"; estimate: ClockEstimate }
  | { say: "link"; memberId: string; state: "connecting" | "connected" | "failed" }
  | { say: "event"; event: LoggedEvent }
  | { say: "executed"; seq: number; command: string; localAtMs: number; effectiveLocalMs: number; onTime: boolean }
  | { say: "recording"; name: string }
  | { say: "recorded"; stem: Stem }
  /** A stem that an earlier run left here; `repaired` if that run died in mid take. */
  | { say: "recovered"; stem: Stem }
  | ({ say: "upload" } & ShareProgress)
  | { say: "shared"; recording: Recording }
  | { say: "delivered"; recordingId: string; name: string; path: string; sha256: string }
  | { say: "report"; report: Report }
  /** What a person must be told before something is done for them. */
  | { say: "notice"; message: string }
  | { say: "trouble"; code: string; message: string; final: boolean };

export interface Report {
  clock: ClockEstimate | null;
  lane: LaneStats | null;
  roundTripMs: number | null;
  relayed: boolean | null;
  /** How often the device fell behind and jumped. */
  deviceSkips: number;
}
