/** What the main process and the studio's own process say to each other. */
import * as z from "zod";
import { MemberId, SessionId } from "../../protocol/ids.ts";
import { RoomCall, RoomTold } from "../engine/room/room-feed.std.ts";
import { LaneKept, MessageHeard } from "../engine/sound/sound-messages.std.ts";
import type { FromTap } from "../engine/sound/tap-messages.std.ts";
import { StudioCommand } from "../engine/studio/commands.std.ts";
import { StudioEvent } from "../engine/studio/events.std.ts";

export const ToStudio = z.discriminatedUnion("type", [
  /** First of all. The token comes by message, because arguments and environment are there for every program to read. */
  z.object({
    type: z.literal("open"),
    platformOrigin: z.string(),
    token: z.string(),
    sessionId: SessionId,
    /** Where sessions have their folders. */
    folder: z.string(),
    daws: z.array(z.string()),
  }),
  z.object({ type: z.literal("command"), command: StudioCommand }),
  z.object({ type: z.literal("room"), call: RoomCall }),
  /** A window has been drawn. With it comes the port of what it captures. */
  z.object({ type: z.literal("look") }),
]);
export type ToStudio = z.infer<typeof ToStudio>;

export const FromStudio = z.discriminatedUnion("type", [
  z.object({ type: z.literal("studio"), event: StudioEvent }),
  z.object({ type: z.literal("room"), told: RoomTold }),
  /** The last: everything is on disk, and the process may be ended. */
  z.object({ type: z.literal("ended") }),
]);
export type FromStudio = z.infer<typeof FromStudio>;

/** What the window's lanes tell beside them, over the port, for safety copies. */
const Tapped = z.discriminatedUnion("type", [
  z.object({ type: z.literal("link"), memberId: MemberId, isConnected: z.boolean() }),
  MessageHeard,
  LaneKept,
]) satisfies z.ZodType<FromTap>;

/** Blocks that the window's device captured, over the port. */
const Captured = z.object({
  firstBlock: z.int().min(0),
  captureMs: z.number().min(0),
  samples: z.instanceof(Int32Array),
});

export const FromWindow = z.union([Captured, Tapped]);
