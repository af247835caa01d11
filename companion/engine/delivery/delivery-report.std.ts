import * as z from "zod";
import { MemberId, RecordingId } from "../../../protocol/ids.ts";
import { DELIVERIES_SHOWN_MAX } from "../../../protocol/limits.ts";

/** `asked`: larger than what comes by itself. `declined`: the person has chosen so. */
const states = ["here", "coming", "waiting", "asked", "declined"] as const;
export type DeliveryState = (typeof states)[number];

/** What others share, what of it comes to this machine, and what its disk still holds. */
export const DeliveryReport = z.object({
  freeBytes: z.number(),
  stems: z
    .array(
      z.object({
        recordingId: RecordingId,
        takeId: z.uuid(),
        memberId: MemberId,
        name: z.string(),
        sizeBytes: z.number(),
        state: z.enum(states),
      }),
    )
    .max(DELIVERIES_SHOWN_MAX),
});
export type DeliveryReport = z.infer<typeof DeliveryReport>;
