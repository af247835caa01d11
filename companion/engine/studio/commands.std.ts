import * as z from "zod";
import { AnswerWish } from "../../../protocol/deliveries.ts";
import { MemberId, RecordingId } from "../../../protocol/ids.ts";
import { TransportCommand } from "../../../protocol/room.ts";
import { ChoiceOf } from "../delivery/delivery-choices.std.ts";
import { BufferSetting, DelaySetting, LaneMixSetting } from "../sound/sound-messages.std.ts";

/** Commands: what a person, through whatever end they use, asks of the studio. */
export const StudioCommand = z.discriminatedUnion("type", [
  z.object({ type: z.literal("transport"), transport: TransportCommand }),
  z.object({ type: z.literal("chat"), text: z.string() }),
  /** Writing the same `noteId` again replaces the note; an empty text deletes it. */
  z.object({ type: z.literal("note"), noteId: z.uuid(), text: z.string() }),
  /** The person's own act: this stem, or everything recorded so far, goes to the collaborators (C7). */
  z.object({ type: z.literal("share"), recordingId: RecordingId.optional() }),
  z.object({ type: z.literal("pause"), recordingId: RecordingId.optional() }),
  z.object({ type: z.literal("resume"), recordingId: RecordingId.optional() }),
  /** Takes a stem back from our servers; copies that collaborators have are theirs. */
  z.object({ type: z.literal("withdraw"), recordingId: RecordingId }),
  /** Yes to a large delivery, or to all that were asked about. */
  z.object({ type: z.literal("fetch"), recordingId: RecordingId.optional() }),
  /** What of the others' comes to this machine: all of somebody, a take, or a stem. What is here stays. */
  z.object({ type: z.literal("deliver"), of: ChoiceOf, wanted: z.boolean() }),
  /** What the person does about an owner's wish that a copy go; `deleted` takes it from this machine's folder (P69). */
  z.object({ type: z.literal("answer-wish"), recordingId: RecordingId, answer: AnswerWish.shape.answer }),
  /** Asks for the events `deliveries`, `wishes` and `safety-copies` once more. */
  z.object({ type: z.literal("copies") }),
  /** Whether the others may keep safety copies of this person's takes, and whether they are kept here of theirs (P86). */
  z.object({ type: z.literal("safety-copies"), mine: z.boolean(), others: z.boolean() }),
  /** A take of this person's that somebody has and that is not here comes back. */
  z.object({ type: z.literal("bring-back"), copyId: z.uuid() }),
  /** Whoever is here and has safety copies of this person's takes deletes them. What they keep from now on they keep. */
  z.object({ type: z.literal("delete-copies") }),
  /** From the next take on, stems travel while they are recorded. */
  z.object({ type: z.literal("share-as-i-record"), on: z.boolean() }),
  z.object({ type: z.literal("arm"), input: z.string(), armed: z.boolean() }),
  /** Seconds from before the record button that belong to a stem; 10 unless the person says otherwise. */
  z.object({ type: z.literal("pre-roll"), seconds: z.number().min(0).max(10) }),
  /** Gain, balance, mute and solo of somebody's lane, for this person's ears alone. */
  z.object({ type: z.literal("mix"), memberId: MemberId, mix: LaneMixSetting }),
  /** Silences this person for the others, or no longer. Only they can. */
  z.object({ type: z.literal("mute"), on: z.boolean() }),
  /** The direct path in this session: whoever has chosen it as well and this person know each other's addresses. */
  z.object({ type: z.literal("direct"), on: z.boolean() }),
  /** At most 15, 30 or 60 ms of buffer: less delay, or fewer gaps. */
  z.object({ type: z.literal("buffer"), buffer: BufferSetting }),
  /** Everybody as soon as can be, everybody after the group's own delay, or everybody whole bars later (docs/PROTOCOL.md P64). */
  z.object({ type: z.literal("delay"), mode: DelaySetting }),
  /** Tempo, signatures and markers of a MIDI file on this machine; the session's own lie in its folder as `session.mid`. */
  z.object({ type: z.literal("import-map"), path: z.string() }),
  /** Asks for the event `words` once more. */
  z.object({ type: z.literal("words") }),
  z.object({ type: z.literal("report") }),
  z.object({ type: z.literal("leave") }),
]);
export type StudioCommand = z.infer<typeof StudioCommand>;
