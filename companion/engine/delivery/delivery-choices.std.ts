import * as z from "zod";
import { MemberId, RecordingId } from "../../../protocol/ids.ts";
import { DELIVERY_CHOICES_MAX } from "../../../protocol/limits.ts";

/** What a choice is about: all that somebody shares, a whole take, or one stem of it. */
export const ChoiceOf = z.union([MemberId, RecordingId, z.uuid()]);
export type ChoiceOf = z.infer<typeof ChoiceOf>;

/** What a person has chosen of what others share; the oldest choice goes first where there are too many. */
export const DeliveryChoices = z.array(z.object({ of: ChoiceOf, wanted: z.boolean() })).max(DELIVERY_CHOICES_MAX);
export type DeliveryChoices = z.infer<typeof DeliveryChoices>;

export interface Chosen {
  recordingId: string;
  takeId: string;
  memberId: string;
}

/** Whether a stem comes: what was said of it counts before what was said of its take, and that before its player. Else it comes. */
export function isWanted(choices: DeliveryChoices, { recordingId, takeId, memberId }: Chosen): boolean {
  for (const about of [recordingId, takeId, memberId]) {
    const choice = choices.find(({ of }) => of === about);
    if (choice !== undefined) return choice.wanted;
  }
  return true;
}

/**
 * The choices after another one. What lies below it gives way to it: whoever wants nothing of somebody any more is not sent the one take that they
 * wanted before.
 */
export function choose(
  choices: DeliveryChoices,
  of: ChoiceOf,
  wanted: boolean,
  listed: readonly Chosen[],
): DeliveryChoices {
  const below = new Set(
    listed.flatMap(({ recordingId, takeId, memberId }) => {
      if (memberId === of) return [recordingId];
      return takeId === of ? [recordingId] : [];
    }),
  );
  const others = choices.filter((choice) => choice.of !== of && !below.has(choice.of));
  return [...others, { of, wanted }].slice(-DELIVERY_CHOICES_MAX);
}
