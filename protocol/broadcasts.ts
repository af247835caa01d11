import * as z from "zod";
import { BROADCAST_LINK_MAX_CHARS } from "./limits.ts";

/** A session that others listen to by a link, without an account (P85). */

/** What its host passes on: good for as many as there is room for, until the broadcast ends. */
export const BroadcastLink = z.object({ link: z.string().min(1).max(BROADCAST_LINK_MAX_CHARS), expiresAtMs: z.int() });

/** What a listener's page was drawn with: one place to listen from, kept by nobody but that page. */
export const ListenerSeat = z.object({ seat: z.string().min(1).max(BROADCAST_LINK_MAX_CHARS) });
