import * as z from "zod";
import { AnswerWish } from "../../../protocol/deliveries.ts";
import { MemberId, RecordingId } from "../../../protocol/ids.ts";
import { Recording } from "../../../protocol/recordings.ts";
import { Role } from "../../../protocol/roles.ts";
import { LoggedEvent, TransportCommand } from "../../../protocol/room.ts";
import type { ClockEstimate } from "../clock/session-clock.std.ts";
import type { CopiesReport } from "../copies/safety-copies.std.ts";
import { DeliveryReport } from "../delivery/delivery-report.std.ts";
import { DelaySetting, LinksReport, NotesReport, Uplink, Words } from "../sound/sound-messages.std.ts";
import { Stem } from "../stems/stem.std.ts";
import type { DawReport } from "../transport/daw-link.std.ts";
import type { UploadProgress } from "../upload/upload-progress.std.ts";

const Clock = z.object({
  offsetMs: z.number(),
  errorMs: z.number(),
  driftPpm: z.number(),
  roundTripMs: z.number(),
  samples: z.int(),
}) satisfies z.ZodType<ClockEstimate>;

const Upload = z.object({
  recordingId: z.string(),
  name: z.string(),
  state: z.enum(["uploading", "paused", "waiting", "stalled", "complete", "withdrawn", "failed"]),
  sentBytes: z.number(),
  totalBytes: z.number().nullable(),
  bytesPerSecond: z.number(),
  secondsLeft: z.number().nullable(),
  message: z.string().optional(),
}) satisfies z.ZodType<UploadProgress>;

const Daw = z.object({
  name: z.string(),
  driver: z.string(),
  sent: z.int(),
  presses: z.int(),
  echoes: z.int(),
  muted: z.boolean(),
  offMs: z.number().nullable(),
  lateMs: z.number(),
}) satisfies z.ZodType<DawReport>;

const Copies = z.object({
  mine: z.boolean(),
  others: z.boolean(),
  keptBy: z.array(MemberId),
  keeping: z.array(MemberId),
  held: z.int(),
  own: z.array(
    z.object({
      copyId: z.string(),
      from: z.array(MemberId),
      startedAtMs: z.number(),
      seconds: z.number(),
      untilMs: z.number(),
      isHere: z.boolean(),
      returnedSeconds: z.number().nullable(),
    }),
  ),
  returned: z.array(
    z.object({ startedAtMs: z.number(), seconds: z.number(), missingMs: z.number(), foldedMs: z.number() }),
  ),
}) satisfies z.ZodType<CopiesReport>;

export const StudioReport = z.object({
  clock: Clock.nullable(),
  lane: LinksReport.shape.lane.nullable(),
  roundTripMs: z.number().nullable(),
  relayed: z.boolean().nullable(),
  /** How often the device fell behind and jumped. */
  deviceSkips: z.int(),
  notes: NotesReport.nullable(),
  daws: z.array(Daw),
});
export type StudioReport = z.infer<typeof StudioReport>;

/** Events: what the studio tells whichever end a person uses. Times called local are the machine's monotonic clock. */
export const StudioEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("joined"), memberId: z.string(), role: Role, openedAtMs: z.number() }),
  /** How many hear the session by its broadcast's link; `null`: it is not broadcast (P85). */
  z.object({ type: z.literal("broadcast"), listeners: z.int().nullable() }),
  /** A host has to let this person in first. */
  z.object({ type: z.literal("waiting") }),
  z.object({ type: z.literal("link"), memberId: z.string(), state: z.enum(["connecting", "connected", "failed"]) }),
  /** How loud somebody is in this person's mix: peak of the last two seconds (full scale 1) and short-term loudness. */
  z.object({ type: z.literal("level"), memberId: z.string(), peak: z.number(), shortTermLufs: z.number() }),
  /** How far away somebody is, one way, what that allows, and which leg of the way is at fault. */
  z.object({
    type: z.literal("latency"),
    memberId: z.string(),
    legs: z.object({ captureMs: z.number(), networkMs: z.number(), bufferMs: z.number(), playoutMs: z.number() }),
    totalMs: z.number(),
    advice: z.enum(["together", "caution", "overdub"]),
    fault: z.enum(["captureMs", "networkMs", "bufferMs", "playoutMs"]).nullable(),
  }),
  /** After how long everybody is heard (`null`: each after their own delay), in bars too where it is bars; and the mode in force. */
  z.object({
    type: z.literal("delay"),
    mode: DelaySetting,
    delayMs: z.number().nullable(),
    bars: z.int().nullable(),
  }),
  /** Four words for the whole room, other ones whenever a key is another one: the same at everybody, or somebody is between (P65). */
  z.object({ type: z.literal("words"), state: Words }),
  /** This person's up-link is full, or free again: what they play goes out as it is, in 16 bit, or in mono too. What is recorded is untouched. */
  z.object({ type: z.literal("uplink"), level: Uplink }),
  /** A line of the session's log. */
  z.object({ type: z.literal("logged"), event: LoggedEvent }),
  z.object({
    type: z.literal("executed"),
    seq: z.int(),
    command: z.enum(TransportCommand.options.map(({ shape }) => shape.command.value)),
    localAtMs: z.number(),
    effectiveLocalMs: z.number(),
    onTime: z.boolean(),
  }),
  z.object({ type: z.literal("recording"), name: z.string() }),
  z.object({ type: z.literal("recorded"), stem: Stem }),
  /** A stem that an earlier run left here; `repaired` if that run died in mid take. */
  z.object({ type: z.literal("recovered"), stem: Stem }),
  z.object({ type: z.literal("upload"), progress: Upload }),
  z.object({ type: z.literal("shared"), recording: Recording }),
  /** A stem that is larger than what comes by itself: `fetch` brings it. */
  z.object({ type: z.literal("delivery-asked"), recordingId: z.string(), name: z.string(), sizeBytes: z.number() }),
  z.object({
    type: z.literal("delivered"),
    recordingId: z.string(),
    name: z.string(),
    path: z.string(),
    sha256: z.string(),
  }),
  /** What of the others' is here, comes, waits or stays away, and what this machine's disk still holds. */
  z.object({ type: z.literal("deliveries"), report: DeliveryReport }),
  /** Copies here that their owners wish gone; the whole list, whenever it is another one (P69). */
  z.object({
    type: z.literal("wishes"),
    wishes: z.array(
      z.object({
        recordingId: RecordingId,
        wishedAtMs: z.number(),
        /** What the copy is called in this folder, and whether it is there. */
        name: z.string().nullable(),
        isHere: z.boolean(),
      }),
    ),
  }),
  /** Who keeps safety copies of this person's takes, whose are kept here, and which of theirs can come back; whenever that is another (P86). */
  z.object({ type: z.literal("safety-copies"), report: Copies }),
  /** The owner has been told what was done about a copy of theirs. */
  z.object({ type: z.literal("wish-answered"), recordingId: RecordingId, answer: AnswerWish.shape.answer }),
  z.object({ type: z.literal("report"), report: StudioReport }),
  /** What a person must be told before something is done for them. */
  z.object({ type: z.literal("notice"), message: z.string() }),
  /** Something is wrong; `final` says that the studio stops and will not come back by itself. */
  z.object({ type: z.literal("warning"), code: z.string(), message: z.string(), final: z.boolean() }),
]);
export type StudioEvent = z.infer<typeof StudioEvent>;
